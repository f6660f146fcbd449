"""A cluster, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Input, ResourceOptions

from pulumi_ehpc.lifecycle.marks import DESCRIPTION_PATTERN, MARK_ROOM, Filled
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import (
    IGNORE,
    REPLACE,
    Args,
    Column,
    Many,
    One,
    Prop,
    TextMap,
    choice,
    flag,
    integer,
    many,
    mapping,
    one,
    output,
    text,
)
from pulumi_ehpc.parts.args import INSTANCE_TYPE, INSTANCE_TYPE_WORDS, ManagerArgs, SharedStorageArgs
from pulumi_ehpc.parts.rules import NAME, NAME_WORDS

__all__ = [
    "AdditionalPackageArgs",
    "AddonArgs",
    "Cluster",
    "ClusterRef",
    "MonitorSpecArgs",
    "NodesArgs",
    "PostInstallScriptArgs",
    "SchedulerSpecArgs",
    "ServiceArgs",
]


class NodesArgs(Args):
    """Login or compute nodes that the cluster is born with."""

    instance_type: Input[str] = text(pattern=INSTANCE_TYPE, pattern_words=INSTANCE_TYPE_WORDS)
    """ECS instance type, such as ``ecs.c7.xlarge``."""
    count: Input[int] | None = integer(default=None, limits=(0, 99))
    """How many nodes."""


class ServiceArgs(Args):
    """DNS or directory service of the cluster."""

    type: Input[str] = choice("nis", "ldap")
    """Kind of service."""
    version: Input[str] | None = text(default=None)
    """Version of the service."""


class AddonArgs(Args):
    """A service component that the cluster is born with, such as ``Login``."""

    name: Input[str] = text()
    """Name of the component."""
    version: Input[str] = text()
    """Version of the component."""
    services_spec: Input[str] | None = text(default=None)
    """The component's services, as the JSON text that the API takes."""
    resources_spec: Input[str] | None = text(default=None)
    """The component's resources, as the JSON text that the API takes."""
    port: Input[int] | None = integer(default=None, limits=(1, 65535))
    """Port of the component."""


class AdditionalPackageArgs(Args):
    """Software that the cluster is born with."""

    name: Input[str] = text()
    """Name, such as ``mpich``."""
    version: Input[str] = text()
    """Version, such as ``4.0.3``."""


class PostInstallScriptArgs(Args):
    """A script that runs after a node is set up."""

    url: Input[str] = text(pattern=r"(https?|oss)://\S+", pattern_words="must be an http, https or oss address")
    """Where the script is."""
    args: Input[str] | None = text(default=None)
    """Arguments of the script."""


class MonitorSpecArgs(Args):
    """What is monitored."""

    enable_compute_load_monitor: Input[bool] | None = flag(default=None)
    """Whether the load of compute nodes is monitored."""


class SchedulerSpecArgs(Args):
    """How the scheduler works."""

    enable_topology_awareness: Input[bool] | None = flag(default=None)
    """Whether it places jobs by network topology."""


