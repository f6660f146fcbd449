"""Queues of a cluster, and automatic scaling."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_ehpc.fake.models.node import Hardware

__all__ = ["AutoScale", "Queue", "QueueScale"]


@dataclass(frozen=True)
class QueueScale:
    """Automatic scaling of a queue. It is stored and returned; the fake does not scale.

    Attributes:
        max_count: Maximum number of nodes; 0 for no limit of its own.
        max_count_per_cycle: Maximum number of nodes added at once; 0 for no limit.
    """

    enable_scale_out: bool = False
    enable_scale_in: bool = False
    min_count: int = 0
    max_count: int = 0
    max_count_per_cycle: int = 0
    min_count_per_cycle: int = 1
    auto_min_count_per_cycle: bool = False
    sorted_by_inventory: bool = False


@dataclass
class Queue:
    """A queue: a name, the hardware of its nodes, and how it scales."""

    name: str
    created_at: float
    updated_at: float
    scale: QueueScale = QueueScale()
    compute_nodes: tuple[Hardware, ...] = ()
    initial_count: int = 0
    vswitch_ids: tuple[str, ...] = ()
    hostname_prefix: str = ""
    hostname_suffix: str = ""
    inter_connect: str = "vpc"
    allocation_strategy: str = ""
    keep_alive_nodes: tuple[str, ...] = ()
    ram_role: str = ""
    reserved_node_pool_id: str = ""
    resource_group_id: str = ""
    deployment_set_id: str = ""
    use_ess: bool = False


@dataclass(frozen=True)
class AutoScale:
    """Automatic scaling of a cluster. It is stored and returned; the fake does not scale.

    ``idle_minutes`` is how long a node idles before it is released: ``shrink_idle_times`` checks, each
    ``shrink_interval_minutes`` apart.
    """

    enable_scale_out: bool = False
    enable_scale_in: bool = False
    grow_interval_minutes: int = 2
    shrink_interval_minutes: int = 2
    shrink_idle_times: int = 3
    idle_minutes: int = 6
    grow_ratio: int = 100
    grow_timeout_minutes: int = 20
    extra_nodes_grow_ratio: int = 0
    max_nodes: int = 100
    exclude_nodes: str = ""
    image_id: str = ""
    spot_strategy: str = "NoSpot"
    spot_price_limit: float = 0
    compute_enable_ht: bool = True
    dns_config: str = ""
