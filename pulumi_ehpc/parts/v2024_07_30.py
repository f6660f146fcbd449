"""How API 2024-07-30 spells the shared blocks."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.lifecycle.fields import FieldMap, block, each

__all__ = ["COMPUTE_NODE", "MANAGER_NODE", "VERSION"]

VERSION: Final = "2024-07-30"

_SYSTEM_DISK = FieldMap(category="Category", size_gib="Size", level="Level")
_DATA_DISK = FieldMap(
    category="Category",
    size_gib="Size",
    level="Level",
    delete_with_instance="DeleteWithInstance",
    mount_dir="MountDir",
    device="Device",
    snapshot_id="SnapshotId",
    refused={
        "encrypted": "it encrypts no data disks; use a snapshot of an encrypted disk",
        "kms_key_id": "it encrypts no data disks; use a snapshot of an encrypted disk",
    },
)
COMPUTE_NODE = FieldMap(
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
    system_disk=block("SystemDisk", _SYSTEM_DISK),
    data_disks=each("DataDisks", _DATA_DISK),
)
MANAGER_NODE = COMPUTE_NODE.but(refused={"count": "it makes one manager node"})
