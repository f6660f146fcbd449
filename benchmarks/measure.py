"""What all measurements share: timing two things in turn, and the result."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Comparison", "in_turn"]


@dataclass(frozen=True)
class Comparison:
    """Two times, measured in the same run.

    Attributes:
        what: What this package did.
        over: What it is compared with.
        seconds: Median time of the one.
        base_seconds: Median time of the other.
        note: Another way to say it; empty when there is none.
    """

    what: str
    over: str
    seconds: float
    base_seconds: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as long this package takes."""
        return self.seconds / self.base_seconds


def in_turn(rounds: int, act: Callable[[], object], base: Callable[[], object]) -> tuple[float, float]:
    """Time two things in turn, so that a slow moment of the machine meets both; return the median seconds of each."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for one, times in zip((act, base), taken, strict=True):
            begun = time.perf_counter()
            one()
            times.append(time.perf_counter() - begun)
    return statistics.median(taken[0]), statistics.median(taken[1])
