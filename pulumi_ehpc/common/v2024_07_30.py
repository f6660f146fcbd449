"""How API 2024-07-30 spells what several resource types take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pulumi_ehpc.common.args import ComputeNodeArgs, DataDiskArgs, ManagerArgs, SystemDiskArgs
from pulumi_ehpc.common.in_cluster import C, cluster_id
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import FieldMap, nested

VERSION: Final = "2024-07-30"
INTER_CONNECT: Final = {"vpc": "vpc", "erdma": "eRDMA"}

_NOT_ENCRYPTED: Final = "data disks are not encrypted; use a snapshot of an encrypted disk"
_SYSTEM_DISK = FieldMap(SystemDiskArgs, category="Category", size_gib="Size", level="Level")
_DATA_DISK = FieldMap(
    DataDiskArgs,
    category="Category",
    size_gib="Size",
    level="Level",
    delete_with_instance="DeleteWithInstance",
    mount_directory="MountDir",
    device="Device",
    snapshot_id="SnapshotId",
    unsupported={"encrypted": _NOT_ENCRYPTED, "kms_key_id": _NOT_ENCRYPTED},
)
COMPUTE_NODE = FieldMap(
    ComputeNodeArgs,
    instance_type="InstanceType",
    image_id="ImageId",
    instance_charge_type="InstanceChargeType",
    period="Period",
    period_unit="PeriodUnit",
    auto_renew="AutoRenew",
    auto_renew_period="AutoRenewPeriod",
    spot_strategy="SpotStrategy",
    spot_price_limit="SpotPriceLimit",
    spot_duration_hours="Duration",
    enable_ht="EnableHT",
    system_disk=nested("SystemDisk", _SYSTEM_DISK),
    data_disks=nested("DataDisks", _DATA_DISK),
)
MANAGER_NODE = COMPUTE_NODE.replace(
    properties=ManagerArgs, unsupported={"count": "a cluster has one manager node; leave it out"}
)


def delete_nodes(op: Operation[C], ids: Sequence[str]) -> None:
    """Call DeleteNodes."""
    op.api.call("DeleteNodes", {**cluster_id(op), "InstanceIds": list(ids)})
