"""Time as a dependency: everything that reads the time or waits takes a clock."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def now(self) -> datetime:
        """Return the current time, in UTC."""

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary moment; the value never decreases."""

    def sleep(self, seconds: float) -> None:
        """Return after the given number of seconds."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the current time, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary moment; the value never decreases."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after the given number of seconds."""
        time.sleep(seconds)
