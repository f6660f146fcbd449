"""Waiting until a probe reports a state, and judging responses by waiters that are described as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pulumi_ehpc import errors
from pulumi_ehpc.api.contact import Contact, never, sleep_unless
from pulumi_ehpc.api.spec import Waiter, dig

_FIRST_DELAY_SECONDS: Final = 0.5
_DELAY_GROWTH: Final = 1.4
_GO_ON: Final = (
    "What the service has accepted may be billed. Once it answers, run the same command again: it goes on from here."
)


class Outcome(Enum):
    """What a probe found."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


Probe = Callable[[], tuple[Outcome, str]]
"""Looks once, and returns the outcome and the state in words."""


@dataclass(frozen=True)
class Wait:
    """What to wait for, and how long.

    Attributes:
        label: What is waited for, for example ``ehpc-1 starting``; every error of the wait begins with it.
        timeout_seconds: Maximum time to wait; the last look is at its end.
        progress: Called with the state and the elapsed seconds after each look that saw it.
        cancelled: Asked every 0.2 seconds whether to give up.
    """

    label: str
    timeout_seconds: float
    progress: Callable[[str, float], None] | None = None
    cancelled: Callable[[], bool] = never

    def raise_if_cancelled(self, state: str) -> None:
        """Raise if the run was cancelled.

        Raises:
            WaitCancelledError: It was.
        """
        if self.cancelled():
            raise errors.WaitCancelledError(f"{self.label}: cancelled while the state was {state}.", state=state)


def wait_until(probe: Probe, wait: Wait, contact: Contact, *, delay_seconds: float) -> str:
    """Call a probe at growing intervals until it reports that the state is reached.

    A look that ends in throttling, a service fault or a network error does not end the wait, unless no call was
    answered for ``NO_ANSWER_LIMIT_SECONDS``.

    Args:
        probe: Looks once.
        wait: What to wait for, and how long.
        contact: Learns from the probe's calls whether they are answered.
        delay_seconds: Maximum pause between two looks.

    Returns:
        The last state.

    Raises:
        WaitFailedError: The probe reported a failure.
        WaitTimeoutError: The time is up, or no call was answered for too long.
        WaitCancelledError: The run was cancelled.
    """
    clock = contact.clock
    start = clock.monotonic()
    deadline = start + wait.timeout_seconds
    state, delay = "unknown", _FIRST_DELAY_SECONDS
    while True:
        wait.raise_if_cancelled(state)
        outcome, state, problem = _look(probe, state)
        now = clock.monotonic()
        if wait.progress is not None and not problem:
            wait.progress(state, now - start)
        if outcome is Outcome.DONE:
            return state
        if outcome is Outcome.FAILED:
            raise errors.WaitFailedError(f"{wait.label}: the state is {state}.", state=state)
        if contact.lost:
            message = f"{wait.label}: given up, {contact.silence}; the last state seen was {state}.{problem}"
            raise errors.WaitTimeoutError(message, state=state, next_step=_GO_ON)
        if now >= deadline:
            silence = f", {contact.silence}" if contact.silence else ""
            message = f"{wait.label}: still {state} after {wait.timeout_seconds:g} seconds{silence}.{problem}"
            next_step = "It may still succeed: check its state, then try again or allow more time."
            raise errors.WaitTimeoutError(message, state=state, next_step=next_step)
        sleep_unless(wait.cancelled, min(delay, deadline - now), clock)
        delay = min(delay * _DELAY_GROWTH, delay_seconds)


def judge_response(waiter: Waiter, response: dict[str, Any]) -> tuple[Outcome, str]:
    """Judge a response by a waiter, and return the outcome and the state."""
    value = dig(response, waiter.path)
    state = "unknown" if value is None else str(value)
    return _match(waiter, "path", state) or (Outcome.PENDING, state)


def judge_error(waiter: Waiter, error: errors.ApiError) -> tuple[Outcome, str] | None:
    """Judge an error by a waiter, and return the outcome and the code; None when the waiter does not list the code."""
    return _match(waiter, "error", error.code)


def _look(probe: Probe, state: str) -> tuple[Outcome, str, str]:
    """Look once; after a transient error the state is the one before, with a sentence about the error."""
    try:
        return *probe(), ""
    except (errors.ThrottledError, errors.ServiceError, errors.NetworkError) as error:
        return Outcome.PENDING, state, f" The last look failed: {error}"


def _match(waiter: Waiter, matcher: str, state: str) -> tuple[Outcome, str] | None:
    for acceptor in waiter.acceptors:
        if (acceptor.matcher, acceptor.expected) == (matcher, state):
            return (Outcome.DONE if acceptor.outcome == "success" else Outcome.FAILED), state
    return None
