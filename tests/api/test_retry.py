"""What is retried, how often, and after how long."""

from __future__ import annotations

import random

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import spec
from pulumi_ehpc.api.call import Call, CallLog
from pulumi_ehpc.api.contact import Contact
from pulumi_ehpc.api.retry import RETRIES, is_retryable, retrying
from tests.api.clocks import ManualClock


def api_error(kind: type[errors.ApiError], retry_after: float | None = None) -> errors.ApiError:
    return kind("m", code="C", http_status=500, request_id="R", action="A", version="V", retry_after=retry_after)


def network_error(sent: bool) -> errors.NetworkError:
    return errors.NetworkError("m", endpoint="e", sent=sent)


@pytest.mark.parametrize(
    ("error", "safe", "unsafe"),
    [
        (api_error(errors.ThrottledError), True, True),
        (network_error(sent=False), True, True),
        (network_error(sent=True), True, False),
        (api_error(errors.ServiceError), True, False),
        (api_error(errors.NotFoundError), False, False),
        (api_error(errors.ConflictError), False, False),
        (api_error(errors.AuthenticationError), False, False),
        (errors.ConfigurationError("m"), False, False),
        (KeyError(), False, False),
    ],
)
def test_only_what_is_safe_is_retried(error: Exception, safe: bool, unsafe: bool) -> None:
    assert is_retryable(error, idempotent=True) is safe
    assert is_retryable(error, idempotent=False) is unsafe


def test_three_retries_at_growing_intervals_with_jitter() -> None:
    assert RETRIES == 3
    for seed in range(20):
        first, second, third = pauses(api_error(errors.ServiceError), seed)
        assert 0.25 <= first <= 0.5 <= second <= 1.0 <= third <= 2.0


def test_jitter_differs() -> None:
    assert len({pauses(api_error(errors.ServiceError), seed)[0] for seed in range(20)}) == 20


@pytest.mark.parametrize(("asked", "waited"), [(5.0, 5.0), (500.0, 60.0)])
def test_the_service_decides_when_it_says_so(asked: float, waited: float) -> None:
    assert pauses(api_error(errors.ThrottledError, retry_after=asked)) == [waited] * 3


def test_no_retries_when_none_are_wanted() -> None:
    assert pauses(api_error(errors.ServiceError), retries=0) == []


def pauses(error: Exception, seed: int = 0, retries: int = RETRIES) -> list[float]:
    clock, log = (
        ManualClock(),
        RecordingLog(Call(spec.action("GetCluster", "2024-07-30"), {}, {}, "https://example.com")),
    )
    policy = retrying(log, retries=retries, contact=Contact(clock), rng=random.Random(seed))

    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        policy(fail)
    assert raised.value is error
    assert log.announced == clock.slept
    return clock.slept


class RecordingLog(CallLog):
    """Keeps the announced seconds."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.announced: list[float] = []

    def retried(self, error: BaseException, seconds: float) -> None:
        self.announced.append(seconds)