class Cluster(Resource, noun="Cluster"):
    """An E-HPC cluster.

    Made by CreateCluster (both API versions), which takes 5 to 20 minutes; the resource's line shows the state
    meanwhile. ``shared_storages``, ``addons``, ``additional_packages``, ``login`` and ``compute`` are what the
    cluster is born with; they are never compared with what other resources add later.

    Outputs besides the arguments: ``status``, ``manager_ip`` (empty where the API version does not say) and
    ``create_time``.
    """

    name: Prop[str] = text(default=None, length=(2, 128), pattern=NAME, pattern_words=NAME_WORDS)
    """Name, 2 to 128 characters (64 in 2018-04-12). The default is the resource's logical name."""
    description: Prop[str] = text(
        default=None,
        length=(1, 128 - MARK_ROOM),
        pattern=DESCRIPTION_PATTERN,
        pattern_words="must consist of letters, digits, - and _ (no spaces; Chinese characters are allowed)",
    )
    """Description, up to 108 characters; the service's own limit is 128, of which a mark takes 20."""
    zone_id: Prop[str] = text(default=None, change=REPLACE)
    """Zone, such as ``cn-hangzhou-i``. 2024-07-30 takes it from the vSwitch."""
    vpc_id: Prop[str] = text(default=None, change=REPLACE)
    """Id of the VPC."""
    vswitch_id: Prop[str] = text(default=None, change=REPLACE)
    """Id of the manager node's vSwitch."""
    security_group_id: Prop[str] = text(default=None, change=REPLACE)
    """Id of the security group. The service makes one when none is given."""
    resource_group_id: Prop[str] = text(default=None, change=REPLACE)
    """Id of the resource group."""
    scheduler: Prop[str] = choice(
        "slurm", "pbs", "opengridscheduler", "deadline", "lsf_plugin", "pbs_plugin", default=None, change=REPLACE
    )
    """Scheduler. The service's default is pbs in 2018-04-12."""
    scheduler_version: Prop[str] = text(default=None, change=REPLACE)
    """Version of the scheduler, such as ``22.05.8``."""
    category: Prop[str] = choice("standard", "serverless", default=None, change=REPLACE)
    """Edition of the cluster."""
    cluster_mode: Prop[str] = choice("integrated", "hybrid", "custom", default=None, change=REPLACE)
    """How the cluster is deployed (2024-07-30)."""
    deploy_mode: Prop[str] = choice("standard", "simple", "tiny", default=None, change=REPLACE)
    """How the cluster is deployed (2018-04-12): separate nodes, shared ones, or all services on one."""
    domain: Prop[str] = text(default=None, change=REPLACE)
    """Domain name of the cluster's nodes."""
    dns: One[ServiceArgs] = one(ServiceArgs, default=None, change=REPLACE)
    """DNS service."""
    directory_service: One[ServiceArgs] = one(ServiceArgs, default=None, change=REPLACE)
    """Directory service that holds the users."""
    manager: One[ManagerArgs] = one(ManagerArgs, default=None, change=REPLACE)
    """Manager node."""
    login: One[NodesArgs] = one(NodesArgs, default=None, change=REPLACE)
    """Login nodes the cluster is born with."""
    compute: One[NodesArgs] = one(
        NodesArgs, default=None, change=REPLACE, instead="put the old value back and declare a NodeGroup"
    )
    """Compute nodes the cluster is born with."""
    shared_storages: Many[SharedStorageArgs] = many(
        SharedStorageArgs,
        default=None,
        change=REPLACE,
        items=(0, 10),
        instead="put the old value back and declare a Volume",
    )
    """File systems the cluster is born with, at most 10. Later ones are Volumes."""
    password: Prop[str] = text(
        default=None, secret=True, change=REPLACE, instead="change it on the nodes and put the old value back"
    )
    """Password of root, 8 to 20 characters (30 in 2018-04-12) of at least three classes. This or ``key_pair_name``."""
    key_pair_name: Prop[str] = text(default=None, change=REPLACE, length=(2, 128))
    """ECS key pair for root."""
    tags: TextMap = mapping(default=None, items=(0, 20))
    """Tags, at most 20."""
    deletion_protection: Prop[bool] = flag(default=None)
    """Whether the cluster is protected.

    By the service (2024-07-30), and by the engine's ``protect`` in both versions.
    """
    max_count: Prop[int] = integer(default=None, limits=(0, 5000))
    """Most compute nodes, 0 to 5,000 (500 in 2018-04-12)."""
    max_core_count: Prop[int] = integer(default=None, limits=(0, 100_000))
    """Most cores of all compute nodes, 0 to 100,000."""
    enable_scale_out: Prop[bool] = flag(default=None)
    """Whether queues grow by themselves."""
    enable_scale_in: Prop[bool] = flag(default=None)
    """Whether queues shrink by themselves."""
    grow_interval_minutes: Prop[int] = integer(default=None, limits=(1, 10))
    """Minutes between two looks at whether to grow. The service's default is 2."""
    idle_interval_minutes: Prop[int] = integer(default=None, limits=(1, 1440))
    """Minutes a node is idle before it is released. The service's default is 6 (4 in 2018-04-12)."""
    monitor_spec: One[MonitorSpecArgs] = one(MonitorSpecArgs, default=None)
    """Monitoring."""
    scheduler_spec: One[SchedulerSpecArgs] = one(SchedulerSpecArgs, default=None)
    """How the scheduler works."""
    client_version: Prop[str] = text(default=None)
    """Version of the E-HPC client. The service's default is the newest."""
    addons: Many[AddonArgs] = many(AddonArgs, default=None, change=REPLACE)
    """Components the cluster is born with (2024-07-30: one)."""
    additional_packages: Many[AdditionalPackageArgs] = many(
        AdditionalPackageArgs, default=None, change=REPLACE, items=(0, 10)
    )
    """Software the cluster is born with, at most 10."""
    post_install_scripts: Many[PostInstallScriptArgs] = many(
        PostInstallScriptArgs, default=None, items=(0, 16), change=REPLACE
    )
    """Scripts that run after set-up, at most 16 (2024-07-30: one, and it can be changed)."""
    image_id: Prop[str] = text(default=None)
    """Image of the nodes (2018-04-12; a change is for nodes made later)."""
    os_tag: Prop[str] = text(default=None, change=REPLACE)
    """Tag of a public image, such as ``CentOS_7.6_64``."""
    ehpc_version: Prop[str] = text(default=None, change=REPLACE)
    """Version of E-HPC, such as ``1.0.0``."""
    allow_replacement: Prop[bool] = flag(default=None, change=IGNORE)
    """Consents to deleting this cluster when a change needs a new one. Without it the preview fails and says why."""

    status = output(str)
    """State when the cluster was last looked at, such as ``running``."""
    manager_ip = output(str)
    """Address of the manager node; empty where the API version does not say."""
    create_time = output(str)
    """When the cluster was made."""

    timeouts = {"create": 60, "update": 60, "delete": 30}

    @classmethod
    def fill(cls, values: Mapping[str, Any], who: Filled) -> Mapping[str, Any]:
        """The name is the logical name."""
        return {"name": who.name}

    def options(self, given: Mapping[str, Any]) -> ResourceOptions:
        """The engine's protection goes with the service's; 2018-04-12 has no protection of its own."""
        protect = True if given.get("deletion_protection") is True else None
        return ResourceOptions.merge(super().options(given), ResourceOptions(protect=protect))


class ClusterRef(Column[str]):
    """Typing of an argument that takes a cluster or its id; it is read as the id."""

    def __set__(self, instance: object, value: Cluster | Input[str]) -> None:
        """Declared for type checkers; rows do the work."""
