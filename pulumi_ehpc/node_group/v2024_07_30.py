"""The node group in API 2024-07-30: CreateNodes, ListNodes, UpdateNodes, DeleteNodes."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2024_07_30 import COMPUTE_NODE, INTER_CONNECT, VERSION, delete_nodes
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.node_group.handler import Node, NodeGroupHandler, counts, nodes_of
from pulumi_ehpc.node_group.properties import NodeGroupInputs, NodeGroupProperties
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map

CREATE = FieldMap(
    NodeGroupProperties,
    Parameters("CreateNodes", VERSION),
    queue="QueueName",
    min_count="MinCount",
    hostname_prefix="HostnamePrefix",
    vswitch_id="VSwitchId",
    inter_connect=enum_map("HPCInterConnect", INTER_CONNECT),
    handled={"keep_alive": "UpdateNodes"},
)
NODE = COMPUTE_NODE.replace(
    properties=NodeGroupProperties, parameters=Parameters("CreateNodes", VERSION, under="ComputeNode")
)


class NodeGroupV20240730(NodeGroupHandler):
    """The node group in API 2024-07-30."""

    version = VERSION
    maps = (CREATE, NODE)

    def list_nodes(self, op: Operation[NodeGroupInputs]) -> list[Node]:
        """Call ListNodes, which filters by whole host names only; the prefix is compared here."""
        listed = op.api.pages("ListNodes", {**cluster_id(op), "PageSize": 100})
        return nodes_of(op.inputs.hostname_prefix, listed, "Hostname")

    def keys_there(self, op: Operation[NodeGroupInputs]) -> list[str]:
        """Call ListNodes."""
        return [node["Hostname"] for node in op.api.pages("ListNodes", {**cluster_id(op), "PageSize": 100})]

    def add(self, op: Operation[NodeGroupInputs], batch: Sequence[int]) -> None:
        """Call CreateNodes."""
        declared = {**CREATE.encode(op.inputs), **NODE.encode(op.inputs)}
        op.api.call("CreateNodes", {**declared, **cluster_id(op), **counts(op, batch)})

    def release(self, op: Operation[NodeGroupInputs], ids: Sequence[str]) -> None:
        """Call DeleteNodes."""
        delete_nodes(op, ids)

    def settle(self, op: Operation[NodeGroupInputs], nodes: Sequence[Node]) -> None:
        """Call UpdateNodes, for old and new nodes alike."""
        if op.inputs.keep_alive is not None and nodes:
            instances = [{"InstanceId": node.id, "KeepAlive": op.inputs.keep_alive} for node in nodes]
            op.api.call("UpdateNodes", {**cluster_id(op), "Instances": instances})
