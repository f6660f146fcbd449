"""A clock that moves only when someone sleeps."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

from pulumi_ehpc.api.clock import Clock

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


class ManualClock(Clock):
    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.seconds += seconds
