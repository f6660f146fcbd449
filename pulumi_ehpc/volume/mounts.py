"""What both API versions share of a volume's rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_ehpc.errors import Violation

__all__ = ["born_with"]


def born_with(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a directory that the cluster mounts by itself: to unmount it at delete would take it from the cluster."""
    where = inputs.get("mount_directory")
    if where is not None and where in (inputs.get("cluster_mounts") or ()):
        rule = "is one of the cluster's own shared_storages; choose another one, or leave this one to the cluster"
        yield Violation("mount_directory", repr(where), rule)
