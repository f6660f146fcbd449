from __future__ import annotations

import threading
from pathlib import Path

import pytest

from scripts.bootstrap.cache import PROGRAMS, CliFolder


def make(target: Path) -> None:
    for program in (*PROGRAMS, "pulumi-language-python-host"):
        (target / program).write_text("made")


def test_the_folder_follows_the_user_s_wish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    wished = CliFolder.of_user({"XDG_CACHE_HOME": "/var/cache"}, "1.2.3")
    assert wished.bin == Path("/var/cache/pulumi-ehpc/pulumi-v1.2.3/bin")
    assert CliFolder.of_user({}, "1.2.3").bin == tmp_path / ".cache/pulumi-ehpc/pulumi-v1.2.3/bin"


def test_a_filled_folder_is_complete_and_leaves_no_scaffolding(tmp_path: Path) -> None:
    folder = CliFolder(tmp_path, "1.2.3")
    assert not folder.is_complete()
    folder.fill(make)
    assert folder.is_complete()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "pulumi-v1.2.3"]


def test_a_failed_filling_leaves_nothing_and_may_be_repeated(tmp_path: Path) -> None:
    folder = CliFolder(tmp_path, "1.2.3")

    def fail(target: Path) -> None:
        (target / "pulumi").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        folder.fill(fail)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    folder.fill(make)
    assert folder.is_complete()


def test_what_a_killed_set_up_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".partial-dead" / "home").mkdir(parents=True)
    (tmp_path / "pulumi-v1.2.3" / "bin").mkdir(parents=True)
    folder = CliFolder(tmp_path, "1.2.3")
    folder.fill(make)
    assert folder.is_complete()
    assert not (tmp_path / ".partial-dead").exists()


def test_a_build_whose_language_host_passes_over_a_virtual_environment_is_replaced(tmp_path: Path) -> None:
    folder = CliFolder(tmp_path, "1.2.3")
    folder.bin.mkdir(parents=True)
    for program in PROGRAMS:
        (folder.bin / program).write_text("old")
    assert not folder.is_complete()
    folder.fill(make)
    assert folder.is_complete()
    assert {path.read_text() for path in folder.bin.iterdir()} == {"made"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "pulumi-v1.2.3"]


def test_a_release_from_before_is_kept(tmp_path: Path) -> None:
    folder = CliFolder(tmp_path, "1.2.3")
    folder.bin.mkdir(parents=True)
    for program in (*PROGRAMS, "pulumi-language-go", "pulumi-language-nodejs"):
        (folder.bin / program).write_text("released")
    assert folder.is_complete()


def test_of_two_at_once_one_makes_and_the_other_waits(tmp_path: Path) -> None:
    makers: list[str] = []
    started = threading.Event()
    go_on = threading.Event()

    def fill(name: str) -> None:
        def make_slowly(target: Path) -> None:
            makers.append(name)
            started.set()
            assert go_on.wait(30)
            make(target)

        CliFolder(tmp_path, "1.2.3").fill(make_slowly)

    threads = [threading.Thread(target=fill, args=(name,)) for name in "ab"]
    threads[0].start()
    assert started.wait(30)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert makers == ["a"]
