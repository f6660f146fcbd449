"""The clock of this machine."""

from __future__ import annotations

from datetime import timedelta

from pulumi_ehpc.api.clock import Clock


def test_the_time_of_day_is_in_utc() -> None:
    assert Clock().now().utcoffset() == timedelta(0)


def test_time_goes_by_while_sleeping() -> None:
    clock = Clock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() > before
