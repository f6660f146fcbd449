"""What can be declared of a cluster."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.cluster import args
from pulumi_ehpc.common.args import ManagerArgs, SharedStorageArgs
from pulumi_ehpc.common.rules import NAME, NAME_RULE
from pulumi_ehpc.lifecycle.ownership import DESCRIPTION_PATTERN, MARKER_LENGTH
from pulumi_ehpc.schema.builders import (
    boolean,
    enum,
    generated_string,
    integer,
    nested,
    nested_list,
    string,
    string_map,
)
from pulumi_ehpc.schema.descriptors import Nested, NestedList, Prop, StringMap
from pulumi_ehpc.schema.properties import Inputs, Properties
from pulumi_ehpc.schema.property import IGNORE, REPLACE

_MAX_DESCRIPTION: Final = 128
"""The service's own limit, of which the ownership marker takes a part."""


class ClusterProperties(Properties):
    """Properties of a cluster."""

    name: Prop[str] = generated_string(default=None, length=(2, 128), pattern=NAME, pattern_rule=NAME_RULE)
    """Name. The default is the resource's logical name."""
    description: Prop[str | None] = string(
        default=None,
        length=(1, _MAX_DESCRIPTION - MARKER_LENGTH),
        pattern=DESCRIPTION_PATTERN,
        pattern_rule="must consist of letters, digits, - and _ (no spaces; Chinese characters are allowed)",
    )
    """Description. The service's own limit is 128 characters; the rest is for the ownership marker that is added."""
    zone_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Zone, such as ``cn-hangzhou-i``. In 2024-07-30 it follows from the vSwitch."""
    vpc_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Id of the VPC. A new cluster needs it in 2024-07-30. In 2018-04-12 it follows from the vSwitch."""
    vswitch_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Id of the manager node's vSwitch. A new cluster needs it."""
    security_group_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Id of the security group. The service creates one when none is given."""
    resource_group_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Id of the resource group."""
    scheduler: Prop[str | None] = enum(
        "slurm", "pbs", "opengridscheduler", "deadline", "lsf_plugin", "pbs_plugin", default=None, change=REPLACE
    )
    """Scheduler."""
    scheduler_version: Prop[str | None] = string(default=None, change=REPLACE)
    """Version of the scheduler, such as ``22.05.8`` (2024-07-30)."""
    category: Prop[str | None] = enum("standard", "serverless", default=None, change=REPLACE)
    """Edition of the cluster (2024-07-30)."""
    cluster_mode: Prop[str | None] = enum("integrated", "hybrid", "custom", default=None, change=REPLACE)
    """How the cluster is deployed (2024-07-30)."""
    deploy_mode: Prop[str | None] = enum("standard", "simple", "tiny", default=None, change=REPLACE)
    """How the cluster is deployed (2018-04-12): separate nodes, shared ones, or all services on one."""
    domain: Prop[str | None] = string(default=None, change=REPLACE)
    """Domain name of the cluster's nodes (2018-04-12)."""
    dns: Nested[args.ClusterServiceArgs] = nested(args.ClusterServiceArgs, default=None, change=REPLACE)
    """DNS service (2024-07-30)."""
    directory_service: Nested[args.ClusterServiceArgs] = nested(args.ClusterServiceArgs, default=None, change=REPLACE)
    """Directory service that holds the users."""
    manager: Nested[ManagerArgs] = nested(ManagerArgs, default=None, change=REPLACE)
    """Manager node."""
    login: Nested[args.ClusterNodesArgs] = nested(args.ClusterNodesArgs, default=None, change=REPLACE)
    """Login nodes the cluster is created with (2018-04-12)."""
    compute: Nested[args.ClusterNodesArgs] = nested(
        args.ClusterNodesArgs, default=None, change=REPLACE, remedy="keep it as it is and declare a NodeGroup"
    )
    """Compute nodes the cluster is created with (2018-04-12)."""
    shared_storages: NestedList[SharedStorageArgs] = nested_list(
        SharedStorageArgs, default=None, change=REPLACE, items=(0, 10), remedy="keep it as it is and declare a Volume"
    )
    """File systems the cluster is created with. Later ones are Volumes."""
    password: Prop[str | None] = string(
        default=None, secret=True, change=REPLACE, remedy="change it on the nodes and keep it here as it is"
    )
    """Password of root, 8 to 20 characters (30 in 2018-04-12) of at least three classes.

    This or ``key_pair_name``: a new cluster needs one of them.
    """
    key_pair_name: Prop[str | None] = string(default=None, change=REPLACE, length=(2, 128))
    """ECS key pair for root."""
    tags: StringMap = string_map(default=None, items=(0, 20))
    """Tags."""
    deletion_protection: Prop[bool | None] = boolean(default=None)
    """Whether the cluster is protected: by the engine's ``protect``, and in 2024-07-30 by the service as well."""
    max_count: Prop[int | None] = integer(default=None)
    """Maximum number of compute nodes."""
    max_core_count: Prop[int | None] = integer(default=None)
    """Maximum number of cores of all compute nodes (2024-07-30)."""
    enable_scale_out: Prop[bool | None] = boolean(default=None)
    """Whether queues may add nodes by themselves."""
    enable_scale_in: Prop[bool | None] = boolean(default=None)
    """Whether queues may release nodes by themselves."""
    grow_interval_minutes: Prop[int | None] = integer(default=None, limits=(1, 10))
    """Minutes between two checks whether to scale out. The service default is 2."""
    idle_interval_minutes: Prop[int | None] = integer(default=None, limits=(1, 1440))
    """Minutes that a node is idle before it is released. The service default is 6 (4 in 2018-04-12)."""
    monitor_spec: Nested[args.ClusterMonitorSpecArgs] = nested(args.ClusterMonitorSpecArgs, default=None)
    """Monitoring (2024-07-30)."""
    scheduler_spec: Nested[args.ClusterSchedulerSpecArgs] = nested(args.ClusterSchedulerSpecArgs, default=None)
    """How the scheduler works (2024-07-30)."""
    client_version: Prop[str | None] = string(default=None)
    """Version of the E-HPC client. The service default is the newest."""
    addons: NestedList[args.ClusterAddonArgs] = nested_list(args.ClusterAddonArgs, default=None, change=REPLACE)
    """Components the cluster is created with."""
    additional_packages: NestedList[args.ClusterAdditionalPackageArgs] = nested_list(
        args.ClusterAdditionalPackageArgs, default=None, change=REPLACE, items=(0, 10)
    )
    """Software the cluster is created with."""
    post_install_scripts: NestedList[args.ClusterPostInstallScriptArgs] = nested_list(
        args.ClusterPostInstallScriptArgs, default=None, change=REPLACE
    )
    """Scripts that run after a node is set up."""
    image_id: Prop[str | None] = string(default=None)
    """Id of the nodes' image (2018-04-12); a change is for nodes that are added later."""
    os_tag: Prop[str | None] = string(default=None, change=REPLACE)
    """Tag of a public image, such as ``CentOS_7.6_64`` (2018-04-12)."""
    ehpc_version: Prop[str | None] = string(default=None, change=REPLACE)
    """Version of E-HPC, such as ``1.0.0`` (2018-04-12)."""
    allow_replacement: Prop[bool | None] = boolean(default=None, change=IGNORE)
    """Consent to deleting this cluster when a change needs a new one. Without it the preview fails and says why."""


class ClusterInputs(ClusterProperties, Inputs):
    """Inputs of a cluster."""
