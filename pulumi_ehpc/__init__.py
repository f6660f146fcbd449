"""Alibaba Cloud Elastic HPC as code, on the Pulumi engine."""

from __future__ import annotations

from pulumi_ehpc.cluster.resource import (
    AdditionalPackageArgs,
    AddonArgs,
    Cluster,
    MonitorSpecArgs,
    NodesArgs,
    PostInstallScriptArgs,
    SchedulerSpecArgs,
    ServiceArgs,
)
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.node_group.resource import NodeGroup
from pulumi_ehpc.parts.args import ComputeNodeArgs, DataDiskArgs, ManagerArgs, SharedStorageArgs, SystemDiskArgs
from pulumi_ehpc.queue.resource import Queue
from pulumi_ehpc.user_set.resource import UserArgs, UserSet
from pulumi_ehpc.volume.resource import Volume

__all__ = [
    "AdditionalPackageArgs",
    "AddonArgs",
    "Cluster",
    "ComputeNodeArgs",
    "DataDiskArgs",
    "EhpcError",
    "ManagerArgs",
    "MonitorSpecArgs",
    "NodeGroup",
    "NodesArgs",
    "PostInstallScriptArgs",
    "Queue",
    "SchedulerSpecArgs",
    "ServiceArgs",
    "SharedStorageArgs",
    "SystemDiskArgs",
    "UserArgs",
    "UserSet",
    "Volume",
]
