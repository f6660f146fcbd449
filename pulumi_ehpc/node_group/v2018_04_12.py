"""The node group in API 2018-04-12: AddNodes, ListNodes, DeleteNodes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from pulumi_ehpc.lifecycle.fields import FieldMap, block, each, words
from pulumi_ehpc.lifecycle.request import Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.node_group.group import Node, check, life
from pulumi_ehpc.node_group.resource import NodeGroup
from pulumi_ehpc.parts.v2018_04_12 import DATA_DISK

__all__ = ["MAPS", "VERSION", "check", "create", "delete", "read", "update"]

VERSION: Final = "2018-04-12"

ADD = FieldMap(
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
    system_disk=block("", FieldMap(category="SystemDiskType", size_gib="SystemDiskSize", level="SystemDiskLevel")),
    data_disks=each("DataDisks", DATA_DISK),
    inter_connect=words("NetworkInterfaceTrafficMode", {"vpc": "Standard", "erdma": "HighPerformance"}),
    derived={
        "cluster": "goes to ClusterId of every action",
        "count": "goes to Count, in as many calls as it takes",
    },
    refused={"keep_alive": "it keeps no single nodes; leave enable_scale_in of the queue off"},
)
MAPS = (ADD,)
_ROWS = rows_of(NodeGroup)


class _Fleet:
    """The group's nodes by the actions of this version."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.cluster = request.inputs["cluster"]

    def list(self) -> Sequence[Node]:
        """AddNodes may answer before it knows the nodes' ids, so they are always looked up by their host names."""
        prefix = self.request.inputs["hostname_prefix"]
        where = {"ClusterId": self.cluster, "HostNamePrefix": prefix, "PageSize": 100}
        return [
            Node(
                hostname=node["HostName"],
                id=node["Id"],
                ip=node.get("IpAddress") or "",
                status=node.get("Status") or "",
            )
            for node in self.request.api.pages("ListNodes", where)
            if str(node.get("HostName") or "").startswith(prefix)
        ]

    def add(self, count: int) -> None:
        """AddNodes; the token is fresh for each call and kept through its repeats."""
        inputs = self.request.inputs
        parameters = {**ADD.to_wire(_ROWS, inputs), "ClientToken": uuid.uuid4().hex}
        if inputs.get("min_count") is not None:
            parameters["MinCount"] = min(inputs["min_count"], count)
        self.request.api.call("AddNodes", {**parameters, "ClusterId": self.cluster, "Count": count})

    def remove(self, ids: Sequence[str]) -> None:
        """DeleteNodes."""
        instances = [{"Id": node_id} for node_id in ids]
        self.request.api.call(
            "DeleteNodes", {"ClusterId": self.cluster, "Instance": instances, "ReleaseInstance": True}
        )

    def settle(self, ids: Sequence[str]) -> None:
        """This version sets nothing on living nodes."""


create, read, update, delete = life(_Fleet)
