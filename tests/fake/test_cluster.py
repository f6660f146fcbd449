"""Clusters: their life, who sees them, what is refused when."""

from __future__ import annotations

import json

import pytest

from pulumi_ehpc.fake import AccessKey, FakeCloud, Limits, ManualClock
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD, TYPE, create_2018, create_2024, make_cloud


def status_2018(caller: Caller, cluster_id: str) -> str:
    return str(caller.v2018("DescribeCluster", ClusterId=cluster_id)["ClusterInfo"]["Status"])


def status_2024(caller: Caller, cluster_id: str) -> str:
    return str(caller.v2024("GetCluster", ClusterId=cluster_id)["ClusterStatus"])


def test_creation_passes_through_its_states_in_both_spellings(caller: Caller) -> None:
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


def test_one_long_jump_is_the_same_as_many_short_ones() -> None:
    def end(steps: int) -> object:
        caller = Caller(make_cloud())
        create_2024(caller)
        for _ in range(steps):
            caller.cloud.advance(3600 / steps)
        return caller.cloud.snapshot()

    assert end(1) == end(3600)


def test_deletion_releases_and_then_nothing_is_found(caller: Caller, running: str) -> None:
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
    answer = caller.v2018("CreateCluster", Name="doomed", Password=PASSWORD)
    cluster_id = answer["ClusterId"]
    caller.cloud.advance(300)
    assert status_2018(caller, cluster_id) == status_2024(caller, cluster_id) == "exception"
    task = caller.v2018("ListTasks", ClusterId=cluster_id, TaskId=answer["TaskId"])["Tasks"][0]
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


def test_accounts_and_regions_do_not_see_each_other() -> None:
    keys = [AccessKey("a", "secret", "1"), AccessKey("b", "secret", "1"), AccessKey("c", "secret", "2")]
    cloud = FakeCloud(ManualClock(), keys, strict=True)
    first, second, stranger = (Caller(cloud, key.id, key.secret) for key in keys)
    cluster_id = create_2024(first)
    assert status_2024(second, cluster_id) == "uninit"
    with pytest.raises(CallFailedError, match="ClusterNotFound"):
        status_2024(stranger, cluster_id)
    with pytest.raises(CallFailedError, match="ClusterNotFound"):
        first.v2018("DescribeCluster", ClusterId=cluster_id, RegionId="cn-beijing")


# What is shown


def test_2024_traps_of_get_cluster_and_list_clusters(caller: Caller) -> None:
    cluster_id = create_2024(
        caller,
        ClusterDescription="a-description",
        DeletionProtection=True,
        MaxCount=50,
        MaxCoreCount=500,
        GrowInterval=9,
        Manager={
            "Scheduler": {"Type": "SLURM", "Version": "22.05.8"},
            "ManagerNode": {"InstanceType": TYPE, "EnableHT": False},
        },
        Tags=[{"Key": "team", "Value": "blue"}, {"key": "cost", "value": "42"}],
        AdditionalPackages=[{"Name": "mpich", "Version": "4.0.3"}],
    )
    shown = caller.v2024("GetCluster", ClusterId=cluster_id)
    assert (shown["DeleteProtection"], shown["MaxCount"], shown["MaxCoreCount"]) == ("true", "50", "500")
    assert shown["Manager"]["Scheduler"]["Type"] == "slurm22"
    assert shown["Manager"]["ManagerNode"]["EnableHt"] is False
    assert shown["GrowInterval"] == 2
    assert not {"ClusterDescription", "Tags", "AdditionalPackages", "Queues"} & set(shown)
    listed = caller.v2024("ListClusters", ClusterIds=[cluster_id])
    (cluster,) = listed["Clusters"]
    assert (listed["PageNumber"], listed["PageSize"]) == ("1", 10)
    assert (cluster["DeletionProtection"], cluster["MaxCount"], cluster["MaxCoreCount"]) == (True, 50, 500)
    assert cluster["ClusterDescription"] == "a-description"
    assert cluster["ClusterCredentials"] == ["password"]
    assert cluster["AdditionalPackages"] == [{"Name": "mpich", "Version": "4.0.3"}]
    tags = caller.v2018("ListTagResources", RegionId="cn-hangzhou", ResourceType="cluster", ResourceId=[cluster_id])
    assert {t["TagKey"]: t["TagValue"] for t in tags["TagResources"]["TagResource"]} == {"team": "blue", "cost": "42"}


