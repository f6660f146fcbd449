"""How long things take in the fake, and its quotas."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Durations", "Limits"]


@dataclass(frozen=True)
class Durations:
    """Seconds, in fake time, that each step takes.

    A cluster runs after ``cluster_accept + cluster_create + cluster_init`` (300 s by default) and a node after
    ``node_accept + node_init`` (120 s).
    """

    cluster_accept: float = 10
    """uninit to creating."""
    cluster_create: float = 200
    """creating to initing (written ``init`` in 2018-04-12)."""
    cluster_init: float = 90
    """initing to running or exception."""
    cluster_release: float = 120
    """releasing to gone."""
    node_accept: float = 20
    """uninit to initing."""
    node_init: float = 100
    """initing to running or exception."""
    node_release: float = 60
    """releasing to gone."""


@dataclass(frozen=True)
class Limits:
    """Quotas of an account and of a cluster.

    The service's own default for clusters is 3 ("By default, the number of user clusters cannot exceed three"); here it
    is high enough for programs with several stacks. ``Limits(clusters=3)`` restores it.
    """

    clusters: int = 100
    queues_per_cluster: int = 8
    tags_per_cluster: int = 20
    nodes_per_cluster: int = 5000
