"""Hardware in API version 2018-04-12: flat parameters of CreateCluster, AddNodes and SetAutoScaleConfig."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.node import Disk, Hardware
from pulumi_ehpc.fake.models.rules import check_instance_type
from pulumi_ehpc.fake.operations.factories import DEFAULT_IMAGE

__all__ = ["data_disks_from", "data_disks_to", "hardware_from"]


def hardware_from(parameters: Mapping[str, Any], instance_type: str, parameter: str, disk_type: str) -> Hardware:
    """Read the hardware of new instances.

    Args:
        parameters: The call's parameters.
        instance_type: Their instance type.
        parameter: The parameter that names the instance type, for errors.
        disk_type: The action's default system disk type.

    Raises:
        ResponseError: InvalidParams.
    """
    get = parameters.get
    if instance_type:
        check_instance_type(instance_type, parameter)
    return Hardware(
        instance_type=instance_type,
        image_id=get("ImageId") or DEFAULT_IMAGE,
        image_owner=get("ImageOwnerAlias", "system"),
        charge_type=get("EcsChargeType", "PostPaid"),
        period=get("Period", 1),
        period_unit=get("PeriodUnit", "Month"),
        auto_renew=get("AutoRenew", "false") == "true",
        auto_renew_period=get("AutoRenewPeriod", 1),
        spot_strategy=get("ComputeSpotStrategy", "NoSpot"),
        spot_price_limit=_spot_price(get("ComputeSpotPriceLimit", ""), "ComputeSpotPriceLimit"),
        spot_duration_hours=get("ComputeSpotDuration", 1),
        spot_interruption_behavior=get("ComputeSpotInterruptionBehavior", "Terminate"),
        enable_ht=get("ComputeEnableHt", True),
        system_disk=Disk(get("SystemDiskType", disk_type), get("SystemDiskSize", 40), get("SystemDiskLevel", "PL1")),
        data_disks=data_disks_from(get("DataDisks", ())),
        vswitch_id=get("VSwitchId", ""),
        zone_id=get("ZoneId", ""),
    )


def _spot_price(value: str, parameter: str) -> float:
    try:
        return float(value or 0)
    except ValueError:
        raise invalid(parameter, "It has to be a price per hour.") from None


def data_disks_from(entries: Sequence[Mapping[str, Any]]) -> tuple[Disk, ...]:
    """Read data disks from parameters."""
    return tuple(
        Disk(
            category=entry.get("DataDiskCategory", "cloud_efficiency"),
            size_gib=entry.get("DataDiskSize", 40),
            level=entry.get("DataDiskPerformanceLevel", "PL1"),
            delete_with_instance=entry.get("DataDiskDeleteWithInstance", True),
            encrypted=entry.get("DataDiskEncrypted", False),
            kms_key_id=entry.get("DataDiskKMSKeyId", ""),
        )
        for entry in entries
    )


def data_disks_to(disks: Sequence[Disk]) -> list[dict[str, Any]]:
    """Return data disks as responses have them."""
    return [
        {
            "DataDiskCategory": disk.category,
            "DataDiskSize": disk.size_gib,
            "DataDiskPerformanceLevel": disk.level,
            "DataDiskDeleteWithInstance": disk.delete_with_instance,
            "DataDiskEncrypted": disk.encrypted,
            "DataDiskKMSKeyId": disk.kms_key_id,
        }
        for disk in disks
    ]
