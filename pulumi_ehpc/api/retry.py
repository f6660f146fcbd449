"""When a call is repeated, how often, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.errors import ApiError, NetworkError, ServiceError, ThrottledError

__all__ = ["RETRIES", "may_repeat", "retrying"]

RETRIES: Final = 3
"""How often a call is repeated."""

_FIRST_DELAY_SECONDS: Final = 0.5
_LONGEST_DELAY_SECONDS: Final = 8.0
_LONGEST_REQUESTED_SECONDS: Final = 60.0


def may_repeat(error: BaseException, *, idempotent: bool) -> bool:
    """Whether a failed call may be sent again.

    * The service did nothing (throttled, or the request never left): always.
    * It may have acted (a fault of its own, an answer lost on the way): only if repeating does no harm.
    * Anything else would fail again.
    """
    if isinstance(error, ThrottledError):
        return True
    if isinstance(error, NetworkError):
        return idempotent or not error.sent
    return idempotent and isinstance(error, ServiceError)


def retrying(
    *,
    retries: int,
    idempotent: bool,
    clock: Clock,
    rng: random.Random,
    before_retry: Callable[[BaseException, float], None],
) -> Retrying:
    """A policy of exponential back-off with jitter, or of as long as the service asks for.

    Args:
        retries: How often to repeat; 0 for a single attempt.
        idempotent: Whether repeating does no harm: a read, or a write with a client token.
        clock: Clock to wait with.
        rng: Source of the jitter.
        before_retry: Told the error and the seconds to wait before each retry.
    """

    def wait(state: RetryCallState) -> float:
        longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2 ** (state.attempt_number - 1))
        error = _error_of(state)
        requested = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
        return max(rng.uniform(longest / 2, longest), min(requested, _LONGEST_REQUESTED_SECONDS))

    def before_sleep(state: RetryCallState) -> None:
        before_retry(_error_of(state), state.next_action.sleep if state.next_action else 0.0)

    return Retrying(
        stop=stop_after_attempt(1 + retries),
        retry=retry_if_exception(lambda error: may_repeat(error, idempotent=idempotent)),
        wait=wait,
        sleep=clock.sleep,
        before_sleep=before_sleep,
        reraise=True,
    )


def _error_of(state: RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome else None
    assert error is not None, "tenacity asks only after a failure"
    return error
