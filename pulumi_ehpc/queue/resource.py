"""A queue, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Input

from pulumi_ehpc.cluster.resource import ClusterRef
from pulumi_ehpc.lifecycle.marks import Filled
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import (
    IGNORE,
    REPLACE,
    Column,
    Many,
    Prop,
    Texts,
    choice,
    flag,
    integer,
    many,
    output,
    text,
    texts,
)
from pulumi_ehpc.parts.args import ComputeNodeArgs
from pulumi_ehpc.parts.rules import NAME, NAME_WORDS

__all__ = ["Queue", "QueueRef"]


class Queue(Resource, noun="Queue"):
    """A queue of a cluster and the nodes it may grow by.

    Made by CreateQueue (2024-07-30) or AddQueue, SetAutoScaleConfig and UpdateQueueConfig (2018-04-12). Deleting it
    releases the nodes it grew by itself; nodes of a ``NodeGroup`` go with their group.

    A queue of that name that exists already and is as declared is used, kept up to date, and left in place at delete,
    unless ``adopt_existing`` says it is this program's. One that differs is refused.
    """

    cluster: ClusterRef = text(change=REPLACE, noun="Cluster")
    """The cluster, or its id."""
    name: Prop[str] = text(default=None, length=(1, 63), pattern=NAME, pattern_words=NAME_WORDS, change=REPLACE)
    """Name, 1 to 15 characters (63 in 2018-04-12). The default is the resource's logical name."""
    compute_nodes: Many[ComputeNodeArgs] = many(ComputeNodeArgs, default=None, items=(0, 10))
    """Kinds of node the queue grows by, at most 10."""
    initial_count: Prop[int] = integer(default=None, limits=(0, 99), change=REPLACE, instead="declare a NodeGroup")
    """Nodes the queue is born with (2024-07-30)."""
    min_count: Prop[int] = integer(default=None, limits=(0, 5000))
    """Fewest nodes the queue shrinks to (2018-04-12: 0 to 50)."""
    max_count: Prop[int] = integer(default=None, limits=(0, 5000))
    """Most nodes the queue grows to (2018-04-12: 0 to 500)."""
    max_count_per_cycle: Prop[int] = integer(default=None, limits=(0, 99))
    """Most nodes added at a time."""
    enable_scale_out: Prop[bool] = flag(default=None)
    """Whether the queue grows by itself."""
    enable_scale_in: Prop[bool] = flag(default=None)
    """Whether the queue shrinks by itself."""
    vswitch_ids: Texts = texts(default=None)
    """vSwitches of the nodes (2018-04-12: one)."""
    hostname_prefix: Prop[str] = text(default=None, length=(1, 16))
    """Beginning of the nodes' host names."""
    hostname_suffix: Prop[str] = text(default=None, length=(1, 16))
    """End of the nodes' host names."""
    inter_connect: Prop[str] = choice("vpc", "erdma", default=None)
    """Network between the nodes. The service's default is vpc."""
    adopt_existing: Prop[bool] = flag(default=None, change=IGNORE)
    """Says that a queue which exists already is this program's, to change and to delete."""

    created = output(bool)
    """Whether this resource made the queue, and so deletes it."""

    unique = ("name", "hostname_prefix")

    @classmethod
    def fill(cls, values: Mapping[str, Any], who: Filled) -> Mapping[str, Any]:
        """The name is the logical name."""
        return {"name": who.name}


class QueueRef(Column[str]):
    """Typing of an argument that takes a queue or its name; it is read as the name."""

    def __set__(self, instance: object, value: Queue | Input[str] | None) -> None:
        """Declared for type checkers; rows do the work."""
