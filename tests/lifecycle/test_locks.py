"""The locks of this machine: who takes turns with whom, and what ends waiting."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from filelock import FileLock

from pulumi_ehpc.api.waiters import Wait
from pulumi_ehpc.errors import WaitCancelledError, WaitTimeoutError
from pulumi_ehpc.lifecycle.locks import HELD_FOR_SECONDS, Locks, lock_name
from tests.api.clocks import ManualClock

HOLDER = """
import sys
from pathlib import Path
from pulumi_ehpc.api.waiters import Wait
from pulumi_ehpc.lifecycle.locks import Locks
with Locks(Path(sys.argv[1])).hold("a list", "Volume 'theirs'", Wait("theirs", 60.0), print):
    print("held", flush=True)
    sys.stdin.read()
"""


class EventfulClock(ManualClock):
    """A clock at which something happens while somebody sleeps.

    Attributes:
        then: What happens after so many seconds of sleep; None once it has happened.
    """

    def __init__(self, seconds: float, then: Callable[[], None]) -> None:
        super().__init__()
        self.at = seconds
        self.then: Callable[[], None] | None = then

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.then is not None and self.seconds >= self.at:
            happens, self.then = self.then, None
            happens()


class Bench:
    """Locks in a folder of their own, and what they showed and said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.progress: list[str] = []
        self.log: list[str] = []
        self.cancelled = False

    def hold(self, locks: Locks, name: str = "a list", timeout_seconds: float = 3600.0) -> AbstractContextManager[None]:
        wait = Wait("Volume 'data': changing ehpc-1", timeout_seconds, self._show, lambda: self.cancelled)
        return locks.hold(name, "Volume 'data'", wait, self.log.append)

    def _show(self, state: str, seconds: float) -> None:
        self.progress.append(state)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "state" / "locks")


