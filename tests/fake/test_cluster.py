"""Clusters: lifecycle, visibility, updates and lists."""

from __future__ import annotations

import json

import pytest

from pulumi_ehpc.fake import AccessKey, FakeCloud, Limits, ManualClock
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD, create_2018, create_2024, make_cloud


def status_2018(caller: Caller, cluster_id: str) -> str:
    return str(caller.v2018("DescribeCluster", ClusterId=cluster_id)["ClusterInfo"]["Status"])


def status_2024(caller: Caller, cluster_id: str) -> str:
    return str(caller.v2024("GetCluster", ClusterId=cluster_id)["ClusterStatus"])


def test_states_of_creation_in_both_spellings(caller: Caller) -> None:
    cluster_id = create_2018(caller)
    seen = []
    for seconds in (0, 10, 200, 89, 1):
        caller.cloud.advance(seconds)
        seen.append((status_2018(caller, cluster_id), status_2024(caller, cluster_id)))
    assert seen == [
        ("uninit", "uninit"),
        ("creating", "creating"),
        ("init", "initing"),
        ("init", "initing"),
        ("running", "running"),
    ]


def test_reading_changes_nothing(caller: Caller) -> None:
    cluster_id = create_2024(caller)
    caller.cloud.advance(100)
    before = caller.cloud.snapshot()
    for _ in range(50):
        assert status_2024(caller, cluster_id) == "creating"
        caller.v2018("ListNodes", ClusterId=cluster_id)
    assert caller.cloud.snapshot() == before


def test_one_long_advance_equals_many_short_ones() -> None:
    def snapshot_after(steps: int) -> object:
        caller = Caller(make_cloud())
        create_2024(caller)
        for _ in range(steps):
            caller.cloud.advance(3600 / steps)
        return caller.cloud.snapshot()

    assert snapshot_after(1) == snapshot_after(3600)


def test_deleted_cluster_is_releasing_and_then_gone(caller: Caller, running: str) -> None:
    assert caller.v2024("DeleteCluster", ClusterId=running)["Success"] is True
    assert (status_2018(caller, running), status_2024(caller, running)) == ("releasing", "releasing")
    caller.cloud.advance(119)
    assert status_2024(caller, running) == "releasing"
    caller.cloud.advance(1)
    for call in (status_2018, status_2024):
        with pytest.raises(CallFailedError) as refused:
            call(caller, running)
        assert (refused.value.status, refused.value.code) == (404, "ClusterNotFound")


@pytest.mark.parametrize("seconds", [0, 10, 210])
def test_deletion_is_refused_while_creating(caller: Caller, seconds: int) -> None:
    cluster_id = create_2024(caller)
    caller.cloud.advance(seconds)
    with pytest.raises(CallFailedError) as refused:
        caller.v2024("DeleteCluster", ClusterId=cluster_id)
    assert (refused.value.status, refused.value.code) == (403, "InvalidClusterStatus")


def test_second_deletion_is_refused(caller: Caller, running: str) -> None:
    caller.v2018("DeleteCluster", ClusterId=running)
    with pytest.raises(CallFailedError, match="InvalidClusterStatus"):
        caller.v2018("DeleteCluster", ClusterId=running)


@pytest.mark.parametrize("version", ["v2018", "v2024"])
def test_deletion_protection_holds_in_both_versions(caller: Caller, version: str) -> None:
    cluster_id = create_2024(caller, DeletionProtection=True)
    caller.cloud.advance(300)
    with pytest.raises(CallFailedError, match=r"InvalidOpt: .*Deletion protection"):
        getattr(caller, version)("DeleteCluster", ClusterId=cluster_id)
    caller.v2024("UpdateCluster", ClusterId=cluster_id, DeletionProtection=False)
    getattr(caller, version)("DeleteCluster", ClusterId=cluster_id)
    assert status_2024(caller, cluster_id) == "releasing"


