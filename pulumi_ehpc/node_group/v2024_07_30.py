"""The node group in API 2024-07-30: CreateNodes, ListNodes, UpdateNodes, DeleteNodes."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2024_07_30 import COMPUTE_NODE, INTER_CONNECT, VERSION
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.node_group.handler import Node, NodeGroupHandler
from pulumi_ehpc.node_group.properties import NodeGroupInputs, NodeGroupProperties
from pulumi_ehpc.schema.codec import FieldMap, enum_map

CREATE = FieldMap(
    NodeGroupProperties,
    "CreateNodes",
    VERSION,
    queue="QueueName",
    min_count="MinCount",
    hostname_prefix="HostnamePrefix",
    vswitch_id="VSwitchId",
    inter_connect=enum_map("HPCInterConnect", INTER_CONNECT),
    handled={
        "cluster": "ClusterId of every action",
        "count": "Count, in as many calls as it takes",
        "keep_alive": "UpdateNodes",
    },
)
NODE = COMPUTE_NODE.replace(properties=NodeGroupProperties, action="CreateNodes", version=VERSION, under="ComputeNode")


class NodeGroupV20240730(NodeGroupHandler):
    """The node group in API 2024-07-30."""

    version = VERSION
    maps = (CREATE, NODE)

    def list_nodes(self, op: Operation[NodeGroupInputs]) -> list[Node]:
        """Call ListNodes, which filters by whole host names only; the prefix is compared here."""
        return [
            Node(
                hostname=node["Hostname"],
                id=node["Id"],
                ip=node.get("IpAddress") or "",
                status=node.get("Status") or "",
                queue=node.get("QueueName") or "",
            )
            for node in op.api.pages("ListNodes", {**cluster_id(op), "PageSize": 100})
            if str(node.get("Hostname") or "").startswith(op.inputs.hostname_prefix)
        ]

    def add(self, op: Operation[NodeGroupInputs], batch: Sequence[int]) -> None:
        """Call CreateNodes."""
        count = len(batch)
        parameters = {**CREATE.encode(op.inputs), **NODE.encode(op.inputs), **cluster_id(op), "Count": count}
        if op.inputs.min_count is not None:
            parameters["MinCount"] = min(op.inputs.min_count, count)
        op.api.call("CreateNodes", parameters)

    def release(self, op: Operation[NodeGroupInputs], ids: Sequence[str]) -> None:
        """Call DeleteNodes."""
        op.api.call("DeleteNodes", {**cluster_id(op), "InstanceIds": list(ids)})

    def settle(self, op: Operation[NodeGroupInputs], nodes: Sequence[Node]) -> None:
        """Call UpdateNodes, for old and new nodes alike."""
        if op.inputs.keep_alive is not None and nodes:
            instances = [{"InstanceId": node.id, "KeepAlive": op.inputs.keep_alive} for node in nodes]
            op.api.call("UpdateNodes", {**cluster_id(op), "Instances": instances})