@pytest.fixture
def other_process(bench: Bench) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(bench.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# -- threads of one process ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shared", [True, False])
def test_holder_may_take_a_lock_again_and_others_wait(bench: Bench, shared: bool) -> None:
    locks, taken = Locks(bench.folder if shared else None), threading.Event()

    def take() -> None:
        with bench.hold(locks):
            taken.set()

    other = threading.Thread(target=take)
    with bench.hold(locks), bench.hold(locks), bench.hold(locks, "another"):
        other.start()
        assert not taken.wait(0.1)
    other.join()
    assert taken.is_set()


def test_every_thread_gets_its_turn(bench: Bench) -> None:
    """Each reads a number, and writes the next one."""
    locks, number = Locks(bench.folder), bench.folder.parent / "number"
    number.parent.mkdir(parents=True)
    number.write_text("0")

    def count() -> None:
        for _ in range(10):
            with bench.hold(locks):
                number.write_text(str(int(number.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number.read_text() == "160"
    assert bench.log == []


def test_cancelled_thread_does_not_wait_for_another(bench: Bench) -> None:
    locks = Locks(bench.folder)
    caught: list[BaseException] = []

    def take() -> None:
        try:
            with bench.hold(locks):
                pass
        except WaitCancelledError as error:
            caught.append(error)

    bench.cancelled = True
    other = threading.Thread(target=take)
    with bench.hold(locks):
        other.start()
        other.join()
    assert "cancelled while the state was waiting for another resource of this run" in str(caught[0])


def test_thread_ends_in_its_operation_s_own_time(bench: Bench) -> None:
    """Without a limit besides: the calls of whoever has the lock have theirs."""
    locks, caught = Locks(bench.folder, held_for_seconds=0.0), []

    def take() -> None:
        try:
            with bench.hold(locks, timeout_seconds=0.01):
                pass
        except WaitTimeoutError as error:
            caught.append(str(error))

    other = threading.Thread(target=take)
    with bench.hold(locks):
        other.start()
        other.join()
    (message,) = caught
    assert "for another resource of this run, which holds the lock. Allow more time (custom_timeouts)" in message


def test_lock_is_free_after_an_error(bench: Bench) -> None:
    locks = Locks(bench.folder)
    with pytest.raises(ZeroDivisionError), bench.hold(locks):
        1 / 0  # noqa: B018 - dividing is what fails
    with bench.hold(Locks(bench.folder)):
        pass


# -- another process -------------------------------------------------------------------------------------------------


def test_another_process_is_waited_for_and_named(bench: Bench, other_process: subprocess.Popen[str]) -> None:
    def let_go() -> None:
        other_process.communicate("")

    with bench.hold(Locks(bench.folder, clock=EventfulClock(3.0, let_go))):
        assert other_process.returncode == 0
    assert len(bench.progress) == 3, "once a second"
    assert f"waiting for process {other_process.pid} (Volume 'theirs', since " in bench.progress[0]


def test_short_wait_is_not_shown(bench: Bench, other_process: subprocess.Popen[str]) -> None:
    def let_go() -> None:
        other_process.communicate("")

    with bench.hold(Locks(bench.folder, clock=EventfulClock(0.5, let_go))):
        assert bench.progress == []


def test_killed_process_lets_go(bench: Bench, other_process: subprocess.Popen[str]) -> None:
    def kill() -> None:
        other_process.kill()
        other_process.wait()

    with bench.hold(Locks(bench.folder, clock=EventfulClock(3.0, kill))):
        assert other_process.returncode == -signal.SIGKILL


def test_stopped_process_is_waited_for_as_long_as_the_limit(bench: Bench, other_process: subprocess.Popen[str]) -> None:
    other_process.send_signal(signal.SIGSTOP)
    clock, process = ManualClock(), other_process.pid
    locks = Locks(bench.folder, clock=clock)
    with pytest.raises(WaitTimeoutError) as caught, bench.hold(locks):
        pass
    message = str(caught.value)
    assert f"Volume 'data': changing ehpc-1: still waiting after 5 min 0 s for process {process} (Vol" in message
    assert f"let it go on (`kill -CONT {process}`), or end it (`kill {process}`)" in message
    assert clock.seconds == pytest.approx(HELD_FOR_SECONDS, abs=1)
    with pytest.raises(WaitTimeoutError), bench.hold(locks):
        pass
    assert clock.seconds == pytest.approx(HELD_FOR_SECONDS, abs=1), "the limit is the holder's, not each waiter's"


def test_operation_ends_in_its_own_time(bench: Bench, other_process: subprocess.Popen[str]) -> None:
    locks = Locks(bench.folder, clock=ManualClock())
    with pytest.raises(WaitTimeoutError, match="still waiting after 20 s"), bench.hold(locks, timeout_seconds=20.0):
        pass


def test_cancelled_operation_does_not_wait_for_another_process(
    bench: Bench, other_process: subprocess.Popen[str]
) -> None:
    def cancel() -> None:
        bench.cancelled = True

    clock = EventfulClock(3.0, cancel)
    locks = Locks(bench.folder, clock=clock)
    with pytest.raises(WaitCancelledError, match=f"waiting for process {other_process.pid}"), bench.hold(locks):
        pass
    assert clock.seconds == pytest.approx(3.0, abs=0.2)


def test_holders_that_change_are_each_waited_for(bench: Bench) -> None:
    """Others make progress, and that one of them hangs is not said."""
    bench.folder.mkdir(parents=True)
    with bench.hold(Locks(bench.folder)):
        (note,) = bench.folder.glob("*.json")
        (file,) = bench.folder.glob("*.lock")
    theirs = FileLock(file)
    theirs.acquire()

    def next_one() -> None:
        note.write_text(json.dumps({"process": 4712, "title": "Volume 'b'", "since": "2026-01-02T03:05:00.1+00:00"}))

    note.write_text(json.dumps({"process": 4711, "title": "Volume 'a'", "since": "2026-01-02T03:04:05.5+00:00"}))
    clock = EventfulClock(200.0, next_one)
    locks, last = Locks(bench.folder, clock=clock), r"process 4712 \(Volume 'b', since 03:05:00 UTC\)"
    with pytest.raises(WaitTimeoutError, match=last), bench.hold(locks):
        pass
    assert clock.seconds == pytest.approx(200 + HELD_FOR_SECONDS, abs=1)
    theirs.release()


@pytest.mark.parametrize("note", [b"", b"\xff", b"{", b"[]", b'{"process": "x", "title": 1}'])
def test_holder_that_cannot_be_named_has_a_limit_as_well(bench: Bench, note: bytes) -> None:
    with bench.hold(Locks(bench.folder)):
        (path,) = bench.folder.glob("*.json")
        (file,) = bench.folder.glob("*.lock")
    path.write_bytes(note)
    theirs = FileLock(file)
    theirs.acquire()
    locks = Locks(bench.folder, held_for_seconds=10.0, clock=ManualClock())
    for _ in range(2):
        with pytest.raises(WaitTimeoutError, match="after 10 s for another process") as caught, bench.hold(locks):
            pass
        assert caught.value.next_step.startswith("If the other run is stopped or hangs, let it go on or end it;")
    theirs.release()


# -- files -----------------------------------------------------------------------------------------------------------


def test_files_are_for_the_user_alone(bench: Bench) -> None:
    with bench.hold(Locks(bench.folder)):
        assert bench.folder.stat().st_mode & 0o777 == 0o700
        files = list(bench.folder.iterdir())
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert {path.suffix for path in files} == {".lock", ".json"}
        (note,) = bench.folder.glob("*.json")
        assert json.loads(note.read_text())["process"] == os.getpid()
    assert not note.exists()


def test_folder_that_cannot_be_used_is_reported_once(bench: Bench) -> None:
    bench.folder.parent.mkdir()
    bench.folder.write_text("a file")
    locks = Locks(bench.folder)
    for _ in range(2):
        with bench.hold(locks), bench.hold(locks):
            pass
    (message,) = bench.log
    assert message.startswith(f"The locks in {bench.folder} cannot be used (File exists): another run on this machine")
    assert message.endswith("Make the folder writable.")


@pytest.mark.parametrize(
    "endpoint", ["https://ehpc.cn-hangzhou.aliyuncs.com", "https://ehpc-vpc.cn-beijing.aliyuncs.com"]
)
def test_cluster_of_the_service_is_the_same_whichever_endpoint_is_called(endpoint: str) -> None:
    assert lock_name(endpoint, "ehpc-1") == lock_name("https://ehpc.aliyuncs.com", "ehpc-1")
    assert lock_name(endpoint, "ehpc-1") != lock_name(endpoint, "ehpc-2")


def test_clusters_of_two_fakes_are_not_the_same() -> None:
    assert lock_name("http://127.0.0.1:8520", "ehpc-1") != lock_name("http://127.0.0.1:8521", "ehpc-1")
