"""Hardware in API version 2024-07-30: the NodeTemplate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.fake.models.node import Disk, Hardware
from pulumi_ehpc.fake.models.rules import check_instance_type
from pulumi_ehpc.fake.operations.factories import DEFAULT_IMAGE

__all__ = ["hardware_from", "hardware_to", "system_disk_to"]


def hardware_from(template: Mapping[str, Any], parameter: str) -> Hardware:
    """Read a NodeTemplate.

    Raises:
        ResponseError: InvalidParams for a malformed instance type.
    """
    if instance_type := template.get("InstanceType", ""):
        check_instance_type(instance_type, f"{parameter}.InstanceType")
    disk = template.get("SystemDisk", {})
    return Hardware(
        instance_type=instance_type,
        image_id=template.get("ImageId") or DEFAULT_IMAGE,
        charge_type=template.get("InstanceChargeType", "PostPaid"),
        period=template.get("Period", 0),
        period_unit=template.get("PeriodUnit", "Month"),
        auto_renew=template.get("AutoRenew", False),
        auto_renew_period=template.get("AutoRenewPeriod", 1),
        spot_strategy=template.get("SpotStrategy", "NoSpot"),
        spot_price_limit=template.get("SpotPriceLimit", 0),
        spot_duration_hours=template.get("Duration", 1),
        enable_ht=template.get("EnableHT", True),
        system_disk=Disk(disk.get("Category", "cloud_essd"), disk.get("Size", 40), disk.get("Level", "PL1")),
        data_disks=tuple(_data_disk_from(entry) for entry in template.get("DataDisks", ())),
    )


def _data_disk_from(entry: Mapping[str, Any]) -> Disk:
    return Disk(
        category=entry.get("Category", "cloud_essd"),
        size_gib=entry.get("Size", 40),
        level=entry.get("Level", "PL1"),
        delete_with_instance=entry.get("DeleteWithInstance", True),
        device=entry.get("Device", ""),
        mount_directory=entry.get("MountDir", ""),
        snapshot_id=entry.get("SnapshotId", ""),
    )


def hardware_to(hardware: Hardware) -> dict[str, Any]:
    """Return a NodeTemplate as responses have it."""
    template: dict[str, Any] = {
        "InstanceType": hardware.instance_type,
        "ImageId": hardware.image_id,
        "InstanceChargeType": hardware.charge_type,
        "AutoRenew": hardware.auto_renew,
        "AutoRenewPeriod": hardware.auto_renew_period,
        "Duration": hardware.spot_duration_hours,
        "EnableHT": hardware.enable_ht,
        "SpotStrategy": hardware.spot_strategy,
        "SpotPriceLimit": hardware.spot_price_limit,
        "SystemDisk": system_disk_to(hardware.system_disk),
        "DataDisks": [_data_disk_to(disk) for disk in hardware.data_disks],
    }
    if hardware.period:
        template |= {"Period": hardware.period, "PeriodUnit": hardware.period_unit}
    return template


def system_disk_to(disk: Disk) -> dict[str, Any]:
    """Return a system disk as responses have it."""
    return {"Category": disk.category, "Level": disk.level, "Size": disk.size_gib}


def _data_disk_to(disk: Disk) -> dict[str, Any]:
    return {
        "Category": disk.category,
        "Size": disk.size_gib,
        "Level": disk.level,
        "DeleteWithInstance": disk.delete_with_instance,
        "Device": disk.device,
        "MountDir": disk.mount_directory,
        "SnapshotId": disk.snapshot_id,
    }
