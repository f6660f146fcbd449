"""The volume in API 2024-07-30: AttachSharedStorages, ListSharedStorages, DetachSharedStorages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2024_07_30 import VERSION
from pulumi_ehpc.lifecycle.named import Found
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import FieldMap, Parameters
from pulumi_ehpc.volume.handler import VolumeHandler
from pulumi_ehpc.volume.properties import VolumeInputs, VolumeProperties

_ALL_NODES: Final = "it mounts on all nodes; leave it out"

ATTACH = FieldMap(
    VolumeProperties,
    Parameters("AttachSharedStorages", VERSION, under="SharedStorages"),
    file_system_id="FileSystemId",
    mount_target="MountTarget",
    mount_directory="MountDirectory",
    storage_directory="StorageDirectory",
    volume_type="VolumeType",
    protocol="ProtocolType",
    mount_options="MountOptions",
    unsupported={"queue": _ALL_NODES, "roles": _ALL_NODES},
)
MOUNT = FieldMap(
    VolumeProperties,
    file_system_id="FileSystemId",
    volume_type="FileSystemType",
    mount_target="MountTarget",
    mount_directory="MountDirectory",
    storage_directory="StorageDirectory",
)
"""ListSharedStorages spells some things its own way."""


class VolumeV20240730(VolumeHandler):
    """The volume in API 2024-07-30."""

    version = VERSION
    maps = (ATTACH,)

    def find(self, op: Operation[VolumeInputs]) -> Found | None:
        """Look for the mount in the list."""
        where = op.inputs.mount_directory
        mounts = self._mounts(op, op.creates)
        return next((mount for mount in mounts if self.directory_of(op, mount) == where), None)

    def keys_there(self, op: Operation[VolumeInputs]) -> list[str]:
        """Call ListSharedStorages."""
        return [self.directory_of(op, mount) for mount in self._mounts(op, empty_if_absent=True)]

    def decode(self, op: Operation[VolumeInputs], found: Found) -> dict[str, Any]:
        """Return the mount as declared values; options that the service has added to those declared are left out."""
        seen, declared = found.get("MountOptions"), op.inputs.mount_options
        if seen is None:
            return MOUNT.decode(found)
        has_them = declared is not None and _words(declared) <= _words(seen)
        return {**MOUNT.decode(found), "mount_options": declared if has_them else seen}

    def create_one(self, op: Operation[VolumeInputs]) -> None:
        """Call AttachSharedStorages."""
        op.api.call("AttachSharedStorages", {**cluster_id(op), "SharedStorages": [ATTACH.encode_object(op.inputs)]})

    def finish_create(self, op: Operation[VolumeInputs]) -> None:
        """Wait until the file system is mounted."""
        self._wait(op, mounted=True)

    def remount(self, op: Operation[VolumeInputs]) -> None:
        """Unmount what is there, then mount what is declared."""
        found = self.find(op)
        if found is not None:
            self._detach(op, found)
        self.create_one(op)
        self._wait(op, mounted=True)

    def delete_one(self, op: Operation[VolumeInputs], found: Found) -> None:
        """Unmount, and wait until it is unmounted. The data stay."""
        self._detach(op, found)

    def _mounts(self, op: Operation[VolumeInputs], empty_if_absent: bool) -> Iterator[Found]:
        """Call ListSharedStorages, which groups mounts by file system."""
        for storage in op.api.pages("ListSharedStorages", cluster_id(op), empty_if_absent=empty_if_absent):
            for mount in storage.get("MountInfo") or ():
                yield {**storage, **mount}

    def _detach(self, op: Operation[VolumeInputs], found: Found) -> None:
        # As the service spells it: an older release may have mounted it with a slash at the end.
        mounts = [{"MountDirectory": found["MountDirectory"]}]
        op.api.call("DetachSharedStorages", {**cluster_id(op), "SharedStorages": mounts})
        self._wait(op, mounted=False)

    def _wait(self, op: Operation[VolumeInputs], *, mounted: bool) -> None:
        def probe() -> tuple[Outcome, str]:
            seen = self.find(op) is not None
            return (Outcome.DONE if seen is mounted else Outcome.PENDING), "mounted" if seen else "not mounted"

        op.wait_until(probe, "mounting" if mounted else "unmounting")


def _words(options: str) -> set[str]:
    """Return the single options of a mount."""
    return set(re.split(r"[,\s]+", options)) - {""}
