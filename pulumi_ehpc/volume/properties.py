"""What can be declared of a volume."""

from __future__ import annotations

from pulumi_ehpc.common.in_cluster import InClusterInputs, InClusterProperties
from pulumi_ehpc.common.rules import MOUNT_DIRECTORY, MOUNT_DIRECTORY_RULE
from pulumi_ehpc.queue.properties import QueueRef
from pulumi_ehpc.schema.builders import boolean, enum, reference, string, string_list
from pulumi_ehpc.schema.descriptors import Prop, StringList
from pulumi_ehpc.schema.property import IGNORE, REPLACE


class VolumeProperties(InClusterProperties):
    """Properties of a volume."""

    file_system_id: Prop[str] = string(change=REPLACE)
    """Id of the NAS or CPFS file system."""
    mount_target: Prop[str] = string(change=REPLACE)
    """Domain name of the mount target."""
    mount_directory: Prop[str] = string(
        pattern=MOUNT_DIRECTORY, pattern_rule=MOUNT_DIRECTORY_RULE, directory=True, change=REPLACE
    )
    """Where it is mounted on the nodes. A ``/`` at its end makes no difference."""
    storage_directory: Prop[str] = string(default="/", directory=True, change=REPLACE)
    """Directory of the file system that is mounted."""
    volume_type: Prop[str] = enum("nas", "cpfs", default="nas", change=REPLACE)
    """Kind of file system."""
    protocol: Prop[str] = enum("nfs", "smb", default="nfs", change=REPLACE)
    """Protocol."""
    mount_options: Prop[str | None] = string(default=None, may_be_empty=True, change=REPLACE)
    """Options of the mount command. API 2018-04-12 does not report those of an existing mount."""
    queue: QueueRef = reference(QueueRef, to="Queue", by="name", default=None, change=REPLACE)
    """Mount only on the nodes of this queue, or of the one of this name (2018-04-12)."""
    roles: StringList = string_list(default=None, choices=("manager", "login", "compute"), change=REPLACE)
    """Mount only on nodes of these roles (2018-04-12)."""
    adopt_existing: Prop[bool | None] = boolean(default=None, change=IGNORE)
    """Whether a mount that exists already is changed and deleted as if this resource had created it, on any cluster.

    Taking it out later changes nothing; setting it later takes over what is not owned yet.
    """


class VolumeInputs(VolumeProperties, InClusterInputs):
    """Inputs of a volume."""

    cluster_mounts: StringList = string_list(default=None, change=IGNORE)
    """Directories the cluster was created with, which no Volume can have; derived from ``cluster``."""
