"""The state of one fake: clock, ids, journal, and the regions of each account."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.clock import FakeClock, iso_seconds
from pulumi_ehpc.fake.ids import Ids
from pulumi_ehpc.fake.journal import Journal
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.models.region import Region, World
from pulumi_ehpc.fake.snapshot import region_snapshot

__all__ = ["State"]

_FAILING: Final = {"CreateCluster": "cluster", "AddNodes": "nodes", "CreateNodes": "nodes"}
"""What the actions create that ``fail_next`` knows."""
_SOLD_OUT: Final = (
    "The requested resource is sold out in the specified zone; try other types of resources or other zones."
)


class State:
    """The state of one fake, shared by its API and its control interface.

    State changes are events in time: ``run_due`` applies everything due, in order, however far the clock has moved.
    Whoever reads or changes the state holds ``lock``.

    Args:
        clock: The fake's time.
        assumptions: Switches for behaviour that is only assumed of the service.
        limits: Quotas.
        durations: How long things take.
        seed: Equal seeds give equal ids and addresses.
        wall_clock: Real time.
    """

    def __init__(
        self,
        clock: FakeClock,
        assumptions: Assumptions,
        limits: Limits,
        durations: Durations,
        seed: int,
        wall_clock: Callable[[], float],
    ) -> None:
        self.clock = clock
        self.assumptions = assumptions
        self.lock = threading.RLock()
        self.journal = Journal()
        self._limits = limits
        self._durations = durations
        self._seed = seed
        self._wall_clock = wall_clock
        self._start()

    def _start(self) -> None:
        self.ids = Ids(self._seed)
        self._world = World(self.clock, self.ids, self._durations, self._limits, self.assumptions, self._wall_clock)
        self._regions: dict[str, dict[str, Region]] = {}

    @property
    def time(self) -> str:
        """The fake's present time, ISO 8601 in UTC."""
        return iso_seconds(self.clock.now())

    def region(self, account: str, region_id: str) -> Region:
        """Return the state of an account in a region, empty at first."""
        regions = self._regions.setdefault(account, {})
        if region_id not in regions:
            regions[region_id] = Region(account, region_id, self._world)
        return regions[region_id]

    def run_due(self) -> None:
        """Apply every event that is due by now."""
        with self.lock:
            now = self.clock.now()
            for regions in self._regions.values():
                for region in regions.values():
                    region.run_due(now)

    def advance(self, seconds: float) -> None:
        """Move the clock forward and apply every event on the way.

        Raises:
            ValueError: ``seconds`` is negative or not finite.
        """
        with self.lock:
            self.clock.advance(seconds)
            self.run_due()

    def fail_next(self, action: str, reason: str = "") -> None:
        """Let the next creation of a cluster or of nodes fail.

        Raises:
            ValueError: The action creates nothing that can fail.
        """
        if action not in _FAILING:
            raise ValueError(f"{action} cannot be made to fail; known are {', '.join(_FAILING)}")
        with self.lock:
            self._world.failures.setdefault(_FAILING[action], deque()).append(reason or _SOLD_OUT)

    def reset(self) -> None:
        """Clear regions, journal and ordered failures, and start again with the same ids; the clock is not reset."""
        with self.lock:
            self.journal.clear()
            self._start()

    def snapshot(self) -> dict[str, Any]:
        """Return the state as JSON, without secrets."""
        with self.lock:
            self.run_due()
            accounts = {
                account: {name: region_snapshot(region) for name, region in regions.items()}
                for account, regions in self._regions.items()
            }
            return {"time": self.time, "accounts": accounts}
