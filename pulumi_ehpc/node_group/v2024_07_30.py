"""The node group in API 2024-07-30: CreateNodes, ListNodes, UpdateNodes, DeleteNodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pulumi_ehpc.lifecycle.fields import FieldMap, words
from pulumi_ehpc.lifecycle.request import Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.node_group.group import Node, check, life
from pulumi_ehpc.node_group.resource import NodeGroup
from pulumi_ehpc.parts.v2024_07_30 import COMPUTE_NODE

__all__ = ["MAPS", "VERSION", "check", "create", "delete", "read", "update"]

VERSION: Final = "2024-07-30"

CREATE = FieldMap(
    "CreateNodes",
    VERSION,
    queue="QueueName",
    min_count="MinCount",
    hostname_prefix="HostnamePrefix",
    vswitch_id="VSwitchId",
    inter_connect=words("HPCInterConnect", {"vpc": "vpc", "erdma": "eRDMA"}),
    derived={
        "cluster": "goes to ClusterId of every action",
        "count": "goes to Count, in as many calls as it takes",
        "keep_alive": "goes to UpdateNodes",
    },
)
NODE = COMPUTE_NODE.bound("CreateNodes", VERSION, "ComputeNode")
MAPS = (CREATE, NODE)
_ROWS = rows_of(NodeGroup)


class _Fleet:
    """The group's nodes by the actions of this version."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.cluster = request.inputs["cluster"]

    def list(self) -> Sequence[Node]:
        """ListNodes knows whole host names only, so the prefix is looked for here."""
        where: dict[str, Any] = {"ClusterId": self.cluster, "PageSize": 100}
        return [
            Node(
                hostname=node["Hostname"],
                id=node["Id"],
                ip=node.get("IpAddress") or "",
                status=node.get("Status") or "",
                queue=node.get("QueueName") or "",
            )
            for node in self.request.api.pages("ListNodes", where)
            if str(node.get("Hostname") or "").startswith(self.request.inputs["hostname_prefix"])
        ]

    def add(self, count: int) -> None:
        """CreateNodes."""
        inputs = self.request.inputs
        parameters = {**CREATE.to_wire(_ROWS, inputs), **NODE.to_wire(_ROWS, inputs)}
        if inputs.get("min_count") is not None:
            parameters["MinCount"] = min(inputs["min_count"], count)
        self.request.api.call("CreateNodes", {**parameters, "ClusterId": self.cluster, "Count": count})

    def remove(self, ids: Sequence[str]) -> None:
        """DeleteNodes."""
        self.request.api.call("DeleteNodes", {"ClusterId": self.cluster, "InstanceIds": list(ids)})

    def settle(self, ids: Sequence[str]) -> None:
        """UpdateNodes, for old and new nodes alike."""
        wanted = self.request.inputs.get("keep_alive")
        if wanted is not None and ids:
            instances = [{"InstanceId": node_id, "KeepAlive": wanted} for node_id in ids]
            self.request.api.call("UpdateNodes", {"ClusterId": self.cluster, "Instances": instances})


create, read, update, delete = life(_Fleet)