@pytest.mark.parametrize(
    ("version", "action", "parameters"),
    [
        ("v2018", "AddNodes", {"Count": 1}),
        ("v2018", "AddUsers", {"User": [{"Name": "alice.a", "Group": "users", "Password": PASSWORD}]}),
        ("v2018", "AddQueue", {"QueueName": "work"}),
        ("v2018", "UpdateClusterVolumes", {}),
        ("v2018", "SetAutoScaleConfig", {"MaxNodesInCluster": 5}),
        ("v2018", "UpgradeClient", {}),
        ("v2024", "CreateNodes", {"Count": 1}),
        ("v2024", "CreateUsers", {"User": [{"UserName": "a", "Group": "users", "Password": PASSWORD}]}),
        ("v2024", "CreateQueue", {"Queue": {"QueueName": "work"}}),
        ("v2024", "UpdateCluster", {"MaxCount": 5}),
        ("v2024", "DetachSharedStorages", {"SharedStorages": [{"MountDirectory": "/data"}]}),
    ],
)
def test_changes_need_a_running_cluster(
    caller: Caller, version: str, action: str, parameters: dict[str, object]
) -> None:
    cluster_id = create_2024(caller)
    caller.cloud.advance(299)
    with pytest.raises(CallFailedError, match=r"InvalidClusterStatus: .* The cluster is initing\."):
        getattr(caller, version)(action, ClusterId=cluster_id, **parameters)


def test_ordered_failure_ends_in_exception_with_a_reason_in_both_versions(caller: Caller) -> None:
    caller.cloud.fail_next("CreateCluster", "No stock of ecs.c7.xlarge in zone i.")
    response = caller.v2018("CreateCluster", Name="doomed", Password=PASSWORD)
    cluster_id = response["ClusterId"]
    caller.cloud.advance(300)
    assert status_2018(caller, cluster_id) == status_2024(caller, cluster_id) == "exception"
    task = caller.v2018("ListTasks", ClusterId=cluster_id, TaskId=response["TaskId"])["Tasks"][0]
    assert (task["TaskType"], task["Status"]) == ("CreateCluster", "Failed")
    assert json.loads(task["Errors"])[0]["Message"] == "No stock of ecs.c7.xlarge in zone i."
    window = {"From": 0, "To": 4_000_000_000}
    log = caller.v2024("ListCommonLogs", ClusterId=cluster_id, ActionStatus="Failed", **window)["Logs"][0]
    detail = caller.v2024("GetCommonLogDetail", LogRequestId=log["RequestId"], **window)["LogDetail"][0]["Stages"]
    assert (detail[-1]["LogLevel"], detail[-1]["Message"]) == ("ERROR", "No stock of ecs.c7.xlarge in zone i.")


def test_failed_cluster_can_be_deleted_and_only_the_next_one_fails(caller: Caller) -> None:
    caller.cloud.fail_next("CreateCluster")
    doomed, fine = create_2024(caller), create_2024(caller)
    caller.cloud.advance(300)
    assert (status_2024(caller, doomed), status_2024(caller, fine)) == ("exception", "running")
    caller.v2024("DeleteCluster", ClusterId=doomed)
    caller.cloud.advance(120)
    listed = caller.v2024("ListClusters")["Clusters"]
    assert [cluster["ClusterId"] for cluster in listed] == [fine]


def test_quota_of_clusters(caller: Caller) -> None:
    caller = Caller(make_cloud(limits=Limits(clusters=3)))
    for _ in range(3):
        create_2024(caller)
    for create in (create_2018, create_2024):
        with pytest.raises(CallFailedError) as refused:
            create(caller)
        assert (refused.value.status, refused.value.code) == (403, "TooManyClusters")


def test_accounts_and_regions_are_separate() -> None:
    keys = [AccessKey("a", "secret", "1"), AccessKey("b", "secret", "1"), AccessKey("c", "secret", "2")]
    cloud = FakeCloud(ManualClock(), keys, strict=True)
    first, second, stranger = (Caller(cloud, key.id, key.secret) for key in keys)
    cluster_id = create_2024(first)
    assert status_2024(second, cluster_id) == "uninit"
    with pytest.raises(CallFailedError, match="ClusterNotFound"):
        status_2024(stranger, cluster_id)
    with pytest.raises(CallFailedError, match="ClusterNotFound"):
        first.v2018("DescribeCluster", ClusterId=cluster_id, RegionId="cn-beijing")


# Updates


