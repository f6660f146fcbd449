"""The state as JSON, without secrets and without real time: equal programs give equal snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from pulumi_ehpc.fake.models.region import Region

__all__ = ["region_snapshot"]


def region_snapshot(region: Region) -> dict[str, Any]:
    """Return the clusters, records and pending events of one account in one region."""
    return {
        "clusters": [_to_json(cluster) for cluster in region.clusters.values()],
        "records": [_to_json(record) for record in region.records],
        "pending": [_to_json(event) for event in region.timeline],
    }


def _to_json(value: Any) -> Any:
    """Convert state to JSON values; leave out the fields marked ``shown=False``."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        shown = (entry for entry in fields(value) if entry.metadata.get("shown", True))
        return {entry.name: _to_json(getattr(value, entry.name)) for entry in shown}
    if isinstance(value, Mapping):
        return {str(name): _to_json(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_json(element) for element in value]
    return value