def test_2018_shows_what_was_ordered(caller: Caller) -> None:
    order = {
        "Manager": {"Count": 2, "InstanceType": "ecs.g7.xlarge"},
        "Login": {"Count": 1, "InstanceType": "ecs.c7.large"},
        "Compute": {"Count": 3, "InstanceType": "ecs.c7.2xlarge"},
    }
    cluster_id = create_2018(
        caller,
        EcsOrder=order,
        Description="with spaces, as this version allows",
        VpcId="vpc-1",
        VSwitchId="vsw-1",
        ZoneId="cn-hangzhou-h",
        OsTag="CentOS_7.9_64",
        AccountType="ldap",
        PostInstallScript=[{"Url": "http://a/b.sh", "Args": "x"}],
        Application=[{"Tag": "OpenMPI_11.1"}],
        RamNodeTypes=["manager", "compute"],
    )
    shown = caller.v2018("DescribeCluster", ClusterId=cluster_id)["ClusterInfo"]
    assert {kind: shown["EcsInfo"][kind] for kind in order} == order
    assert (shown["VpcId"], shown["VSwitchId"], shown["ZoneId"]) == ("vpc-1", "vsw-1", "cn-hangzhou-h")
    assert (shown["OsTag"], shown["AccountType"], shown["SchedulerType"]) == ("CentOS_7.9_64", "ldap", "slurm")
    assert shown["PostInstallScripts"]["PostInstallScriptInfo"] == [{"Url": "http://a/b.sh", "Args": "x"}]
    assert shown["RamNodeTypes"] == "manager,compute"
    (listed,) = caller.v2018("ListClusters")["Clusters"]["ClusterInfoSimple"]
    assert (listed["Count"], listed["Computes"]["OperatingCount"], listed["Managers"]["Total"]) == (3, 3, 2)
    assert listed["TotalResources"] == {"Cpu": 24, "Gpu": 0, "Memory": 48 * 1024}
    assert len(json.loads(listed["LoginNodes"])) == 1


@pytest.mark.parametrize(
    ("scheduler", "queue", "given"),
    [("slurm", "comp", {}), ("pbs", "workq", {}), ("slurm", "mine", {"JobQueue": "mine"})],
)
def test_2018_cluster_is_born_with_a_queue(caller: Caller, scheduler: str, queue: str, given: dict[str, str]) -> None:
    cluster_id = create_2018(caller, SchedulerType=scheduler, **given)
    queues = caller.v2018("ListQueues", ClusterId=cluster_id)["Queues"]["QueueInfo"]
    assert [entry["QueueName"] for entry in queues] == [queue]


@pytest.mark.parametrize(
    ("mode", "given", "roles"),
    [
        ("Standard", {}, [["Scheduler", "Account"], ["Login"]]),
        ("Tiny", {}, [["Scheduler", "Account", "Login"]]),
        ("Standard", {"HaEnable": True}, [["Scheduler", "Account"], ["SchedulerBackup", "AccountBackup"], ["Login"]]),
    ],
)
def test_2018_deploy_mode_decides_the_nodes(
    caller: Caller, mode: str, given: dict[str, object], roles: list[str]
) -> None:
    cluster_id = create_2018(caller, DeployMode=mode, **given)
    nodes = caller.v2018("ListNodes", ClusterId=cluster_id)["Nodes"]["NodeInfo"]
    assert [node["Roles"]["Role"] for node in nodes] == roles


def test_2024_cluster_with_queues_has_their_initial_nodes(caller: Caller) -> None:
    queues = [
        {"QueueName": "small", "InitialCount": 2, "ComputeNodes": [{"InstanceType": TYPE}], "HostnamePrefix": "s-"},
        {"QueueName": "large", "MaxCount": 4},
    ]
    cluster_id = create_2024(caller, Queues=queues)
    nodes = caller.v2024("ListNodes", ClusterId=cluster_id)["Nodes"]
    assert [(n["Hostname"], n["QueueName"], n["Status"]) for n in nodes] == [
        ("s-000", "small", "uninit"),
        ("s-001", "small", "uninit"),
    ]
    caller.cloud.advance(300)
    assert {n["Status"] for n in caller.v2024("ListNodes", ClusterId=cluster_id)["Nodes"]} == {"running"}


def test_2024_login_addon_brings_a_login_node(caller: Caller) -> None:
    resources = {"EipResource": {"AutoCreate": True}, "EcsResources": [{"InstanceType": TYPE}]}
    addon = {
        "Name": "Login",
        "Version": "1.0",
        "ServicesSpec": json.dumps([{"ServiceName": "SSH", "ServiceAccessType": None}]),
        "ResourcesSpec": json.dumps(resources),
    }
    cluster_id = create_2024(caller, Addons=[addon])
    (login,) = caller.v2018("ListNodes", ClusterId=cluster_id, Role="Login")["Nodes"]["NodeInfo"]
    assert login["PublicIpAddress"].startswith("198.18.")
    (listed,) = caller.v2024("ListClusters")["Clusters"]
    assert [(a["Name"], a["ServicesSpec"]) for a in listed["Addons"]] == [("Login", [{"ServiceName": "SSH"}])]


