"""Creation, changes and deletion of clusters in API version 2024-07-30; ``views`` returns them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.cluster import Addon, Cluster, Package, Script, Service
from pulumi_ehpc.fake.models.queue import AutoScale
from pulumi_ehpc.fake.models.rules import check_cluster_name, check_password
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.factories import add_login_node, add_manager_nodes
from pulumi_ehpc.fake.operations.v2024_07_30.hardware import hardware_from
from pulumi_ehpc.fake.operations.v2024_07_30.queue import add_queue, initial_nodes
from pulumi_ehpc.fake.operations.v2024_07_30.volume import mounts_at_creation
from pulumi_ehpc.fake.regions import region_code

__all__ = ["create_cluster", "delete_cluster", "update_cluster"]


def create_cluster(call: Call) -> dict[str, Any]:
    """CreateCluster."""
    call.region.require_room_for_cluster()
    cluster = _new_cluster(call)
    _populate(call, cluster)
    record = call.record(cluster.id, cluster.id, "CreateCluster")
    call.region.create_cluster(cluster, record)
    return {"Success": True, "ClusterId": cluster.id, "TaskId": record.task_id}


def _new_cluster(call: Call) -> Cluster:
    ids = call.world.ids
    manager: Mapping[str, Any] = call.get("Manager", {})
    credentials: Mapping[str, str] = call.get("ClusterCredentials", {})
    if password := credentials.get("Password", ""):
        check_password(password, 20, "ClusterCredentials.Password")
    cluster_id = ids.cluster(region_code(call.region.region_id))
    cluster = Cluster(
        id=cluster_id,
        region_id=call.region.region_id,
        generation=call.generation,
        name=_checked_name(call, "ClusterName") or cluster_id,
        description=_checked_name(call, "ClusterDescription"),
        created_at=call.now,
        modified_at=call.now,
        vpc_id=call.get("ClusterVpcId"),
        vswitch_id=call.get("ClusterVSwitchId"),
        zone_id=f"{call.region.region_id}-i",
        security_group_id=call.get("SecurityGroupId") or ids.other("sg"),
        resource_group_id=call.get("ResourceGroupId"),
        scheduler=_service(manager.get("Scheduler", {}), "SLURM", "22.05.8"),
        directory=_service(manager.get("DirectoryService", {}), "NIS", "2.31"),
        dns=_service(manager.get("DNS", {}), "NIS", "2.31"),
        category=call.get("ClusterCategory", "Standard"),
        mode=call.get("ClusterMode", "Integrated"),
        client_version=call.get("ClientVersion", "2.1.0"),
        manager=hardware_from(manager.get("ManagerNode", {}), "Manager.ManagerNode"),
        password=call.hash_secret(password),
        key_pair_name=credentials.get("KeyPairName", ""),
        deletion_protection=call.get("DeletionProtection", False),
        max_count=call.get("MaxCount", 5000),
        max_core_count=call.get("MaxCoreCount", 100_000),
        scripts=_scripts(call),
        packages=tuple(Package(entry.get("Name", ""), entry.get("Version", "")) for entry in _packages(call)),
        tags=call.tags("Tags"),
    )
    if not call.world.assumptions.create_cluster_ignores_intervals:
        cluster.scale = _scale(call, cluster.scale)
    return cluster


def _populate(call: Call, cluster: Cluster) -> None:
    """Add queues, mounts and nodes to a new cluster."""
    add_manager_nodes(cluster, call.world.ids)
    cluster.mounts = mounts_at_creation(call.get("SharedStorages", ()))
    cluster.addons = _addons(call, cluster)
    templates = call.get("Queues", ()) or ({"QueueName": "comp"},)
    for index, template in enumerate(templates, 1):
        queue = add_queue(call, cluster, template, f"Queues.{index}")
        cluster.default_queue = cluster.default_queue or queue.name
        nodes = initial_nodes(call, cluster, queue, f"Queues.{index}.ComputeNodes")
        cluster.nodes.update({node.id: node for node in nodes})


def _addons(call: Call, cluster: Cluster) -> tuple[Addon, ...]:
    entries = call.get("Addons", ())
    if len(entries) > 1:
        raise invalid("Addons", "Only one component is supported at creation.")
    addons = []
    for entry in entries:
        try:
            services = json.loads(entry.get("ServicesSpec") or "[]")
            resources = json.loads(entry.get("ResourcesSpec") or "{}")
            templates = [template for template in resources.get("EcsResources", ()) if template]
            known = ("ServiceName", "ServiceAccessType", "ServiceAccessUrl")
            stated = tuple({name: service[name] for name in known if service.get(name)} for service in services)
        except (ValueError, AttributeError, TypeError):
            raise invalid("Addons.1", "ServicesSpec and ResourcesSpec have to be JSON.") from None
        addons.append(Addon(call.world.ids.other("addon"), entry["Name"], entry["Version"], stated))
        if entry["Name"].lower() == "login":
            cluster.login = hardware_from(templates[0] if templates else {}, "Addons.1.ResourcesSpec.EcsResources.1")
            add_login_node(cluster, call.world.ids, public=bool(resources.get("EipResource", {}).get("AutoCreate")))
    return tuple(addons)


def _packages(call: Call) -> list[Mapping[str, str]]:
    packages: list[Mapping[str, str]] = call.get("AdditionalPackages", [])
    if len(packages) > 10:
        raise invalid("AdditionalPackages", "At most 10 are accepted.")
    return packages


def _scripts(call: Call) -> tuple[Script, ...]:
    entry = call.get("ClusterCustomConfiguration", {})
    return (Script(entry["Script"], entry.get("Args", "")),) if entry.get("Script") else ()


def _service(entry: Mapping[str, str], default_type: str, default_version: str) -> Service:
    return Service((entry.get("Type") or default_type).lower(), entry.get("Version") or default_version)


def _checked_name(call: Call, parameter: str) -> str:
    name: str = call.get(parameter)
    if name:
        check_cluster_name(name, parameter)
    return name


def update_cluster(call: Call) -> dict[str, Any]:
    """UpdateCluster: sets every field; omitted ones fall back to their defaults, or stay as they are (switch)."""
    cluster = call.running_cluster()
    name, description = _checked_name(call, "ClusterName"), _checked_name(call, "ClusterDescription")
    resets = call.world.assumptions.update_cluster_resets_omitted
    sent = call.parameters
    if name:
        cluster.name = name
    if "ClientVersion" in sent:
        cluster.client_version = sent["ClientVersion"]
    if resets or "ClusterDescription" in sent:
        cluster.description = description
    if resets or "DeletionProtection" in sent:
        cluster.deletion_protection = call.get("DeletionProtection", False)
    if resets or "MaxCount" in sent:
        cluster.max_count = call.get("MaxCount", 5000)
    if resets or "MaxCoreCount" in sent:
        cluster.max_core_count = call.get("MaxCoreCount", 100_000)
    if resets or "ClusterCustomConfiguration" in sent:
        cluster.scripts = _scripts(call)
    if resets or "MonitorSpec" in sent:
        cluster.monitors_compute_load = call.get("MonitorSpec", {}).get("EnableComputeLoadMonitor", False)
    if resets or "SchedulerSpec" in sent:
        cluster.topology_aware = call.get("SchedulerSpec", {}).get("EnableTopologyAwareness", False)
    cluster.scale = _scale(call, _default_scale(cluster.scale) if resets else cluster.scale)
    call.log(cluster, cluster.id)
    return {"Success": True}


def _default_scale(scale: AutoScale) -> AutoScale:
    return replace(scale, enable_scale_out=False, enable_scale_in=False, grow_interval_minutes=2, idle_minutes=6)


def _scale(call: Call, scale: AutoScale) -> AutoScale:
    return replace(
        scale,
        enable_scale_out=call.get("EnableScaleOut", scale.enable_scale_out),
        enable_scale_in=call.get("EnableScaleIn", scale.enable_scale_in),
        grow_interval_minutes=call.get("GrowInterval", scale.grow_interval_minutes),
        idle_minutes=call.get("IdleInterval", scale.idle_minutes),
    )


def delete_cluster(call: Call) -> dict[str, Any]:
    """DeleteCluster."""
    cluster = call.cluster()
    record = call.record(cluster.id, cluster.id, "DeleteCluster")
    call.region.delete_cluster(cluster, record)
    return {"Success": True, "TaskId": record.task_id}
