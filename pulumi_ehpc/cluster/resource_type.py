"""The cluster as data."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.cluster.properties import ClusterInputs
from pulumi_ehpc.cluster.v2018_04_12 import ClusterV20180412
from pulumi_ehpc.cluster.v2024_07_30 import ClusterV20240730
from pulumi_ehpc.common.in_cluster import CLUSTER_GONE
from pulumi_ehpc.lifecycle.ownership import logical_name
from pulumi_ehpc.lifecycle.resource_type import ResourceType, Timeouts

CLUSTER: Final = ResourceType(
    "Cluster",
    ClusterInputs,
    handlers={"2018-04-12": ClusterV20180412(), "2024-07-30": ClusterV20240730()},
    gone_codes=CLUSTER_GONE,
    example_id="ehpc-hz-PxsD4rED9C",
    generated={"name": logical_name},
    failed_status="exception",
    replacement_loses="the cluster with its nodes, users, queues and jobs",
    timeouts=Timeouts(create_minutes=60, update_minutes=60),
)
