"""The cluster in API 2018-04-12.

CreateCluster, DescribeCluster, ModifyClusterAttributes, SetAutoScaleConfig, DeleteCluster.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.cluster import args
from pulumi_ehpc.cluster.autoscale import AUTOSCALE, autoscale_part, idle_interval, validate_idle_interval
from pulumi_ehpc.cluster.handler import ClusterHandler
from pulumi_ehpc.cluster.properties import ClusterInputs, ClusterProperties
from pulumi_ehpc.cluster.tags import change_tags, read_tags
from pulumi_ehpc.common.args import ManagerArgs
from pulumi_ehpc.common.autoscale import change_autoscale
from pulumi_ehpc.common.rules import at_most
from pulumi_ehpc.common.v2018_04_12 import STORAGE, VERSION
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.operation import Operation, ReadOutcome
from pulumi_ehpc.lifecycle.ownership import with_marker, without_marker
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map, nested

_NEWER_ONLY: Final = "it belongs to 2024-07-30; leave it out"
_SERVICE_CHOOSES: Final = "the service chooses it; leave it out"
_MAX_NAME: Final = 64
_HOME: Final = "/home"

_MANAGER_ONLY: Final = ("instance_type", "count")
_MANAGER = FieldMap(
    ManagerArgs,
    instance_type="InstanceType",
    count="Count",
    unsupported={
        name: "it is one setting for all nodes of a cluster; leave it out"
        for name in ManagerArgs.properties()
        if name not in _MANAGER_ONLY
    },
)
_NODES = FieldMap(args.ClusterNodesArgs, instance_type="InstanceType", count="Count")
_DIRECTORY_SERVICE = FieldMap(
    args.ClusterServiceArgs,
    type=enum_map("AccountType", {"nis": "nis", "ldap": "ldap"}),
    unsupported={"version": _SERVICE_CHOOSES},
)
_ADDON = FieldMap(
    args.ClusterAddonArgs,
    name="Name",
    version="Version",
    port="Port",
    unsupported={"services_spec": _NEWER_ONLY, "resources_spec": _NEWER_ONLY},
)
_SCRIPT = FieldMap(args.ClusterPostInstallScriptArgs, url="Url", args="Args")
CREATE = FieldMap(
    ClusterProperties,
    Parameters("CreateCluster", VERSION),
    name="Name",
    zone_id="ZoneId",
    vpc_id="VpcId",
    vswitch_id="VSwitchId",
    security_group_id="SecurityGroupId",
    resource_group_id="ResourceGroupId",
    scheduler="SchedulerType",
    deploy_mode="DeployMode",
    domain="Domain",
    directory_service=nested("", _DIRECTORY_SERVICE),
    manager=nested("EcsOrder.Manager", _MANAGER),
    login=nested("EcsOrder.Login", _NODES),
    compute=nested("EcsOrder.Compute", _NODES),
    shared_storages=nested("AdditionalVolumes", STORAGE),
    password="Password",
    key_pair_name="KeyPairName",
    client_version="ClientVersion",
    addons=nested("AddOns", _ADDON),
    post_install_scripts=nested("PostInstallScript", _SCRIPT),
    image_id="ImageId",
    os_tag="OsTag",
    ehpc_version="EhpcVersion",
    handled={
        "description": "Description, with the ownership marker",
        "tags": "Tag, as pairs",
        "additional_packages": "Application, as name_version",
        "deletion_protection": "not sent; the engine's protection is set",
        "idle_interval_minutes": "SetAutoScaleConfig, as interval times count",
    },
    unsupported={
        "scheduler_version": _SERVICE_CHOOSES,
        "category": _NEWER_ONLY,
        "cluster_mode": "it belongs to 2024-07-30; use deploy_mode",
        "dns": _SERVICE_CHOOSES,
        "max_core_count": "nodes are counted, not cores; use max_count",
        "monitor_spec": _NEWER_ONLY,
        "scheduler_spec": _NEWER_ONLY,
    },
)
_MODIFY = FieldMap(ClusterProperties, Parameters("ModifyClusterAttributes", VERSION), name="Name", image_id="ImageId")
_READ = CREATE.only("name", "client_version", "image_id")
_FIXED = CREATE.only(
    "zone_id",
    "vpc_id",
    "vswitch_id",
    "security_group_id",
    "resource_group_id",
    "scheduler",
    "deploy_mode",
    "domain",
    "key_pair_name",
    "os_tag",
    scheduler_version="SchedulerVersion",
)
"""What DescribeCluster reports and nobody can change, so that it is of use only where nothing is declared."""


class ClusterV20180412(ClusterHandler):
    """The cluster in API 2018-04-12."""

    version = VERSION
    maps = (CREATE, AUTOSCALE)
    page_size = 50
    listed = ("Id", "Description", "Status")
    max_password = 30
    needed = ("vswitch_id",)
    delete_parameters = {"ReleaseInstance": "true"}

    def validate(self, inputs: ClusterInputs) -> Iterator[Violation]:
        """Check the name's length, and the minutes that the service can count."""
        yield from super().validate(inputs)
        yield from at_most("name", inputs.name, _MAX_NAME, f"CreateCluster, API {VERSION}")
        yield from validate_idle_interval(inputs)

    def call_create(self, op: Operation[ClusterInputs]) -> str:
        """Call CreateCluster. The token is new: one derived from the URN would return a deleted cluster."""
        encoded = CREATE.encode(op.inputs)
        parameters = {
            **encoded,
            **_storages(encoded.get("AdditionalVolumes", ())),
            "Description": with_marker(op.inputs.description, op.marker),
            "Tag": [{"Key": key, "Value": value} for key, value in op.inputs.tags.items()] or None,
            "Application": [{"Tag": f"{each.name}_{each.version}"} for each in op.inputs.additional_packages] or None,
            "ClientToken": uuid.uuid4().hex,
        }
        return self.created_id(op, op.api.call("CreateCluster", parameters))

    def finish_create(self, op: Operation[ClusterInputs]) -> None:
        """Set how the cluster scales."""
        part = autoscale_part(op.inputs)
        if part:
            change_autoscale(op, op.id, lambda parts: {**parts, **part})

    def change(self, op: Operation[ClusterInputs]) -> None:
        """Change name, description and image, the client, scaling and tags."""
        attributes = {
            **_MODIFY.encode(op.inputs),
            "ClusterId": op.id,
            "Description": with_marker(op.inputs.description, op.marker),
        }
        op.api.call("ModifyClusterAttributes", attributes)
        client_version = op.inputs.client_version
        if client_version and client_version != op.old_inputs.client_version:
            op.api.call("UpgradeClient", {"ClusterId": op.id, "ClientVersion": client_version})
        self.finish_create(op)
        change_tags(op)

    def read(self, op: Operation[ClusterInputs]) -> ReadOutcome:
        """Call DescribeCluster, and GetAutoScaleConfig where scaling is declared or nothing is."""
        info = op.api.call("DescribeCluster", {"ClusterId": op.id})["ClusterInfo"]
        inputs = {
            **_READ.decode(info),
            "description": without_marker(str(info.get("Description") or "")) or None,
            **read_tags(op),
            **(_FIXED.decode(info) if op.only_read else {}),
        }
        if autoscale_part(op.inputs) or op.only_read:
            config = op.api.call("GetAutoScaleConfig", {"ClusterId": op.id})
            inputs.update({**AUTOSCALE.decode(config), **idle_interval(config)})
        return ReadOutcome(self._outputs(op, info), inputs)

    def look(self, op: Operation[ClusterInputs]) -> dict[str, Any]:
        """Call DescribeCluster."""
        return self._outputs(op, op.api.call("DescribeCluster", {"ClusterId": op.id})["ClusterInfo"])

    def failure(self, op: Operation[ClusterInputs]) -> str:
        """Return what the service's tasks report of the failure; ended tasks are listed on demand only."""
        tasks = op.api.pages("ListTasks", {"ClusterId": op.id, "Archived": True})
        failed = (str(task.get("Errors") or "") for task in tasks if task.get("Status") in ("Failed", "PartialFail"))
        return "; ".join(filter(None, map(_messages, failed)))

    def _outputs(self, op: Operation[ClusterInputs], info: Mapping[str, Any]) -> dict[str, Any]:
        managers = op.api.pages("ListNodes", {"ClusterId": op.id, "Role": "Manager"})
        addresses = sorted(str(node["IpAddress"]) for node in managers if node.get("IpAddress"))
        return {
            "status": info.get("Status") or "",
            "manager_ip": addresses[0] if addresses else "",
            "create_time": info.get("CreateTime") or "",
        }


def _storages(storages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the parameters of the file systems: the one for /home has its own, the others are a list."""
    home = next((storage for storage in storages if storage["LocalDirectory"] == _HOME), None)
    others = [storage for storage in storages if storage is not home]
    own = {name: value for name, value in (home or {}).items() if name != "LocalDirectory"}
    return {"AdditionalVolumes": others or None, **own}


def _messages(errors: str) -> str:
    """Return the messages of a task's errors, a JSON list of codes and messages."""
    try:
        parsed = json.loads(errors)
    except (ValueError, RecursionError):
        return errors
    entries = parsed if isinstance(parsed, list) else [parsed]
    return "; ".join(str(entry.get("Message") or entry) if isinstance(entry, dict) else str(entry) for entry in entries)
