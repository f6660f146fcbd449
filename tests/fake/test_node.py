"""Compute nodes: creation, lists, moves and deletion, in both versions."""

from __future__ import annotations

import json

import pytest

from pulumi_ehpc.fake import Durations, FakeCloud, Limits, ManualClock
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import TYPE, create_2018, create_2024, make_cloud


def list_statuses(caller: Caller, cluster_id: str) -> list[str]:
    return [node["Status"] for node in caller.v2024("ListNodes", ClusterId=cluster_id)["Nodes"]]


def add_nodes(caller: Caller, cluster_id: str, count: int = 1, **parameters: object) -> list[str]:
    given = {"InstanceType": TYPE, **parameters}
    response = caller.v2018("AddNodes", ClusterId=cluster_id, Count=count, **given)
    return list(response["InstanceIds"]["InstanceId"])


def test_nodes_have_ids_at_once_and_run_later(caller: Caller, running: str) -> None:
    response = caller.v2024("CreateNodes", ClusterId=running, Count=2, ComputeNode={"InstanceType": TYPE})
    assert len(response["InstanceIds"]) == 2
    seen = []
    for seconds in (0, 20, 99, 1):
        caller.cloud.advance(seconds)
        seen.append(set(list_statuses(caller, running)))
    assert seen == [{"uninit"}, {"initing"}, {"initing"}, {"running"}]


def test_nodes_are_released_and_then_gone(caller: Caller, running: str) -> None:
    ids = add_nodes(caller, running, 3)
    caller.cloud.advance(120)
    response = caller.v2024("DeleteNodes", ClusterId=running, InstanceIds=ids[:2])
    assert response["TaskId"]
    assert list_statuses(caller, running) == ["releasing", "releasing", "running"]
    caller.cloud.advance(60)
    assert [n["Id"] for n in caller.v2024("ListNodes", ClusterId=running)["Nodes"]] == ids[2:]


def test_nodes_deleted_while_they_start_do_not_come_back(caller: Caller, running: str) -> None:
    ids = add_nodes(caller, running)
    caller.v2018("DeleteNodes", ClusterId=running, Instance=[{"Id": ids[0]}])
    caller.cloud.advance(59)
    assert list_statuses(caller, running) == ["releasing"]
    caller.cloud.advance(500)
    assert list_statuses(caller, running) == []


def test_second_deletion_of_a_node_is_refused_as_a_whole(caller: Caller, running: str) -> None:
    ids = add_nodes(caller, running, 2)
    caller.v2024("DeleteNodes", ClusterId=running, InstanceIds=ids[:1])
    with pytest.raises(CallFailedError) as refused:
        caller.v2024("DeleteNodes", ClusterId=running, InstanceIds=ids)
    assert (refused.value.status, refused.value.code) == (403, "InvalidNodeStatus")
    assert list_statuses(caller, running) == ["releasing", "uninit"]


def test_ordered_failure_ends_in_exception_with_a_reason(caller: Caller, running: str) -> None:
    caller.cloud.fail_next("AddNodes", "Sold out.")
    response = caller.v2018("AddNodes", ClusterId=running, Count=1, InstanceType=TYPE)
    add_nodes(caller, running)
    caller.cloud.advance(120)
    nodes = caller.v2024("ListNodes", ClusterId=running)["Nodes"]
    assert [(n["Status"], n["Reason"]) for n in nodes] == [("exception", "Sold out."), ("running", "")]
    task = caller.v2018("ListTasks", ClusterId=running, TaskId=response["TaskId"])["Tasks"][0]
    assert (task["TaskType"], task["Status"]) == ("AddComputes", "Failed")
    caller.v2024("DeleteNodes", ClusterId=running, InstanceIds=[nodes[0]["Id"]])


def test_hostnames_are_prefix_three_digits_suffix_and_fill_gaps(caller: Caller, running: str) -> None:
    ids = add_nodes(caller, running, 3, HostNamePrefix="gpu-", HostNameSuffix="-x")
    caller.v2018("DeleteNodes", ClusterId=running, Instance=[{"Id": ids[1]}])
    caller.cloud.advance(60)
    add_nodes(caller, running, 2, HostNamePrefix="gpu-", HostNameSuffix="-x")
    add_nodes(caller, running)
    names = [n["Hostname"] for n in caller.v2024("ListNodes", ClusterId=running)["Nodes"]]
    assert names == ["gpu-000-x", "gpu-002-x", "gpu-001-x", "gpu-003-x", "compute000"]


