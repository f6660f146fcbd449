"""The journal of intents: what survives a kill, what two processes write at once, and what is believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pulumi_ehpc.lifecycle.journal import BELIEVED_FOR, Intents, Journal
from pulumi_ehpc.lifecycle.ownership import marker
from tests.api.clocks import START, ManualClock

URN = "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:Queue::work"
MARKER = marker("1f2e3d4c5b6a7988", URN)
DAY = 24 * 3600.0

WRITER = """
import sys
from pathlib import Path
from pulumi_ehpc.lifecycle.journal import Intents, Journal
folder, name, count = sys.argv[1:]
intents = Intents(Journal(Path(folder)), %r, "UserSet", %r, "ehpc-1", True, print)
for number in range(int(count)):
    intents.write([f"{name}{number}"])
"""
KILLED = """
import os, sys
from pathlib import Path
from pulumi_ehpc.lifecycle.journal import Intents, Journal
Path.replace = lambda self, target: os.kill(os.getpid(), 9)
Intents(Journal(Path(sys.argv[1])), %r, "Queue", %r, "ehpc-1", True, print).write(["new"])
"""


class Bench:
    """A journal in a folder of its own, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.log: list[str] = []
        self.journal = Journal(folder, self.clock)

    def intents(self, cluster: str = "ehpc-1", *, urn: str = URN, needed: bool = True) -> Intents:
        return Intents(self.journal, MARKER, "Queue", urn, cluster, needed, self.log.append)

    def shows(self, key: str, *made: str, cluster: str = "ehpc-1") -> bool:
        return key in self.intents(cluster).show({key: made})

    @property
    def file(self) -> Path:
        return self.folder / f"{MARKER}.json"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "state" / "intents")


def test_intent_is_a_small_file_that_only_the_user_can_read(bench: Bench) -> None:
    assert bench.intents().write(["work"]) == {"work"}
    assert json.loads(bench.file.read_text()) == {
        "resource_type": "Queue",
        "urn": URN,
        "intents": {"ehpc-1": {"work": START.isoformat()}},
    }
    assert bench.file.stat().st_mode & 0o777 == 0o600
    assert bench.folder.stat().st_mode & 0o777 == 0o700
    assert bench.shows("work")
    assert bench.log == []


def test_intent_counts_for_its_resource_cluster_and_key_alone(bench: Bench) -> None:
    bench.intents().write(["work"])
    assert not bench.shows("other")
    assert not bench.shows("work", cluster="ehpc-2")
    assert bench.intents(urn=f"{URN}2").show({"work": ()}) == set()
    other = Intents(bench.journal, marker("another", URN), "Queue", URN, "ehpc-1", True, bench.log.append)
    assert other.show({"work": ()}) == set()


def test_nothing_is_written_or_believed_on_the_stack_s_own_cluster(bench: Bench) -> None:
    assert bench.intents(needed=False).write(["work"]) == set()
    assert not bench.folder.exists()
    bench.intents().write(["work"])
    assert bench.intents(needed=False).show({"work": ()}) == set()


def test_intents_are_dropped(bench: Bench) -> None:
    bench.intents().write(["alice.chen", "bob.smith", "carol.jones"])
    bench.intents("ehpc-2").write(["alice.chen"])
    bench.intents().drop(["alice.chen"])
    assert bench.intents().show({"alice.chen": (), "bob.smith": ()}) == {"bob.smith"}
    bench.intents().drop_absent({"bob.smith"})
    assert bench.intents().show({"carol.jones": (), "bob.smith": ()}) == {"bob.smith"}
    bench.intents().drop(["bob.smith"])
    assert bench.shows("alice.chen", cluster="ehpc-2")
    bench.intents("ehpc-2").drop(["alice.chen"])
    assert not bench.file.exists()


def test_looking_makes_no_files(bench: Bench) -> None:
    assert not bench.shows("work")
    bench.intents().drop(["work"])
    bench.intents().drop_absent(())
    assert not bench.folder.exists()


def test_intent_that_goes_on_keeps_its_time(bench: Bench) -> None:
    bench.intents().write(["fix-"])
    bench.clock.sleep(600)
    assert bench.intents().write(["fix-", "new-"]) == {"new-"}
    assert bench.shows("fix-", "2026-01-02T03:04:05.000Z")
    assert not bench.shows("new-", "2026-01-02T03:04:05.000Z")


# -- what is believed ----------------------------------------------------------------------------------------------


def test_intent_is_believed_for_seven_days(bench: Bench) -> None:
    bench.intents().write(["work"])
    bench.clock.sleep(7 * DAY - 1)
    assert bench.shows("work")
    bench.clock.sleep(2)
    assert not bench.shows("work")


