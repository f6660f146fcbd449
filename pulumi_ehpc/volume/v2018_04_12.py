"""The volume in API 2018-04-12: UpdateClusterVolumes, GetClusterVolumes.

UpdateClusterVolumes takes the list of mounts, so every change reads the list first and sends all of it, one at a time
for a cluster. The answer does not tell mount options, so those of other mounts are sent without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.errors import RefusedError, Violation
from pulumi_ehpc.lifecycle.adoption import adopt, differing, stays
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.fields import FieldMap, same_word
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Made, Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.parts.v2018_04_12 import STORAGE
from pulumi_ehpc.volume.mounts import born_with
from pulumi_ehpc.volume.resource import Volume

__all__ = ["MAPS", "VERSION", "check", "create", "delete", "read", "update"]

VERSION: Final = "2018-04-12"

MOUNT = FieldMap(
    "UpdateClusterVolumes",
    VERSION,
    under="AdditionalVolumes",
    like=STORAGE,
    queue="JobQueue",
    derived={
        "cluster": "goes to ClusterId of every action",
        "cluster_mounts": "not sent; check uses it",
        "roles": "goes to Roles, as a list of names",
    },
)
MAPS = (MOUNT,)
_ROWS = rows_of(Volume)
_ROLES: Final = ("Manager", "Login", "Compute")
_TOLD: Final = ("VolumeId", "VolumeMountpoint", "LocalDirectory", "RemoteDirectory", "VolumeType", "VolumeProtocol")
_PLACED: Final = ("Location", "JobQueue")


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from born_with(inputs)


def create(request: Request) -> Made:
    """Mount the file system, or use a mount that exists.

    Raises:
        RefusedError: The directory is one that the service must keep.
    """
    where = request.inputs["mount_directory"]
    with request.lock(request.inputs["cluster"]):
        mounts = _mounts(request)
        found = _at(mounts, where)
        if found is None:
            entries = [*map(_as_request, mounts), _entry(request)]
            make_sure(request, lambda: _send(request, entries), lambda: _at(_mounts(request), where) is not None)
            return request.made(_id(request), {"created": True})
    if found.get("MustKeep"):
        raise RefusedError(
            f"{request.title}: {where} is mounted by the cluster itself and must stay. Nothing was changed.",
            next_step="Choose another mount_directory, or leave this one to the cluster's shared_storages.",
        )
    created = adopt(request, f"the mount at {where}", _ROWS, _declared(found))
    made = request.made(_id(request), {"created": created})
    if differing(_ROWS, request.inputs, _declared(found)):
        _remount(request)
    return made


def update(request: Request) -> Made:
    """Mount it anew if it has vanished meanwhile; a mount has nothing that changes in place."""
    assert request.accepted is not None, "a volume to update is known by its id"
    if _at(_mounts(request), request.inputs["mount_directory"]) is None:
        return create(request)
    return request.accepted


def read(request: Request) -> Found | Gone:
    """Look at the mount."""
    found = _at(_mounts(request), request.inputs["mount_directory"])
    return GONE if found is None else Found({}, _declared(found))


def delete(request: Request) -> None:
    """Send the list of mounts without this one. The data stay.

    This version has no action to unmount, and does not say whether a mount that is missing from the list is unmounted.
    """
    where = request.inputs["mount_directory"]
    if stays(request, f"the mount at {where}"):
        return
    with request.lock(request.inputs["cluster"]):
        mounts = _mounts(request)
        if _at(mounts, where) is None:
            return
        _send(request, [_as_request(mount) for mount in mounts if mount.get("LocalDirectory") != where])
        left = _at(_mounts(request), where)
    if left is not None:
        request.note(f"{where} stays mounted: API {VERSION} has no action to unmount; unmount it on the nodes")


def _remount(request: Request) -> None:
    """Put the declared mount in the place of the one that is there."""
    where = request.inputs["mount_directory"]
    with request.lock(request.inputs["cluster"]):
        others = [_as_request(mount) for mount in _mounts(request) if mount.get("LocalDirectory") != where]
        _send(request, others)
        if _at(_mounts(request), where) is not None:
            raise RefusedError(
                f"{request.title}: another file system stays mounted at {where}.",
                next_step=f"API {VERSION} has no action to unmount: do it on the nodes, then run `pulumi up` again.",
            )
        _send(request, [*others, _entry(request)])


def _send(request: Request, entries: list[dict[str, Any]]) -> None:
    request.api.call("UpdateClusterVolumes", {**_cluster(request), "AdditionalVolumes": entries})


def _mounts(request: Request) -> list[dict[str, Any]]:
    volumes = request.api.call("GetClusterVolumes", _cluster(request)).get("Volumes") or {}
    return list(volumes.get("VolumeInfo") or ())


def _at(mounts: list[dict[str, Any]], where: str) -> dict[str, Any] | None:
    return next((mount for mount in mounts if mount.get("LocalDirectory") == where), None)


def _entry(request: Request) -> dict[str, Any]:
    entry: dict[str, Any] = MOUNT.to_wire(_ROWS, request.inputs)["AdditionalVolumes"]
    roles = request.inputs.get("roles")
    if roles:
        entry["Roles"] = [{"Name": next(known for known in _ROLES if same_word(role, known))} for role in roles]
    return entry


def _as_request(mount: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: mount[name] for name in (*_TOLD, *_PLACED) if mount.get(name)}
    roles = (mount.get("Roles") or {}).get("RoleInfo") or ()
    kept["VolumeProtocol"] = str(kept.get("VolumeProtocol", "NFS")).upper()
    return {**kept, "Roles": [{"Name": role["Name"]} for role in roles]} if roles else kept


def _declared(mount: Mapping[str, Any]) -> dict[str, Any]:
    found = MOUNT.from_wire(_ROWS, mount)
    roles = (mount.get("Roles") or {}).get("RoleInfo") or ()
    names = [known.lower() for known in _ROLES if any(role.get("Name") == known for role in roles)]
    return {**found, "roles": names} if names else found


def _id(request: Request) -> str:
    return f"{request.inputs['cluster']}:{request.inputs['mount_directory']}"


def _cluster(request: Request) -> dict[str, Any]:
    return {"ClusterId": request.inputs["cluster"]}
