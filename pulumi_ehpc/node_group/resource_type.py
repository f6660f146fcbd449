"""The node group as data."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.common.in_cluster import CLUSTER_GONE
from pulumi_ehpc.lifecycle.ownership import hostname_prefix
from pulumi_ehpc.lifecycle.resource_type import ResourceType, Timeouts
from pulumi_ehpc.node_group.properties import NodeGroupInputs
from pulumi_ehpc.node_group.v2018_04_12 import NodeGroupV20180412
from pulumi_ehpc.node_group.v2024_07_30 import NodeGroupV20240730

NODE_GROUP: Final = ResourceType(
    "NodeGroup",
    NodeGroupInputs,
    handlers={"2018-04-12": NodeGroupV20180412(), "2024-07-30": NodeGroupV20240730()},
    gone_codes=CLUSTER_GONE,
    example_id="ehpc-hz-PxsD4rED9C:fix-",
    generated={"hostname_prefix": hostname_prefix},
    key="hostname_prefix",
    within="cluster",
    members="nodes",
    size="count",
    prefix="hostname_prefix",
    timeouts=Timeouts(create_minutes=45, update_minutes=45),
)
