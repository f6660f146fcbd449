"""What the person who waits learns while no call is answered, and when that ends a wait."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import VersionClient, Wait, transport
from pulumi_ehpc.api.contact import NO_ANSWER_LIMIT_SECONDS
from pulumi_ehpc.api.signers import HttpRequest
from pulumi_ehpc.api.transport import Response, Transport
from tests.api.bench import FAULT, GONE, NEW, OLD, THROTTLED, Bench
from tests.api.loopback import GOOD, Received, Reply

CREATING = Reply({**GOOD, "ClusterStatus": "creating"})
RUNNING = Reply({**GOOD, "ClusterStatus": "running"})
GATEWAY = Reply(b"<html>", status=502)


class Lines:
    """The line of a resource: everything it showed, one after the other."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.looks: list[str] = []

    def progress(self, state: str, elapsed: float) -> None:
        self.looks.append(state)
        self.shown.append(f"{state} ({elapsed:.0f} s)")

    @property
    def told(self) -> list[str]:
        return [line for line in self.shown if "answer" in line]


def wait(client: VersionClient, lines: Lines, timeout: float = 3600) -> dict[str, Any]:
    return client.wait_for("ClusterRunning", {"ClusterId": "c"}, Wait("c starting", timeout, lines.progress))


@contextmanager
def waiting(*replies: Reply, closed: bool = False) -> Iterator[tuple[Bench, VersionClient, Lines]]:
    """A server with prepared replies, or one that does not listen any more, and the line of who waits for it."""
    lines = Lines()
    with Bench(*replies) as bench:
        if closed:
            bench.server._server.server_close()
        yield bench, bench.client.for_version(NEW, tell=lines.shown.append), lines


def test_one_line_a_minute_while_there_is_no_answer() -> None:
    with waiting(closed=True) as (bench, client, lines), pytest.raises(errors.WaitTimeoutError):
        wait(client, lines)
    host = bench.server.address
    assert lines.shown == [f"no answer from {host} since {minutes} min" for minutes in range(1, 11)]


def test_a_wait_without_any_answer_is_given_up_and_says_since_when() -> None:
    with waiting(closed=True) as (bench, client, lines), pytest.raises(errors.WaitTimeoutError) as raised:
        wait(client, lines)
    assert NO_ANSWER_LIMIT_SECONDS <= bench.clock.seconds < NO_ANSWER_LIMIT_SECONDS + 60
    assert raised.value.message == (
        f"c starting: given up, no answer from {bench.server.address} since 03:04:05 UTC (10 min); the last state seen "
        f"was unknown. The last look failed: GetCluster: no connection could be made ({bench.server.endpoint}). Check "
        "the network and the endpoint with `ehpc doctor`."
    )
    assert "run the same command again" in raised.value.next_step


def test_a_wait_goes_on_when_it_is_answered_again() -> None:
    looks = [CREATING, *[GATEWAY] * 15, CREATING, *[GATEWAY] * 15, RUNNING]
    with waiting(*looks) as (bench, client, lines):
        wait(client, lines)
    host = bench.server.address
    first, second = (f"no usable answer from {host} since {minutes} min" for minutes in (1, 2))
    assert lines.told == [first, f"{host} answers again", first, second, f"{host} answers again"]
    assert lines.looks == ["creating", "creating", "running"]


@pytest.mark.parametrize("blip", [FAULT, GATEWAY, THROTTLED], ids=["fault", "gateway", "throttled"])
def test_less_than_a_minute_is_not_worth_a_line(blip: Reply) -> None:
    with waiting(CREATING, *[blip] * 6, RUNNING) as (_, client, lines):
        wait(client, lines)
    assert lines.looks == ["creating", "running"]
    assert lines.told == []


def test_throttling_is_an_answer() -> None:
    with waiting(CREATING, *[THROTTLED] * 100, RUNNING) as (bench, client, lines):
        wait(client, lines)
    assert bench.clock.seconds > NO_ANSWER_LIMIT_SECONDS
    assert lines.told == []


def test_the_wait_s_own_limit_says_since_when_too() -> None:
    with waiting(CREATING, FAULT) as (bench, client, lines), pytest.raises(errors.WaitTimeoutError) as raised:
        wait(client, lines, timeout=300)
    assert bench.clock.seconds == pytest.approx(300)
    assert "still creating after 300 seconds, no usable answer from" in raised.value.message
    assert "since 03:04:05 UTC (4 min). The last look failed:" in raised.value.message


