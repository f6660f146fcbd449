"""Lets the clock of the package run 120 times as fast in every process that has this folder on its path.

A test of what happens after minutes takes seconds. What a socket waits for is real time.
"""

import time

from pulumi_ehpc.api.clock import Clock

FACTOR = 120.0


def monotonic(clock: Clock) -> float:
    return time.monotonic() * FACTOR


def sleep(clock: Clock, seconds: float) -> None:
    time.sleep(seconds / FACTOR)


Clock.monotonic = monotonic  # type: ignore[assignment, method-assign]
Clock.sleep = sleep  # type: ignore[assignment, method-assign]
