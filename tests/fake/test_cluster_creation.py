"""Creation of clusters: what it accepts, what it creates, what it refuses, and client tokens."""

from __future__ import annotations

import json

import pytest

from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD, TYPE, create_2018, create_2024


def test_2024_differences_of_get_cluster_and_list_clusters(caller: Caller) -> None:
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


def test_2018_cluster_is_returned_as_created(caller: Caller) -> None:
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
def test_2018_cluster_has_a_default_queue(caller: Caller, scheduler: str, queue: str, given: dict[str, str]) -> None:
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


def test_2024_login_addon_creates_a_login_node(caller: Caller) -> None:
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


def test_names_may_be_chinese_and_of_maximum_length(caller: Caller) -> None:
    create_2024(caller, ClusterName="集群_" + "x" * 125)
    create_2018(caller, Name="集群 number 1!", Password="", KeyPairName="pair")


def test_client_token_creates_one_cluster(caller: Caller) -> None:
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
