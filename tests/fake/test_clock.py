"""Clocks, and events in order of time."""

from __future__ import annotations

import pytest

from pulumi_ehpc.fake import FakeCloud, ManualClock, ScaledClock
from pulumi_ehpc.fake.clock import iso_minutes, iso_seconds
from pulumi_ehpc.fake.models.timeline import Step, Timeline
from tests.fake.caller import Caller
from tests.fake.conftest import create_2024


def test_scaled_clock_starts_at_real_time_and_runs_faster() -> None:
    real = [0.0]
    clock = ScaledClock(60, monotonic=lambda: real[0], wall=lambda: 1000.0)
    assert clock.now() == 1000
    real[0] = 2
    assert clock.now() == 1120
    clock.advance(30)
    assert clock.now() == 1150


def test_cluster_runs_after_five_real_seconds_at_sixty_times_the_speed() -> None:
    real = [0.0]
    caller = Caller(FakeCloud(ScaledClock(60, monotonic=lambda: real[0])))
    cluster_id = create_2024(caller)
    for seconds, status in ((4.9, "initing"), (5.1, "running")):
        real[0] = seconds
        assert caller.v2024("GetCluster", ClusterId=cluster_id)["ClusterStatus"] == status


@pytest.mark.parametrize("scale", [0, -1])
def test_time_scale_has_to_be_positive(scale: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        ScaledClock(scale)


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_clocks_only_move_forward(seconds: float) -> None:
    for clock in (ManualClock(), ScaledClock()):
        with pytest.raises(ValueError, match="forward"):
            clock.advance(seconds)


def test_time_formats_of_each_version() -> None:
    assert iso_seconds(1_527_476_384.5) == "2018-05-28T02:59:44.500Z"
    assert iso_minutes(1_724_326_706) == "2024-08-22T11:38Z"


def test_events_happen_in_order_of_time_then_of_scheduling() -> None:
    timeline = Timeline()
    for due, cluster_id in ((20, "b"), (10, "a"), (20, "c"), (30, "d")):
        timeline.schedule(due, Step.CLUSTER_GONE, cluster_id)
    assert [event.cluster_id for event in timeline] == ["a", "b", "c", "d"]
    assert [event.cluster_id for event in timeline.take_due(20)] == ["a", "b", "c"]
    assert [event.cluster_id for event in timeline] == ["d"]