def test_2024_hostnames_can_be_given_one_by_one(caller: Caller, running: str) -> None:
    def create(names: list[str], count: int) -> None:
        template = {"InstanceType": TYPE}
        caller.v2024("CreateNodes", ClusterId=running, Count=count, Hostnames=names, ComputeNode=template)

    create(["anna", "bert"], 2)
    for names, count in ((["anna"], 1), (["carl"], 2), (["dora", "dora"], 2)):
        with pytest.raises(CallFailedError, match="parameter Hostnames is invalid"):
            create(names, count)


def test_hardware_falls_back_to_queue_then_cluster(caller: Caller, running: str) -> None:
    caller.v2024(
        "CreateQueue",
        ClusterId=running,
        Queue={"QueueName": "big", "ComputeNodes": [{"InstanceType": "ecs.r7.4xlarge"}]},
    )
    caller.v2024("CreateNodes", ClusterId=running, Count=1, QueueName="big")
    with pytest.raises(CallFailedError, match=r"ComputeNode\.InstanceType is invalid"):
        caller.v2024("CreateNodes", ClusterId=running, Count=1)
    add_nodes(caller, running)
    caller.v2018("AddNodes", ClusterId=running, Count=1)
    nodes = caller.v2024("ListNodes", ClusterId=running)["Nodes"]
    assert [n["InstanceType"] for n in nodes] == ["ecs.r7.4xlarge", TYPE, TYPE]
    assert nodes[0]["TotalResources"] == {"Cpu": 16, "Gpu": 0, "Memory": 128}


def test_node_has_the_settings_it_was_created_with(caller: Caller, running: str) -> None:
    add_nodes(
        caller,
        running,
        ImageId="m-1",
        ImageOwnerAlias="self",
        ComputeSpotStrategy="SpotAsPriceGo",
        ComputeEnableHt=False,
        VSwitchId="vsw-2",
        ZoneId="cn-hangzhou-k",
        AllocatePublicAddress=True,
        CreateMode="autoscale",
    )
    (node,) = caller.v2018("ListNodes", ClusterId=running, Role="Compute")["Nodes"]["NodeInfo"]
    assert (node["ImageId"], node["ImageOwnerAlias"], node["SpotStrategy"]) == ("m-1", "self", "SpotAsPriceGo")
    assert (node["HtEnabled"], node["VSwitchId"], node["ZoneId"]) == (False, "vsw-2", "cn-hangzhou-k")
    assert node["PublicIpAddress"]
    assert node["CreateMode"] == "autoscale"


def test_2018_lists_filter_and_sort(caller: Caller) -> None:
    cluster_id = create_2018(caller)
    caller.cloud.advance(300)
    add_nodes(caller, cluster_id, 2, HostNamePrefix="b-")
    caller.cloud.advance(120)
    add_nodes(caller, cluster_id, 1, HostNamePrefix="a-")

    def listed(**filters: object) -> list[str]:
        return [n["HostName"] for n in caller.v2018("ListNodes", ClusterId=cluster_id, **filters)["Nodes"]["NodeInfo"]]

    assert listed() == ["manager0", "login0", "b-000", "b-001", "a-000"]
    assert listed(Role="Manager") == ["manager0"]
    assert listed(Role="Login") == ["login0"]
    assert listed(Role="Compute", SortBy="HostName") == ["a-000", "b-000", "b-001"]
    assert listed(Role="Compute", Sequence="Backward") == ["a-000", "b-001", "b-000"]
    assert listed(HostNamePrefix="b-", HostNameSuffix="1") == ["b-001"]
    assert listed(HostName="^[ab]-000$") == ["b-000", "a-000"]
    assert listed(Filter=json.dumps({"status": "uninit"})) == ["a-000"]
    assert listed(PrivateIpAddress="192.168.0.11") == ["manager0"]
    assert listed(PageSize=2, PageNumber=3) == ["a-000"]
    for filters in ({"HostName": "("}, {"Filter": "{"}, {"Filter": "[]"}):
        with pytest.raises(CallFailedError, match="InvalidParams"):
            listed(**filters)


