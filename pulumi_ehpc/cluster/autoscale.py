"""The cluster's part of the autoscale configuration of API 2018-04-12: may it grow and shrink, how far, how soon.

The service counts idle minutes as an interval times a count, so only some numbers of minutes can be set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pulumi_ehpc.cluster.properties import ClusterInputs, ClusterProperties
from pulumi_ehpc.common.v2018_04_12 import VERSION
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.schema.codec import FieldMap, Parameters

AUTOSCALE = FieldMap(
    ClusterProperties,
    Parameters("SetAutoScaleConfig", VERSION),
    enable_scale_out="EnableAutoGrow",
    enable_scale_in="EnableAutoShrink",
    grow_interval_minutes="GrowIntervalInMinutes",
    max_count="MaxNodesInCluster",
)
_INTERVAL, _COUNT = "ShrinkIntervalInMinutes", "ShrinkIdleTimes"


def autoscale_part(inputs: ClusterInputs) -> dict[str, Any]:
    """Return what the cluster declares of the configuration."""
    part = AUTOSCALE.encode(inputs)
    if inputs.idle_interval_minutes is not None:
        part[_INTERVAL], part[_COUNT] = _idle_minutes()[inputs.idle_interval_minutes]
    return part


def idle_interval(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the idle minutes of a configuration as a declared value."""
    interval, count = config.get(_INTERVAL), config.get(_COUNT)
    return {"idle_interval_minutes": interval * count} if interval and count else {}


def validate_idle_interval(inputs: ClusterInputs) -> Iterator[Violation]:
    """Check that the service can count the idle minutes."""
    minutes = inputs.idle_interval_minutes
    if minutes is not None and minutes not in _idle_minutes():
        allowed = ", ".join(map(str, sorted(_idle_minutes())))
        rule = f"must be one of {allowed} minutes (SetAutoScaleConfig, API {VERSION})"
        yield Violation("idle_interval_minutes", str(minutes), rule)


@cache
def _idle_minutes() -> Mapping[int, tuple[int, int]]:
    """Return idle minutes -> interval and count, by the limits of the specification."""
    intervals, counts = (_range(name) for name in (_INTERVAL, _COUNT))
    return {interval * count: (interval, count) for count in reversed(counts) for interval in reversed(intervals)}


def _range(name: str) -> range:
    shape = AUTOSCALE.parameters.shapes()[name]
    assert shape.minimum is not None and shape.maximum is not None, "the specification limits both"
    return range(int(shape.minimum), int(shape.maximum) + 1)
