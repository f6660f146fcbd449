"""Automatic scaling in API version 2018-04-12: one configuration for the cluster and its queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Disk, Hardware
from pulumi_ehpc.fake.models.queue import AutoScale, Queue, QueueScale
from pulumi_ehpc.fake.models.rules import check_hostname_part, check_instance_type
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.v2018_04_12.hardware import data_disks_from, data_disks_to

__all__ = ["describe_auto_scale_config", "get_auto_scale_config", "set_auto_scale_config"]


def set_auto_scale_config(call: Call) -> dict[str, Any]:
    """SetAutoScaleConfig: replaces the configuration; omitted queues lose theirs, or keep it (switch)."""
    cluster = call.running_cluster()
    entries = call.get("Queues", ())
    wanted: dict[str, Queue] = {}
    for index, entry in enumerate(entries, 1):
        parameter = f"Queues.{index}"
        queue = cluster.find_queue(entry.get("QueueName", ""), f"{parameter}.QueueName")
        wanted[queue.name] = _updated_queue(call, cluster, queue, entry, parameter)
    if not call.world.assumptions.omitted_queue_autoscale_kept:
        for queue in cluster.queues.values():
            queue.scale = QueueScale()
    cluster.queues.update(wanted)
    cluster.scale = _cluster_scale(call)
    call.log(cluster, cluster.id)
    return {}


def _cluster_scale(call: Call) -> AutoScale:
    interval, times = call.get("ShrinkIntervalInMinutes", 2), call.get("ShrinkIdleTimes", 3)
    return AutoScale(
        enable_scale_out=call.get("EnableAutoGrow", False),
        enable_scale_in=call.get("EnableAutoShrink", False),
        grow_interval_minutes=call.get("GrowIntervalInMinutes", 2),
        shrink_interval_minutes=interval,
        shrink_idle_times=times,
        idle_minutes=interval * times,
        grow_ratio=call.get("GrowRatio", 100),
        grow_timeout_minutes=call.get("GrowTimeoutInMinutes", 20),
        extra_nodes_grow_ratio=call.get("ExtraNodesGrowRatio", 0),
        max_nodes=call.parameters["MaxNodesInCluster"],
        exclude_nodes=call.get("ExcludeNodes"),
        image_id=call.get("ImageId"),
        spot_strategy=call.get("SpotStrategy", "NoSpot"),
        spot_price_limit=call.get("SpotPriceLimit", 0),
        compute_enable_ht=call.get("ComputeEnableHt", True),
        dns_config=call.get("DnsConfig"),
    )


def _updated_queue(call: Call, cluster: Cluster, queue: Queue, entry: Mapping[str, Any], parameter: str) -> Queue:
    for name in ("HostNamePrefix", "HostNameSuffix"):
        check_hostname_part(entry.get(name, ""), f"{parameter}.{name}")
    scale = QueueScale(
        enable_scale_out=entry.get("EnableAutoGrow", False),
        enable_scale_in=entry.get("EnableAutoShrink", False),
        min_count=entry.get("MinNodesInQueue", 0),
        max_count=entry.get("MaxNodesInQueue", 100),
        max_count_per_cycle=entry.get("MaxNodesPerCycle", 0),
        min_count_per_cycle=entry.get("MinNodesPerCycle", 1),
        auto_min_count_per_cycle=entry.get("AutoMinNodesPerCycle", False),
        sorted_by_inventory=entry.get("SortedByInventory", False),
    )
    if scale.min_count > scale.max_count:
        raise invalid(f"{parameter}.MinNodesInQueue", "It is more than MaxNodesInQueue.")
    return replace(
        queue,
        scale=scale,
        compute_nodes=_hardware(cluster, queue, entry, parameter),
        hostname_prefix=entry.get("HostNamePrefix", queue.hostname_prefix),
        hostname_suffix=entry.get("HostNameSuffix", queue.hostname_suffix),
        updated_at=call.now,
    )


def _hardware(cluster: Cluster, queue: Queue, entry: Mapping[str, Any], parameter: str) -> tuple[Hardware, ...]:
    """Return the queue's hardware: instance types from InstanceTypes, else InstanceType, else as before."""
    base = queue.compute_nodes[0] if queue.compute_nodes else cluster.compute
    disk = base.system_disk
    common = replace(
        base,
        image_id=entry.get("QueueImageId") or base.image_id,
        spot_strategy=entry.get("SpotStrategy", base.spot_strategy),
        spot_price_limit=entry.get("SpotPriceLimit", base.spot_price_limit),
        system_disk=Disk(
            category=entry.get("SystemDiskCategory", disk.category),
            size_gib=entry.get("SystemDiskSize", disk.size_gib),
            level=entry.get("SystemDiskLevel", disk.level),
        ),
        data_disks=data_disks_from(entry["DataDisks"]) if "DataDisks" in entry else base.data_disks,
    )
    types = entry.get("InstanceTypes") or ([{"InstanceType": entry["InstanceType"]}] if "InstanceType" in entry else [])
    for index, kind in enumerate(types, 1):
        check_instance_type(kind.get("InstanceType", ""), f"{parameter}.InstanceTypes.{index}.InstanceType")
    if not types:
        return (common,) if queue.compute_nodes or common != base else ()
    return tuple(
        replace(
            common,
            instance_type=kind["InstanceType"],
            spot_strategy=kind.get("SpotStrategy", common.spot_strategy),
            spot_price_limit=kind.get("SpotPriceLimit", common.spot_price_limit),
            spot_duration_hours=kind.get("SpotDuration", 1),
            spot_interruption_behavior=kind.get("SpotInterruptionBehavior", "Terminate"),
            vswitch_id=kind.get("VSwitchId", ""),
            zone_id=kind.get("ZoneId", ""),
        )
        for kind in types
    )