def test_2018_other_lists(caller: Caller, running_2018: str) -> None:
    add_nodes(caller, running_2018, 2)
    caller.cloud.advance(20)
    nodes = caller.v2018("ListNodesNoPaging", ClusterId=running_2018)["Nodes"]["NodeInfo"]
    assert [(n["HostName"], n["Status"]) for n in nodes] == [("compute000", "initing"), ("compute001", "initing")]
    by_queue = caller.v2018("ListNodesByQueue", ClusterId=running_2018, QueueName="comp", PageSize=1)
    assert by_queue["TotalCount"] == 2
    assert [n["Status"] for n in by_queue["Nodes"]["NodeInfo"]] == ["init"]


def test_2024_list_filters(caller: Caller, running: str) -> None:
    caller.v2024("CreateQueue", ClusterId=running, Queue={"QueueName": "work"})
    add_nodes(caller, running, 2)
    caller.cloud.advance(120)
    add_nodes(caller, running, 1, JobQueue="work", HostNamePrefix="work")

    def listed(**filters: object) -> list[str]:
        return [n["Hostname"] for n in caller.v2024("ListNodes", ClusterId=running, **filters)["Nodes"]]

    assert listed(QueueNames=["work"]) == ["work000"]
    assert listed(Hostnames=["compute001", "work000"]) == ["compute001", "work000"]
    assert listed(Status=["running"]) == ["compute000", "compute001"]
    assert listed(SortBy="HostName", Sequence="Backward") == ["work000", "compute001", "compute000"]
    assert len(listed(PrivateIpAddress=["192.168.0.12"])) == 1


def test_nodes_move_between_queues_by_hostname(caller: Caller, running: str) -> None:
    caller.v2018("AddQueue", ClusterId=running, QueueName="work")
    add_nodes(caller, running, 2)
    caller.v2018("SetQueue", ClusterId=running, QueueName="work", Node=[{"Name": "compute001"}])
    nodes = caller.v2024("ListNodes", ClusterId=running)["Nodes"]
    assert [n["QueueName"] for n in nodes] == ["comp", "work"]
    with pytest.raises(CallFailedError, match="ComputeNotFound"):
        caller.v2018("SetQueue", ClusterId=running, QueueName="work", Node=[{"Name": "nobody"}])
    with pytest.raises(CallFailedError, match="parameter QueueName is invalid"):
        caller.v2018("SetQueue", ClusterId=running, QueueName="none", Node=[{"Name": "compute001"}])


def test_keep_alive_is_set_at_creation_and_later(caller: Caller, running: str) -> None:
    template = {"InstanceType": TYPE}
    first, second = caller.v2024("CreateNodes", ClusterId=running, Count=2, KeepAlive="true", ComputeNode=template)[
        "InstanceIds"
    ]
    caller.v2024("UpdateNodes", ClusterId=running, Instances=[{"InstanceId": second, "KeepAlive": False}])
    nodes = {n["Id"]: n["KeepAlive"] for n in caller.v2024("ListNodes", ClusterId=running)["Nodes"]}
    assert nodes == {first: True, second: False}


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"Count": 0}, "Count"),
        ({"Count": 100}, "Count"),
        ({"Count": 2, "MinCount": 3}, "MinCount"),
        ({"Count": 1, "QueueName": "none"}, "QueueName"),
        ({"Count": 1, "HostnamePrefix": "under_score"}, "HostnamePrefix"),
        ({"Count": 1, "ComputeNode": {"InstanceType": "large"}}, "ComputeNode.InstanceType"),
    ],
)
def test_2024_creation_of_nodes_refuses(
    caller: Caller, running: str, parameters: dict[str, object], parameter: str
) -> None:
    given = {"ComputeNode": {"InstanceType": TYPE}, **parameters}
    with pytest.raises(CallFailedError, match=f"InvalidParams: The specified parameter {parameter} is invalid"):
        caller.v2024("CreateNodes", ClusterId=running, **given)
    assert list_statuses(caller, running) == []


