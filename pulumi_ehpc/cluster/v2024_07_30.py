"""The cluster in API 2024-07-30: CreateCluster, GetCluster, UpdateCluster, DeleteCluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.cluster import takeover
from pulumi_ehpc.cluster.resource import Cluster
from pulumi_ehpc.cluster.tags import change_tags, read_tags
from pulumi_ehpc.errors import InvalidRequestError, Violation
from pulumi_ehpc.lifecycle.fields import FieldMap, block, each, words
from pulumi_ehpc.lifecycle.marks import described, own_words
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Made, Request
from pulumi_ehpc.lifecycle.rows import UPDATE, rows_of
from pulumi_ehpc.parts.rules import password
from pulumi_ehpc.parts.v2024_07_30 import MANAGER_NODE

VERSION: Final = "2024-07-30"

_SERVICE = FieldMap(type=words("Type", {"nis": "NIS", "ldap": "LDAP"}), version="Version")
_SHARED_STORAGE = FieldMap(
    file_system_id="FileSystemId",
    mount_target="MountTargetDomain",
    mount_directory="MountDirectory",
    storage_directory="NASDirectory",
    protocol="ProtocolType",
    mount_options="MountOptions",
    derived={"volume_type": "it is known from the file system"},
)
_SCHEDULERS = {
    "slurm": "SLURM",
    "pbs": "PBS",
    "opengridscheduler": "OPENGRIDSCHEDULER",
    "lsf_plugin": "LSF_PLUGIN",
    "pbs_plugin": "PBS_PLUGIN",
}

CREATE = FieldMap(
    "CreateCluster",
    VERSION,
    name="ClusterName",
    vpc_id="ClusterVpcId",
    vswitch_id="ClusterVSwitchId",
    security_group_id="SecurityGroupId",
    resource_group_id="ResourceGroupId",
    scheduler=words("Manager.Scheduler.Type", _SCHEDULERS),
    scheduler_version="Manager.Scheduler.Version",
    category="ClusterCategory",
    cluster_mode="ClusterMode",
    dns=block("Manager.DNS", _SERVICE),
    directory_service=block("Manager.DirectoryService", _SERVICE),
    manager=block("Manager.ManagerNode", MANAGER_NODE),
    shared_storages=each("SharedStorages", _SHARED_STORAGE),
    password="ClusterCredentials.Password",
    key_pair_name="ClusterCredentials.KeyPairName",
    deletion_protection="DeletionProtection",
    max_count="MaxCount",
    max_core_count="MaxCoreCount",
    client_version="ClientVersion",
    addons=each(
        "Addons",
        FieldMap(
            name="Name",
            version="Version",
            services_spec="ServicesSpec",
            resources_spec="ResourcesSpec",
            refused={"port": "ports are part of services_spec"},
        ),
    ),
    additional_packages=each("AdditionalPackages", FieldMap(name="Name", version="Version")),
    derived={
        "zone_id": "not sent; it is the vSwitch's zone",
        "description": "goes to ClusterDescription, with the mark",
        "tags": "goes to Tags, as pairs",
        "post_install_scripts": "goes to ClusterCustomConfiguration, which takes one",
    },
    refused={
        "deploy_mode": "it belongs to 2018-04-12; use cluster_mode",
        "domain": "it gives clusters no domain name; leave it out",
        "login": "login nodes are the addon Login; use addons",
        "compute": "it makes clusters without compute nodes; declare a Queue and a NodeGroup",
        "image_id": "images belong to nodes; use manager.image_id and the image_id of compute nodes",
        "os_tag": "images are chosen by id; use manager.image_id",
        "ehpc_version": "the service chooses it; leave it out",
    },
)
UPDATE_CLUSTER = FieldMap(
    "UpdateCluster",
    VERSION,
    name="ClusterName",
    deletion_protection="DeletionProtection",
    max_count="MaxCount",
    max_core_count="MaxCoreCount",
    enable_scale_out="EnableScaleOut",
    enable_scale_in="EnableScaleIn",
    grow_interval_minutes="GrowInterval",
    idle_interval_minutes="IdleInterval",
    client_version="ClientVersion",
    monitor_spec=block("MonitorSpec", FieldMap(enable_compute_load_monitor="EnableComputeLoadMonitor")),
    scheduler_spec=block("SchedulerSpec", FieldMap(enable_topology_awareness="EnableTopologyAwareness")),
)
MAPS = (CREATE, UPDATE_CLUSTER)
CHANGES = {"post_install_scripts": UPDATE}
_READ = UPDATE_CLUSTER.but(deletion_protection="DeleteProtection")
_ONLY_AFTERWARDS = (
    "enable_scale_out",
    "enable_scale_in",
    "grow_interval_minutes",
    "idle_interval_minutes",
    "monitor_spec",
    "scheduler_spec",
)
_LISTING = takeover.Listing(100, "ClusterId", "ClusterDescription", "ClusterStatus")
_ROWS = rows_of(Cluster)


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from password("password", inputs.get("password"), longest=20)
    yield from takeover.credentials(inputs)
    for name in ("post_install_scripts", "addons"):
        if len(inputs.get(name) or ()) > 1:
            yield Violation(name, "list", f"must have at most one entry (CreateCluster, API {VERSION})")


def create(request: Request) -> Made:
    """Create the cluster, or finish one that a killed run of this stack began.

    CreateCluster does not take the scaling and monitoring properties (or ignores them), so UpdateCluster follows.
    """
    found = takeover.marked(request, _LISTING)
    if found:
        request.made(found, {"status": "creating"})
        return update(request)
    parameters = {
        **CREATE.to_wire(_ROWS, request.inputs),
        **_script(request.inputs),
        "ClusterDescription": described(request.inputs.get("description"), request.mark),
    }
    cluster_id = takeover.create(request, _LISTING, lambda: _call_create(request, parameters))
    request.made(cluster_id, {"status": "creating"})
    takeover.wait_until_running(request, cluster_id, _why_failed)
    if any(request.inputs.get(name) is not None for name in _ONLY_AFTERWARDS):
        _send_update(request, cluster_id)
    return _made(request, cluster_id)


def update(request: Request) -> Made:
    """Change the cluster in place, after waiting until it runs.

    UpdateCluster sets everything it takes, and resets what is left out; so everything is sent each time, with what
    was never declared as it is now.
    """
    assert request.accepted is not None, "a cluster to update is known by its id"
    cluster_id = request.accepted.id
    takeover.wait_until_running(request, cluster_id, _why_failed)
    _send_update(request, cluster_id)
    change_tags(request, cluster_id)
    return _made(request, cluster_id)


def read(request: Request) -> Found | Gone:
    """Look at the cluster; its description and tags are not among what GetCluster tells."""
    answer = takeover.unless_gone(lambda: request.api.call("GetCluster", {"ClusterId": request.id}))
    if answer is None:
        return GONE
    inputs = _READ.from_wire(_ROWS, answer)
    listed = next(request.api.pages("ListClusters", {"ClusterIds": [request.id], "PageSize": 10}), {})
    inputs["description"] = own_words(str(listed.get("ClusterDescription") or "")) or None
    inputs.update(_scripts(answer))
    inputs.update(read_tags(request))
    return Found(_outputs(answer), inputs)


def delete(request: Request) -> None:
    """Delete the cluster with all that is in it, and wait until it is gone."""
    takeover.delete(request, {"ClusterId": request.id})


def _call_create(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Spell tags as the SDK does, and with small letters where the service refuses that; a refusal has made nothing."""
    tags = request.inputs.get("tags") or {}
    if not tags:
        return request.api.call("CreateCluster", parameters)
    try:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        return request.api.call("CreateCluster", {**parameters, "Tags": pairs})
    except InvalidRequestError as error:
        if "Tags." not in error.message:
            raise
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    return request.api.call("CreateCluster", {**parameters, "Tags": pairs})


