"""Shared storage in API version 2024-07-30."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.volume import Mount
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["attach_shared_storages", "detach_shared_storages", "list_shared_storages", "mounts_at_creation"]

_OWN_DIRECTORIES: Final = ("/home", "/opt")
"""The cluster's own directories: they cannot be unmounted and have a subdirectory of their own in the storage."""


def mounts_at_creation(entries: Sequence[Mapping[str, str]]) -> dict[str, Mount]:
    """Read CreateCluster's SharedStorages.

    Raises:
        ResponseError: InvalidParams.
    """
    mounts: dict[str, Mount] = {}
    for index, entry in enumerate(entries, 1):
        directory = entry.get("MountDirectory", "")
        if not directory.startswith("/") or directory in mounts:
            raise invalid(f"SharedStorages.{index}.MountDirectory", "It has to be an absolute path, given once.")
        if not entry.get("FileSystemId"):
            raise invalid(f"SharedStorages.{index}.FileSystemId", "It is mandatory.")
        mounts[directory] = Mount(
            file_system_id=entry["FileSystemId"],
            mount_target=entry.get("MountTargetDomain", ""),
            mount_directory=directory,
            storage_directory=entry.get("NASDirectory") or "/",
            protocol=entry.get("ProtocolType", "NFS"),
            mount_options=entry.get("MountOptions", ""),
            must_keep=directory in _OWN_DIRECTORIES,
        )
    return mounts


def attach_shared_storages(call: Call) -> dict[str, Any]:
    """AttachSharedStorages: all or none of them."""
    cluster = call.running_cluster()
    mounts = []
    for index, entry in enumerate(call.parameters["SharedStorages"], 1):
        if not entry["MountDirectory"].startswith("/"):
            raise invalid(f"SharedStorages.{index}.MountDirectory", "It has to be an absolute path.")
        mounts.append(
            Mount(
                file_system_id=entry["FileSystemId"],
                mount_target=entry["MountTarget"],
                mount_directory=entry["MountDirectory"],
                storage_directory=entry["StorageDirectory"],
                volume_type=entry["VolumeType"],
                protocol=entry["ProtocolType"],
                mount_options=entry.get("MountOptions", ""),
                location=entry.get("Location", "PublicCloud"),
            )
        )
    cluster.mount(mounts, "SharedStorages")
    call.log(cluster, ",".join(mount.mount_directory for mount in mounts))
    return {"ClusterId": cluster.id, "Success": "true"}


def detach_shared_storages(call: Call) -> dict[str, Any]:
    """DetachSharedStorages: all or none of them; no data is erased."""
    cluster = call.running_cluster()
    directories = [entry["MountDirectory"] for entry in call.parameters["SharedStorages"]]
    cluster.unmount(directories)
    call.log(cluster, ",".join(directories))
    return {"ClusterId": cluster.id, "Success": "true"}


def list_shared_storages(call: Call) -> dict[str, Any]:
    """ListSharedStorages: grouped by file system, with parameter names that no other action uses."""
    cluster = call.cluster()
    grouped: dict[str, list[Mount]] = {}
    for mount in cluster.mounts.values():
        wanted = call.get("FileSystemId") or mount.file_system_id, call.get("FileSystemType") or mount.volume_type
        if wanted == (mount.file_system_id, mount.volume_type):
            grouped.setdefault(mount.file_system_id, []).append(mount)
    return {
        "Success": "true",
        "SharedStorages": [
            {
                "FileSystemId": file_system_id,
                "FileSystemType": mounts[0].volume_type,
                "FileSystemProtocol": _protocol(mounts[0]),
                "MountInfo": [_mount_info(mount, cluster.id) for mount in mounts],
            }
            for file_system_id, mounts in grouped.items()
        ],
    }


def _mount_info(mount: Mount, cluster_id: str) -> dict[str, Any]:
    directory = mount.storage_directory
    if mount.mount_directory in _OWN_DIRECTORIES:
        directory = f"{directory.rstrip('/')}/{cluster_id}{mount.mount_directory}"
    return {
        "MountDirectory": mount.mount_directory,
        "MountOptions": mount.mount_options,
        "MountTarget": mount.mount_target,
        "ProtocolType": _protocol(mount),
        "StorageDirectory": directory,
    }


def _protocol(mount: Mount) -> str:
    """Return the protocol as lists name it: nfs3 or nfs4 for NFS, else the type or protocol itself."""
    if mount.volume_type == "cpfs":
        return "cpfs"
    if mount.protocol != "NFS":
        return mount.protocol.lower()
    return "nfs4" if "vers=4" in mount.mount_options else "nfs3"
