"""An operation: titles, progress, and leaving a long one."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.errors import NetworkError, WaitCancelledError, WaitTimeoutError
from pulumi_ehpc.lifecycle.operation import Operation, ResourceState
from pulumi_ehpc.lifecycle.ownership import marker
from tests.lifecycle.bench import IDENTITY, Bench


@pytest.fixture
def op(bench: Bench) -> Operation[Any]:
    """The create of an item."""
    return bench.operation(cluster="ehpc-1")


def test_title_and_marker(op: Operation[Any], bench: Bench) -> None:
    assert op.title == "Item 'work'"
    assert op.marker == marker(IDENTITY, bench.urn("Item", "work"))


def test_timeout_is_the_resource_type_s_unless_the_engine_says_otherwise(op: Operation[Any], bench: Bench) -> None:
    assert op.timeout_seconds == 5 * 60
    bench.timeout_seconds = 90.0
    assert bench.operation(cluster="ehpc-1").timeout_seconds == 90


@pytest.mark.parametrize(
    ("state", "pause", "line"),
    [
        ("initing", 125.4, "starting: initing (2 min 5 s)"),
        ("creating", 59.9, "starting: creating (59 s)"),
        ("", 0.0, "starting: waiting (0 s)"),
        ("ClusterNotFound", 60.0, "starting: gone (1 min 0 s)"),
    ],
)
def test_wait_shows_progress(op: Operation[Any], bench: Bench, state: str, pause: float, line: str) -> None:
    def probe() -> tuple[Outcome, str]:
        bench.client._clock.sleep(pause)
        return Outcome.DONE, state

    assert op.wait_until(probe, "starting") == state
    assert bench.progress == [line]


def test_wait_ends_with_the_operation_s_time(bench: Bench) -> None:
    bench.timeout_seconds = 60.0
    op = bench.operation(cluster="ehpc-1")
    with pytest.raises(WaitTimeoutError, match="Item 'work': starting: still creating after 60 seconds"):
        op.wait_until(lambda: (Outcome.PENDING, "creating"), "starting")


def test_calls_that_are_not_answered_show_in_the_operation_s_line(op: Operation[Any], bench: Bench) -> None:
    with pytest.raises(NetworkError), op.api.contact.calling("http://10.0.0.1:8520"):
        op.api.contact.clock.sleep(125)
        raise NetworkError("no response", endpoint="http://10.0.0.1:8520")
    assert bench.progress == ["no answer from 10.0.0.1:8520 since 2 min"]


def test_cancelled_operation_waits_for_no_retry(op: Operation[Any], bench: Bench) -> None:
    bench.cancelled = lambda: True
    assert not op.api.contact.sleep(8)
    assert bench.client._clock.monotonic() < 1


def test_wait_for_a_waiter_that_the_api_version_does_not_have(op: Operation[Any]) -> None:
    with pytest.raises(Exception, match="is not a waiter of API 2024-07-30"):
        op.wait_for("NoSuch", {}, "starting")


def test_cancelled_operation_is_left_between_two_calls(op: Operation[Any], bench: Bench) -> None:
    op.stop_if_cancelled("3 of 5 made")
    bench.cancelled = lambda: True
    with pytest.raises(WaitCancelledError, match=r"Item 'work': the run was cancelled \(3 of 5 made\)") as caught:
        op.stop_if_cancelled("3 of 5 made")
    assert caught.value.state == "3 of 5 made"


def test_what_was_accepted_is_remembered(op: Operation[Any]) -> None:
    assert (op.accepted, op.id) == (None, "")
    outputs = {"created": True}
    state = op.record("the-id", outputs)
    outputs["created"] = False
    assert op.accepted == op.recorded == state == ResourceState("the-id", {"created": True})
    assert op.id == "the-id"


def test_nothing_was_recorded_yet(op: Operation[Any]) -> None:
    with pytest.raises(AssertionError, match="records the object before it ends"):
        op.recorded  # noqa: B018 - reading it is what fails