def test_old_intents_are_removed_when_seen(bench: Bench) -> None:
    bench.intents().write(["old"])
    other = bench.folder / "pulumi-000000000000.json"
    half = bench.folder / "pulumi-000000000001.json.x1y2"
    foreign = bench.folder / "notes.txt"
    for path in (other, half, foreign):
        path.write_text("{}")
        os.utime(path, (START.timestamp(), START.timestamp()))
    bench.clock.sleep(BELIEVED_FOR.total_seconds() + 1)
    bench.intents().write(["new"])
    assert list(json.loads(bench.file.read_text())["intents"]["ehpc-1"]) == ["new"]
    assert not other.exists() and not half.exists()
    assert foreign.exists()


@pytest.mark.parametrize(
    ("made", "believed"),
    [
        ("2026-01-02T03:04:05.000Z", True),
        ("2026-01-02T03:04Z", True),
        ("2026-01-02T03:00Z", True),  # the clocks differ a little
        ("2026-01-02T02:58Z", False),
        ("2026-01-02T05:00:00+08:00", False),  # 21:00 UTC of the day before
        ("2026-01-02T12:00:00+08:00", True),
        ("2026-01-03T03:00Z", True),
        ("2026-01-03T03:05Z", False),
        ("2025-12-01T00:00:00", True),  # no time zone: it shows nothing
        ("1767322000", True),
        ("", True),
    ],
)
def test_time_of_the_object_counts(bench: Bench, made: str, believed: bool) -> None:
    bench.intents().write(["work"])
    assert bench.shows("work", made) is believed


def test_all_nodes_of_a_group_must_fit(bench: Bench) -> None:
    bench.intents().write(["fix-"])
    now = (START + timedelta(minutes=1)).isoformat()
    assert bench.shows("fix-", now, now)
    assert not bench.shows("fix-", now, "2025-12-31T00:00Z")


# -- trouble -------------------------------------------------------------------------------------------------------


def test_kill_between_write_and_rename_leaves_the_old_file(bench: Bench) -> None:
    bench.intents().write(["work"])
    before = bench.file.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED % (MARKER, URN), str(bench.folder)], check=False)
    assert done.returncode == -9
    assert bench.file.read_bytes() == before
    assert bench.shows("work")
    # The lock went with its process.
    bench.intents().write(["more"])
    assert bench.shows("work") and bench.shows("more")


def test_two_processes_lose_nothing(bench: Bench) -> None:
    code = WRITER % (MARKER, URN)
    writers = [subprocess.Popen([sys.executable, "-c", code, str(bench.folder), name, "20"]) for name in ("a", "b")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    keys = json.loads(bench.file.read_text())["intents"]["ehpc-1"]
    assert set(keys) == {f"{name}{number}" for name in ("a", "b") for number in range(20)}
    assert sorted(path.name for path in bench.folder.iterdir()) == [".lock", bench.file.name]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_wrong_json_shows_nothing_and_is_replaced(bench: Bench, text: str) -> None:
    bench.folder.mkdir(parents=True)
    bench.file.write_text(text)
    assert not bench.shows("work")
    assert not bench.shows("work")
    assert [line.split()[0] for line in bench.log] == [str(bench.file)]
    bench.intents().write(["work"])
    assert bench.shows("work")


@pytest.mark.parametrize(
    "intents",
    [[], {"ehpc-1": []}, *({"ehpc-1": {"work": time}} for time in ("soon", 7, None, "2026-01-02T00:00:00"))],
)
def test_json_of_another_shape_shows_nothing(bench: Bench, intents: object) -> None:
    bench.folder.mkdir(parents=True)
    bench.file.write_text(json.dumps({"urn": URN, "intents": intents}))
    assert not bench.shows("work")
    assert [line.split()[0] for line in bench.log] == [str(bench.file)]


def test_bytes_that_are_no_text_show_nothing(bench: Bench) -> None:
    bench.folder.mkdir(parents=True)
    bench.file.write_bytes(b"\xff\xfe\x00")
    assert not bench.shows("work")


def blocked_by_a_file(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("")


def blocked_by_a_file_above(folder: Path) -> None:
    folder.parent.write_text("")


def blocked_by_a_folder_for_the_lock(folder: Path) -> None:
    (folder / ".lock").mkdir(parents=True)


@pytest.mark.parametrize("block", [blocked_by_a_file, blocked_by_a_file_above, blocked_by_a_folder_for_the_lock])
def test_folder_that_cannot_be_written_is_said_once(bench: Bench, block: Callable[[Path], None]) -> None:
    block(bench.folder)
    bench.intents().write(["work"])
    bench.intents().write(["more"])
    assert not bench.shows("work")
    (line,) = bench.log
    assert f"The journal of intents in {bench.folder} cannot be used" in line
    assert "Set ehpc:journal to a folder that can be written." in line


def test_without_a_folder_nothing_is_kept() -> None:
    intents = Intents(Journal(None), MARKER, "Queue", URN, "ehpc-1", True, print)
    assert intents.write(["work"]) == set()
    intents.drop(["work"])
    assert intents.show({"work": ()}) == set()
