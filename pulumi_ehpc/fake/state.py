"""The state as JSON, without secrets and without real time: equal programs give equal states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from pulumi_ehpc.fake.models.region import Region

__all__ = ["describe_region"]


def describe_region(region: Region) -> dict[str, Any]:
    """Clusters, tasks and pending events of one account in one region."""
    return {
        "clusters": [_plain(cluster) for cluster in region.clusters.values()],
        "records": [_plain(record) for record in region.records],
        "pending": [_plain(event) for event in region.timeline],
    }


def _plain(value: Any) -> Any:
    """Turn state into what JSON can hold; fields marked not to be shown are left out."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        shown = (entry for entry in fields(value) if entry.metadata.get("shown", True))
        return {entry.name: _plain(getattr(value, entry.name)) for entry in shown}
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    return value
