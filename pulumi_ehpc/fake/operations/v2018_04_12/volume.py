"""Shared storage in API version 2018-04-12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.volume import Mount
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["get_cluster_volumes", "list_volumes", "mounts_at_creation", "update_cluster_volumes"]


def mounts_at_creation(call: Call, cluster: Cluster) -> dict[str, Mount]:
    """Read CreateCluster's volumes: the home file system, which is created when none is named, and additional ones.

    Raises:
        ResponseError: InvalidParams, InvalidVolumeMountpoint.
    """
    mounts: dict[str, Mount] = {}
    if call.get("VolumeId") and not call.get("VolumeMountpoint"):
        raise ResponseError("InvalidVolumeMountpoint", "VolumeMountpoint is needed with VolumeId.")
    if not call.get("WithoutNas", False):
        file_system = call.get("VolumeId") or call.world.ids.other("nas")
        mounts["/home"] = Mount(
            file_system_id=file_system,
            mount_target=call.get("VolumeMountpoint") or f"{file_system}.{cluster.region_id}.nas.aliyuncs.com",
            mount_directory="/home",
            storage_directory=call.get("RemoteDirectory") or "/",
            protocol=call.get("VolumeProtocol", "NFS"),
            mount_options=call.get("VolumeMountOption"),
            must_keep=True,
        )
    for index, entry in enumerate(call.get("AdditionalVolumes", ()), 1):
        mount = _mount_from(entry, f"AdditionalVolumes.{index}")
        if mount.mount_directory in mounts:
            raise invalid(f"AdditionalVolumes.{index}.LocalDirectory", "Something is mounted there already.")
        mounts[mount.mount_directory] = mount
    return mounts


def _mount_from(entry: Mapping[str, Any], parameter: str) -> Mount:
    if not entry.get("VolumeId"):
        raise invalid(f"{parameter}.VolumeId", "It is mandatory.")
    if not entry.get("VolumeMountpoint"):
        raise ResponseError("InvalidVolumeMountpoint", f"{parameter}.VolumeMountpoint is mandatory.")
    if not entry.get("LocalDirectory", "").startswith("/"):
        raise invalid(f"{parameter}.LocalDirectory", "It has to be an absolute path.")
    return Mount(
        file_system_id=entry["VolumeId"],
        mount_target=entry["VolumeMountpoint"],
        mount_directory=entry["LocalDirectory"],
        storage_directory=entry.get("RemoteDirectory") or "/",
        volume_type=entry.get("VolumeType", "nas").lower(),
        protocol=entry.get("VolumeProtocol", "NFS"),
        mount_options=entry.get("VolumeMountOption", ""),
        location=entry.get("Location", "PublicCloud"),
        queue=entry.get("JobQueue", ""),
        roles=tuple(role.get("Name", "") for role in entry.get("Roles", ())),
    )


def update_cluster_volumes(call: Call) -> dict[str, Any]:
    """UpdateClusterVolumes: sets the list, or only adds and changes mounts (switch)."""
    cluster = call.running_cluster()
    entries = call.get("AdditionalVolumes", ())
    mounts = [_mount_from(entry, f"AdditionalVolumes.{index}") for index, entry in enumerate(entries, 1)]
    directories = [mount.mount_directory for mount in mounts]
    if len(set(directories)) != len(directories):
        raise invalid("AdditionalVolumes", "A LocalDirectory is given twice.")
    for mount in mounts:
        if mount.queue:
            cluster.find_queue(mount.queue, "AdditionalVolumes.JobQueue")
    cluster.replace_mounts(mounts, unmounts=call.world.assumptions.shorter_volume_list_unmounts)
    call.log(cluster, ",".join(directories))
    return {}


def get_cluster_volumes(call: Call) -> dict[str, Any]:
    """GetClusterVolumes: does not return mount options."""
    cluster = call.cluster()
    volumes = [
        {
            **_shared(mount),
            "MustKeep": mount.must_keep,
            "Roles": {"RoleInfo": [{"Name": role} for role in mount.roles]},
        }
        for mount in cluster.mounts.values()
    ]
    return {"RegionId": cluster.region_id, "Volumes": {"VolumeInfo": volumes}}


def _shared(mount: Mount) -> dict[str, Any]:
    """Return what GetClusterVolumes and ListVolumes both return."""
    return {
        "JobQueue": mount.queue,
        "LocalDirectory": mount.mount_directory,
        "Location": mount.location,
        "RemoteDirectory": mount.storage_directory,
        "VolumeId": mount.file_system_id,
        "VolumeMountpoint": mount.mount_target,
        "VolumeProtocol": mount.protocol,
        "VolumeType": mount.volume_type.upper(),
    }


def list_volumes(call: Call) -> dict[str, Any]:
    """ListVolumes: the volumes of each cluster that has any."""
    clusters = [cluster for cluster in call.region.visible(call.generation) if cluster.mounts]
    items, page = call.page(clusters)
    return {**page.as_dict(), "Volumes": {"VolumeInfo": [_listed(cluster) for cluster in items]}}


def _listed(cluster: Cluster) -> dict[str, Any]:
    home = cluster.mounts.get("/home")
    entry: dict[str, Any] = {"ClusterId": cluster.id, "ClusterName": cluster.name, "RegionId": cluster.region_id}
    if home is not None:
        members = ("RemoteDirectory", "VolumeId", "VolumeMountpoint", "VolumeProtocol", "VolumeType")
        entry |= {name: _shared(home)[name] for name in members}
    additional = [mount for mount in cluster.mounts.values() if mount is not home]
    entry["AdditionalVolumes"] = {
        "VolumeInfo": [{**_shared(mount), "Role": ",".join(mount.roles)} for mount in additional]
    }
    return entry
