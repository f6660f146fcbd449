"""What can be declared of a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_ehpc.common.args import ComputeNodeArgs
from pulumi_ehpc.common.in_cluster import InClusterInputs, InClusterProperties
from pulumi_ehpc.common.rules import NAME, NAME_RULE
from pulumi_ehpc.schema.builders import boolean, enum, generated_string, integer, nested_list, string, string_list
from pulumi_ehpc.schema.descriptors import Descriptor, NestedList, Prop, StringList
from pulumi_ehpc.schema.property import IGNORE, REPLACE

if TYPE_CHECKING:
    from pulumi import Input

    from pulumi_ehpc.queue.resource import Queue


class QueueProperties(InClusterProperties):
    """Properties of a queue."""

    name: Prop[str] = generated_string(
        default=None, length=(1, 63), pattern=NAME, pattern_rule=NAME_RULE, change=REPLACE
    )
    """Name. The default is the resource's logical name."""
    compute_nodes: NestedList[ComputeNodeArgs] = nested_list(ComputeNodeArgs, default=None, items=(0, 10))
    """Kinds of node that the queue scales out with."""
    initial_count: Prop[int | None] = integer(
        default=None, limits=(0, 99), change=REPLACE, remedy="declare a NodeGroup"
    )
    """Number of nodes the queue is created with (2024-07-30)."""
    min_count: Prop[int | None] = integer(default=None, limits=(0, 5000))
    """Minimum number of nodes when the queue scales in."""
    max_count: Prop[int | None] = integer(default=None, limits=(0, 5000))
    """Maximum number of nodes when the queue scales out."""
    max_count_per_cycle: Prop[int | None] = integer(default=None, limits=(0, 99))
    """Maximum number of nodes that are added at a time."""
    enable_scale_out: Prop[bool | None] = boolean(default=None)
    """Whether nodes are added for waiting jobs."""
    enable_scale_in: Prop[bool | None] = boolean(default=None)
    """Whether idle nodes are released."""
    vswitch_ids: StringList = string_list(default=None)
    """Ids of the nodes' vSwitches."""
    hostname_prefix: Prop[str | None] = string(default=None, length=(1, 16))
    """Prefix of the nodes' host names."""
    hostname_suffix: Prop[str | None] = string(default=None, length=(1, 16))
    """Suffix of the nodes' host names."""
    inter_connect: Prop[str | None] = enum("vpc", "erdma", default=None)
    """Network between the nodes. The service default is vpc."""
    adopt_existing: Prop[bool | None] = boolean(default=None, change=IGNORE)
    """Whether a queue that exists already is changed and deleted as if this resource had created it, on any cluster.

    Taking it out later changes nothing; setting it later takes over what is not owned yet.
    """


class QueueInputs(QueueProperties, InClusterInputs):
    """Inputs of a queue."""


class QueueRef(Descriptor["str | None", "str | None"]):
    """A queue, given as the resource or as its name, and read as the name."""

    def __set__(self, instance: object, value: Queue | Input[str] | None) -> None:
        self._keep(instance, value)
