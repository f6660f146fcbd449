"""Clusters as API version 2024-07-30 returns them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pulumi_ehpc.fake.clock import iso_minutes
from pulumi_ehpc.fake.models.cluster import Addon, Cluster, Service
from pulumi_ehpc.fake.models.node import Hardware, Node
from pulumi_ehpc.fake.models.states import NodeStatus
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.v2024_07_30.hardware import system_disk_to

__all__ = ["get_cluster", "list_clusters"]


def get_cluster(call: Call) -> dict[str, Any]:
    """GetCluster: like the service, without description, tags, queues, add-ons and packages."""
    cluster = call.cluster()
    return {
        **_shared(cluster),
        "DeleteProtection": str(cluster.deletion_protection).lower(),
        "EnableScaleIn": cluster.scale.enable_scale_in,
        "EnableScaleOut": cluster.scale.enable_scale_out,
        "GrowInterval": cluster.scale.grow_interval_minutes,
        "IdleInterval": cluster.scale.idle_minutes,
        "MaxCoreCount": str(cluster.max_core_count),
        "MaxCount": str(cluster.max_count),
        "MonitorSpec": {"EnableComputeLoadMonitor": cluster.monitors_compute_load},
        "SchedulerSpec": {"EnableTopologyAwareness": cluster.topology_aware},
        "Manager": {
            "Scheduler": _service(cluster, cluster.scheduler, _scheduler_type(call, cluster)),
            "DNS": _service(cluster, cluster.dns, cluster.dns.type.upper()),
            "DirectoryService": _service(cluster, cluster.directory, cluster.directory.type.upper()),
            "ManagerNode": _manager_node(cluster),
        },
    }


def _shared(cluster: Cluster) -> dict[str, Any]:
    """Return what GetCluster and ListClusters both return."""
    script = {"Script": cluster.scripts[0].url, "Args": cluster.scripts[0].args} if cluster.scripts else {}
    return {
        "ClientVersion": cluster.client_version,
        "ClusterCategory": cluster.category,
        "ClusterCreateTime": iso_minutes(cluster.created_at),
        "ClusterCustomConfiguration": script,
        "ClusterId": cluster.id,
        "ClusterMode": cluster.mode,
        "ClusterModifyTime": iso_minutes(cluster.modified_at),
        "ClusterName": cluster.name,
        "ClusterStatus": cluster.status.value,
        "ClusterVSwitchId": cluster.vswitch_id,
        "ClusterVpcId": cluster.vpc_id,
        "EhpcVersion": "2.0.0" if cluster.generation == 2 else "1.0.0",
        "ResourceGroupId": cluster.resource_group_id,
        "SecurityGroupId": cluster.security_group_id,
    }


def _scheduler_type(call: Call, cluster: Cluster) -> str:
    scheduler = cluster.scheduler
    if scheduler.type == "slurm" and call.world.assumptions.slurm_type_echoed_as_slurm22:
        return f"slurm{scheduler.version.partition('.')[0]}"
    return scheduler.type.upper()


def _service(cluster: Cluster, service: Service, service_type: str) -> dict[str, Any]:
    status = "initing" if cluster.status.value == "creating" else cluster.status.value
    return {"Type": service_type, "Version": service.version, "Status": status}


def _manager_node(cluster: Cluster) -> dict[str, Any]:
    hardware: Hardware = cluster.manager
    node: Node | None = next((node for node in cluster.nodes.values() if node.is_manager), None)
    return {
        "AutoRenew": hardware.auto_renew,
        "AutoRenewPeriod": hardware.auto_renew_period,
        "Duration": hardware.spot_duration_hours,
        "EnableHt": hardware.enable_ht,
        "ExpiredTime": "",
        "ImageId": hardware.image_id,
        "InstanceChargeType": hardware.charge_type,
        "InstanceId": node.id if node else "",
        "InstanceType": hardware.instance_type,
        "Period": hardware.period,
        "PeriodUnit": hardware.period_unit,
        "SpotPriceLimit": hardware.spot_price_limit,
        "SpotStrategy": hardware.spot_strategy,
        "SystemDisk": system_disk_to(hardware.system_disk),
    }


def list_clusters(call: Call) -> dict[str, Any]:
    """ListClusters: includes what GetCluster omits; PageNumber is a string in the response."""
    ids, names = call.get("ClusterIds", ()), call.get("ClusterNames", ())
    visible = call.region.visible(call.generation)
    matching = [
        cluster for cluster in visible if (not ids or cluster.id in ids) and (not names or cluster.name in names)
    ]
    items, page = call.page(matching)
    generations = Counter(cluster.generation for cluster in visible)
    return {
        **page.as_dict(),
        "PageNumber": str(page.number),
        "Clusters": [_listed(cluster) for cluster in items],
        "EhpcVersionStatistics": {"V1Count": generations[1], "V2Count": generations[2]},
    }


def _listed(cluster: Cluster) -> dict[str, Any]:
    shared = _shared(cluster)
    del shared["ClientVersion"]
    statuses = Counter(node.status for node in cluster.compute_nodes())
    groups = Counter(user.group for user in cluster.users.values())
    credentials = (("password", cluster.password), ("keypair", cluster.key_pair_name))
    return {
        **shared,
        "AdditionalPackages": [{"Name": package.name, "Version": package.version} for package in cluster.packages],
        "Addons": [_addon(addon) for addon in cluster.addons],
        "ClusterCredentials": [kind for kind, given in credentials if given],
        "ClusterDescription": cluster.description,
        "ClusterUsedCoreTime": 0,
        "DeletionProtection": cluster.deletion_protection,
        "Manager": {
            "Scheduler": {"Type": cluster.scheduler.type.upper(), "Version": cluster.scheduler.version},
            "DNS": {"Type": cluster.dns.type.upper(), "Version": cluster.dns.version},
            "DirectoryService": {"Type": cluster.directory.type.upper(), "Version": cluster.directory.version},
        },
        "MaxCoreCount": cluster.max_core_count,
        "MaxCount": cluster.max_count,
        "Nodes": {
            "AbnormalCounts": statuses[NodeStatus.EXCEPTION],
            "CreatingCounts": statuses[NodeStatus.UNINIT] + statuses[NodeStatus.INITING],
            "RunningCounts": statuses[NodeStatus.RUNNING],
        },
        "Users": {"NormalCounts": groups["users"], "SudoCounts": groups["wheel"]},
    }


def _addon(addon: Addon) -> dict[str, Any]:
    return {
        "AddonId": addon.id,
        "Name": addon.name,
        "Label": addon.name,
        "Version": addon.version,
        "Description": "",
        "Status": "Running",
        "ServicesSpec": list(addon.services),
    }
