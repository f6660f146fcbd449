"""A mounted file system, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.cluster.resource import Cluster
from pulumi_ehpc.engine.resource import Resource
from pulumi_ehpc.schema.descriptors import output
from pulumi_ehpc.volume.properties import VolumeProperties
from pulumi_ehpc.volume.resource_type import VOLUME


class Volume(VolumeProperties, Resource, resource_type=VOLUME):
    """A file system mounted on the nodes of a cluster.

    Created by `AttachSharedStorages <https://api.alibabacloud.com/document/EHPC/2024-07-30/AttachSharedStorages>`_
    (2024-07-30) or `UpdateClusterVolumes
    <https://api.alibabacloud.com/document/EHPC/2018-04-12/UpdateClusterVolumes>`_ (2018-04-12). Deleting the volume
    unmounts the file system; its data are never touched. API 2018-04-12 has no action to unmount: the mount may stay
    until the cluster is deleted, and a message says so.

    If the file system is mounted at the directory already on a cluster that this stack creates, the mount becomes this
    resource's; another file system there, or other mount options, are refused. On any other cluster every mount is
    refused. With ``adopt_existing`` what is mounted there is replaced by what is declared. A mount that the service
    must keep is never unmounted.
    """

    created = output(bool)
    """Whether this resource mounted the file system, and so unmounts it."""

    def declared(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Add what the cluster mounts by itself."""
        cluster = given.get("cluster")
        mounts = cluster.shared_storages.apply(_directories) if isinstance(cluster, Cluster) else None
        return {**super().declared(given), "cluster_mounts": mounts}


def _directories(storages: Any) -> list[str] | None:
    """Return where file systems are mounted; what is wrong with them is reported for the cluster."""
    entries = storages if isinstance(storages, (list, tuple)) else ()
    found = [entry.get("mount_directory") for entry in entries if isinstance(entry, Mapping)]
    return [directory for directory in found if isinstance(directory, str)] or None
