"""Nested arguments that several resource types take."""

from __future__ import annotations

from pulumi_ehpc.common.rules import INSTANCE_TYPE, INSTANCE_TYPE_RULE, MOUNT_DIRECTORY, MOUNT_DIRECTORY_RULE
from pulumi_ehpc.schema.builders import boolean, enum, integer, nested, nested_list, number, string
from pulumi_ehpc.schema.descriptors import Nested, NestedList, Prop
from pulumi_ehpc.schema.properties import Args, Properties
from pulumi_ehpc.schema.property import REPLACE

__all__ = ["ComputeNodeArgs", "DataDiskArgs", "ManagerArgs", "SharedStorageArgs", "SystemDiskArgs"]


class SystemDiskArgs(Args):
    """System disk of a node."""

    category: Prop[str | None] = enum("cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud", default=None)
    """Disk category."""
    size_gib: Prop[int | None] = integer(default=None, limits=(20, 2048))
    """Size in GiB."""
    level: Prop[str | None] = enum("PL0", "PL1", "PL2", "PL3", default=None)
    """Performance level of a ``cloud_essd`` disk."""


class DataDiskArgs(Args):
    """Data disk of a node."""

    category: Prop[str | None] = enum("cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud", default=None)
    """Disk category."""
    size_gib: Prop[int | None] = integer(default=None, limits=(20, 32768))
    """Size in GiB."""
    level: Prop[str | None] = enum("PL0", "PL1", "PL2", "PL3", default=None)
    """Performance level of a ``cloud_essd`` disk."""
    delete_with_instance: Prop[bool | None] = boolean(default=None)
    """Whether the disk is deleted with its node."""
    mount_directory: Prop[str | None] = string(
        default=None,
        pattern=MOUNT_DIRECTORY,
        pattern_rule=MOUNT_DIRECTORY_RULE,
        directory=True,
        former_name="mount_dir",
    )
    """Where the disk is mounted on the node."""
    device: Prop[str | None] = string(default=None)
    """Device name on the node."""
    snapshot_id: Prop[str | None] = string(default=None)
    """Id of the snapshot the disk is created from."""
    encrypted: Prop[bool | None] = boolean(default=None)
    """Whether the disk is encrypted."""
    kms_key_id: Prop[str | None] = string(default=None)
    """Id of the KMS key of an encrypted disk."""


class NodeProperties(Properties):
    """What can be declared of every node, in a group or in a nested object."""

    image_id: Prop[str | None] = string(default=None, change=REPLACE)
    """Id of the image. The default is the service's, or the cluster's in 2018-04-12."""
    instance_charge_type: Prop[str | None] = enum("post_paid", "pre_paid", default=None, change=REPLACE)
    """Pay as you go or subscription."""
    period: Prop[int | None] = integer(default=None, limits=(1, 60), change=REPLACE)
    """Length of a subscription, in ``period_unit``."""
    period_unit: Prop[str | None] = enum("week", "month", "year", "hour", default=None, change=REPLACE)
    """Unit of ``period``."""
    auto_renew: Prop[bool | None] = boolean(default=None, change=REPLACE)
    """Whether a subscription renews itself."""
    auto_renew_period: Prop[int | None] = integer(default=None, limits=(1, 60), change=REPLACE)
    """Length of a renewal, in ``period_unit``."""
    spot_strategy: Prop[str | None] = enum(
        "no_spot", "spot_with_price_limit", "spot_as_price_go", default=None, change=REPLACE
    )
    """How to bid for a preemptible node."""
    spot_price_limit: Prop[float | None] = number(default=None, limits=(0, 10_000), change=REPLACE)
    """Maximum hourly price of a preemptible node, with ``spot_with_price_limit``."""
    spot_duration_hours: Prop[int | None] = integer(default=None, change=REPLACE)
    """Hours for which a preemptible node is protected."""
    enable_ht: Prop[bool | None] = boolean(default=None, change=REPLACE)
    """Whether hyper-threading is on."""
    system_disk: Nested[SystemDiskArgs] = nested(SystemDiskArgs, default=None, change=REPLACE)
    """System disk."""
    data_disks: NestedList[DataDiskArgs] = nested_list(DataDiskArgs, default=None, change=REPLACE)
    """Data disks."""


class _NodeArgs(Args):
    """What manager and compute nodes have in common."""

    instance_type: Prop[str | None] = string(default=None, pattern=INSTANCE_TYPE, pattern_rule=INSTANCE_TYPE_RULE)
    """ECS instance type, such as ``ecs.c7.xlarge``."""


class ManagerArgs(NodeProperties, _NodeArgs):
    """The manager node."""

    count: Prop[int | None] = integer(default=None)
    """Number of manager nodes; two are a pair for high availability."""


class ComputeNodeArgs(NodeProperties, _NodeArgs):
    """A kind of compute node that a queue scales out with."""


class SharedStorageArgs(Args):
    """A file system that is mounted when the cluster is created."""

    file_system_id: Prop[str] = string()
    """Id of the NAS or CPFS file system."""
    mount_target: Prop[str] = string()
    """Domain name of the mount target."""
    mount_directory: Prop[str] = string(pattern=MOUNT_DIRECTORY, pattern_rule=MOUNT_DIRECTORY_RULE, directory=True)
    """Where it is mounted on the nodes."""
    storage_directory: Prop[str | None] = string(default=None, directory=True)
    """Directory of the file system that is mounted. The service default is ``/``."""
    volume_type: Prop[str | None] = enum("nas", "cpfs", default=None)
    """Kind of file system. The service default is nas."""
    protocol: Prop[str | None] = enum("nfs", "smb", default=None)
    """Protocol. The service default is nfs."""
    mount_options: Prop[str | None] = string(default=None, may_be_empty=True)
    """Options of the mount command."""