def _send_update(request: Request, cluster_id: str) -> None:
    with request.lock(cluster_id):
        values = {**_undeclared(request, cluster_id), **request.inputs}
        parameters = {
            **UPDATE_CLUSTER.to_wire(_ROWS, values),
            **_script(values),
            "ClusterId": cluster_id,
            "ClusterDescription": described(request.inputs.get("description"), request.mark),
        }
        request.api.call("UpdateCluster", parameters)


def _undeclared(request: Request, cluster_id: str) -> dict[str, Any]:
    """What the cluster has now of properties that the program neither declares nor ever did."""
    answer = request.api.call("GetCluster", {"ClusterId": cluster_id})
    current = {**_READ.from_wire(_ROWS, answer), **_scripts(answer)}
    return {name: value for name, value in current.items() if request.olds.get(name) is None}


def _made(request: Request, cluster_id: str) -> Made:
    return Made(cluster_id, _outputs(request.api.call("GetCluster", {"ClusterId": cluster_id})))


def _outputs(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": answer.get("ClusterStatus") or "",
        # No action of this version gives the manager node's address.
        "manager_ip": "",
        "create_time": answer.get("ClusterCreateTime") or "",
    }


def _script(inputs: Mapping[str, Any]) -> dict[str, Any]:
    scripts = inputs.get("post_install_scripts")
    if not scripts:
        return {}
    return {"ClusterCustomConfiguration": {"Script": scripts[0].get("url"), "Args": scripts[0].get("args")}}


def _scripts(answer: Mapping[str, Any]) -> dict[str, Any]:
    script = answer.get("ClusterCustomConfiguration") or {}
    if not script.get("Script"):
        return {}
    told = {"url": script["Script"], "args": script.get("Args") or None}
    return {"post_install_scripts": [{name: value for name, value in told.items() if value is not None}]}


def _why_failed(request: Request, cluster_id: str) -> str:
    """What the service's logs say of the failure."""
    now = request.api.client.now()
    window = {"ClusterId": cluster_id, "From": int(now.timestamp()) - 86_400, "To": int(now.timestamp()) + 60}
    logs = request.api.pages("ListCommonLogs", {**window, "ActionStatus": "Failed"})
    return "; ".join(str(entry["Message"]) for entry in logs if entry.get("Message"))
