"""The volume in API 2024-07-30: AttachSharedStorages, ListSharedStorages, DetachSharedStorages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.adoption import adopt, differing, stays
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.fields import FieldMap
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Made, Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.volume.mounts import born_with
from pulumi_ehpc.volume.resource import Volume

__all__ = ["MAPS", "VERSION", "check", "create", "delete", "read", "update"]

VERSION: Final = "2024-07-30"

ATTACH = FieldMap(
    "AttachSharedStorages",
    VERSION,
    under="SharedStorages",
    file_system_id="FileSystemId",
    mount_target="MountTarget",
    mount_directory="MountDirectory",
    storage_directory="StorageDirectory",
    volume_type="VolumeType",
    protocol="ProtocolType",
    mount_options="MountOptions",
    derived={"cluster": "goes to ClusterId of every action", "cluster_mounts": "not sent; check uses it"},
    refused={
        "queue": "it mounts on all nodes; leave it out",
        "roles": "it mounts on all nodes; leave it out",
    },
)
MAPS = (ATTACH,)
_ROWS = rows_of(Volume)


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from born_with(inputs)


def create(request: Request) -> Made:
    """Mount the file system, or use a mount that exists."""
    found = _find(request)
    where = request.inputs["mount_directory"]
    if found is not None:
        made = request.made(_id(request), {"created": adopt(request, f"the mount at {where}", _ROWS, found)})
        if not differing(_ROWS, request.inputs, found):
            return made
        _detach(request)
    storage = ATTACH.to_wire(_ROWS, request.inputs)["SharedStorages"]
    parameters = {**_cluster(request), "SharedStorages": [storage]}
    make_sure(request, lambda: request.api.call("AttachSharedStorages", parameters), lambda: _find(request) is not None)
    made = request.made(_id(request), {"created": True})
    _wait(request, mounted=True)
    return made


def update(request: Request) -> Made:
    """Mount it anew if it has vanished meanwhile; a mount has nothing that changes in place."""
    assert request.accepted is not None, "a volume to update is known by its id"
    return create(request) if _find(request) is None else request.accepted


def read(request: Request) -> Found | Gone:
    """Look at the mount."""
    found = _find(request)
    return GONE if found is None else Found({}, found)


def delete(request: Request) -> None:
    """Unmount, and wait until it is unmounted. The data stay."""
    where = request.inputs["mount_directory"]
    if not stays(request, f"the mount at {where}") and _find(request) is not None:
        _detach(request)


def _detach(request: Request) -> None:
    mounts = [{"MountDirectory": request.inputs["mount_directory"]}]
    request.api.call("DetachSharedStorages", {**_cluster(request), "SharedStorages": mounts})
    _wait(request, mounted=False)


def _find(request: Request) -> dict[str, Any] | None:
    """The mount as declared values, or None.

    The answer groups mounts by file system and spells some things its own way.
    """
    for storage in request.api.pages("ListSharedStorages", _cluster(request)):
        for mount in storage.get("MountInfo") or ():
            if mount.get("MountDirectory") == request.inputs["mount_directory"]:
                return {
                    "file_system_id": storage.get("FileSystemId"),
                    "volume_type": storage.get("FileSystemType"),
                    "mount_target": mount.get("MountTarget"),
                    "mount_directory": mount.get("MountDirectory"),
                    "storage_directory": mount.get("StorageDirectory"),
                }
    return None


def _wait(request: Request, *, mounted: bool) -> None:
    def probe() -> tuple[Outcome, str]:
        seen = _find(request) is not None
        return (Outcome.DONE if seen is mounted else Outcome.PENDING), "mounted" if seen else "not mounted"

    doing = "mounting" if mounted else "unmounting"
    request.wait_until(probe, doing=doing, until=f"{request.title} {'to be' if mounted else 'not to be'} mounted")


def _id(request: Request) -> str:
    return f"{request.inputs['cluster']}:{request.inputs['mount_directory']}"


def _cluster(request: Request) -> dict[str, Any]:
    return {"ClusterId": request.inputs["cluster"]}
