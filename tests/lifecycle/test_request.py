"""A request's own words: titles, progress, and leaving a long step."""

from __future__ import annotations

import pytest

from pulumi_ehpc.errors import WaitCancelledError
from pulumi_ehpc.lifecycle.marks import mark
from pulumi_ehpc.lifecycle.request import Made, Request
from tests.nouns.stack import IDENTITY, Stack


@pytest.fixture
def step(stack: Stack) -> Request:
    """A step of a queue."""
    return stack.request("Queue", "work", cluster="ehpc-1")


def test_title_and_mark(step: Request, stack: Stack) -> None:
    assert step.title == "Queue 'work'"
    assert step.mark == mark(IDENTITY, stack.urn("Queue", "work"))


def test_default_time_limit_is_the_noun_s(step: Request) -> None:
    assert step.timeout_seconds == 30 * 60


@pytest.mark.parametrize(
    ("state", "elapsed", "line"),
    [
        ("initing", 125.4, "starting: initing (2 min 5 s)"),
        ("creating", 59.9, "starting: creating (59 s)"),
        ("", 0.0, "starting: waiting (0 s)"),
        ("ClusterNotFound", 60.0, "starting: gone (1 min 0 s)"),
    ],
)
def test_progress(step: Request, stack: Stack, state: str, elapsed: float, line: str) -> None:
    step.progress("starting")(state, elapsed)
    assert stack.said == [line]


def test_cancelled_step_is_left_between_two_calls(step: Request, stack: Stack) -> None:
    step.stop_if_cancelled("3 of 5 made")
    stack.cancelled = lambda: True
    with pytest.raises(WaitCancelledError, match=r"Queue 'work': the run was cancelled \(3 of 5 made\)"):
        step.stop_if_cancelled("3 of 5 made")


def test_what_was_accepted_is_remembered(step: Request) -> None:
    assert not step.accepted
    made = step.made("the-id", {"created": True})
    assert step.accepted == made == Made("the-id", {"created": True})
