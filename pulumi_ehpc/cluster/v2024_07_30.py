"""The cluster in API 2024-07-30: CreateCluster, GetCluster, UpdateCluster, DeleteCluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.cluster import args
from pulumi_ehpc.cluster.handler import ClusterHandler
from pulumi_ehpc.cluster.properties import ClusterInputs, ClusterProperties
from pulumi_ehpc.cluster.tags import change_tags, read_tags
from pulumi_ehpc.common.args import SharedStorageArgs
from pulumi_ehpc.common.v2024_07_30 import MANAGER_NODE, VERSION
from pulumi_ehpc.errors import InvalidRequestError, Violation
from pulumi_ehpc.lifecycle.operation import Operation, ReadOutcome
from pulumi_ehpc.lifecycle.ownership import with_marker, without_marker
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map, nested
from pulumi_ehpc.schema.property import UPDATE

_OLDER_ONLY: Final = "it belongs to 2018-04-12; leave it out"

_SERVICE = FieldMap(args.ClusterServiceArgs, type=enum_map("Type", {"nis": "NIS", "ldap": "LDAP"}), version="Version")
_SHARED_STORAGE = FieldMap(
    SharedStorageArgs,
    file_system_id="FileSystemId",
    mount_target="MountTargetDomain",
    mount_directory="MountDirectory",
    storage_directory="NASDirectory",
    protocol="ProtocolType",
    mount_options="MountOptions",
    handled={"volume_type": "it is known from the file system"},
)
_ADDON = FieldMap(
    args.ClusterAddonArgs,
    name="Name",
    version="Version",
    services_spec="ServicesSpec",
    resources_spec="ResourcesSpec",
    unsupported={"port": "ports are part of services_spec"},
)
_SCRIPT = FieldMap(args.ClusterPostInstallScriptArgs, url="Script", args="Args")
_SCHEDULERS: Final = {
    "slurm": "SLURM",
    "pbs": "PBS",
    "opengridscheduler": "OPENGRIDSCHEDULER",
    "lsf_plugin": "LSF_PLUGIN",
    "pbs_plugin": "PBS_PLUGIN",
}

CREATE = FieldMap(
    ClusterProperties,
    Parameters("CreateCluster", VERSION),
    name="ClusterName",
    vpc_id="ClusterVpcId",
    vswitch_id="ClusterVSwitchId",
    security_group_id="SecurityGroupId",
    resource_group_id="ResourceGroupId",
    scheduler=enum_map("Manager.Scheduler.Type", _SCHEDULERS),
    scheduler_version="Manager.Scheduler.Version",
    category="ClusterCategory",
    cluster_mode="ClusterMode",
    dns=nested("Manager.DNS", _SERVICE),
    directory_service=nested("Manager.DirectoryService", _SERVICE),
    manager=nested("Manager.ManagerNode", MANAGER_NODE),
    shared_storages=nested("SharedStorages", _SHARED_STORAGE),
    password="ClusterCredentials.Password",
    key_pair_name="ClusterCredentials.KeyPairName",
    deletion_protection="DeletionProtection",
    max_count="MaxCount",
    max_core_count="MaxCoreCount",
    client_version="ClientVersion",
    addons=nested("Addons", _ADDON),
    additional_packages=nested(
        "AdditionalPackages", FieldMap(args.ClusterAdditionalPackageArgs, name="Name", version="Version")
    ),
    handled={
        "zone_id": "not sent; it is the vSwitch's zone",
        "description": "ClusterDescription, with the ownership marker",
        "tags": "Tags, as pairs",
        "post_install_scripts": "ClusterCustomConfiguration, which takes one",
    },
    unsupported={
        "deploy_mode": "it belongs to 2018-04-12; use cluster_mode",
        "domain": "clusters have no domain name; leave it out",
        "login": "login nodes are the addon Login; use addons",
        "compute": "clusters are created without compute nodes; declare a Queue and a NodeGroup",
        "image_id": "images belong to nodes; use manager.image_id and the image_id of compute nodes",
        "os_tag": "images are chosen by id; use manager.image_id",
        "ehpc_version": _OLDER_ONLY,
    },
)
UPDATE_ONLY = FieldMap(
    ClusterProperties,
    Parameters("UpdateCluster", VERSION),
    enable_scale_out="EnableScaleOut",
    enable_scale_in="EnableScaleIn",
    grow_interval_minutes="GrowInterval",
    idle_interval_minutes="IdleInterval",
    monitor_spec=nested(
        "MonitorSpec", FieldMap(args.ClusterMonitorSpecArgs, enable_compute_load_monitor="EnableComputeLoadMonitor")
    ),
    scheduler_spec=nested(
        "SchedulerSpec", FieldMap(args.ClusterSchedulerSpecArgs, enable_topology_awareness="EnableTopologyAwareness")
    ),
)
"""What CreateCluster does not take, or ignores."""
UPDATE_CLUSTER = UPDATE_ONLY.replace(
    name="ClusterName",
    deletion_protection="DeletionProtection",
    max_count="MaxCount",
    max_core_count="MaxCoreCount",
    client_version="ClientVersion",
)
_READ = UPDATE_CLUSTER.replace(deletion_protection="DeleteProtection")
_FIXED = CREATE.only(
    "vpc_id",
    "vswitch_id",
    "security_group_id",
    "resource_group_id",
    "scheduler",
    "scheduler_version",
    "category",
    "cluster_mode",
)
"""What GetCluster reports and nobody can change, so that it is of use only where nothing is declared."""
_ONE_ENTRY: Final = ("post_install_scripts", "addons")


class ClusterV20240730(ClusterHandler):
    """The cluster in API 2024-07-30."""

    version = VERSION
    maps = (CREATE, UPDATE_CLUSTER)
    changes = {"post_install_scripts": UPDATE}
    page_size = 100
    listed = ("ClusterId", "ClusterDescription", "ClusterStatus")
    max_password = 20
    needed = ("vpc_id", "vswitch_id")

    def validate(self, inputs: ClusterInputs) -> Iterator[Violation]:
        """Check the lists of which this version takes one entry."""
        yield from super().validate(inputs)
        for name in _ONE_ENTRY:
            if len(inputs.values.get(name) or ()) > 1:
                yield Violation(name, "list", f"must have at most one entry (CreateCluster, API {VERSION})")

    def call_create(self, op: Operation[ClusterInputs]) -> str:
        """Call CreateCluster, with tags spelled as the SDK does, and in lowercase where the service refuses that."""
        parameters = {
            **CREATE.encode(op.inputs),
            **_custom_configuration(op.inputs.values),
            "ClusterDescription": with_marker(op.inputs.description, op.marker),
        }
        try:
            return self._call_create(op, parameters, "Key", "Value")
        except InvalidRequestError as error:
            if not op.inputs.tags or "Tags." not in error.message:
                raise
        return self._call_create(op, parameters, "key", "value")

    def finish_create(self, op: Operation[ClusterInputs]) -> None:
        """Call UpdateCluster for what CreateCluster does not take."""
        if any(name in op.inputs for name in UPDATE_ONLY.fields):
            self._send_update(op)

    def change(self, op: Operation[ClusterInputs]) -> None:
        """Call UpdateCluster.

        It sets everything it takes, and resets what is left out; so everything is sent each time, with what was never
        declared as it is now.
        """
        self._send_update(op)
        change_tags(op)

    def read(self, op: Operation[ClusterInputs]) -> ReadOutcome:
        """Call GetCluster; description and tags are not among what it returns."""
        response = op.api.call("GetCluster", {"ClusterId": op.id})
        listed = next(op.api.pages("ListClusters", {"ClusterIds": [op.id], "PageSize": 10}), {})
        inputs = {
            **_READ.decode(response),
            "description": without_marker(str(listed.get("ClusterDescription") or "")) or None,
            **_scripts(response),
            **read_tags(op),
            **(_FIXED.decode(response) if op.only_read else {}),
        }
        return ReadOutcome(_outputs(response), inputs)

    def look(self, op: Operation[ClusterInputs]) -> dict[str, Any]:
        """Call GetCluster."""
        return _outputs(op.api.call("GetCluster", {"ClusterId": op.id}))

    def failure(self, op: Operation[ClusterInputs]) -> str:
        """Return what the service's logs report of the failure."""
        now = int(op.api.client.now().timestamp())
        window = {"ClusterId": op.id, "From": now - 86_400, "To": now + 60}
        logs = op.api.pages("ListCommonLogs", {**window, "ActionStatus": "Failed"})
        return "; ".join(str(entry["Message"]) for entry in logs if entry.get("Message"))

    def _call_create(self, op: Operation[ClusterInputs], parameters: Mapping[str, Any], key: str, value: str) -> str:
        tags = [{key: tag, value: text} for tag, text in op.inputs.tags.items()] or None
        return self.created_id(op, op.api.call("CreateCluster", {**parameters, "Tags": tags}))

    def _send_update(self, op: Operation[ClusterInputs]) -> None:
        with op.lock(op.id):
            values = {**self._undeclared(op), **op.inputs.values}
            parameters = {
                **UPDATE_CLUSTER.encode(values),
                **_custom_configuration(values),
                "ClusterId": op.id,
                "ClusterDescription": with_marker(op.inputs.description, op.marker),
            }
            op.api.call("UpdateCluster", parameters)

    def _undeclared(self, op: Operation[ClusterInputs]) -> dict[str, Any]:
        """Return what the cluster has now of properties that the program neither declares nor ever did."""
        response = op.api.call("GetCluster", {"ClusterId": op.id})
        current = {**_READ.decode(response), **_scripts(response)}
        return {name: value for name, value in current.items() if name not in op.old_inputs}


def _outputs(response: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": response.get("ClusterStatus") or "",
        # No action of this version returns the manager node's address.
        "manager_ip": "",
        "create_time": response.get("ClusterCreateTime") or "",
    }


def _custom_configuration(values: Mapping[str, Any]) -> dict[str, Any]:
    scripts = values.get("post_install_scripts")
    return {"ClusterCustomConfiguration": _SCRIPT.encode_object(scripts[0])} if scripts else {}


def _scripts(response: Mapping[str, Any]) -> dict[str, Any]:
    script = _SCRIPT.decode(response.get("ClusterCustomConfiguration") or {})
    return {"post_install_scripts": [script]} if script.get("url") else {}
