"""The cluster in API 2018-04-12.

CreateCluster, DescribeCluster, ModifyClusterAttributes, SetAutoScaleConfig, DeleteCluster.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.cluster import takeover
from pulumi_ehpc.cluster.autoscale import ClusterScale, change_autoscale
from pulumi_ehpc.cluster.resource import Cluster
from pulumi_ehpc.cluster.tags import change_tags, read_tags
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.fields import FieldMap, block, each, words
from pulumi_ehpc.lifecycle.marks import described, own_words
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Made, Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.parts.args import ManagerArgs
from pulumi_ehpc.parts.rules import at_most, password
from pulumi_ehpc.parts.v2018_04_12 import STORAGE

VERSION: Final = "2018-04-12"

_HOME = "/home"
_PER_CLUSTER = [name for name in rows_of(ManagerArgs) if name not in ("instance_type", "count")]
_MANAGER = FieldMap(
    instance_type="InstanceType",
    count="Count",
    refused=dict.fromkeys(_PER_CLUSTER, "it is set for all nodes of a cluster at once; leave it out"),
)
_NODES = FieldMap(instance_type="InstanceType", count="Count")
CREATE = FieldMap(
    "CreateCluster",
    VERSION,
    name="Name",
    zone_id="ZoneId",
    vpc_id="VpcId",
    vswitch_id="VSwitchId",
    security_group_id="SecurityGroupId",
    resource_group_id="ResourceGroupId",
    scheduler="SchedulerType",
    deploy_mode="DeployMode",
    domain="Domain",
    directory_service=block(
        "",
        FieldMap(
            type=words("AccountType", {"nis": "nis", "ldap": "ldap"}), refused={"version": "the service chooses it"}
        ),
    ),
    manager=block("EcsOrder.Manager", _MANAGER),
    login=block("EcsOrder.Login", _NODES),
    compute=block("EcsOrder.Compute", _NODES),
    shared_storages=each("AdditionalVolumes", STORAGE),
    password="Password",
    key_pair_name="KeyPairName",
    client_version="ClientVersion",
    addons=each(
        "AddOns",
        FieldMap(
            name="Name",
            version="Version",
            port="Port",
            refused={
                "services_spec": "it belongs to 2024-07-30; leave it out",
                "resources_spec": "it belongs to 2024-07-30; leave it out",
            },
        ),
    ),
    post_install_scripts=each("PostInstallScript", FieldMap(url="Url", args="Args")),
    image_id="ImageId",
    os_tag="OsTag",
    ehpc_version="EhpcVersion",
    derived={
        "description": "goes to Description, with the mark",
        "tags": "goes to Tag, as pairs",
        "additional_packages": "goes to Application, as name_version",
        "deletion_protection": "not sent; the engine's protection is set",
        "enable_scale_out": "goes to SetAutoScaleConfig",
        "enable_scale_in": "goes to SetAutoScaleConfig",
        "grow_interval_minutes": "goes to SetAutoScaleConfig",
        "idle_interval_minutes": "goes to SetAutoScaleConfig, as interval times count",
        "max_count": "goes to SetAutoScaleConfig",
    },
    refused={
        "scheduler_version": "the service chooses it; leave it out",
        "category": "it belongs to 2024-07-30; leave it out",
        "cluster_mode": "it belongs to 2024-07-30; use deploy_mode",
        "dns": "the service chooses it; leave it out",
        "max_core_count": "it counts nodes only; use max_count",
        "monitor_spec": "it belongs to 2024-07-30; leave it out",
        "scheduler_spec": "it belongs to 2024-07-30; leave it out",
    },
)
MAPS = (CREATE,)
_MODIFY = FieldMap("ModifyClusterAttributes", VERSION, name="Name", image_id="ImageId")
_READ = FieldMap(name="Name", client_version="ClientVersion", image_id="ImageId")
_LISTING = takeover.Listing(50, "Id", "Description", "Status")
_ROWS = rows_of(Cluster)


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from password("password", inputs.get("password"), longest=30)
    yield from takeover.credentials(inputs)
    yield from at_most(inputs, "name", 64, f"CreateCluster, API {VERSION}")
    yield from ClusterScale.check(inputs)


def create(request: Request) -> Made:
    """Create the cluster, or finish one that a killed run of this stack began."""
    found = takeover.marked(request, _LISTING)
    if found:
        request.made(found, {"status": "creating"})
        return update(request)
    parameters = {
        **CREATE.to_wire(_ROWS, request.inputs),
        **_storages(request.inputs),
        "Description": described(request.inputs.get("description"), request.mark),
        "Tag": [{"Key": key, "Value": value} for key, value in request.inputs.get("tags", {}).items()] or None,
        "Application": [
            {"Tag": f"{package['name']}_{package['version']}"}
            for package in request.inputs.get("additional_packages", ())
        ]
        or None,
        # Fresh for each call: a token made of the URN would answer a re-creation with the dead cluster.
        "ClientToken": uuid.uuid4().hex,
    }
    cluster_id = takeover.create(request, _LISTING, lambda: request.api.call("CreateCluster", parameters))
    request.made(cluster_id, {"status": "creating"})
    takeover.wait_until_running(request, cluster_id, _why_failed)
    change_autoscale(request, cluster_id, ClusterScale(request.inputs))
    return _made(request, cluster_id)


def update(request: Request) -> Made:
    """Change the cluster in place, after waiting until it runs."""
    assert request.accepted is not None, "a cluster to update is known by its id"
    cluster_id = request.accepted.id
    takeover.wait_until_running(request, cluster_id, _why_failed)
    attributes = {
        **_MODIFY.to_wire(_ROWS, request.inputs),
        "ClusterId": cluster_id,
        "Description": described(request.inputs.get("description"), request.mark),
    }
    request.api.call("ModifyClusterAttributes", attributes)
    if request.inputs.get("client_version") != request.olds.get("client_version") and request.inputs.get(
        "client_version"
    ):
        request.api.call("UpgradeClient", {"ClusterId": cluster_id, "ClientVersion": request.inputs["client_version"]})
    change_autoscale(request, cluster_id, ClusterScale(request.inputs))
    change_tags(request, cluster_id)
    return _made(request, cluster_id)


def read(request: Request) -> Found | Gone:
    """Look at the cluster and at its scaling."""
    answer = takeover.unless_gone(lambda: request.api.call("DescribeCluster", {"ClusterId": request.id}))
    if answer is None:
        return GONE
    info = answer["ClusterInfo"]
    inputs = _READ.from_wire(_ROWS, info)
    inputs["description"] = own_words(str(info.get("Description") or "")) or None
    if ClusterScale(request.inputs):
        inputs.update(ClusterScale.read(request.api.call("GetAutoScaleConfig", {"ClusterId": request.id})))
    inputs.update(read_tags(request))
    return Found(_outputs(request, request.id, info), inputs)


def delete(request: Request) -> None:
    """Delete the cluster with its nodes, and wait until it is gone."""
    takeover.delete(request, {"ClusterId": request.id, "ReleaseInstance": "true"})


def _made(request: Request, cluster_id: str) -> Made:
    info = request.api.call("DescribeCluster", {"ClusterId": cluster_id})["ClusterInfo"]
    return Made(cluster_id, _outputs(request, cluster_id, info))


def _outputs(request: Request, cluster_id: str, info: Mapping[str, Any]) -> dict[str, Any]:
    managers = request.api.pages("ListNodes", {"ClusterId": cluster_id, "Role": "Manager"})
    addresses = sorted(str(node["IpAddress"]) for node in managers if node.get("IpAddress"))
    return {
        "status": info.get("Status") or "",
        "manager_ip": addresses[0] if addresses else "",
        "create_time": info.get("CreateTime") or "",
    }


def _storages(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The file system for /home has parameters of its own; the others are a list."""
    spelled = CREATE.to_wire(_ROWS, {"shared_storages": inputs.get("shared_storages")}).get("AdditionalVolumes", ())
    home = next((storage for storage in spelled if storage["LocalDirectory"] == _HOME), None)
    others = [storage for storage in spelled if storage is not home]
    own = {name: value for name, value in (home or {}).items() if name != "LocalDirectory"}
    return {"AdditionalVolumes": others or None, **own}


def _why_failed(request: Request, cluster_id: str) -> str:
    """What the service's tasks say of the failure; ended tasks are shown on demand only."""
    tasks = request.api.pages("ListTasks", {"ClusterId": cluster_id, "Archived": True})
    failed = (str(task.get("Errors") or "") for task in tasks if task.get("Status") in ("Failed", "PartialFail"))
    return "; ".join(filter(None, map(_messages, failed)))


def _messages(errors: str) -> str:
    """The messages of a task's errors, a JSON list of codes and messages."""
    try:
        told = json.loads(errors)
    except ValueError:
        return errors
    entries = told if isinstance(told, list) else [told]
    return "; ".join(str(entry.get("Message") or entry) if isinstance(entry, dict) else str(entry) for entry in entries)
