"""Queues and automatic scaling: one state in two API versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import TYPE


def get_queue(caller: Caller, cluster_id: str, name: str = "work") -> dict[str, Any]:
    queue: dict[str, Any] = caller.v2024("GetQueue", ClusterId=cluster_id, QueueName=name)["Queue"]
    return queue


def get_scaling_2018(caller: Caller, cluster_id: str, name: str = "work") -> dict[str, Any]:
    config = caller.v2018("GetAutoScaleConfig", ClusterId=cluster_id)
    return next(q for q in config["Queues"]["QueueInfo"] if q["QueueName"] == name)


def test_2024_queue_is_returned_as_created(caller: Caller, running: str) -> None:
    template = {
        "InstanceType": TYPE,
        "ImageId": "m-1",
        "InstanceChargeType": "PrePaid",
        "Period": 1,
        "PeriodUnit": "Week",
        "AutoRenew": True,
        "AutoRenewPeriod": 2,
        "Duration": 0,
        "EnableHT": False,
        "SpotStrategy": "SpotWithPriceLimit",
        "SpotPriceLimit": 0.42,
        "SystemDisk": {"Category": "cloud_essd", "Size": 80, "Level": "PL2"},
        "DataDisks": [
            {
                "Category": "cloud_ssd",
                "Size": 100,
                "Level": "PL1",
                "DeleteWithInstance": False,
                "Device": "/dev/xvdb",
                "MountDir": "/scratch",
                "SnapshotId": "s-1",
            }
        ],
    }
    queue = {
        "QueueName": "work",
        "ComputeNodes": [template],
        "MinCount": 1,
        "MaxCount": 9,
        "InitialCount": 0,
        "MaxCountPerCycle": 3,
        "EnableScaleIn": True,
        "EnableScaleOut": True,
        "VSwitchIds": ["vsw-1", "vsw-2"],
        "HostnamePrefix": "w-",
        "HostnameSuffix": "-x",
        "InterConnect": "eRDMA",
        "AllocationStrategy": "PriorityInstanceType",
        "KeepAliveNodes": ["w-000-x"],
        "RamRole": "role",
        "ReservedNodePoolId": "pool",
    }
    assert caller.v2024("CreateQueue", ClusterId=running, Queue=queue)["Name"] == "work"
    shown = get_queue(caller, running)
    assert {name: shown[name] for name in queue} == queue


def test_scaling_is_one_state_in_both_versions(caller: Caller, running: str) -> None:
    queue = {
        "QueueName": "work",
        "ComputeNodes": [{"InstanceType": TYPE, "ImageId": "m-1"}, {"InstanceType": "ecs.g7.xlarge"}],
        "MinCount": 1,
        "MaxCount": 9,
        "EnableScaleOut": True,
    }
    caller.v2024("CreateQueue", ClusterId=running, Queue=queue)
    shown = get_scaling_2018(caller, running)
    assert (shown["EnableAutoGrow"], shown["EnableAutoShrink"]) == (True, False)
    assert (shown["MinNodesInQueue"], shown["MaxNodesInQueue"], shown["QueueImageId"]) == (1, 9, "m-1")
    assert [t["InstanceType"] for t in shown["InstanceTypes"]["InstanceTypeInfo"]] == [TYPE, "ecs.g7.xlarge"]
    config = {
        "QueueName": "work",
        "EnableAutoShrink": True,
        "MinNodesInQueue": 2,
        "MaxNodesInQueue": 5,
        "MaxNodesPerCycle": 4,
        "HostNamePrefix": "n-",
        "QueueImageId": "m-2",
        "InstanceTypes": [{"InstanceType": "ecs.c7.large", "SpotStrategy": "SpotAsPriceGo", "VSwitchId": "vsw-9"}],
        "SystemDiskCategory": "cloud_essd",
        "SystemDiskSize": 60,
        "DataDisks": [{"DataDiskCategory": "cloud_ssd", "DataDiskSize": 70}],
    }
    caller.v2018("SetAutoScaleConfig", ClusterId=running, MaxNodesInCluster=50, Queues=[config])
    other = get_queue(caller, running)
    assert (other["EnableScaleOut"], other["EnableScaleIn"]) == (False, True)
    assert (other["MinCount"], other["MaxCount"], other["MaxCountPerCycle"]) == (2, 5, 4)
    assert other["HostnamePrefix"] == "n-"
    (template,) = other["ComputeNodes"]
    assert (template["InstanceType"], template["ImageId"], template["SpotStrategy"]) == (
        "ecs.c7.large",
        "m-2",
        "SpotAsPriceGo",
    )
    assert template["SystemDisk"]["Size"] == 60
    assert [disk["Size"] for disk in template["DataDisks"]] == [70]


def test_cluster_scaling_is_one_state_in_both_versions(caller: Caller, running: str) -> None:
    caller.v2018(
        "SetAutoScaleConfig",
        ClusterId=running,
        MaxNodesInCluster=50,
        EnableAutoGrow=True,
        GrowIntervalInMinutes=4,
        ShrinkIntervalInMinutes=3,
        ShrinkIdleTimes=5,
        SpotStrategy="SpotWithPriceLimit",
        SpotPriceLimit=0.5,
        ExcludeNodes="compute000",
    )
    shown = caller.v2024("GetCluster", ClusterId=running)
    assert (shown["EnableScaleOut"], shown["GrowInterval"], shown["IdleInterval"]) == (True, 4, 15)
    caller.v2024("UpdateCluster", ClusterId=running, EnableScaleIn=True, GrowInterval=7)
    config = caller.v2018("GetAutoScaleConfig", ClusterId=running)
    assert (config["EnableAutoGrow"], config["EnableAutoShrink"], config["GrowIntervalInMinutes"]) == (False, True, 7)
    assert (config["MaxNodesInCluster"], config["SpotPriceLimit"], config["ExcludeNodes"]) == (50, 0.5, "compute000")
    assert caller.v2018("DescribeAutoScaleConfig", ClusterId=running)["SpotPriceLimit"] == "0.5"


def test_defaults_of_the_scaling_configuration(caller: Caller, running_2018: str) -> None:
    config = caller.v2018("GetAutoScaleConfig", ClusterId=running_2018)
    expected = {
        "EnableAutoGrow": False,
        "EnableAutoShrink": False,
        "GrowIntervalInMinutes": 2,
        "GrowRatio": 100,
        "GrowTimeoutInMinutes": 20,
        "MaxNodesInCluster": 100,
        "ShrinkIdleTimes": 3,
        "ShrinkIntervalInMinutes": 2,
        "ExtraNodesGrowRatio": 0,
        "SpotStrategy": "NoSpot",
    }
    assert {name: config[name] for name in expected} == expected


def test_max_nodes_in_cluster_is_mandatory(caller: Caller, running: str) -> None:
    with pytest.raises(CallFailedError, match="MissingMaxNodesInCluster"):
        caller.v2018("SetAutoScaleConfig", ClusterId=running)


@pytest.mark.parametrize(
    ("queue", "parameter"),
    [
        ({"QueueName": "none"}, "Queues.1.QueueName"),
        ({"QueueName": "comp", "MinNodesInQueue": 9, "MaxNodesInQueue": 3}, "Queues.1.MinNodesInQueue"),
        ({"QueueName": "comp", "InstanceType": "large"}, "Queues.1.InstanceTypes.1.InstanceType"),
        ({"QueueName": "comp", "HostNamePrefix": "a_b"}, "Queues.1.HostNamePrefix"),
    ],
)
def test_scaling_configuration_is_refused_as_a_whole(
    caller: Caller, running: str, queue: dict[str, object], parameter: str
) -> None:
    with pytest.raises(CallFailedError, match=f"The specified parameter {parameter} is invalid"):
        caller.v2018("SetAutoScaleConfig", ClusterId=running, MaxNodesInCluster=7, EnableAutoGrow=True, Queues=[queue])
    assert caller.v2018("GetAutoScaleConfig", ClusterId=running)["EnableAutoGrow"] is False


def test_2018_queue_lifecycle(caller: Caller, running_2018: str) -> None:
    caller.v2018(
        "AddQueue",
        ClusterId=running_2018,
        QueueName="a_longer_name_than_the_other_version_allows",
        DeploymentSetId="ds-1",
        NetworkInterfaceTrafficMode="HighPerformance",
        UseESS=True,
    )
    name = "a_longer_name_than_the_other_version_allows"
    caller.v2018(
        "UpdateQueueConfig",
        ClusterId=running_2018,
        QueueName=name,
        ComputeInstanceType="ecs.g7.xlarge",
        ResourceGroupId="rg-1",
    )
    queues = {q["QueueName"]: q for q in caller.v2018("ListQueues", ClusterId=running_2018)["Queues"]["QueueInfo"]}
    shown = queues[name]
    assert shown["ComputeInstanceType"] == {"InstanceType": ["ecs.g7.xlarge"]}
    assert (shown["ResourceGroupId"], shown["DeploymentSetId"], shown["UseESS"]) == ("rg-1", "ds-1", True)
    assert (shown["NetworkInterfaceTrafficMode"], shown["Type"]) == ("HighPerformance", "Execution")
    caller.v2018("UpdateQueueConfig", ClusterId=running_2018, QueueName=name, NetworkInterfaceTrafficMode="Standard")
    caller.v2018("DeleteQueue", ClusterId=running_2018, QueueName=name)
    assert name not in str(caller.v2018("ListQueues", ClusterId=running_2018))


def test_queue_creation_with_initial_nodes(caller: Caller, running: str) -> None:
    queue = {"QueueName": "work", "InitialCount": 2, "ComputeNodes": [{"InstanceType": TYPE}]}
    caller.v2024("CreateQueue", ClusterId=running, Queue=queue)
    caller.cloud.advance(120)
    shown = {q["QueueName"]: q for q in caller.v2024("ListQueues", ClusterId=running)["Queues"]}["work"]
    assert shown["Nodes"] == {"CreatingCounts": 0, "ExceptionCounts": 0, "RunningCounts": 2}
    assert shown["TotalCores"] == 8


def test_refused_queue_is_not_created(caller: Caller, running: str) -> None:
    with pytest.raises(CallFailedError, match=r"Queue\.ComputeNodes"):
        caller.v2024("CreateQueue", ClusterId=running, Queue={"QueueName": "work", "InitialCount": 1})
    caller.v2024("CreateQueue", ClusterId=running, Queue={"QueueName": "work"})


@pytest.mark.parametrize("name", ["", "x" * 16, "with space", "-dash-first"])
def test_2024_queue_names(caller: Caller, running: str, name: str) -> None:
    with pytest.raises(CallFailedError, match=r"parameter Queue\.QueueName is invalid"):
        caller.v2024("CreateQueue", ClusterId=running, Queue={"QueueName": name})


def test_existing_and_missing_queues_are_invalid_params(caller: Caller, running: str) -> None:
    calls: list[tuple[str, str, dict[str, object]]] = [
        ("v2018", "AddQueue", {"QueueName": "comp"}),
        ("v2018", "DeleteQueue", {"QueueName": "none"}),
        ("v2018", "UpdateQueueConfig", {"QueueName": "none"}),
        ("v2018", "ListNodesByQueue", {"QueueName": "none"}),
        ("v2024", "CreateQueue", {"Queue": {"QueueName": "comp"}}),
        ("v2024", "GetQueue", {"QueueName": "none"}),
        ("v2024", "UpdateQueue", {"Queue": {"QueueName": "none"}}),
        ("v2024", "DeleteQueues", {"QueueNames": ["comp", "none"]}),
    ]
    for version, action, parameters in calls:
        with pytest.raises(CallFailedError) as refused:
            getattr(caller, version)(action, ClusterId=running, **parameters)
        assert (refused.value.status, refused.value.code) == (400, "InvalidParams"), action
    assert len(caller.v2024("ListQueues", ClusterId=running)["Queues"]) == 1


def test_at_most_eight_queues(caller: Caller, running: str) -> None:
    for number in range(7):
        caller.v2018("AddQueue", ClusterId=running, QueueName=f"q{number}")
    with pytest.raises(CallFailedError, match="at most 8 queues"):
        caller.v2018("AddQueue", ClusterId=running, QueueName="ninth")


@pytest.mark.parametrize(
    ("version", "action", "key"), [("v2018", "DeleteQueue", "QueueName"), ("v2024", "DeleteQueues", "QueueNames")]
)
def test_queue_with_nodes_cannot_be_deleted(caller: Caller, running: str, version: str, action: str, key: str) -> None:
    ids = caller.v2018("AddNodes", ClusterId=running, Count=1, InstanceType=TYPE)["InstanceIds"]["InstanceId"]
    parameters: dict[str, object] = {"ClusterId": running, key: ["comp"] if key.endswith("s") else "comp"}
    for _ in range(2):
        with pytest.raises(CallFailedError) as refused:
            getattr(caller, version)(action, **parameters)
        assert (refused.value.status, refused.value.code) == (406, "AgentError")
        caller.cloud.advance(120)
        if caller.v2024("ListNodes", ClusterId=running, Status=["running"])["Nodes"]:
            caller.v2024("DeleteNodes", ClusterId=running, InstanceIds=ids)
    caller.cloud.advance(60)
    getattr(caller, version)(action, **parameters)


@pytest.mark.parametrize(
    ("queue", "parameter"),
    [
        ({"MinCount": 5, "MaxCount": 4}, "Queue.MinCount"),
        ({"InitialCount": 5, "MaxCount": 4}, "Queue.InitialCount"),
        ({"MinCount": -1}, "Queue.MinCount"),
        ({"ComputeNodes": [{"InstanceType": TYPE}] * 11}, "Queue.ComputeNodes"),
        ({"HostnamePrefix": "a_b"}, "Queue.HostnamePrefix"),
        ({"InterConnect": "infiniband"}, "Queue.InterConnect"),
    ],
)
def test_2024_queue_refuses(caller: Caller, running: str, queue: dict[str, object], parameter: str) -> None:
    with pytest.raises(CallFailedError, match=f"The specified parameter {parameter} is invalid"):
        caller.v2024("CreateQueue", ClusterId=running, Queue={"QueueName": "work", **queue})


def test_list_of_queues_by_name(caller: Caller, running: str) -> None:
    caller.v2018("AddQueue", ClusterId=running, QueueName="work")
    listed = caller.v2024("ListQueues", ClusterId=running, QueueNames=["work", "none"])
    assert [q["QueueName"] for q in listed["Queues"]] == ["work"]
    with pytest.raises(CallFailedError, match="QueueNames"):
        caller.v2024("ListQueues", ClusterId=running, QueueNames=[f"q{n}" for n in range(9)])
