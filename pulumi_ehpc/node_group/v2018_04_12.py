"""The node group in API 2018-04-12: AddNodes, ListNodes, DeleteNodes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from pulumi_ehpc.common.args import SystemDiskArgs
from pulumi_ehpc.common.in_cluster import cluster_id, queue_names
from pulumi_ehpc.common.v2018_04_12 import DATA_DISK, INTER_CONNECT, VERSION, delete_nodes
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.node_group.handler import Node, NodeGroupHandler, counts, nodes_of
from pulumi_ehpc.node_group.properties import NodeGroupInputs, NodeGroupProperties
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map, nested

_SYSTEM_DISK = FieldMap(SystemDiskArgs, category="SystemDiskType", size_gib="SystemDiskSize", level="SystemDiskLevel")
ADD = FieldMap(
    NodeGroupProperties,
    Parameters("AddNodes", VERSION),
    queue="JobQueue",
    instance_type="InstanceType",
    min_count="MinCount",
    hostname_prefix="HostNamePrefix",
    image_id="ImageId",
    vswitch_id="VSwitchId",
    instance_charge_type="EcsChargeType",
    period="Period",
    period_unit="PeriodUnit",
    auto_renew="AutoRenew",
    auto_renew_period="AutoRenewPeriod",
    spot_strategy="ComputeSpotStrategy",
    spot_price_limit="ComputeSpotPriceLimit",
    spot_duration_hours="ComputeSpotDuration",
    enable_ht="ComputeEnableHt",
    system_disk=nested("", _SYSTEM_DISK),
    data_disks=nested("DataDisks", DATA_DISK),
    inter_connect=enum_map("NetworkInterfaceTrafficMode", INTER_CONNECT),
    unsupported={"keep_alive": "single nodes are not kept; leave enable_scale_in of the queue off"},
)


class NodeGroupV20180412(NodeGroupHandler):
    """The node group in API 2018-04-12."""

    version = VERSION
    maps = (ADD,)

    def list_nodes(self, op: Operation[NodeGroupInputs]) -> list[Node]:
        """Call ListNodes."""
        prefix = op.inputs.hostname_prefix
        listed = op.api.pages("ListNodes", {**cluster_id(op), "HostNamePrefix": prefix, "PageSize": 100})
        return nodes_of(prefix, listed, "HostName")

    def with_queues(self, op: Operation[NodeGroupInputs], nodes: Sequence[Node]) -> Sequence[Node]:
        """Call ListNodesByQueue for every queue: ListNodes of this version does not report it."""
        queues: dict[str, str] = {}
        for name in queue_names(op):
            listed = op.api.pages("ListNodesByQueue", {**cluster_id(op), "QueueName": name, "PageSize": 50})
            queues.update((node["Id"], name) for node in listed)
        known = [{"queue": queues[node.id]} if node.id in queues else {} for node in nodes]
        return [replace(node, declared={**node.declared, **queue}) for node, queue in zip(nodes, known, strict=True)]

    def keys_there(self, op: Operation[NodeGroupInputs]) -> list[str]:
        """Call ListNodes, which lists manager and login nodes as well unless it is told a role."""
        nodes = op.api.pages("ListNodes", {**cluster_id(op), "Role": "Compute", "PageSize": 100})
        return [node["HostName"] for node in nodes]

    def add(self, op: Operation[NodeGroupInputs], batch: Sequence[int]) -> None:
        """Call AddNodes; the token is fresh for each call and kept through its retries."""
        token = {"ClientToken": uuid.uuid4().hex}
        op.api.call("AddNodes", {**ADD.encode(op.inputs), **cluster_id(op), **token, **counts(op, batch)})

    def release(self, op: Operation[NodeGroupInputs], ids: Sequence[str]) -> None:
        """Call DeleteNodes."""
        delete_nodes(op, ids)
