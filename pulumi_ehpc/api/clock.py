"""Time as a dependency: everything that reads the time or waits takes a clock."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class Clock:
    """The clock of this machine; tests derive others from it."""

    def now(self) -> datetime:
        """Return the current time, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary moment; the value never decreases."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after the given number of seconds."""
        time.sleep(seconds)