def test_retries_of_a_single_call_tell_too() -> None:
    """Each attempt hangs for a minute, as it does where packets are dropped."""
    lines = Lines()
    with Bench(FAULT) as bench:

        def hang(_: Received) -> Reply:
            bench.clock.seconds += 60
            return FAULT

        bench.server._reply = hang
        with pytest.raises(errors.ServiceError):
            bench.client.for_version(NEW, tell=lines.shown.append).call("GetCluster", {"ClusterId": "c"})
    host = bench.server.address
    assert lines.shown == [f"no usable answer from {host} since {minutes} min" for minutes in (1, 2, 3, 4)]


def test_a_call_is_not_retried_once_nothing_answers_for_too_long() -> None:
    with Bench(FAULT) as bench:

        def hang(_: Received) -> Reply:
            bench.clock.seconds += NO_ANSWER_LIMIT_SECONDS
            return FAULT

        bench.server._reply = hang
        with pytest.raises(errors.ServiceError):
            bench.call()
    assert len(bench.received) == 1


def test_another_version_s_calls_belong_to_the_same_operation() -> None:
    with Bench(Reply({"RequestId": "R", "TagResources": {"TagResource": []}})) as bench:
        contact = bench.v2024.contact
        with pytest.raises(errors.NetworkError), contact.calling("http://a"):
            raise errors.NetworkError("m", endpoint="http://a")
        assert contact.silent
        bench.v2024.in_version(OLD).call("ListTagResources", {"ResourceType": "cluster", "ResourceId": ["c"]})
        assert not contact.silent


# -- cancelled runs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [0.1, 0.3, 1.0])
def test_a_cancelled_run_ends_the_pause_before_a_retry(moment: float) -> None:
    reply = Reply(THROTTLED.body, status=429, headers={"x-acs-retry-after": "50000"})
    with Bench(reply) as bench, pytest.raises(errors.ThrottledError):
        client = bench.client.for_version(NEW, cancelled=lambda: bench.clock.seconds >= moment)
        client.call("GetCluster", {"ClusterId": "c"})
    assert moment <= bench.clock.seconds <= moment + 0.2
    assert len(bench.received) == 1


def test_a_cancelled_run_does_not_retry() -> None:
    with Bench(FAULT) as bench, pytest.raises(errors.ServiceError):
        bench.client.for_version(NEW, cancelled=lambda: True).call("GetCluster", {"ClusterId": "c"})
    assert (len(bench.received), bench.clock.slept) == (1, [])


def hanging(released: threading.Event, cancelled: threading.Event) -> Callable[[Received], Reply]:
    """Reply when it is released; the run is cancelled as soon as the request has come."""

    def reply(_: Received) -> Reply:
        cancelled.set()
        released.wait()
        return RUNNING

    return reply


def test_a_cancelled_run_does_not_wait_for_a_look_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_ABANDON_AFTER_SECONDS", 0.0)
    released, cancelled = threading.Event(), threading.Event()
    with Bench(read_timeout=600.0) as bench:
        bench.server._reply = hanging(released, cancelled)
        client = bench.client.for_version(NEW, cancelled=cancelled.is_set)
        limit = Wait("c starting", 3600, cancelled=cancelled.is_set)
        with pytest.raises(errors.WaitCancelledError, match="c starting: cancelled while the state was unknown"):
            client.wait_for("ClusterRunning", {"ClusterId": "c"}, limit)
        assert not released.is_set()
        released.set()
    assert len(bench.received) == 1


def test_only_reads_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a write made would not be known otherwise."""
    threads: dict[str, str] = {}

    def send(self: Transport, request: HttpRequest, *, action: str) -> Response:
        threads[action] = threading.current_thread().name
        return Response(200, {}, json.dumps(CREATING.body).encode())

    monkeypatch.setattr(Transport, "send", send)
    with Bench() as bench:
        client = bench.client.for_version(NEW, cancelled=lambda: False)
        for action in ("GetCluster", "DeleteCluster"):
            client.call(action, {"ClusterId": "c"})
    assert threads == {"GetCluster": "ehpc-GetCluster", "DeleteCluster": threading.current_thread().name}


def test_a_look_that_fails_in_its_own_thread_fails_as_always() -> None:
    with Bench(GONE) as bench, pytest.raises(errors.NotFoundError, match="ClusterNotFound"):
        bench.client.for_version(NEW, cancelled=lambda: False).call("GetCluster", {"ClusterId": "c"})
