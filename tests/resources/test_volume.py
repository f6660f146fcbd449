"""The volume: mounts of its own, mounts of others, and the list that 2018-04-12 changes as a whole."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from tests.resources.stack import Stack, stack_on

DATA: dict[str, Any] = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}


def mounts(stack: Stack, cluster: str) -> dict[str, dict[str, Any]]:
    """Return the cluster's mounts as API 2018-04-12 reports them, by directory."""
    volumes = stack.call("GetClusterVolumes", "2018-04-12", ClusterId=cluster)["Volumes"]["VolumeInfo"]
    return {volume["LocalDirectory"]: volume for volume in volumes}


def mount_elsewhere(stack: Stack, cluster: str, directory: str, **changes: str) -> None:
    """Mount a file system behind the program's back."""
    storage = {
        "FileSystemId": "fs-1",
        "MountTarget": "fs-1.example",
        "MountDirectory": directory,
        "StorageDirectory": "/",
        "VolumeType": "nas",
        "ProtocolType": "NFS",
        **changes,
    }
    stack.call("AttachSharedStorages", "2024-07-30", ClusterId=cluster, SharedStorages=[storage])
    stack.reset_calls()


def unmount_elsewhere(stack: Stack, cluster: str, directory: str) -> None:
    storages = [{"MountDirectory": directory}]
    stack.call("DetachSharedStorages", "2024-07-30", ClusterId=cluster, SharedStorages=storages)
    stack.reset_calls()


