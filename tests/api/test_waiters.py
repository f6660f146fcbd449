"""Waiting until a probe reports a state, and judging responses by waiters."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import Outcome, Probe, Wait, spec
from pulumi_ehpc.api.contact import Contact, never
from pulumi_ehpc.api.waiters import judge_error, judge_response, wait_until
from tests.api.clocks import ManualClock

PENDING, DONE, FAILED = Outcome.PENDING, Outcome.DONE, Outcome.FAILED


def api_error(kind: type[errors.ApiError], code: str = "C") -> errors.ApiError:
    return kind("m", code=code, http_status=500, request_id="R", action="A", version="V")


def probe_of(*found: tuple[Outcome, str] | Exception) -> Probe:
    left = list(found)

    def probe() -> tuple[Outcome, str]:
        result = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(result, Exception):
            raise result
        return result

    return probe


def run(
    probe: Probe,
    clock: ManualClock,
    timeout: float = 1000,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] = never,
) -> str:
    return wait_until(probe, Wait("nodes starting", timeout, progress, cancelled), Contact(clock), delay_seconds=5)


def test_it_ends_when_done() -> None:
    clock, shown = ManualClock(), list[tuple[str, float]]()
    state = run(
        probe_of((PENDING, "creating"), (PENDING, "init"), (DONE, "running")),
        clock,
        progress=lambda state, elapsed: shown.append((state, round(elapsed, 6))),
    )
    assert state == "running"
    assert shown == [("creating", 0), ("init", 0.5), ("running", 1.2)]


def test_intervals_grow_to_the_maximum_pause() -> None:
    clock, looks = ManualClock(), list[float]()
    with pytest.raises(errors.WaitTimeoutError):
        run(probe_of((PENDING, "init")), clock, timeout=60, progress=lambda _, elapsed: looks.append(elapsed))
    pauses = [round(later - earlier, 6) for earlier, later in itertools.pairwise(looks)]
    assert pauses[:4] == [0.5, 0.7, 0.98, 1.372]
    assert max(pauses) == 5
    assert looks[-1] == pytest.approx(60)


@pytest.mark.parametrize("started", [429.15261696, 1e6 / 3, 12345.678])
def test_it_ends_however_the_clock_rounds(started: float) -> None:
    clock = ManualClock()
    clock.seconds = started
    with pytest.raises(errors.WaitTimeoutError):
        run(probe_of((PENDING, "init")), clock, timeout=400)


def test_a_failure_ends_it_at_once() -> None:
    with pytest.raises(errors.WaitFailedError, match="nodes starting: the state is exception") as raised:
        run(probe_of((PENDING, "init"), (FAILED, "exception")), ManualClock())
    assert raised.value.state == "exception"


def test_the_deadline_ends_it_with_the_last_state() -> None:
    with pytest.raises(errors.WaitTimeoutError, match="nodes starting: still init after 3 seconds") as raised:
        run(probe_of((PENDING, "init")), ManualClock(), timeout=3)
    assert raised.value.state == "init"
    assert raised.value.next_step


def test_there_is_always_one_look() -> None:
    assert run(probe_of((DONE, "running")), ManualClock(), timeout=0) == "running"


@pytest.mark.parametrize(
    "error",
    [
        api_error(errors.ThrottledError),
        api_error(errors.ServiceError),
        errors.NetworkError("no response", endpoint="e"),
    ],
)
def test_transient_errors_do_not_end_it(error: Exception) -> None:
    states: list[str] = []
    found = probe_of((PENDING, "init"), error, error, (DONE, "running"))
    assert run(found, ManualClock(), progress=lambda state, _: states.append(state)) == "running"
    assert states == ["init", "running"]


def test_an_error_at_the_end_is_shown() -> None:
    with pytest.raises(errors.WaitTimeoutError, match="The last look failed: no response"):
        run(probe_of(errors.NetworkError("no response", endpoint="e")), ManualClock(), timeout=3)


def test_other_errors_end_it() -> None:
    with pytest.raises(errors.AuthorizationError):
        run(probe_of((PENDING, "init"), api_error(errors.AuthorizationError)), ManualClock())


@pytest.mark.parametrize("moment", [0.0, 0.3, 7.7, 20.0])
def test_cancelling_ends_it_within_a_fifth_of_a_second(moment: float) -> None:
    clock = ManualClock()
    with pytest.raises(errors.WaitCancelledError) as raised:
        run(probe_of((PENDING, "init")), clock, cancelled=lambda: clock.seconds >= moment)
    assert moment <= clock.seconds <= moment + 0.2
    assert raised.value.state == ("init" if moment else "unknown")


@pytest.mark.parametrize("version", spec.VERSIONS)
@pytest.mark.parametrize(
    ("waiter", "state", "outcome"),
    [
        ("ClusterRunning", "uninit", PENDING),
        ("ClusterRunning", "creating", PENDING),
        ("ClusterRunning", "running", DONE),
        ("ClusterRunning", "exception", FAILED),
        ("ClusterRunning", "releasing", FAILED),
        ("ClusterDeleted", "running", PENDING),
        ("ClusterDeleted", "releasing", PENDING),
        ("ClusterDeleted", "exception", PENDING),
    ],
)
def test_states_of_clusters(version: str, waiter: str, state: str, outcome: Outcome) -> None:
    body: dict[str, Any] = {"ClusterStatus": state, "ClusterInfo": {"Status": state}}
    assert judge_response(spec.waiters(version)[waiter], body) == (outcome, state)


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_errors_of_clusters(version: str) -> None:
    gone, denied = api_error(errors.NotFoundError, "ClusterNotFound"), api_error(errors.AuthorizationError, "Forbidden")
    rules = spec.waiters(version)
    assert judge_error(rules["ClusterRunning"], gone) is None
    assert judge_error(rules["ClusterDeleted"], gone) == (DONE, "ClusterNotFound")
    assert judge_error(rules["ClusterDeleted"], denied) is None


@pytest.mark.parametrize("body", [{}, {"ClusterInfo": None}, {"ClusterInfo": {"Status": None}}])
def test_a_response_without_a_state_is_not_the_end(body: dict[str, Any]) -> None:
    assert judge_response(spec.waiters("2018-04-12")["ClusterRunning"], body) == (PENDING, "unknown")
