"""The volume in API 2018-04-12: UpdateClusterVolumes, GetClusterVolumes.

UpdateClusterVolumes takes the list of mounts, so every change reads the list first and sends all of it.
GetClusterVolumes does not return mount options: those of other mounts are sent where this program declares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from pulumi_ehpc.common.full_state import MADE_SECONDS, FullState, Parts
from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2018_04_12 import STORAGE, VERSION
from pulumi_ehpc.errors import RefusedError, WaitTimeoutError
from pulumi_ehpc.lifecycle.named import Found
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import Parameters, same_word, to_request, unwrapped
from pulumi_ehpc.volume.handler import VolumeHandler
from pulumi_ehpc.volume.properties import VolumeInputs, VolumeProperties
from pulumi_ehpc.wording import duration

MOUNT = STORAGE.replace(
    properties=VolumeProperties,
    parameters=Parameters("UpdateClusterVolumes", VERSION, under="AdditionalVolumes"),
    queue="JobQueue",
    handled={"roles": "Roles, as a list of names"},
)
_OPTIONS: Final = MOUNT.fields["mount_options"].wire
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
        return [self.directory_of(op, mount) for mount in self._mounts(op, empty_if_absent=True)]

    def decode(self, op: Operation[VolumeInputs], found: Found) -> dict[str, Any]:
        """Return the mount as declared values."""
        roles = [str(role.get("Name")) for role in unwrapped(found.get("Roles"))]
        names = [known.lower() for known in _ROLES if known in roles]
        return {**MOUNT.decode(found), "roles": names} if names else MOUNT.decode(found)

    def create_one(self, op: Operation[VolumeInputs]) -> None:
        """Send the list of mounts with this one.

        Raises:
            WaitTimeoutError: The service accepts the list, and the mount is not to be seen in it.
        """
        where = op.inputs.mount_directory
        seen = self._list(op).change(lambda mounts: {**mounts, where: self._entry(op)}, seen_within=MADE_SECONDS)
        if not seen and self.find(op) is None:
            raise WaitTimeoutError(
                f"{op.title}: the service accepted the mount at {where}, and does not list it after "
                f"{duration(MADE_SECONDS)}.",
                state="not mounted",
                next_step="Run `pulumi up` again: it looks first.",
            )

    def belongs_to_service(self, op: Operation[VolumeInputs], found: Found) -> bool:
        """Tell whether the service says that the mount must stay."""
        return bool(found.get("MustKeep"))

    def remount(self, op: Operation[VolumeInputs]) -> None:
        """Send the list without this directory, then with it.

        Raises:
            RefusedError: The file system stays mounted: this version has no action to unmount.
        """
        if not self._unmount(op):
            raise RefusedError(
                f"{op.title}: another file system stays mounted at {op.inputs.mount_directory}.",
                next_step=f"API {VERSION} has no action to unmount: do it on the nodes, then run `pulumi up` again.",
            )
        self.create_one(op)

    def send_options(self, op: Operation[VolumeInputs]) -> None:
        """Send the list with the options added to this mount, and say that they are not seen."""
        where, options = op.inputs.mount_directory, op.inputs.mount_options
        self._list(op).change_or_note(
            lambda mounts: {**mounts, where: {**mounts.get(where, self._entry(op)), _OPTIONS: options}}
        )
        op.engine.log(
            f"{where}: the mount options {options!r} were sent, but API {VERSION} does not report whether it has them"
        )

    def delete_one(self, op: Operation[VolumeInputs], found: Found) -> None:
        """Send the list of mounts without this one. The data stay.

        This version has no action to unmount, and does not say whether a mount that is missing from the list is
        unmounted.
        """
        if not self._unmount(op):
            where = op.inputs.mount_directory
            op.engine.log(f"{where} stays mounted: API {VERSION} has no action to unmount; unmount it on the nodes")

    def _mounts(self, op: Operation[VolumeInputs], *, empty_if_absent: bool = False) -> list[dict[str, Any]]:
        return list(op.api.pages("GetClusterVolumes", cluster_id(op), empty_if_absent=empty_if_absent))

    def _found(self, op: Operation[VolumeInputs], *, empty_if_absent: bool) -> Found | None:
        mounts = self._mounts(op, empty_if_absent=empty_if_absent)
        return next((mount for mount in mounts if self._is_own(op, mount)), None)

    def _is_own(self, op: Operation[VolumeInputs], mount: Mapping[str, Any]) -> bool:
        return self.directory_of(op, mount) == op.inputs.mount_directory

    def _unmount(self, op: Operation[VolumeInputs]) -> bool:
        where = op.inputs.mount_directory
        return self._list(op).change(lambda mounts: {name: each for name, each in mounts.items() if name != where})

    def _list(self, op: Operation[VolumeInputs]) -> FullState:
        """Return the cluster's mounts by directory, those of others as the service spells it: none stands for two."""
        shapes = MOUNT.parameters.shapes()

        def name(mount: Found) -> str:
            return op.inputs.mount_directory if self._is_own(op, mount) else str(mount["LocalDirectory"])

        def read() -> Parts:
            return {name(mount): to_request(mount, shapes) for mount in self._mounts(op)}

        def write(mounts: Parts) -> None:
            entries = [{**_tidy(mount), **self._options(op, mount)} for mount in mounts.values()]
            op.api.call("UpdateClusterVolumes", {**cluster_id(op), "AdditionalVolumes": entries})

        return FullState(op, op.inputs.cluster, f"the mounts of {op.inputs.cluster}", read, write)

    def _entry(self, op: Operation[VolumeInputs]) -> dict[str, Any]:
        roles = [{"Name": next(known for known in _ROLES if same_word(role, known))} for role in op.inputs.roles]
        return {**MOUNT.encode_object(op.inputs), **({"Roles": roles} if roles else {})}

    def _options(self, op: Operation[VolumeInputs], mount: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of another mount, where it is another resource's of this program."""
        where = self.directory_of(op, mount)
        claims = op.program.others(op.engine.urn, op.resource_type, op.inputs.cluster, where)
        theirs = [claim for claim in claims if op.in_own_cluster or op.program.is_held(claim, where)]
        options = next((claim.declared.get("mount_options") for claim in theirs), None)
        return {_OPTIONS: options} if options and _OPTIONS not in mount else {}


def _tidy(mount: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mount as it is sent."""
    return {**mount, "VolumeProtocol": str(mount.get("VolumeProtocol", "NFS")).upper()}
