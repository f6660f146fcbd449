"""Waiting for a state: by a probe of any kind, or by a waiter described as data."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, Final

from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.api.spec import Waiter
from pulumi_ehpc.errors import (
    ApiError,
    NetworkError,
    ServiceError,
    ThrottledError,
    WaitCancelledError,
    WaitFailedError,
    WaitTimeoutError,
)

__all__ = ["Outcome", "Probe", "Tick", "judge_answer", "judge_error", "never", "wait_until"]

_FIRST_DELAY_SECONDS: Final = 0.5
_DELAY_GROWTH: Final = 1.4
_CANCEL_CHECK_SECONDS: Final = 0.2


class Outcome(Enum):
    """What a probe found."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


Probe = Callable[[], tuple[Outcome, str]]
"""Looks once; says what it found, and the state in words."""

Tick = Callable[[str, float], None]
"""Told the state and the seconds gone by after each look."""


def never() -> bool:
    """Not cancelled, ever."""
    return False


def wait_until(
    probe: Probe,
    *,
    doing: str,
    timeout_seconds: float,
    delay_seconds: float,
    clock: Clock,
    tick: Tick | None = None,
    cancelled: Callable[[], bool] = never,
) -> str:
    """Look again and again, at growing intervals, until the probe says done.

    A probe that fails with a throttling answer, a fault of the service or of the network does not end the wait.

    Args:
        probe: Looks once.
        doing: What is waited for, as the beginning of a sentence: ``ClusterRunning of ehpc-1``.
        timeout_seconds: Longest wait; the last look is at its end.
        delay_seconds: Longest pause between two looks.
        clock: Clock to wait with.
        tick: Told state and seconds after each look.
        cancelled: Asked every 0.2 seconds whether to give up.

    Returns:
        The last state.

    Raises:
        WaitFailedError: The probe said failed.
        WaitTimeoutError: The time is over.
        WaitCancelledError: ``cancelled`` said yes.
    """
    start = clock.monotonic()
    state, delay = "unknown", _FIRST_DELAY_SECONDS
    while True:
        _raise_if(cancelled, doing, state)
        outcome, state, trouble = _look(probe, state)
        elapsed = clock.monotonic() - start
        if tick is not None:
            tick(state, elapsed)
        if outcome is Outcome.DONE:
            return state
        if outcome is Outcome.FAILED:
            raise WaitFailedError(f"{doing}: the state is {state}.", state=state)
        if elapsed >= timeout_seconds:
            raise WaitTimeoutError(
                f"{doing}: still {state} after {timeout_seconds:g} seconds.{trouble}",
                state=state,
                next_step="It may yet get there: look at it, and repeat or allow more time.",
            )
        _pause(min(delay, timeout_seconds - elapsed), clock, partial(_raise_if, cancelled, doing, state))
        delay = min(delay * _DELAY_GROWTH, delay_seconds)


def _look(probe: Probe, state: str) -> tuple[Outcome, str, str]:
    """Look once; when that fails in passing, all stays as it was, with a word about the trouble."""
    try:
        return *probe(), ""
    except (ThrottledError, ServiceError, NetworkError) as error:
        return Outcome.PENDING, state, f" The last look failed: {error}"


def judge_answer(waiter: Waiter, answer: dict[str, Any]) -> tuple[Outcome, str]:
    """Judge an answer by a waiter: the outcome and the state."""
    state = _state_at(waiter.path, answer)
    return _match(waiter, "path", state) or (Outcome.PENDING, state)


def judge_error(waiter: Waiter, error: ApiError) -> tuple[Outcome, str] | None:
    """Judge an error by a waiter: the outcome and the code; None when the error is not the waiter's concern."""
    return _match(waiter, "error", error.code)


def _match(waiter: Waiter, matcher: str, state: str) -> tuple[Outcome, str] | None:
    for acceptor in waiter.acceptors:
        if (acceptor.matcher, acceptor.expected) == (matcher, state):
            return (Outcome.DONE if acceptor.outcome == "success" else Outcome.FAILED), state
    return None


def _state_at(path: str, answer: dict[str, Any]) -> str:
    value: Any = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "unknown" if value is None else str(value)


def _pause(seconds: float, clock: Clock, check: Callable[[], None]) -> None:
    end = clock.monotonic() + seconds
    while (left := end - clock.monotonic()) > 0:
        clock.sleep(min(left, _CANCEL_CHECK_SECONDS))
        check()


def _raise_if(cancelled: Callable[[], bool], doing: str, state: str) -> None:
    if cancelled():
        raise WaitCancelledError(f"{doing}: cancelled while the state was {state}.", state=state)
