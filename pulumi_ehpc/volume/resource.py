"""A mounted file system, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_ehpc.cluster.resource import Cluster, ClusterRef
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import IGNORE, REPLACE, Prop, Texts, choice, flag, output, text, texts
from pulumi_ehpc.parts.args import MOUNT_DIRECTORY, MOUNT_DIRECTORY_WORDS
from pulumi_ehpc.queue.resource import QueueRef

__all__ = ["Volume"]


class Volume(Resource, noun="Volume"):
    """A file system mounted on the nodes of a cluster.

    Made by AttachSharedStorages (2024-07-30) or UpdateClusterVolumes (2018-04-12). Deleting it unmounts; the file
    system and its data are never touched. API 2018-04-12 has no action to unmount: there the mount may stay until the
    cluster goes, and a message says so.

    A mount that exists already and is as declared is used, and left in place at delete unless ``adopt_existing`` says
    that it is this program's. One that differs is refused, and so is one that the service must keep.
    """

    cluster: ClusterRef = text(change=REPLACE, noun="Cluster")
    """The cluster, or its id."""
    file_system_id: Prop[str] = text(change=REPLACE)
    """Id of the NAS or CPFS file system."""
    mount_target: Prop[str] = text(change=REPLACE)
    """Mount target's domain name."""
    mount_directory: Prop[str] = text(pattern=MOUNT_DIRECTORY, pattern_words=MOUNT_DIRECTORY_WORDS, change=REPLACE)
    """Where it is mounted on the nodes."""
    storage_directory: Prop[str] = text(default="/", change=REPLACE)
    """Directory of the file system that is mounted. The default is ``/``."""
    volume_type: Prop[str] = choice("nas", "cpfs", default="nas", change=REPLACE)
    """Kind of file system. The default is nas."""
    protocol: Prop[str] = choice("nfs", "smb", default="nfs", change=REPLACE)
    """Protocol. The default is nfs."""
    mount_options: Prop[str] = text(default=None, change=REPLACE)
    """Options of the mount command."""
    queue: QueueRef = text(default=None, change=REPLACE, noun="Queue")
    """Mount only on the nodes of this queue (2018-04-12)."""
    roles: Texts = texts(default=None, choices=("manager", "login", "compute"), change=REPLACE)
    """Mount only on nodes of these roles: manager, login, compute (2018-04-12)."""
    adopt_existing: Prop[bool] = flag(default=None, change=IGNORE)
    """Says that a mount which exists already is this program's, to change and to delete."""

    cluster_mounts: Texts = texts(default=None, change=IGNORE, init=False)
    """Directories the cluster was born with, which no Volume can have; made of ``cluster`` where that is a Cluster."""

    created = output(bool)
    """Whether this resource made the mount, and so unmounts it."""

    unique = ("mount_directory",)

    def properties(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Note what the cluster mounts by itself."""
        cluster = given.get("cluster")
        born = cluster.shared_storages.apply(_directories) if isinstance(cluster, Cluster) else None
        return {**super().properties(given), "cluster_mounts": born}


def _directories(storages: Sequence[Mapping[str, Any]] | None) -> list[str] | None:
    return [str(storage["mount_directory"]) for storage in storages or ()] or None
