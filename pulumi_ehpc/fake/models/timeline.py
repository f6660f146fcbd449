"""Scheduled events, applied in order of their time, however far the clock has moved."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Event", "Step", "Timeline"]


class Step(str, Enum):
    """What an event does."""

    CLUSTER_CREATING = "cluster creating"
    CLUSTER_INITING = "cluster initing"
    CLUSTER_RUNNING = "cluster running"
    CLUSTER_EXCEPTION = "cluster exception"
    CLUSTER_GONE = "cluster gone"
    NODES_INITING = "nodes initing"
    NODES_RUNNING = "nodes running"
    NODES_EXCEPTION = "nodes exception"
    NODES_GONE = "nodes gone"


@dataclass(frozen=True, order=True)
class Event:
    """A change that happens to a cluster or to some of its nodes at a certain time.

    Plain data, so that snapshots can include pending events.

    Attributes:
        due: The fake's time at which it happens.
        number: Breaks ties in the order of scheduling.
        task_id: The task it belongs to.
        reason: Why a creation fails.
    """

    due: float
    number: int
    step: Step = field(compare=False)
    cluster_id: str = field(compare=False)
    node_ids: tuple[str, ...] = field(compare=False, default=())
    task_id: str = field(compare=False, default="")
    reason: str = field(compare=False, default="")


class Timeline:
    """Pending events."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._scheduled = 0

    def __iter__(self) -> Iterator[Event]:
        return iter(sorted(self._events))

    def schedule(
        self,
        due: float,
        step: Step,
        cluster_id: str,
        *,
        node_ids: tuple[str, ...] = (),
        task_id: str = "",
        reason: str = "",
    ) -> None:
        """Schedule an event."""
        self._scheduled += 1
        heapq.heappush(self._events, Event(due, self._scheduled, step, cluster_id, node_ids, task_id, reason))

    def take_due(self, now: float) -> Iterator[Event]:
        """Remove and yield every event that is due, oldest first, including those scheduled meanwhile."""
        while self._events and self._events[0].due <= now:
            yield heapq.heappop(self._events)
