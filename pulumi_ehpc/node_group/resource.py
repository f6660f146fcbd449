"""A group of compute nodes, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.cluster.resource import ClusterRef
from pulumi_ehpc.lifecycle.marks import Filled, hostname_prefix
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import (
    REPLACE,
    Many,
    One,
    Prop,
    choice,
    flag,
    integer,
    many,
    number,
    one,
    output,
    text,
)
from pulumi_ehpc.lifecycle.unknown import UNKNOWN
from pulumi_ehpc.parts.args import INSTANCE_TYPE, INSTANCE_TYPE_WORDS, DataDiskArgs, SystemDiskArgs
from pulumi_ehpc.queue.resource import QueueRef

__all__ = ["NodeGroup"]


class NodeGroup(Resource, noun="NodeGroup"):
    """Compute nodes of one kind, as many as declared.

    Made by CreateNodes (2024-07-30) or AddNodes (2018-04-12). The service has no such object: the group is the nodes
    whose host names begin with its prefix. A greater ``count`` adds nodes; a smaller one releases the newest. Nodes
    of the group that ended in ``exception`` are replaced at the next update.
    """

    cluster: ClusterRef = text(change=REPLACE, noun="Cluster")
    """The cluster, or its id."""
    queue: QueueRef = text(default=None, change=REPLACE, noun="Queue")
    """The queue the nodes work for, or its name. The default is the cluster's own."""
    instance_type: Prop[str] = text(pattern=INSTANCE_TYPE, pattern_words=INSTANCE_TYPE_WORDS, change=REPLACE)
    """ECS instance type, such as ``ecs.c7.2xlarge``."""
    count: Prop[int] = integer(limits=(0, 5000))
    """How many nodes."""
    min_count: Prop[int] = integer(default=None, limits=(1, 99))
    """Fewest nodes a call has to bring; with fewer in stock it brings none. The service's default is 1."""
    hostname_prefix: Prop[str] = text(
        default=None,
        length=(2, 8),
        pattern=r"[a-z][a-z0-9]*-",
        pattern_words="must be small letters and digits, begin with a letter and end in -",
        change=REPLACE,
    )
    """Beginning of the nodes' host names, unique in the cluster.

    The default is made of the resource's name, such as ``fix3f2a-``.
    """
    image_id: Prop[str] = text(default=None, change=REPLACE)
    """Image of the nodes. The default is the cluster's."""
    vswitch_id: Prop[str] = text(default=None, change=REPLACE)
    """vSwitch of the nodes. The default is the cluster's."""
    instance_charge_type: Prop[str] = choice("post_paid", "pre_paid", default=None, change=REPLACE)
    """Pay as you go or subscription. The service's default is post_paid."""
    period: Prop[int] = integer(default=None, limits=(1, 60), change=REPLACE)
    """Length of a subscription, in ``period_unit``."""
    period_unit: Prop[str] = choice("week", "month", default=None, change=REPLACE)
    """Unit of ``period``. The service's default is month."""
    auto_renew: Prop[bool] = flag(default=None, change=REPLACE)
    """Whether a subscription renews itself."""
    auto_renew_period: Prop[int] = integer(default=None, limits=(1, 60), change=REPLACE)
    """Length of a renewal, in ``period_unit``."""
    spot_strategy: Prop[str] = choice(
        "no_spot", "spot_with_price_limit", "spot_as_price_go", default=None, change=REPLACE
    )
    """How preemptible nodes are bid for. The service's default is no_spot."""
    spot_price_limit: Prop[float] = number(default=None, limits=(0, 10_000), change=REPLACE)
    """Highest price an hour of a preemptible node, with ``spot_with_price_limit``."""
    spot_duration_hours: Prop[int] = integer(default=None, limits=(0, 1), change=REPLACE)
    """Hours a preemptible node is protected: 0 or 1. The service's default is 1."""
    enable_ht: Prop[bool] = flag(default=None, change=REPLACE)
    """Whether hyper-threading is on."""
    system_disk: One[SystemDiskArgs] = one(SystemDiskArgs, default=None, change=REPLACE)
    """System disk."""
    data_disks: Many[DataDiskArgs] = many(DataDiskArgs, default=None, items=(0, 16), change=REPLACE)
    """Data disks, at most 16."""
    inter_connect: Prop[str] = choice("vpc", "erdma", default=None, change=REPLACE)
    """Network between the nodes. The service's default is vpc."""
    keep_alive: Prop[bool] = flag(default=None)
    """Whether the nodes are kept when their queue shrinks by itself (2024-07-30)."""

    nodes = output(list[dict[str, str]])
    """The nodes by host name: ``id``, ``hostname`` and ``ip`` of each."""

    unique = ("hostname_prefix",)
    timeouts = {"create": 45, "update": 45, "delete": 30}

    @classmethod
    def fill(cls, values: Mapping[str, Any], who: Filled) -> Mapping[str, Any]:
        """The prefix is made of the resource's name and a hash of the stack's identity and the URN."""
        if who.identity is None:
            return {"hostname_prefix": UNKNOWN}
        return {"hostname_prefix": hostname_prefix(who.identity, who.urn, who.name)}
