"""When a call is retried, how often, and after how long."""

from __future__ import annotations

import random
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception

from pulumi_ehpc.api.call import CallLog
from pulumi_ehpc.api.contact import Contact
from pulumi_ehpc.errors import ApiError, NetworkError, ServiceError, ThrottledError

RETRIES: Final = 3
"""Maximum number of retries of a call."""

_FIRST_DELAY_SECONDS: Final = 0.5
_MAX_DELAY_SECONDS: Final = 8.0
_MAX_REQUESTED_SECONDS: Final = 60.0


def is_retryable(error: BaseException, *, idempotent: bool) -> bool:
    """Return whether a call that failed may be sent again.

    * If the service did not act on it (it was throttled, or never sent): always.
    * If the service may have acted on it (a service fault, a lost response): only if the call is idempotent.
    * Otherwise it would fail again.
    """
    if isinstance(error, ThrottledError):
        return True
    if isinstance(error, NetworkError):
        return idempotent or not error.sent
    return idempotent and isinstance(error, ServiceError)


def retrying(log: CallLog, *, retries: int, contact: Contact, rng: random.Random) -> Retrying:
    """Return a retry policy: exponential back-off with jitter, or at least as long as the service asks for.

    The last error is raised, also when the run is cancelled before the next attempt, or nothing has answered for too
    long.

    Args:
        log: Log of the call; it gets a line for each attempt that is retried.
        retries: Maximum number of retries; 0 for a single attempt.
        contact: Waits, and tells when there is no use in that.
        rng: Source of the jitter.
    """
    failures: list[BaseException] = []

    def wait(state: RetryCallState) -> float:
        delay = min(_MAX_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2 ** (state.attempt_number - 1))
        error = _error_of(state)
        requested = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
        return max(rng.uniform(delay / 2, delay), min(requested, _MAX_REQUESTED_SECONDS))

    def before_sleep(state: RetryCallState) -> None:
        failures.append(_error_of(state))
        log.retried(failures[-1], state.upcoming_sleep)

    def sleep(seconds: float) -> None:
        if not contact.sleep(seconds):
            raise failures[-1]

    def stop(state: RetryCallState) -> bool:
        return state.attempt_number > retries or contact.cancelled() or contact.lost

    return Retrying(
        stop=stop,
        retry=retry_if_exception(lambda error: is_retryable(error, idempotent=log.call.idempotent)),
        wait=wait,
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )


def _error_of(state: RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome else None
    assert error is not None, "tenacity asks only after a failure"
    return error
