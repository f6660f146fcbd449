"""The node group in API 2018-04-12: AddNodes, ListNodes, DeleteNodes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from pulumi_ehpc.common.args import SystemDiskArgs
from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2018_04_12 import DATA_DISK, INTER_CONNECT, VERSION
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.node_group.handler import Node, NodeGroupHandler
from pulumi_ehpc.node_group.properties import NodeGroupInputs, NodeGroupProperties
from pulumi_ehpc.schema.codec import FieldMap, enum_map, nested

ADD = FieldMap(
    NodeGroupProperties,
    "AddNodes",
    VERSION,
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
    system_disk=nested(
        "",
        FieldMap(SystemDiskArgs, category="SystemDiskType", size_gib="SystemDiskSize", level="SystemDiskLevel"),
    ),
    data_disks=nested("DataDisks", DATA_DISK),
    inter_connect=enum_map("NetworkInterfaceTrafficMode", INTER_CONNECT),
    handled={
        "cluster": "ClusterId of every action",
        "count": "Count, in as many calls as it takes",
    },
    unsupported={"keep_alive": "single nodes are not kept; leave enable_scale_in of the queue off"},
)


class NodeGroupV20180412(NodeGroupHandler):
    """The node group in API 2018-04-12."""

    version = VERSION
    maps = (ADD,)

    def list_nodes(self, op: Operation[NodeGroupInputs]) -> list[Node]:
        """Call ListNodes."""
        prefix = op.inputs.hostname_prefix
        return [
            Node(
                hostname=node["HostName"],
                id=node["Id"],
                ip=node.get("IpAddress") or "",
                status=node.get("Status") or "",
            )
            for node in op.api.pages("ListNodes", {**cluster_id(op), "HostNamePrefix": prefix, "PageSize": 100})
            if str(node.get("HostName") or "").startswith(prefix)
        ]

    def add(self, op: Operation[NodeGroupInputs], batch: Sequence[int]) -> None:
        """Call AddNodes; the token is fresh for each call and kept through its retries."""
        count = len(batch)
        parameters = {**ADD.encode(op.inputs), **cluster_id(op), "ClientToken": uuid.uuid4().hex, "Count": count}
        if op.inputs.min_count is not None:
            parameters["MinCount"] = min(op.inputs.min_count, count)
        op.api.call("AddNodes", parameters)

    def release(self, op: Operation[NodeGroupInputs], ids: Sequence[str]) -> None:
        """Call DeleteNodes."""
        instances = [{"Id": node_id} for node_id in ids]
        op.api.call("DeleteNodes", {**cluster_id(op), "Instance": instances, "ReleaseInstance": True})