# What is refused


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"ClusterName": "x"}, "ClusterName"),
        ({"ClusterName": "x" * 129}, "ClusterName"),
        ({"ClusterName": "two words"}, "ClusterName"),
        ({"ClusterDescription": "no spaces"}, "ClusterDescription"),
        ({"ClusterCredentials": {"Password": "short1!"}}, "ClusterCredentials.Password"),
        ({"ClusterCredentials": {"Password": "onlylowercase"}}, "ClusterCredentials.Password"),
        ({"ClusterCredentials": {"Password": "Toolong-1" * 3}}, "ClusterCredentials.Password"),
        ({"Queues": [{"QueueName": "a"}, {"QueueName": "a"}]}, "Queues.2.QueueName"),
        ({"Queues": [{"QueueName": f"q{n}"} for n in range(9)]}, "Queues.9.QueueName"),
        ({"Queues": [{"QueueName": "q", "InitialCount": 1}]}, "Queues.1.ComputeNodes"),
        ({"SharedStorages": [{"FileSystemId": "fs", "MountDirectory": "home"}]}, "SharedStorages.1.MountDirectory"),
        ({"SharedStorages": [{"MountDirectory": "/home"}]}, "SharedStorages.1.FileSystemId"),
        ({"Tags": [{"Key": f"k{n}", "Value": ""} for n in range(21)]}, "Tags"),
        ({"Tags": [{"Key": "acs:x", "Value": ""}]}, "Tags.1.Key"),
        ({"AdditionalPackages": [{"Name": "p"}] * 11}, "AdditionalPackages"),
        ({"Addons": [{"Name": "a", "Version": "1"}] * 2}, "Addons"),
        ({"Addons": [{"Name": "a", "Version": "1", "ServicesSpec": "{"}]}, "Addons.1"),
        ({"Manager": {"ManagerNode": {"InstanceType": "c7.large"}}}, "Manager.ManagerNode.InstanceType"),
    ],
)
def test_2024_creation_refuses(caller: Caller, parameters: dict[str, object], parameter: str) -> None:
    with pytest.raises(CallFailedError, match=f"InvalidParams: The specified parameter {parameter} is invalid"):
        create_2024(caller, **parameters)
    assert caller.v2024("ListClusters")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"Name": "x" * 65}, "Name"),
        ({"Description": "x"}, "Description"),
        ({"Description": "http://page"}, "Description"),
        ({"Password": ""}, "Password"),
        ({"Password": "onlylowercase"}, "Password"),
        ({"ClientToken": "x" * 65}, "ClientToken"),
        ({"EcsOrder": {"Compute": {"Count": 1}}}, "EcsOrder.Compute.InstanceType"),
        ({"ComputeSpotPriceLimit": "cheap"}, "ComputeSpotPriceLimit"),
    ],
)
def test_2018_creation_refuses(caller: Caller, parameters: dict[str, object], parameter: str) -> None:
    with pytest.raises(CallFailedError, match=f"InvalidParams: The specified parameter {parameter} is invalid"):
        create_2018(caller, **parameters)
    assert caller.v2018("ListClusters")["TotalCount"] == 0


def test_names_may_be_chinese_and_as_long_as_stated(caller: Caller) -> None:
    create_2024(caller, ClusterName="集群_" + "x" * 125)
    create_2018(caller, Name="集群 number 1!", Password="", KeyPairName="pair")


# Client tokens


def test_client_token_makes_creation_happen_once(caller: Caller) -> None:
    first = caller.v2018("CreateCluster", Name="once", Password=PASSWORD, ClientToken="token")
    again = caller.v2018("CreateCluster", Name="once", Password=PASSWORD, ClientToken="token")
    assert (again["ClusterId"], again["TaskId"]) == (first["ClusterId"], first["TaskId"])
    assert caller.v2018("ListClusters")["TotalCount"] == 1
    with pytest.raises(CallFailedError, match="IdempotentParameterMismatch"):
        caller.v2018("CreateCluster", Name="other", Password=PASSWORD, ClientToken="token")


def test_client_token_of_a_refused_call_can_be_used_again(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match="InvalidParams"):
        caller.v2018("CreateCluster", Name="once", Password="weak", ClientToken="token")
    caller.v2018("CreateCluster", Name="once", Password=PASSWORD, ClientToken="token")


# Updates


def test_2018_changes_keep_what_is_left_out(caller: Caller, running_2018: str) -> None:
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


def test_2024_update_sets_what_is_given(caller: Caller, running: str) -> None:
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
