"""The volume in API 2018-04-12: UpdateClusterVolumes, GetClusterVolumes.

UpdateClusterVolumes takes the list of mounts, so every change reads the list first and sends all of it, one at a time
for a cluster. GetClusterVolumes does not return mount options, so those of other mounts are sent without.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2018_04_12 import STORAGE, VERSION
from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.named import Found
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import Parameters, same_word, to_request, unwrapped
from pulumi_ehpc.volume.handler import VolumeHandler
from pulumi_ehpc.volume.properties import VolumeInputs, VolumeProperties

MOUNT = STORAGE.replace(
    properties=VolumeProperties,
    parameters=Parameters("UpdateClusterVolumes", VERSION, under="AdditionalVolumes"),
    queue="JobQueue",
    handled={"roles": "Roles, as a list of names"},
)
_ROLES: Final = ("Manager", "Login", "Compute")


class VolumeV20180412(VolumeHandler):
    """The volume in API 2018-04-12."""

    version = VERSION
    maps = (MOUNT,)

    def exclusively(self, op: Operation[VolumeInputs]) -> AbstractContextManager[object]:
        """Keep two changes of one cluster's list apart."""
        return op.lock(op.inputs.cluster)

    def find(self, op: Operation[VolumeInputs]) -> Found | None:
        """Look for the mount in the list."""
        return self._found(op, empty_if_absent=op.creates)

    def keys_there(self, op: Operation[VolumeInputs]) -> list[str]:
        """Call GetClusterVolumes."""
        return [mount["LocalDirectory"] for mount in self._mounts(op, empty_if_absent=True)]

    def decode(self, op: Operation[VolumeInputs], found: Found) -> dict[str, Any]:
        """Return the mount as declared values."""
        roles = [str(role.get("Name")) for role in unwrapped(found.get("Roles"))]
        names = [known.lower() for known in _ROLES if known in roles]
        return {**MOUNT.decode(found), "roles": names} if names else MOUNT.decode(found)

    def create_one(self, op: Operation[VolumeInputs]) -> None:
        """Send the list of mounts with this one."""
        self._send(op, [*self._others(op), self._entry(op)])

    def belongs_to_service(self, op: Operation[VolumeInputs], found: Found) -> bool:
        """Tell whether the service says that the mount must stay."""
        return bool(found.get("MustKeep"))

    def remount(self, op: Operation[VolumeInputs]) -> None:
        """Send the list without this directory, then with it.

        Raises:
            RefusedError: The file system stays mounted: this version has no action to unmount.
        """
        others = self._others(op)
        self._send(op, others)
        if self.find(op) is not None:
            raise RefusedError(
                f"{op.title}: another file system stays mounted at {op.inputs.mount_directory}.",
                next_step=f"API {VERSION} has no action to unmount: do it on the nodes, then run `pulumi up` again.",
            )
        self._send(op, [*others, self._entry(op)])

    def delete_one(self, op: Operation[VolumeInputs], found: Found) -> None:
        """Send the list of mounts without this one. The data stay.

        This version has no action to unmount, and does not say whether a mount that is missing from the list is
        unmounted.
        """
        self._send(op, self._others(op))
        if self.find(op) is not None:
            where = op.inputs.mount_directory
            op.engine.log(f"{where} stays mounted: API {VERSION} has no action to unmount; unmount it on the nodes")

    def _mounts(self, op: Operation[VolumeInputs], *, empty_if_absent: bool = False) -> list[dict[str, Any]]:
        return list(op.api.pages("GetClusterVolumes", cluster_id(op), empty_if_absent=empty_if_absent))

    def _found(self, op: Operation[VolumeInputs], *, empty_if_absent: bool) -> Found | None:
        mounts = self._mounts(op, empty_if_absent=empty_if_absent)
        return next((mount for mount in mounts if self._is_own(op, mount)), None)

    def _is_own(self, op: Operation[VolumeInputs], mount: Mapping[str, Any]) -> bool:
        return bool(mount.get("LocalDirectory") == op.inputs.mount_directory)

    def _others(self, op: Operation[VolumeInputs]) -> list[dict[str, Any]]:
        return [_as_request(mount) for mount in self._mounts(op) if not self._is_own(op, mount)]

    def _entry(self, op: Operation[VolumeInputs]) -> dict[str, Any]:
        roles = [{"Name": next(known for known in _ROLES if same_word(role, known))} for role in op.inputs.roles]
        return {**MOUNT.encode_object(op.inputs), "Roles": roles or None}

    def _send(self, op: Operation[VolumeInputs], entries: list[dict[str, Any]]) -> None:
        op.api.call("UpdateClusterVolumes", {**cluster_id(op), "AdditionalVolumes": entries})


def _as_request(mount: Mapping[str, Any]) -> dict[str, Any]:
    """Return another mount as it is sent back."""
    kept = to_request(mount, MOUNT.parameters.shapes())
    return {**kept, "VolumeProtocol": str(kept.get("VolumeProtocol", "NFS")).upper()}