def test_2018_update_keeps_omitted_attributes(caller: Caller, running_2018: str) -> None:
    caller.v2018("ModifyClusterAttributes", ClusterId=running_2018, Description="new words")
    caller.v2018(
        "ModifyClusterAttributes", ClusterId=running_2018, Name="renamed", ImageId="m-1", ImageOwnerAlias="self"
    )
    domain = {"AdDc": "dc", "AdUserPasswd": PASSWORD}
    caller.v2018("ModifyClusterAttributes", ClusterId=running_2018, RamRoleName="role", WinAdPar=domain)
    caller.v2018("UpgradeClient", ClusterId=running_2018, ClientVersion="9.9.9")
    shown = caller.v2018("DescribeCluster", ClusterId=running_2018)["ClusterInfo"]
    changed = ("Name", "Description", "ImageId", "ImageOwnerAlias", "RamRoleName", "ClientVersion")
    assert [shown[name] for name in changed] == ["renamed", "new words", "m-1", "self", "role", "9.9.9"]
    assert PASSWORD not in shown["WinAdPar"]


def test_2024_update_sets_given_attributes(caller: Caller, running: str) -> None:
    caller.v2024(
        "UpdateCluster",
        ClusterId=running,
        ClusterName="renamed",
        ClusterDescription="new",
        EnableScaleOut=True,
        EnableScaleIn=True,
        GrowInterval=5,
        IdleInterval=10,
        MaxCount=7,
        MonitorSpec={"EnableComputeLoadMonitor": True},
        SchedulerSpec={"EnableTopologyAwareness": True},
        ClusterCustomConfiguration={"Script": "http://a", "Args": "b"},
    )
    shown = caller.v2024("GetCluster", ClusterId=running)
    assert (shown["ClusterName"], shown["MaxCount"], shown["GrowInterval"], shown["IdleInterval"]) == (
        "renamed",
        "7",
        5,
        10,
    )
    assert (shown["EnableScaleOut"], shown["EnableScaleIn"]) == (True, True)
    assert shown["MonitorSpec"] == {"EnableComputeLoadMonitor": True}
    assert shown["SchedulerSpec"] == {"EnableTopologyAwareness": True}
    assert shown["ClusterCustomConfiguration"] == {"Script": "http://a", "Args": "b"}
    assert caller.v2018("DescribeCluster", ClusterId=running)["ClusterInfo"]["Name"] == "renamed"


def test_releasing_cluster_is_not_changed(caller: Caller, running: str) -> None:
    caller.v2018("DeleteCluster", ClusterId=running)
    with pytest.raises(CallFailedError, match="InvalidClusterStatus"):
        caller.v2018("ModifyClusterAttributes", ClusterId=running, Name="late")
    with pytest.raises(CallFailedError, match="parameter ReleaseInstance is invalid"):
        caller.v2018("DeleteCluster", ClusterId=running, ReleaseInstance="perhaps")


# Lists


def test_lists_are_paged(caller: Caller) -> None:
    ids = [create_2024(caller, ClusterName=f"cluster-{n:02d}") for n in range(12)]
    pages = [caller.v2018("ListClustersMeta", PageNumber=n, PageSize=5) for n in (1, 2, 3, 4)]
    found = [cluster["Id"] for page in pages for cluster in page["Clusters"]["ClusterInfoSimple"]]
    assert found == ids
    assert {page["TotalCount"] for page in pages} == {12}
    assert len(caller.v2024("ListClusters", PageNumber=2, PageSize=10)["Clusters"]) == 2
    by_name = caller.v2024("ListClusters", ClusterNames=["cluster-03", "cluster-07"])["Clusters"]
    assert [cluster["ClusterId"] for cluster in by_name] == [ids[3], ids[7]]


@pytest.mark.parametrize(
    ("version", "action", "size"),
    [("v2018", "ListClusters", 51), ("v2018", "ListClusters", 0), ("v2024", "ListClusters", 9)],
)
def test_page_sizes_have_limits(caller: Caller, version: str, action: str, size: int) -> None:
    with pytest.raises(CallFailedError, match="The specified parameter PageSize is invalid"):
        getattr(caller, version)(action, PageSize=size)
