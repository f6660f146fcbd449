"""What the volume is in both API versions: one mount, known by its directory."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.named import Found, NamedHandler, differing
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.volume.properties import VolumeInputs
from pulumi_ehpc.wording import shown


class VolumeHandler(NamedHandler[VolumeInputs]):
    """The volume; a subclass for each API version makes the calls.

    A subclass must also implement ``remount``, and ``send_options`` where the version does not report mount options.
    """

    def validate(self, inputs: VolumeInputs) -> Iterator[Violation]:
        """Refuse a directory that the cluster mounts by itself: delete would take it from the cluster."""
        if "mount_directory" in inputs and inputs.mount_directory in inputs.cluster_mounts:
            rule = "is one of the cluster's own shared_storages; choose another one, or leave this one to the cluster"
            yield Violation("mount_directory", shown(inputs.mount_directory), rule)

    def key_of(self, inputs: VolumeInputs) -> str:
        """Return the directory."""
        return inputs.mount_directory

    def directory_of(self, op: Operation[VolumeInputs], found: Found) -> str:
        """Return where something is mounted, in the spelling of ``key_of``."""
        return str(self.decode(op, found).get("mount_directory", ""))

    def describe(self, inputs: VolumeInputs) -> str:
        """Return the mount in words."""
        return f"the mount at {inputs.mount_directory}"

    def adopt_one(self, op: Operation[VolumeInputs], found: Found) -> None:
        """Mount the declared file system where another one is mounted, or the same one with other options."""
        if differing(op.inputs, self.decode(op, found), self.changes):
            self.remount(op)
        elif op.inputs.mount_options is not None:
            self.send_options(op)

    @abstractmethod
    def remount(self, op: Operation[VolumeInputs]) -> None:
        """Put the declared mount in the place of the one that is there."""

    def send_options(self, op: Operation[VolumeInputs]) -> None:
        """Set the declared options of a mount that exists; nothing where the version reports that it has them."""
        return

    def update_one(self, op: Operation[VolumeInputs], found: Found) -> None:
        """Do nothing: a mount has nothing that changes in place."""
