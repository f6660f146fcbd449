"""How API 2018-04-12 spells what several resource types take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pulumi_ehpc.common.args import DataDiskArgs, SharedStorageArgs
from pulumi_ehpc.common.in_cluster import C, cluster_id
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import FieldMap

VERSION: Final = "2018-04-12"
INTER_CONNECT: Final = {"vpc": "Standard", "erdma": "HighPerformance"}

STORAGE = FieldMap(
    SharedStorageArgs,
    file_system_id="VolumeId",
    mount_target="VolumeMountpoint",
    mount_directory="LocalDirectory",
    storage_directory="RemoteDirectory",
    volume_type="VolumeType",
    protocol="VolumeProtocol",
    mount_options="VolumeMountOption",
)
DATA_DISK = FieldMap(
    DataDiskArgs,
    category="DataDiskCategory",
    size_gib="DataDiskSize",
    level="DataDiskPerformanceLevel",
    delete_with_instance="DataDiskDeleteWithInstance",
    encrypted="DataDiskEncrypted",
    kms_key_id="DataDiskKMSKeyId",
    unsupported={
        "mount_directory": "data disks are not mounted; do it in a post-install script",
        "device": "the service names the devices; leave it out",
        "snapshot_id": "data disks cannot be created from snapshots; leave it out",
    },
)


def delete_nodes(op: Operation[C], ids: Sequence[str]) -> None:
    """Call DeleteNodes."""
    instances = [{"Id": node_id} for node_id in ids]
    op.api.call("DeleteNodes", {**cluster_id(op), "Instance": instances, "ReleaseInstance": True})
