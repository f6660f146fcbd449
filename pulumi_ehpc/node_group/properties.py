"""What can be declared of a group of nodes."""

from __future__ import annotations

from pulumi_ehpc.common.args import NodeProperties
from pulumi_ehpc.common.in_cluster import InClusterInputs, InClusterProperties
from pulumi_ehpc.common.rules import INSTANCE_TYPE, INSTANCE_TYPE_RULE
from pulumi_ehpc.queue.properties import QueueRef
from pulumi_ehpc.schema.builders import boolean, enum, generated_string, integer, reference, string
from pulumi_ehpc.schema.descriptors import Prop
from pulumi_ehpc.schema.property import IGNORE, REPLACE


class NodeGroupProperties(NodeProperties, InClusterProperties):
    """Properties of a group of nodes."""

    queue: QueueRef = reference(QueueRef, to="Queue", by="name", default=None, change=REPLACE)
    """The queue the nodes work for, or its name. The default is the cluster's own.

    A ``Queue`` of this program is created before the group, and deleted after it, in either case.
    """
    instance_type: Prop[str] = string(pattern=INSTANCE_TYPE, pattern_rule=INSTANCE_TYPE_RULE, change=REPLACE)
    """ECS instance type, such as ``ecs.c7.2xlarge``."""
    count: Prop[int] = integer(limits=(0, 5000), handled="Count, in as many calls as it takes")
    """Number of nodes."""
    min_count: Prop[int | None] = integer(default=None, limits=(1, 99))
    """Minimum number of nodes that one call must add. With fewer in stock it adds none. The service default is 1."""
    hostname_prefix: Prop[str] = generated_string(
        default=None,
        length=(2, 8),
        pattern=r"[a-z][a-z0-9]*-",
        pattern_rule="must be lowercase letters and digits, begin with a letter and end in -",
        change=REPLACE,
    )
    """Prefix of the nodes' host names, unique in the cluster.

    The default is generated from the resource's name, such as ``fix3f2a-``.
    """
    vswitch_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Id of the nodes' vSwitch. The default is the cluster's."""
    inter_connect: Prop[str | None] = enum("vpc", "erdma", default=None, change=REPLACE)
    """Network between the nodes. The service default is vpc."""
    keep_alive: Prop[bool | None] = boolean(default=None)
    """Whether the nodes are kept when their queue scales in (2024-07-30)."""
    adopt_existing: Prop[bool | None] = boolean(default=None, change=IGNORE)
    """Whether nodes that exist already under the prefix are kept and released as if this resource had added them.

    On any cluster. Taking it out later changes nothing.
    """


class NodeGroupInputs(NodeGroupProperties, InClusterInputs):
    """Inputs of a group of nodes."""