def test_life(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    before = mounts(stack, cluster)
    data = stack.create("Volume", "data", cluster=cluster, **DATA)
    assert data.id == f"{cluster}:/data"
    assert data.outputs["created"] is True
    assert mounts(stack, cluster)["/data"]["VolumeId"] == "fs-1"
    assert stack.drifted(data) == ()
    assert stack.diff(data, file_system_id="fs-2").replaces == ("file_system_id",)
    stack.delete(data)
    assert mounts(stack, cluster) == before
    assert stack.refresh(data) is NOT_FOUND


def test_every_argument_reaches_the_service(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    options = {"storage_directory": "/x", "volume_type": "CPFS", "protocol": "smb", "mount_options": "ro"}
    stack.create("Volume", "data", cluster=cluster, **{**DATA, **options})
    if stack.version == "2024-07-30":
        (entry,) = stack.calls("AttachSharedStorages")[0]["SharedStorages"]
        spelled = ("StorageDirectory", "VolumeType", "ProtocolType", "MountOptions")
    else:
        (entry,) = [
            volume
            for volume in stack.calls("UpdateClusterVolumes")[0]["AdditionalVolumes"]
            if volume["LocalDirectory"] == "/data"
        ]
        spelled = ("RemoteDirectory", "VolumeType", "VolumeProtocol", "VolumeMountOption")
    assert [entry[name] for name in spelled] == ["/x", "cpfs", "SMB", "ro"]


def test_vanished_mount_is_mounted_again_by_update(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    data = stack.create("Volume", "data", cluster=cluster, **DATA)
    unmount_elsewhere(stack, cluster, "/data")
    assert stack.refresh(data) is NOT_FOUND
    stack.update(data)
    assert "/data" in mounts(stack, cluster)


def test_update_and_delete_write_nothing_that_is_not_needed(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    data = stack.create("Volume", "data", cluster=cluster, **DATA)
    stack.reset_calls()
    stack.update(data)
    assert stack.writes() == []
    unmount_elsewhere(stack, cluster, "/data")
    stack.delete(data)
    assert stack.writes() == []


def test_cancel_while_mounting_keeps_the_id(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    stack_2024.cancelled = lambda: bool(stack_2024.calls("AttachSharedStorages"))
    with pytest.raises(PartialFailureError, match="cancelled"):
        stack_2024.create("Volume", "data", cluster=cluster, **DATA)
    assert stack_2024.partial_failure.id == f"{cluster}:/data"
    assert stack_2024.partial_failure.outputs["created"] is True


# -- mounts that exist already -------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [True, False])
def test_equal_mount_becomes_the_resource_s(stack: Stack, own: bool) -> None:
    """Without a word on a cluster of the stack, and with consent on any other."""
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    mount_elsewhere(stack, cluster, "/data")
    data = stack.create("Volume", "data", cluster=cluster, adopt_existing=None if own else True, **DATA)
    assert data.outputs["created"] is True
    assert stack.writes() == []
    assert stack.drifted(data) == ()
    how = ": it is this resource's from now on" if own else " and is adopted (adopt_existing)"
    assert stack.log == [f"the mount at /data exists already{how}"]
    stack.delete(data)
    assert "/data" not in mounts(stack, cluster)


def test_different_mount_is_refused_on_a_cluster_of_the_stack(stack: Stack) -> None:
    """A mount has nothing that changes in place."""
    cluster = stack.own_cluster()
    mount_elsewhere(stack, cluster, "/data", FileSystemId="fs-9")
    with pytest.raises(RefusedError, match=r"file_system_id is 'fs-9' and not 'fs-1'.*It was left as it is"):
        stack.create("Volume", "data", cluster=cluster, **DATA)
    assert stack.writes() == []


@pytest.mark.parametrize("file_system_id", ["fs-1", "fs-9"])
def test_mount_is_refused_on_any_other_cluster(stack: Stack, file_system_id: str) -> None:
    cluster = stack.foreign_cluster()
    mount_elsewhere(stack, cluster, "/data", FileSystemId=file_system_id)
    with pytest.raises(RefusedError) as caught:
        stack.create("Volume", "data", cluster=cluster, **DATA)
    assert f"the mount at /data exists already on cluster {cluster}" in str(caught.value)
    assert "aliases=[...]" in str(caught.value) and "adopt_existing=True" in str(caught.value)
    assert stack.writes() == []


@pytest.mark.parametrize("own", [True, False])
def test_different_mount_is_replaced_with_consent(stack: Stack, own: bool) -> None:
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    mount_elsewhere(stack, cluster, "/data", FileSystemId="fs-9")
    data = stack.create("Volume", "data", cluster=cluster, adopt_existing=True, **DATA)
    assert mounts(stack, cluster)["/data"]["VolumeId"] == "fs-1"
    assert stack.drifted(data) == ()


def test_mount_that_is_not_owned_is_left_in_place_until_it_is_adopted(stack: Stack) -> None:
    """State of release 0.1.0, which used equal mounts without owning them."""
    cluster = stack.own_cluster()
    data = stack.create("Volume", "data", cluster=cluster, **DATA)
    data.outputs["created"] = False
    stack.reset_calls()
    stack.delete(data)
    assert stack.writes() == []
    assert "/data" in mounts(stack, cluster)
    assert stack.log[-1] == "the mount at /data was not made by this resource and is left in place"
    assert stack.diff(data, adopt_existing=True)
    stack.delete(stack.update(data, adopt_existing=True))
    assert "/data" not in mounts(stack, cluster)


def home_of(stack: Stack, cluster: str) -> dict[str, Any]:
    """Return what a program would have to declare to be the mount of ``/home``."""
    (home,) = [
        mount for directory, mount in mounts(stack, cluster).items() if directory == "/home" and mount["MustKeep"]
    ]
    storage = {"file_system_id": home["VolumeId"], "mount_target": home["VolumeMountpoint"]}
    return {**storage, "storage_directory": home["RemoteDirectory"], "mount_directory": "/home"}


@pytest.mark.parametrize("adopt_existing", [None, True])
def test_mount_that_the_cluster_must_keep_is_never_unmounted(stack_2018: Stack, adopt_existing: bool | None) -> None:
    hpc = stack_2018.create("Cluster", "hpc", **HPC)
    declared = home_of(stack_2018, hpc.id)
    stack_2018.reset_calls()
    home = stack_2018.create("Volume", "home", cluster=hpc.id, adopt_existing=adopt_existing, **declared)
    stack_2018.delete(home)
    assert stack_2018.writes() == []
    assert stack_2018.log[-1] == "the mount at /home was made by the service and is left in place"


@pytest.mark.parametrize("adopt_existing", [None, True])
def test_mount_that_the_cluster_must_keep_is_never_replaced(stack_2018: Stack, adopt_existing: bool | None) -> None:
    hpc = stack_2018.create("Cluster", "hpc", **HPC)
    stack_2018.reset_calls()
    other = {**DATA, "mount_directory": "/home"}
    with pytest.raises(RefusedError, match="the mount at /home exists already and differs"):
        stack_2018.create("Volume", "home", cluster=hpc.id, adopt_existing=adopt_existing, **other)
    assert stack_2018.writes() == []


def test_directory_the_cluster_was_created_with_is_refused_by_check(stack: Stack) -> None:
    given = {**DATA, "cluster": "ehpc-1", "cluster_mounts": ["/home", "/data"]}
    _, violations = stack.check("Volume", "data", given)
    assert [violation.property for violation in violations] == ["mount_directory"]


# -- the list of 2018-04-12 ----------------------------------------------------------------------------------------


def test_other_mounts_stay_as_they_are(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    foreign = {
        "VolumeId": "fs-2",
        "VolumeMountpoint": "fs-2.example",
        "LocalDirectory": "/foreign",
        "RemoteDirectory": "/x",
        "VolumeType": "nas",
        "VolumeProtocol": "SMB",
        "JobQueue": "comp",
        "Location": "OnPremise",
        "Roles": [{"Name": "Compute"}],
    }
    stack_2018.call("UpdateClusterVolumes", ClusterId=cluster, AdditionalVolumes=[foreign])
    before = mounts(stack_2018, cluster)
    data = stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    after = mounts(stack_2018, cluster)
    assert {where: after[where] for where in before} == before
    stack_2018.delete(data)
    assert mounts(stack_2018, cluster) == before


def test_volumes_of_one_cluster_may_be_created_at_once(stack_2018: Stack) -> None:
    """The list is read and sent as a whole, so one change at a time must be under way."""
    cluster = stack_2018.foreign_cluster()
    threads = [
        threading.Thread(
            target=stack_2018.create,
            args=("Volume", f"data{number}"),
            kwargs={"cluster": cluster, **DATA, "mount_directory": f"/data{number}"},
        )
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"/data{number}" for number in range(8)} <= set(mounts(stack_2018, cluster))


def test_placing_by_queue_and_role(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    placed = {**DATA, "queue": "comp", "roles": ["compute", "Login"]}
    data = stack_2018.create("Volume", "data", cluster=cluster, **placed)
    reported = mounts(stack_2018, cluster)["/data"]
    assert reported["JobQueue"] == "comp"
    assert {role["Name"] for role in reported["Roles"]["RoleInfo"]} == {"Compute", "Login"}
    assert stack_2018.drifted(data) == ()


def test_unknown_role_is_refused(stack_2018: Stack) -> None:
    _, violations = stack_2018.check("Volume", "data", {**DATA, "cluster": "ehpc-1", "roles": ["compute", "boss"]})
    assert [violation.property for violation in violations] == ["roles[1]"]


def test_placing_is_refused_where_there_is_none(stack_2024: Stack) -> None:
    given = {**DATA, "cluster": "ehpc-1", "queue": "comp", "roles": ["compute"]}
    _, violations = stack_2024.check("Volume", "data", given)
    assert [violation.property for violation in violations] == ["queue", "roles"]


def test_mount_that_the_service_does_not_unmount_is_reported() -> None:
    with stack_on("2018-04-12", shorter_volume_list_unmounts=False) as stack:
        cluster = stack.foreign_cluster()
        data = stack.create("Volume", "data", cluster=cluster, **DATA)
        stack.delete(data)
        assert any("/data stays mounted" in note for note in stack.log)


@pytest.mark.parametrize("where", ["data", "/", "/my data", ""])
def test_mount_directory_is_an_absolute_path(stack: Stack, where: str) -> None:
    _, violations = stack.check("Volume", "data", {**DATA, "cluster": "ehpc-1", "mount_directory": where})
    assert [violation.property for violation in violations] == ["mount_directory"]


# -- one directory, spelled in two ways ----------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", ["/data/", "//data", "/data//"])
def test_directory_has_one_spelling(stack: Stack, spelled: str) -> None:
    cluster = stack.foreign_cluster()
    data = stack.create("Volume", "data", cluster=cluster, **{**DATA, "mount_directory": spelled})
    assert (data.id, data.inputs["mount_directory"]) == (f"{cluster}:/data", "/data")
    assert "/data" in mounts(stack, cluster)
    assert not stack.diff(data, mount_directory="/data")


@pytest.mark.parametrize("name", ["mount_directory", "storage_directory"])
def test_stack_of_an_older_release_keeps_its_mount(stack: Stack, name: str) -> None:
    """It was mounted as the program spelled it, and is in state so."""
    cluster = stack.foreign_cluster()
    given = {**DATA, "storage_directory": "/sub"}
    data = stack.create("Volume", "data", cluster=cluster, **given)
    unmount_elsewhere(stack, cluster, "/data")
    old = {**given, name: f"{given[name]}/"}
    mount_elsewhere(stack, cluster, old["mount_directory"], StorageDirectory=old["storage_directory"])
    data.inputs.update(old)
    data.outputs.update(old)
    assert not stack.diff(data, **old)
    assert not stack.diff(data, **given)
    data.inputs = dict(stack.refreshed(data).inputs)
    assert not stack.diff(data, **old)
    stack.update(data, **given)
    assert stack.writes() == []
    stack.delete(data)
    assert set(mounts(stack, cluster)) & {"/data", "/data/"} == set()


def test_mount_in_another_spelling_is_no_other_mount(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    mount_elsewhere(stack, cluster, "/data/")
    with pytest.raises(RefusedError, match="the mount at /data exists already"):
        stack.create("Volume", "data", cluster=cluster, **DATA)
    assert stack.writes() == []


def test_mount_of_another_file_system_in_another_spelling_is_replaced(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    mount_elsewhere(stack, cluster, "/data/", FileSystemId="fs-9")
    stack.create("Volume", "data", cluster=cluster, adopt_existing=True, **DATA)
    found = mounts(stack, cluster)
    assert "/data/" not in found
    assert found["/data"]["VolumeId"] == "fs-1"


@pytest.mark.parametrize("directory", ["/", "//", "/.", "/..", "/data/..", "/data/../x", "/data/./x", "data", "/a b"])
def test_path_that_is_no_directory_below_the_root_is_refused(stack: Stack, directory: str) -> None:
    _, violations = stack.check("Volume", "data", {"cluster": "ehpc-1", **DATA, "mount_directory": directory})
    assert [violation.property for violation in violations] == ["mount_directory"]


@pytest.mark.parametrize("directory", ["/.hidden", "/a.b/..c", "/..."])
def test_periods_in_names_are_no_steps(stack: Stack, directory: str) -> None:
    assert stack.checked("Volume", "data", {"cluster": "ehpc-1", **DATA, "mount_directory": directory})
