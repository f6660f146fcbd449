"""How API 2018-04-12 spells the shared blocks."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.lifecycle.fields import FieldMap

__all__ = ["DATA_DISK", "STORAGE", "VERSION"]

VERSION: Final = "2018-04-12"

STORAGE = FieldMap(
    file_system_id="VolumeId",
    mount_target="VolumeMountpoint",
    mount_directory="LocalDirectory",
    storage_directory="RemoteDirectory",
    volume_type="VolumeType",
    protocol="VolumeProtocol",
    mount_options="VolumeMountOption",
)

DATA_DISK = FieldMap(
    category="DataDiskCategory",
    size_gib="DataDiskSize",
    level="DataDiskPerformanceLevel",
    delete_with_instance="DataDiskDeleteWithInstance",
    encrypted="DataDiskEncrypted",
    kms_key_id="DataDiskKMSKeyId",
    refused={
        "mount_dir": "it mounts no data disks; do it in a post-install script",
        "device": "it names the devices itself",
        "snapshot_id": "it makes no data disks from snapshots",
    },
)
