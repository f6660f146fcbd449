"""Creation, changes and deletion of clusters in API version 2018-04-12; ``views`` returns them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pulumi_ehpc.api.spec.redaction import redact
from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.models.cluster import Addon, Cluster, Package, Script, Service
from pulumi_ehpc.fake.models.node import Hardware
from pulumi_ehpc.fake.models.queue import Queue
from pulumi_ehpc.fake.models.rules import check_password, check_queue_name
from pulumi_ehpc.fake.models.states import ClusterStatus
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.factories import add_login_node, add_manager_nodes, new_compute_nodes
from pulumi_ehpc.fake.operations.v2018_04_12.hardware import hardware_from
from pulumi_ehpc.fake.operations.v2018_04_12.volume import mounts_at_creation
from pulumi_ehpc.fake.regions import region_code

__all__ = ["create_cluster", "delete_cluster", "modify_cluster_attributes", "upgrade_client"]

_DEFAULT_QUEUES: Final = {"slurm": "comp", "pbs": "workq", "opengridscheduler": "all.q", "deadline": "none"}
_SCHEDULER_VERSIONS: Final = {"slurm": "22.05.8", "pbs": "20.0.1", "opengridscheduler": "8.1.9", "deadline": "10.1"}
_DECLARED: Final = (
    "BaseOsTag",
    "ClusterVersion",
    "DeploymentSetId",
    "Domain",
    "EhpcVersion",
    "HaEnable",
    "InputFileUrl",
    "IsComputeEss",
    "NetworkInterfaceTrafficMode",
    "OsTag",
    "Plugin",
    "RamNodeTypes",
    "RamRoleName",
    "RemoteDirectory",
    "RemoteVisEnable",
    "SccClusterId",
    "WithoutAgent",
    "WithoutElasticIp",
)
"""Parameters of CreateCluster that have no effect but to be returned again."""


def create_cluster(call: Call) -> dict[str, Any]:
    """CreateCluster."""
    call.region.require_room_for_cluster()
    cluster = _new_cluster(call)
    _populate(call, cluster)
    record = call.record(cluster.id, cluster.id, "CreateCluster")
    call.region.create_cluster(cluster, record)
    return {"ClusterId": cluster.id, "TaskId": record.task_id}


def _new_cluster(call: Call) -> Cluster:
    ids = call.world.ids
    _check_name(call.parameters["Name"])
    _check_description(call.get("Description"))
    scheduler = call.get("SchedulerType", "pbs")
    return Cluster(
        id=ids.cluster(region_code(call.region.region_id)),
        region_id=call.region.region_id,
        generation=call.generation,
        name=call.parameters["Name"],
        description=call.get("Description"),
        created_at=call.now,
        modified_at=call.now,
        vpc_id=call.get("VpcId"),
        vswitch_id=call.get("VSwitchId"),
        zone_id=call.get("ZoneId") or f"{call.region.region_id}-i",
        security_group_id=call.get("SecurityGroupId") or ids.other("sg"),
        resource_group_id=call.get("ResourceGroupId"),
        scheduler=Service(scheduler, _SCHEDULER_VERSIONS[scheduler]),
        directory=Service(call.get("AccountType", "nis")),
        dns=Service("nis"),
        deploy_mode=call.get("DeployMode", "Standard"),
        client_version=call.get("ClientVersion", "1.0.64"),
        manager=_hardware(call, "Manager"),
        login=_hardware(call, "Login"),
        compute=_hardware(call, "Compute"),
        default_queue=call.get("JobQueue") or _DEFAULT_QUEUES[scheduler],
        password=call.hash_secret(_root_password(call)),
        key_pair_name=call.get("KeyPairName"),
        scripts=tuple(
            Script(entry.get("Url", ""), entry.get("Args", "")) for entry in call.get("PostInstallScript", ())
        ),
        packages=tuple(Package(entry.get("Tag", "")) for entry in call.get("Application", ())),
        addons=tuple(Addon(ids.other("addon"), entry.get("Name", ""), "") for entry in call.get("AddOns", ())),
        tags=call.tags("Tag"),
        declared={name: call.parameters[name] for name in _DECLARED if name in call.parameters},
    )


def _populate(call: Call, cluster: Cluster) -> None:
    """Add queue, mounts and nodes to a new cluster."""
    ids = call.world.ids
    order = call.get("EcsOrder", {})
    tiny = cluster.deploy_mode == "Tiny"
    managers = order.get("Manager", {}).get("Count", 1)
    add_manager_nodes(cluster, ids, managers, backups=call.get("HaEnable", False), login=tiny)
    for _ in range(0 if tiny else order.get("Login", {}).get("Count", 1)):
        add_login_node(cluster, ids, public=not call.get("WithoutElasticIp", False))
    cluster.mounts = mounts_at_creation(call, cluster)
    check_queue_name(cluster.default_queue, 63, "JobQueue")
    queue = cluster.queues[cluster.default_queue] = Queue(cluster.default_queue, call.now, call.now)
    if count := order.get("Compute", {}).get("Count", 0):
        if not cluster.compute.instance_type:
            raise invalid("EcsOrder.Compute.InstanceType", "It is mandatory.")
        nodes = new_compute_nodes(call, cluster, queue, cluster.compute, count)
        cluster.nodes.update({node.id: node for node in nodes})


def _hardware(call: Call, part: str) -> Hardware:
    instance_type = call.get("EcsOrder", {}).get(part, {}).get("InstanceType", "")
    hardware = hardware_from(call.parameters, instance_type, f"EcsOrder.{part}.InstanceType", "cloud_ssd")
    return hardware if part == "Compute" else replace(hardware, spot_strategy="NoSpot", spot_price_limit=0)


def _root_password(call: Call) -> str:
    password: str = call.get("Password")
    if password:
        check_password(password, 30, "Password")
    elif not call.get("KeyPairName"):
        raise invalid("Password", "Either Password or KeyPairName is needed.")
    return password


def _check_name(name: str) -> None:
    if not 2 <= len(name) <= 64:
        raise invalid("Name", "It has to be 2 to 64 characters.")


def _check_description(description: str) -> None:
    if description and (not 2 <= len(description) <= 256 or description.startswith(("http://", "https://"))):
        raise invalid("Description", "It has to be 2 to 256 characters and must not start with http:// or https://.")


def modify_cluster_attributes(call: Call) -> dict[str, Any]:
    """ModifyClusterAttributes: omitted attributes stay as they are."""
    cluster = call.cluster()
    if cluster.status is ClusterStatus.RELEASING:
        raise ResponseError("InvalidClusterStatus", "The cluster is releasing.")
    if name := call.get("Name"):
        _check_name(name)
    _check_description(call.get("Description"))
    cluster.name = name or cluster.name
    cluster.description = call.get("Description", cluster.description)
    cluster.compute = replace(
        cluster.compute,
        image_id=call.get("ImageId") or cluster.compute.image_id,
        image_owner=call.get("ImageOwnerAlias") or cluster.compute.image_owner,
    )
    for parameter in ("RamNodeTypes", "RamRoleName"):
        if parameter in call.parameters:
            cluster.declared[parameter] = call.parameters[parameter]
    if "WinAdPar" in call.parameters:
        domain: Mapping[str, str] = redact(call.parameters["WinAdPar"])
        cluster.declared["WinAdPar"] = json.dumps(domain)
    call.log(cluster, cluster.id)
    return {}


def upgrade_client(call: Call) -> dict[str, Any]:
    """UpgradeClient: to the newest version unless ClientVersion names one."""
    cluster = call.running_cluster()
    cluster.client_version = call.get("ClientVersion", "1.0.65")
    call.log(cluster, cluster.id)
    return {}


def delete_cluster(call: Call) -> dict[str, Any]:
    """DeleteCluster: releases the instances in any case; ReleaseInstance is only validated."""
    if call.get("ReleaseInstance", "true").lower() not in ("true", "false"):
        raise invalid("ReleaseInstance", "Accepted are true, false.")
    cluster = call.cluster()
    record = call.record(cluster.id, cluster.id, "DeleteCluster")
    call.region.delete_cluster(cluster, record)
    return {"TaskId": record.task_id}