def test_deletion_refuses_unknown_nodes_managers_and_subscriptions(caller: Caller, running_2018: str) -> None:
    (manager,) = caller.v2018("ListNodes", ClusterId=running_2018, Role="Manager")["Nodes"]["NodeInfo"]
    (paid,) = add_nodes(caller, running_2018, EcsChargeType="PrePaid")
    caller.cloud.advance(120)
    for instance_id, code in (
        (manager["Id"], "InvalidParams"),
        ("i-none", "ComputeNotFound"),
        (paid, "DeletePrePaidInstance"),
    ):
        with pytest.raises(CallFailedError) as refused:
            caller.v2018("DeleteNodes", ClusterId=running_2018, Instance=[{"Id": instance_id}])
        assert refused.value.code == code
    caller.v2018("DeleteNodes", ClusterId=running_2018, ReleaseInstance=False, Instance=[{"Id": paid}])


def test_cluster_limits_hold(caller: Caller) -> None:
    cluster_id = create_2024(caller, MaxCount=3, MaxCoreCount=8)
    caller.cloud.advance(300)
    for count, instance_type in ((4, TYPE), (3, TYPE)):
        with pytest.raises(CallFailedError, match="TooManyNodes"):
            caller.v2024("CreateNodes", ClusterId=cluster_id, Count=count, ComputeNode={"InstanceType": instance_type})
    caller.v2024("CreateNodes", ClusterId=cluster_id, Count=2, ComputeNode={"InstanceType": TYPE})


def test_account_limit_of_nodes_holds() -> None:
    caller = Caller(make_cloud(limits=Limits(nodes_per_cluster=2)))
    cluster_id = create_2024(caller)
    caller.cloud.advance(300)
    with pytest.raises(CallFailedError, match="TooManyNodes"):
        add_nodes(caller, cluster_id, 3)


def test_2018_creation_of_nodes_refuses(caller: Caller, running: str) -> None:
    attempts: list[tuple[dict[str, object], str]] = [
        ({"Count": 2, "MinCount": 3}, "MinCount"),
        ({"Count": 1}, "InstanceType"),
        ({"Count": 1, "JobQueue": "x"}, "JobQueue"),
    ]
    for parameters, parameter in attempts:
        with pytest.raises(CallFailedError, match=f"The specified parameter {parameter} is invalid"):
            caller.v2018("AddNodes", ClusterId=running, **parameters)


def test_2024_subscription_is_not_released(caller: Caller, running: str) -> None:
    template = {"InstanceType": TYPE, "InstanceChargeType": "PrePaid"}
    ids = caller.v2024("CreateNodes", ClusterId=running, Count=1, ComputeNode=template)["InstanceIds"]
    with pytest.raises(CallFailedError, match="DeletePrePaidInstance"):
        caller.v2024("DeleteNodes", ClusterId=running, InstanceIds=ids)


def test_nodes_never_start_when_their_cluster_is_released_first() -> None:
    caller = Caller(FakeCloud(ManualClock(), durations=Durations(cluster_release=1)))
    cluster_id = create_2024(caller)
    caller.cloud.advance(300)
    add_nodes(caller, cluster_id)
    caller.v2018("DeleteCluster", ClusterId=cluster_id)
    caller.cloud.advance(1000)
    tasks = caller.v2018("ListTasks", ClusterId=cluster_id, Archived=True)["Tasks"]
    assert [(task["TaskType"], task["Status"]) for task in tasks][1:] == [
        ("AddComputes", "Failed"),
        ("DeleteCluster", "Success"),
    ]


def test_client_token_adds_nodes_once(caller: Caller, running: str) -> None:
    assert add_nodes(caller, running, 2, ClientToken="t") == add_nodes(caller, running, 2, ClientToken="t")
    assert len(list_statuses(caller, running)) == 2


@pytest.mark.parametrize("head_start", [0, 60])
def test_tasks_of_nodes_fail_when_their_cluster_is_released(caller: Caller, running: str, head_start: float) -> None:
    response = caller.v2018("AddNodes", ClusterId=running, Count=1, InstanceType=TYPE)
    caller.cloud.advance(head_start)
    caller.v2018("DeleteCluster", ClusterId=running)
    caller.cloud.advance(120)
    (task,) = caller.v2018("ListTasks", ClusterId=running, TaskId=response["TaskId"])["Tasks"]
    assert (task["Status"], "released" in task["Errors"]) == ("Failed", True)
