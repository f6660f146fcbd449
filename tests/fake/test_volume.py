"""Shared storage, in both versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import create_2018, create_2024


def volume(directory: str, **members: object) -> dict[str, object]:
    return {
        "VolumeId": "fs-1",
        "VolumeType": "nas",
        "VolumeMountpoint": "fs-1.nas.example",
        "LocalDirectory": directory,
        "RemoteDirectory": "/",
        **members,
    }


def storage(directory: str, **members: object) -> dict[str, object]:
    return {
        "FileSystemId": "fs-1",
        "VolumeType": "nas",
        "ProtocolType": "NFS",
        "MountTarget": "fs-1.nas.example",
        "StorageDirectory": "/",
        "MountDirectory": directory,
        **members,
    }


def list_mounts(caller: Caller, cluster_id: str) -> dict[str, dict[str, Any]]:
    volumes = caller.v2018("GetClusterVolumes", ClusterId=cluster_id)["Volumes"]["VolumeInfo"]
    return {entry["LocalDirectory"]: entry for entry in volumes}


def test_2018_cluster_has_its_home_and_the_additional_volumes(caller: Caller) -> None:
    cluster_id = create_2018(
        caller,
        VolumeId="fs-home",
        VolumeMountpoint="fs-home.nas.example",
        RemoteDirectory="/here",
        AdditionalVolumes=[volume("/data", Roles=[{"Name": "Compute"}, {"Name": "Login"}], JobQueue="comp")],
    )
    shown = list_mounts(caller, cluster_id)
    assert [(d, v["MustKeep"], v["VolumeType"]) for d, v in shown.items()] == [
        ("/home", True, "NAS"),
        ("/data", False, "NAS"),
    ]
    assert shown["/data"]["Roles"]["RoleInfo"] == [{"Name": "Compute"}, {"Name": "Login"}]
    assert shown["/data"]["JobQueue"] == "comp"
    home = caller.v2018("DescribeCluster", ClusterId=cluster_id)["ClusterInfo"]
    assert (home["VolumeId"], home["VolumeProtocol"], home["RemoteDirectory"]) == ("fs-home", "nfs", "/here")
    (listed,) = caller.v2018("ListVolumes")["Volumes"]["VolumeInfo"]
    assert (listed["ClusterId"], listed["VolumeId"]) == (cluster_id, "fs-home")
    assert [v["Role"] for v in listed["AdditionalVolumes"]["VolumeInfo"]] == ["Compute,Login"]


def test_2018_home_is_created_unless_declined(caller: Caller) -> None:
    (home,) = list_mounts(caller, create_2018(caller)).values()
    assert home["VolumeMountpoint"].startswith(home["VolumeId"])
    bare = create_2018(caller, WithoutNas=True)
    assert list_mounts(caller, bare) == {}
    assert "VolumeId" not in caller.v2018("DescribeCluster", ClusterId=bare)["ClusterInfo"]


def test_update_mounts_changes_and_keeps_home(caller: Caller, running_2018: str) -> None:
    caller.v2018("UpdateClusterVolumes", ClusterId=running_2018, AdditionalVolumes=[volume("/data"), volume("/ref")])
    assert list(list_mounts(caller, running_2018)) == ["/home", "/data", "/ref"]
    changed = [volume("/data", RemoteDirectory="/sub"), volume("/home", VolumeId="other")]
    caller.v2018("UpdateClusterVolumes", ClusterId=running_2018, AdditionalVolumes=changed)
    shown = list_mounts(caller, running_2018)
    assert list(shown) == ["/home", "/data"]
    assert shown["/data"]["RemoteDirectory"] == "/sub"
    assert shown["/home"]["VolumeId"] != "other"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (volume("/data", VolumeId=""), "InvalidParams"),
        (volume("/data", VolumeMountpoint=""), "InvalidVolumeMountpoint"),
        (volume("data"), "InvalidParams"),
        (volume("/data", VolumeProtocol="FTP"), "InvalidParams"),
        (volume("/data", JobQueue="none"), "InvalidParams"),
        (volume("/data", Roles=[{"Name": "Boss"}]), "InvalidParams"),
    ],
)
def test_2018_volumes_refuse(caller: Caller, running_2018: str, entry: dict[str, object], code: str) -> None:
    with pytest.raises(CallFailedError) as refused:
        caller.v2018("UpdateClusterVolumes", ClusterId=running_2018, AdditionalVolumes=[volume("/fine"), entry])
    assert refused.value.code == code
    assert list(list_mounts(caller, running_2018)) == ["/home"]


def test_2018_directory_can_be_given_only_once(caller: Caller, running_2018: str) -> None:
    with pytest.raises(CallFailedError, match="given twice"):
        caller.v2018("UpdateClusterVolumes", ClusterId=running_2018, AdditionalVolumes=[volume("/a"), volume("/a")])


def test_volumes_of_a_cluster_without_home(caller: Caller) -> None:
    create_2018(caller, WithoutNas=True, AdditionalVolumes=[volume("/data")])
    (listed,) = caller.v2018("ListVolumes")["Volumes"]["VolumeInfo"]
    assert "VolumeId" not in listed
    assert [v["LocalDirectory"] for v in listed["AdditionalVolumes"]["VolumeInfo"]] == ["/data"]


def test_2018_creation_refuses_incomplete_volumes(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match="InvalidVolumeMountpoint"):
        create_2018(caller, VolumeId="fs-home")
    with pytest.raises(CallFailedError, match="LocalDirectory"):
        create_2018(caller, AdditionalVolumes=[volume("/home")])


def test_2024_storages_are_grouped_under_other_names(caller: Caller) -> None:
    storages = [
        {
            "FileSystemId": "fs-1",
            "MountTargetDomain": "fs-1.nas.example",
            "NASDirectory": "/a",
            "MountDirectory": "/home",
        },
        {
            "FileSystemId": "fs-1",
            "MountTargetDomain": "fs-1.nas.example",
            "NASDirectory": "/",
            "MountDirectory": "/opt",
        },
        {
            "FileSystemId": "fs-2",
            "MountTargetDomain": "fs-2.nas.example",
            "MountDirectory": "/data",
            "MountOptions": "vers=4.0",
        },
    ]
    storages.append({"FileSystemId": "fs-3", "MountTargetDomain": "t", "MountDirectory": "/smb", "ProtocolType": "SMB"})
    cluster_id = create_2024(caller, SharedStorages=storages)
    response = caller.v2024("ListSharedStorages", ClusterId=cluster_id)
    first, second, smb = response["SharedStorages"]
    assert response["Success"] == "true"
    assert (first["FileSystemId"], first["FileSystemType"], first["FileSystemProtocol"]) == ("fs-1", "nas", "nfs3")
    assert [m["MountDirectory"] for m in first["MountInfo"]] == ["/home", "/opt"]
    assert [m["StorageDirectory"].partition("/ehpc-hz-")[0] for m in first["MountInfo"]] == ["/a", ""]
    assert all("/ehpc" in m["StorageDirectory"] for m in first["MountInfo"])
    assert [m["StorageDirectory"] for m in second["MountInfo"]] == ["/"]
    assert (second["MountInfo"][0]["ProtocolType"], smb["FileSystemProtocol"]) == ("nfs4", "smb")
    assert list_mounts(caller, cluster_id)["/home"]["MustKeep"] is True


def test_mounts_of_one_version_are_visible_in_the_other(caller: Caller, running: str) -> None:
    caller.v2024(
        "AttachSharedStorages",
        ClusterId=running,
        SharedStorages=[storage("/data"), storage("/fast", FileSystemId="cpfs-1", VolumeType="cpfs")],
    )
    assert list(list_mounts(caller, running)) == ["/data", "/fast"]
    cpfs = caller.v2024("ListSharedStorages", ClusterId=running, FileSystemType="cpfs")["SharedStorages"]
    assert [(s["FileSystemId"], s["FileSystemProtocol"]) for s in cpfs] == [("cpfs-1", "cpfs")]
    one = caller.v2024("ListSharedStorages", ClusterId=running, FileSystemId="fs-1")["SharedStorages"]
    assert [m["MountDirectory"] for s in one for m in s["MountInfo"]] == ["/data"]
    caller.v2024("DetachSharedStorages", ClusterId=running, SharedStorages=[{"MountDirectory": "/data"}])
    assert list(list_mounts(caller, running)) == ["/fast"]


def test_2024_attach_and_detach_refuse_as_a_whole(caller: Caller) -> None:
    home = {"FileSystemId": "fs-1", "MountTargetDomain": "t", "MountDirectory": "/home"}
    cluster_id = create_2024(caller, SharedStorages=[home])
    caller.cloud.advance(300)
    attempts: list[tuple[str, list[dict[str, object]], str]] = [
        ("AttachSharedStorages", [storage("/new"), storage("/home")], "InvalidParams"),
        ("AttachSharedStorages", [storage("/new"), storage("/new")], "InvalidParams"),
        ("AttachSharedStorages", [storage("/new"), storage("relative")], "InvalidParams"),
        ("AttachSharedStorages", [storage("/new", VolumeType="oss")], "InvalidParams"),
        ("DetachSharedStorages", [{"MountDirectory": "/none"}], "VolumeNotFound"),
        ("DetachSharedStorages", [{"MountDirectory": "/home"}], "InvalidOpt"),
    ]
    for action, entries, code in attempts:
        with pytest.raises(CallFailedError) as refused:
            caller.v2024(action, ClusterId=cluster_id, SharedStorages=entries)
        assert refused.value.code == code
    assert list(list_mounts(caller, cluster_id)) == ["/home"]
