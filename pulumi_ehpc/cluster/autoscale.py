"""The scaling of a cluster and its queues in API 2018-04-12: one configuration for all.

GetAutoScaleConfig tells it and SetAutoScaleConfig sets the whole of it, so a change of one part reads it, changes that
part and sends everything back, one at a time for a cluster. ``ClusterScale`` is the cluster's part; a queue's part is
in the queue's room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from pulumi_ehpc.api import spec
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.fields import as_request
from pulumi_ehpc.lifecycle.request import Request

__all__ = ["AutoScalePart", "ClusterScale", "change_autoscale"]

VERSION: Final = "2018-04-12"
_MOST_NODES: Final = 500
_SHRINK_TIMES: Final = range(2, 6)
_SHRINK_INTERVALS: Final = range(2, 11)


class AutoScalePart(Protocol):
    """A part of the configuration."""

    def change(self, config: dict[str, Any]) -> None:
        """Write the part into a configuration, given in the request's spelling."""

    def __bool__(self) -> bool: ...


def change_autoscale(request: Request, cluster_id: str, part: AutoScalePart) -> None:
    """Change one part of a cluster's scaling and keep the others; calls nothing when the part is empty."""
    if not part:
        return
    with request.lock(cluster_id):
        config = _as_request(request.api.call("GetAutoScaleConfig", {"ClusterId": cluster_id}))
        before = _as_request(config)
        part.change(config)
        if config != before:
            request.api.call("SetAutoScaleConfig", {**config, "ClusterId": cluster_id})


class ClusterScale:
    """The cluster's part: may it grow and shrink, how far, how soon."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        wanted = {
            "EnableAutoGrow": inputs.get("enable_scale_out"),
            "EnableAutoShrink": inputs.get("enable_scale_in"),
            "GrowIntervalInMinutes": inputs.get("grow_interval_minutes"),
            "MaxNodesInCluster": inputs.get("max_count"),
        }
        idle = inputs.get("idle_interval_minutes")
        if idle is not None:
            wanted["ShrinkIntervalInMinutes"], wanted["ShrinkIdleTimes"] = _IDLE[idle]
        self.wanted = {name: value for name, value in wanted.items() if value is not None}

    def __bool__(self) -> bool:
        return bool(self.wanted)

    def change(self, config: dict[str, Any]) -> None:
        """Write the cluster's part."""
        config.update(self.wanted)

    @staticmethod
    def read(config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the cluster's part of an answer as declared values."""
        interval, times = config.get("ShrinkIntervalInMinutes"), config.get("ShrinkIdleTimes")
        return {
            "enable_scale_out": config.get("EnableAutoGrow"),
            "enable_scale_in": config.get("EnableAutoShrink"),
            "grow_interval_minutes": config.get("GrowIntervalInMinutes"),
            "max_count": config.get("MaxNodesInCluster"),
            "idle_interval_minutes": interval * times if interval and times else None,
        }

    @staticmethod
    def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
        """What SetAutoScaleConfig takes."""
        where = f"(SetAutoScaleConfig, API {VERSION})"
        most, idle, grow = (
            inputs.get(name) for name in ("max_count", "idle_interval_minutes", "grow_interval_minutes")
        )
        if isinstance(most, int) and most > _MOST_NODES:
            yield Violation("max_count", str(most), f"must be a whole number from 0 to {_MOST_NODES} {where}")
        if isinstance(grow, int) and grow not in _SHRINK_INTERVALS:
            yield Violation("grow_interval_minutes", str(grow), f"must be a whole number from 2 to 10 {where}")
        if isinstance(idle, int) and idle not in _IDLE:
            allowed = ", ".join(map(str, sorted(_IDLE)))
            yield Violation("idle_interval_minutes", str(idle), f"must be one of {allowed} minutes {where}")


_IDLE: Final = {
    interval * times: (interval, times) for times in reversed(_SHRINK_TIMES) for interval in reversed(_SHRINK_INTERVALS)
}
"""Idle minutes -> interval and count, as the service counts them."""


def _as_request(answer: Mapping[str, Any]) -> dict[str, Any]:
    return as_request(answer, spec.action("SetAutoScaleConfig", VERSION).parameters)
