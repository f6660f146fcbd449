"""Clusters as API version 2018-04-12 returns them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pulumi_ehpc.fake.clock import iso_seconds
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Node, Role
from pulumi_ehpc.fake.models.states import ClusterStatus, NodeStatus
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["describe_cluster", "list_clusters", "list_clusters_meta"]


def _status(cluster: Cluster) -> str:
    """Return the status in this version's spelling: ``init`` for ``initing``."""
    return "init" if cluster.status is ClusterStatus.INITING else cluster.status.value


def describe_cluster(call: Call) -> dict[str, Any]:
    """DescribeCluster."""
    cluster = call.cluster()
    return {"ClusterInfo": {**_identity(cluster), **_placement(cluster), **_hardware(cluster), **_home(cluster)}}


def _identity(cluster: Cluster) -> dict[str, Any]:
    declared = cluster.declared
    return {
        "Id": cluster.id,
        "Name": cluster.name,
        "Description": cluster.description,
        "Status": _status(cluster),
        "CreateTime": iso_seconds(cluster.created_at),
        "ClusterVersion": declared.get("ClusterVersion", "1.0"),
        "ClientVersion": cluster.client_version,
        "AccountType": cluster.directory.type,
        "SchedulerType": cluster.scheduler.type,
        "SchedulerVersion": cluster.scheduler.version,
        "SchedulerPreInstall": 0,
        "DeployMode": "Advanced" if declared.get("HaEnable") else cluster.deploy_mode,
        "HaEnable": declared.get("HaEnable", False),
        "Domain": declared.get("Domain", ""),
        "KeyPairName": cluster.key_pair_name,
        "Plugin": declared.get("Plugin", ""),
        "RamRoleName": declared.get("RamRoleName", ""),
        "RamNodeTypes": ",".join(declared.get("RamNodeTypes", ())),
        "SccClusterId": declared.get("SccClusterId", ""),
        "WinAdPar": declared.get("WinAdPar", ""),
        "WithoutAgent": int(declared.get("WithoutAgent", False)),
        "Applications": {"ApplicationInfo": [{"Tag": package.name} for package in cluster.packages]},
        "AddOnsInfo": {"AddOnsInfo": [{"SoftwareId": addon.name, "Status": "running"} for addon in cluster.addons]},
        "PostInstallScripts": {
            "PostInstallScriptInfo": [{"Url": script.url, "Args": script.args} for script in cluster.scripts]
        },
        "Nodes": {"NodesInfo": []},
    }


def _placement(cluster: Cluster) -> dict[str, Any]:
    return {
        "Location": "PublicCloud",
        "RegionId": cluster.region_id,
        "ZoneId": cluster.zone_id,
        "VpcId": cluster.vpc_id,
        "VSwitchId": cluster.vswitch_id,
        "SecurityGroupId": cluster.security_group_id,
        "ResourceGroupId": cluster.resource_group_id,
    }


def _hardware(cluster: Cluster) -> dict[str, Any]:
    compute = cluster.compute
    image = {"ImageId": compute.image_id, "ImageOwnerAlias": compute.image_owner}
    os_tag = cluster.declared.get("OsTag", "CentOS_7.6_64")
    return {
        **image,
        "ImageName": compute.image_id,
        "OsTag": os_tag,
        "BaseOsTag": os_tag,
        "InitialImage": {**image, "OsTag": os_tag},
        "EcsChargeType": compute.charge_type,
        "Period": str(compute.period),
        "PeriodUnit": compute.period_unit,
        "AutoRenew": str(compute.auto_renew).lower(),
        "AutoRenewPeriod": str(compute.auto_renew_period),
        "ComputeSpotStrategy": compute.spot_strategy,
        "ComputeSpotPriceLimit": f"{compute.spot_price_limit:g}",
        "EcsInfo": {
            "Manager": _counted(cluster, "Manager", cluster.manager.instance_type),
            "Login": _counted(cluster, "Login", cluster.login.instance_type),
            "Compute": _counted(cluster, "Compute", compute.instance_type),
        },
    }