def get_auto_scale_config(call: Call) -> dict[str, Any]:
    """GetAutoScaleConfig."""
    cluster = call.cluster()
    return {
        **_shared(call, cluster),
        "ComputeEnableHt": cluster.scale.compute_enable_ht,
        "DnsConfig": cluster.scale.dns_config,
        "ImageId": cluster.scale.image_id,
        "SpotPriceLimit": cluster.scale.spot_price_limit,
        "Queues": {"QueueInfo": [_queue_to(cluster, queue) for queue in cluster.queues.values()]},
    }


def describe_auto_scale_config(call: Call) -> dict[str, Any]:
    """DescribeAutoScaleConfig: of the cluster alone; SpotPriceLimit is a string here."""
    cluster = call.cluster()
    return {**_shared(call, cluster), "SpotPriceLimit": f"{cluster.scale.spot_price_limit:g}"}


def _shared(call: Call, cluster: Cluster) -> dict[str, Any]:
    """Return what both actions return."""
    scale = cluster.scale
    return {
        "ClusterId": cluster.id,
        "ClusterType": cluster.scheduler.type,
        "EnableAutoGrow": scale.enable_scale_out,
        "EnableAutoShrink": scale.enable_scale_in,
        "ExcludeNodes": scale.exclude_nodes,
        "ExtraNodesGrowRatio": scale.extra_nodes_grow_ratio,
        "GrowIntervalInMinutes": scale.grow_interval_minutes,
        "GrowRatio": scale.grow_ratio,
        "GrowTimeoutInMinutes": scale.grow_timeout_minutes,
        "MaxNodesInCluster": scale.max_nodes,
        "ShrinkIdleTimes": scale.shrink_idle_times,
        "ShrinkIntervalInMinutes": scale.shrink_interval_minutes,
        "SpotStrategy": scale.spot_strategy,
        "Uid": call.region.account,
    }


def _queue_to(cluster: Cluster, queue: Queue) -> dict[str, Any]:
    first = queue.compute_nodes[0] if queue.compute_nodes else Hardware()
    scale = queue.scale
    return {
        "QueueName": queue.name,
        "AutoMinNodesPerCycle": scale.auto_min_count_per_cycle,
        "EnableAutoGrow": scale.enable_scale_out,
        "EnableAutoShrink": scale.enable_scale_in,
        "HostNamePrefix": queue.hostname_prefix,
        "HostNameSuffix": queue.hostname_suffix,
        "InstanceType": first.instance_type,
        "InstanceTypes": {"InstanceTypeInfo": [_instance_type_to(queue, hardware) for hardware in queue.compute_nodes]},
        "MaxNodesInQueue": scale.max_count,
        "MaxNodesPerCycle": scale.max_count_per_cycle,
        "MinNodesInQueue": scale.min_count,
        "MinNodesPerCycle": scale.min_count_per_cycle,
        "QueueImageId": first.image_id,
        "ResourceGroupId": queue.resource_group_id or cluster.resource_group_id,
        "SortedByInventory": scale.sorted_by_inventory,
        "SpotPriceLimit": first.spot_price_limit,
        "SpotStrategy": first.spot_strategy,
        "SystemDiskCategory": first.system_disk.category,
        "SystemDiskLevel": first.system_disk.level,
        "SystemDiskSize": first.system_disk.size_gib,
        "DataDisks": {"DataDisksInfo": data_disks_to(first.data_disks)},
    }


def _instance_type_to(queue: Queue, hardware: Hardware) -> dict[str, Any]:
    return {
        "HostNamePrefix": queue.hostname_prefix,
        "InstanceType": hardware.instance_type,
        "SpotDuration": hardware.spot_duration_hours,
        "SpotInterruptionBehavior": hardware.spot_interruption_behavior,
        "SpotPriceLimit": hardware.spot_price_limit,
        "SpotStrategy": hardware.spot_strategy,
        "VSwitchId": hardware.vswitch_id,
        "ZoneId": hardware.zone_id,
    }
