"""Shared storage mounted on the nodes of a cluster."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Mount"]


@dataclass(frozen=True)
class Mount:
    """A mounted file system. The file system belongs to another service and is assumed to exist.

    Attributes:
        mount_directory: Its directory on the nodes; identifies the mount in its cluster.
        must_keep: The cluster needs it; it cannot be unmounted.
    """

    file_system_id: str
    mount_target: str
    mount_directory: str
    storage_directory: str = "/"
    volume_type: str = "nas"
    protocol: str = "NFS"
    mount_options: str = ""
    location: str = "PublicCloud"
    queue: str = ""
    roles: tuple[str, ...] = ()
    must_keep: bool = False