def _counted(cluster: Cluster, kind: str, instance_type: str) -> dict[str, Any]:
    return {"Count": sum(node.has_role(kind) for node in cluster.nodes.values()), "InstanceType": instance_type}


def _home(cluster: Cluster) -> dict[str, Any]:
    """Return the cluster's own file system."""
    home = cluster.mounts.get("/home")
    if home is None:
        return {"RemoteDirectory": cluster.declared.get("RemoteDirectory", "")}
    return {
        "VolumeId": home.file_system_id,
        "VolumeMountpoint": home.mount_target,
        "VolumeProtocol": home.protocol.lower(),
        "VolumeType": home.volume_type.upper(),
        "RemoteDirectory": home.storage_directory,
    }


def list_clusters(call: Call) -> dict[str, Any]:
    """ListClusters."""
    items, page = call.page(call.region.visible(call.generation))
    return {**page.as_dict(), "Clusters": {"ClusterInfoSimple": [_listed(cluster) for cluster in items]}}


def _listed(cluster: Cluster) -> dict[str, Any]:
    computes = cluster.compute_nodes()
    logins = [node for node in cluster.nodes.values() if Role.LOGIN in node.roles]
    managers = [node for node in cluster.nodes.values() if node.is_manager]
    placement = _placement(cluster)
    del placement["SecurityGroupId"]
    return {
        **_meta(cluster),
        **placement,
        "BaseOsTag": cluster.declared.get("OsTag", "CentOS_7.6_64"),
        "ComputeSpotPriceLimit": cluster.compute.spot_price_limit,
        "ComputeSpotStrategy": cluster.compute.spot_strategy,
        "Computes": _node_counts(computes),
        "Count": len(computes),
        "CreateTime": iso_seconds(cluster.created_at),
        "ImageId": cluster.compute.image_id,
        "ImageOwnerAlias": cluster.compute.image_owner,
        "InstanceChargeType": cluster.compute.charge_type,
        "InstanceType": cluster.compute.instance_type,
        "LoginNodes": json.dumps([node.public_ip_address or node.ip_address for node in logins]),
        "Managers": _node_counts(managers),
        "NodePrefix": "compute",
        "NodeSuffix": "",
        "TotalResources": {
            "Cpu": sum(node.resources.cpus for node in computes),
            "Gpu": sum(node.resources.gpus for node in computes),
            "Memory": sum(node.resources.memory_gib for node in computes) * 1024,
        },
        "UsedResources": {"Cpu": 0, "Gpu": 0, "Memory": 0},
    }


def _node_counts(nodes: Sequence[Node]) -> dict[str, int]:
    statuses = Counter(node.status for node in nodes)
    normal, failed = statuses[NodeStatus.RUNNING], statuses[NodeStatus.EXCEPTION]
    return {
        "ExceptionCount": failed,
        "NormalCount": normal,
        "OperatingCount": len(nodes) - normal - failed,
        "StoppedCount": 0,
        "Total": len(nodes),
    }


def list_clusters_meta(call: Call) -> dict[str, Any]:
    """ListClustersMeta."""
    items, page = call.page(call.region.visible(call.generation))
    return {**page.as_dict(), "Clusters": {"ClusterInfoSimple": [_meta(cluster) for cluster in items]}}


def _meta(cluster: Cluster) -> dict[str, Any]:
    """Return what ListClusters and ListClustersMeta both return."""
    return {
        "AccountType": cluster.directory.type,
        "ClientVersion": cluster.client_version,
        "DeployMode": cluster.deploy_mode,
        "Description": cluster.description,
        "EhpcVersion": cluster.declared.get("EhpcVersion", "2.0.0" if cluster.generation == 2 else "1.0.0"),
        "HasPlugin": bool(cluster.declared.get("Plugin")),
        "Id": cluster.id,
        "IsComputeEss": cluster.declared.get("IsComputeEss", False),
        "Location": "PublicCloud",
        "Name": cluster.name,
        "OsTag": cluster.declared.get("OsTag", "CentOS_7.6_64"),
        "SchedulerType": cluster.scheduler.type,
        "Status": _status(cluster),
        "VpcId": cluster.vpc_id,
    }
