"""The fake's time: an injected clock, and times as each API version writes them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Protocol

__all__ = ["FakeClock", "ManualClock", "ScaledClock", "iso_minutes", "iso_seconds"]


class FakeClock(Protocol):
    """A clock that the fake can read and advance. Times are seconds since 1970-01-01T00:00:00Z."""

    @property
    def scale(self) -> float:
        """Fake seconds that pass in one real second; 0 for a clock that moves only when it is advanced."""

    def now(self) -> float:
        """Return the fake's present time."""

    def advance(self, seconds: float) -> None:
        """Move forward."""


class ManualClock:
    """A clock that stands still until it is advanced, for tests."""

    scale = 0.0

    def __init__(self, start: float = 1_767_225_600.0) -> None:  # 2026-01-01T00:00:00Z
        self._now = start

    def now(self) -> float:
        """Return the time it was last advanced to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward.

        Raises:
            ValueError: ``seconds`` is negative or not finite.
        """
        self._now += _checked(seconds)


class ScaledClock:
    """A clock that starts at the real time and then runs ``scale`` times as fast.

    Args:
        scale: Fake seconds that pass in one real second.
        monotonic: Source of real seconds that never goes back.
        wall: Source of the real time it starts at.
    """

    def __init__(
        self,
        scale: float = 60.0,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        if scale <= 0:
            raise ValueError("the time scale must be greater than 0")
        self.scale = scale
        self._monotonic = monotonic
        self._started = monotonic()
        self._origin = wall()
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the start, plus scaled real time, plus everything skipped."""
        return self._origin + (self._monotonic() - self._started) * self.scale + self._skipped

    def advance(self, seconds: float) -> None:
        """Skip time.

        Raises:
            ValueError: ``seconds`` is negative or not finite.
        """
        with self._lock:
            self._skipped += _checked(seconds)


def iso_seconds(moment: float) -> str:
    """Format a time as 2018-04-12 does, for example ``2018-05-28T02:59:44.000Z``."""
    utc = datetime.fromtimestamp(moment, timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def iso_minutes(moment: float) -> str:
    """Format a time as 2024-07-30 does, for example ``2024-08-22T11:38Z``."""
    return f"{datetime.fromtimestamp(moment, timezone.utc):%Y-%m-%dT%H:%MZ}"


def _checked(seconds: float) -> float:
    if not 0 <= seconds < float("inf"):
        raise ValueError("a clock only moves forward, by a finite number of seconds")
    return seconds
