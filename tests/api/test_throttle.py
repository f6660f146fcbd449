"""The limit of calls a second: in a thread, in a process, and over processes."""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pulumi_ehpc.api.contact import Contact
from pulumi_ehpc.api.throttle import Throttle
from pulumi_ehpc.errors import WaitCancelledError
from tests.api.clocks import ManualClock
from tests.api.loopback import Loopback

LIMIT = 10


def throttle_in(folder: Path, clock: ManualClock, account: str = "id", endpoint: str = "e") -> Throttle:
    return Throttle(LIMIT, account=account, endpoint=endpoint, clock=clock, folder=folder)


def times_of(throttle: Throttle, clock: ManualClock, count: int) -> list[float]:
    times = []
    for _ in range(count):
        throttle.acquire(Contact(clock))
        times.append(clock.seconds)
    throttle.close()
    return times


def test_no_second_sees_more_than_the_limit(tmp_path: Path) -> None:
    clock = ManualClock()
    times = times_of(throttle_in(tmp_path, clock), clock, 5 * LIMIT)
    assert times[:LIMIT] == [0] * LIMIT
    assert most_within_a_second(times) == LIMIT
    assert 4 <= times[-1] < 4.5


def test_another_process_uses_up_the_same_limit(tmp_path: Path) -> None:
    clock = ManualClock()
    for _ in range(2):
        times_of(throttle_in(tmp_path, clock), clock, LIMIT)
    assert clock.seconds > 1


@pytest.mark.parametrize(("account", "endpoint"), [("other", "e"), ("id", "other")])
def test_accounts_and_endpoints_have_limits_of_their_own(tmp_path: Path, account: str, endpoint: str) -> None:
    clock = ManualClock()
    times_of(throttle_in(tmp_path, clock), clock, LIMIT)
    times_of(throttle_in(tmp_path, clock, account, endpoint), clock, LIMIT)
    assert clock.seconds == 0


def test_slowing_down_is_for_all_processes(tmp_path: Path) -> None:
    clock = ManualClock()
    throttle = throttle_in(tmp_path, clock)
    throttle.slow_down()
    throttle.slow_down()
    throttle.close()
    times_of(throttle_in(tmp_path, clock), clock, 1)
    assert 1 <= clock.seconds < 1.1


def test_a_clock_that_was_set_back_does_not_stop_everything(tmp_path: Path) -> None:
    clock = ManualClock()
    clock.seconds = 3600
    times_of(throttle_in(tmp_path, clock), clock, LIMIT)
    clock.seconds = 0
    times_of(throttle_in(tmp_path, clock), clock, LIMIT)
    assert clock.seconds <= 1


def test_files_name_no_account(tmp_path: Path) -> None:
    clock = ManualClock()
    times_of(throttle_in(tmp_path, clock, account="LTAIcanary"), clock, 1)
    assert list(tmp_path.iterdir())
    for path in tmp_path.iterdir():
        assert b"LTAIcanary" not in path.name.encode() + path.read_bytes()


def test_files_of_yesterday_are_removed(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    for path in (old, new):
        path.touch()
    os.utime(old, (time.time() - 3 * 24 * 3600,) * 2)
    throttle_in(tmp_path, ManualClock()).close()
    assert not old.exists()
    assert new.exists()


def test_old_calls_are_forgotten(tmp_path: Path) -> None:
    clock = ManualClock()
    throttle = throttle_in(tmp_path, clock)
    for _ in range(300):
        throttle.acquire(Contact(clock))
    count = throttle._bucket.count()
    throttle.close()
    assert isinstance(count, int)
    assert count < 150


# The library does not close the connection to a database that it cannot read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("content", ["a file", "a damaged database"])
def test_without_a_usable_folder_the_limit_holds_within_the_process(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock, folder = ManualClock(), tmp_path / "cache"
    if content == "a file":
        folder.write_text("not a folder")
    else:
        throttle_in(folder, clock).close()
        for path in folder.glob("*.sqlite"):
            path.write_bytes(b"not a database" * 1000)
    with caplog.at_level(logging.WARNING):
        times = times_of(throttle_in(folder, clock), clock, 2 * LIMIT)
    gc.collect()
    assert most_within_a_second(times) == LIMIT
    assert "holds for this process only" in caplog.text


def test_a_database_that_breaks_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    throttle = throttle_in(tmp_path, clock)
    throttle.acquire(Contact(clock))
    (path,) = tmp_path.glob("*.sqlite")
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE rate_bucket")
    with caplog.at_level(logging.WARNING):
        times = times_of(throttle, clock, 2 * LIMIT)
    assert most_within_a_second(times) == LIMIT
    assert "holds for this process only" in caplog.text


def test_a_cancelled_run_does_not_wait_for_its_turn(tmp_path: Path) -> None:
    clock = ManualClock()
    throttle = throttle_in(tmp_path, clock)
    times_of(throttle, clock, LIMIT)
    with pytest.raises(WaitCancelledError, match="cancelled while waiting for the limit on calls per second"):
        throttle_in(tmp_path, clock).acquire(Contact(clock, cancelled=lambda: True))
    assert clock.seconds <= 0.2


def test_threads_share_the_limit(tmp_path: Path) -> None:
    clock = ManualClock()
    throttle = throttle_in(tmp_path, clock)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: throttle.acquire(Contact(clock)), range(3 * LIMIT)))
    throttle.close()
    assert clock.seconds > 2


CALL_MANY = """
import sys
from pathlib import Path
from pulumi_ehpc.api import Client, Credentials, Settings
settings = Settings("cn-hangzhou", endpoint=sys.argv[1], max_qps=int(sys.argv[3]))
with Client(settings, credentials=Credentials("id", "secret"), cache_folder=Path(sys.argv[2])) as client:
    for _ in range(int(sys.argv[4])):
        client.for_version("2024-07-30").call("GetCluster", {"ClusterId": "c"})
"""


def test_three_processes_share_the_limit(tmp_path: Path) -> None:
    with Loopback() as server:
        arguments = [server.endpoint, os.fspath(tmp_path), str(LIMIT), str(LIMIT)]
        command = [sys.executable, "-c", CALL_MANY, *arguments]
        processes = [subprocess.Popen(command) for _ in range(3)]
        assert [process.wait(60) for process in processes] == [0, 0, 0]
    times = [received.at for received in server.received]
    assert len(times) == 3 * LIMIT
    # Arrival is a little later than permission, by different amounts: hence the margin.
    assert most_within_a_second(times) <= 1.5 * LIMIT


def most_within_a_second(times: list[float]) -> int:
    ordered = sorted(times)
    return max(sum(start <= moment < start + 1 for moment in ordered) for start in ordered)
