"""Blocks that several nouns take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Input

from pulumi_ehpc.lifecycle.rows import Args, choice, flag, integer, many, number, one, text

__all__ = [
    "INSTANCE_TYPE",
    "INSTANCE_TYPE_WORDS",
    "ComputeNodeArgs",
    "DataDiskArgs",
    "ManagerArgs",
    "SharedStorageArgs",
    "SystemDiskArgs",
]

INSTANCE_TYPE = r"ecs\.[a-z0-9-]+\.[a-z0-9]+"
INSTANCE_TYPE_WORDS = "must be an instance type such as ecs.c7.2xlarge"
MOUNT_DIRECTORY = r"/[^\s]+"
MOUNT_DIRECTORY_WORDS = "must be an absolute path below / without spaces"


class SystemDiskArgs(Args):
    """System disk of a node."""

    category: Input[str] | None = choice("cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud", default=None)
    """Kind of disk."""
    size_gib: Input[int] | None = integer(default=None, limits=(20, 2048))
    """Size in GiB."""
    level: Input[str] | None = choice("PL0", "PL1", "PL2", "PL3", default=None)
    """Performance level of a ``cloud_essd`` disk. The service's default is PL1."""


class DataDiskArgs(Args):
    """Data disk of a node."""

    category: Input[str] | None = choice("cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud", default=None)
    """Kind of disk."""
    size_gib: Input[int] | None = integer(default=None, limits=(20, 32768))
    """Size in GiB."""
    level: Input[str] | None = choice("PL0", "PL1", "PL2", "PL3", default=None)
    """Performance level of a ``cloud_essd`` disk. The service's default is PL1."""
    delete_with_instance: Input[bool] | None = flag(default=None)
    """Whether the disk goes with its node. The service's default is true."""
    mount_dir: Input[str] | None = text(default=None, pattern=MOUNT_DIRECTORY, pattern_words=MOUNT_DIRECTORY_WORDS)
    """Where the disk is mounted on the node."""
    device: Input[str] | None = text(default=None)
    """Device name on the node."""
    snapshot_id: Input[str] | None = text(default=None)
    """Snapshot the disk is made from."""
    encrypted: Input[bool] | None = flag(default=None)
    """Whether the disk is encrypted."""
    kms_key_id: Input[str] | None = text(default=None)
    """Key of an encrypted disk."""


class _NodeArgs(Args):
    """What manager and compute nodes have in common."""

    instance_type: Input[str] | None = text(default=None, pattern=INSTANCE_TYPE, pattern_words=INSTANCE_TYPE_WORDS)
    """ECS instance type, such as ``ecs.c7.xlarge``."""
    image_id: Input[str] | None = text(default=None)
    """Id of the node's image. The default is the service's, or the cluster's in 2018-04-12."""
    instance_charge_type: Input[str] | None = choice("post_paid", "pre_paid", default=None)
    """Pay as you go or subscription. The service's default is post_paid."""
    period: Input[int] | None = integer(default=None, limits=(1, 60))
    """Length of a subscription, in ``period_unit``."""
    period_unit: Input[str] | None = choice("week", "month", "year", "hour", default=None)
    """Unit of ``period``. The service's default is month."""
    auto_renew: Input[bool] | None = flag(default=None)
    """Whether a subscription renews itself."""
    auto_renew_period: Input[int] | None = integer(default=None, limits=(1, 60))
    """Length of a renewal, in ``period_unit``."""
    spot_strategy: Input[str] | None = choice("no_spot", "spot_with_price_limit", "spot_as_price_go", default=None)
    """How a preemptible node is bid for. The service's default is no_spot."""
    spot_price_limit: Input[float] | None = number(default=None, limits=(0, 10_000))
    """Highest price an hour of a preemptible node, with ``spot_with_price_limit``."""
    spot_duration_hours: Input[int] | None = integer(default=None, limits=(0, 1))
    """Hours a preemptible node is protected: 0 or 1. The service's default is 1."""
    enable_ht: Input[bool] | None = flag(default=None)
    """Whether hyper-threading is on."""
    system_disk: Input[SystemDiskArgs | Mapping[str, Any]] | None = one(SystemDiskArgs, default=None)
    """System disk."""
    data_disks: Input[Sequence[Input[DataDiskArgs | Mapping[str, Any]]]] | None = many(
        DataDiskArgs, default=None, items=(0, 16)
    )
    """Data disks, at most 16."""


class ManagerArgs(_NodeArgs):
    """The manager node."""

    count: Input[int] | None = integer(default=None, limits=(1, 2))
    """Manager nodes, 1 or 2 (a pair for high availability)."""


class ComputeNodeArgs(_NodeArgs):
    """A kind of compute node that a queue grows by."""


class SharedStorageArgs(Args):
    """A file system that is mounted when the cluster is made."""

    file_system_id: Input[str] = text()
    """Id of the NAS or CPFS file system."""
    mount_target: Input[str] = text()
    """Mount target's domain name."""
    mount_directory: Input[str] = text(pattern=MOUNT_DIRECTORY, pattern_words=MOUNT_DIRECTORY_WORDS)
    """Where it is mounted on the nodes."""
    storage_directory: Input[str] | None = text(default=None)
    """Directory of the file system that is mounted. The default is ``/``."""
    volume_type: Input[str] | None = choice("nas", "cpfs", default=None)
    """Kind of file system. The default is nas."""
    protocol: Input[str] | None = choice("nfs", "smb", default=None)
    """Protocol. The default is nfs."""
    mount_options: Input[str] | None = text(default=None)
    """Options of the mount command."""
