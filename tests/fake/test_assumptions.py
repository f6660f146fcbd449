"""Each assumption is a switch, and the switch makes a difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_ehpc.fake import Assumptions
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import TYPE, create_2018, create_2024, make_cloud
from tests.fake.test_volume import list_mounts, volume

Probe = Callable[[Caller], Any]
DOCS = Path(__file__).parents[2] / "docs" / "fake.md"


def create_running(caller: Caller, **parameters: object) -> str:
    cluster_id = create_2024(caller, **parameters)
    caller.cloud.advance(300)
    return cluster_id


def succeeds(call: Callable[[], Any]) -> bool:
    try:
        call()
    except CallFailedError:
        return False
    return True


def cross_version_visibility(caller: Caller) -> Any:
    one, two = create_2018(caller), create_2024(caller)
    return [
        succeeds(lambda: caller.v2024("GetCluster", ClusterId=one)),
        succeeds(lambda: caller.v2018("DescribeCluster", ClusterId=two)),
        caller.v2018("ListClusters")["TotalCount"],
        caller.v2024("ListClusters")["TotalCount"],
    ]


def slurm_type_echoed_as_slurm22(caller: Caller) -> Any:
    return caller.v2024("GetCluster", ClusterId=create_2024(caller))["Manager"]["Scheduler"]["Type"]


def tag_items_lower_case_only(caller: Caller) -> Any:
    def error_message(tag: dict[str, str]) -> str:
        try:
            create_2024(caller, Tags=[tag])
        except CallFailedError as error:
            return error.message
        return ""

    return error_message({"key": "a", "value": "b"}), error_message({"Key": "a", "Value": "b"})


def update_cluster_resets_omitted(caller: Caller) -> Any:
    cluster_id = create_running(caller, DeletionProtection=True, MaxCount=9, ClusterDescription="words")
    caller.v2024("UpdateCluster", ClusterId=cluster_id, GrowInterval=5, IdleInterval=9)
    caller.v2024("UpdateCluster", ClusterId=cluster_id, ClusterName="renamed")
    shown = caller.v2024("GetCluster", ClusterId=cluster_id)
    description = caller.v2024("ListClusters")["Clusters"][0]["ClusterDescription"]
    names = ("DeleteProtection", "MaxCount", "GrowInterval", "IdleInterval")
    return (*(shown[name] for name in names), description)


def update_queue_keeps_omitted(caller: Caller) -> Any:
    cluster_id = create_running(caller)
    queue = {"QueueName": "work", "MaxCount": 9, "MinCount": 2, "ComputeNodes": [{"InstanceType": TYPE}]}
    caller.v2024("CreateQueue", ClusterId=cluster_id, Queue=queue)
    caller.v2024("UpdateQueue", ClusterId=cluster_id, Queue={"QueueName": "work", "MaxCount": 5, "ComputeNodes": []})
    shown = caller.v2024("GetQueue", ClusterId=cluster_id, QueueName="work")["Queue"]
    return shown["MaxCount"], shown["MinCount"], len(shown["ComputeNodes"])


def create_cluster_ignores_intervals(caller: Caller) -> Any:
    shown = caller.v2024("GetCluster", ClusterId=create_2024(caller, GrowInterval=5, IdleInterval=9))
    return shown["GrowInterval"], shown["IdleInterval"]


def shorter_volume_list_unmounts(caller: Caller) -> Any:
    cluster_id = create_2018(caller)
    caller.cloud.advance(300)
    for volumes in ([volume("/a"), volume("/b")], [volume("/b", RemoteDirectory="/sub"), volume("/c")]):
        caller.v2018("UpdateClusterVolumes", ClusterId=cluster_id, AdditionalVolumes=volumes)
    shown = list_mounts(caller, cluster_id)
    return list(shown), shown["/b"]["RemoteDirectory"]


def omitted_queue_autoscale_kept(caller: Caller) -> Any:
    cluster_id = create_running(caller)
    caller.v2018("AddQueue", ClusterId=cluster_id, QueueName="work")
    for name in ("comp", "work"):
        queue = {"QueueName": name, "EnableAutoGrow": True}
        caller.v2018("SetAutoScaleConfig", ClusterId=cluster_id, MaxNodesInCluster=5, Queues=[queue])
    queues = caller.v2018("GetAutoScaleConfig", ClusterId=cluster_id)["Queues"]["QueueInfo"]
    return {queue["QueueName"]: queue["EnableAutoGrow"] for queue in queues}


def add_nodes_answers_ids(caller: Caller) -> Any:
    cluster_id = create_running(caller)
    response = caller.v2018("AddNodes", ClusterId=cluster_id, Count=2, InstanceType=TYPE)
    listed = caller.v2018("ListNodesByQueue", ClusterId=cluster_id, QueueName="comp")
    return len(response["InstanceIds"]["InstanceId"]), listed["TotalCount"]


def delete_cluster_while_creating(caller: Caller) -> Any:
    cluster_id = create_2024(caller)
    deleted = succeeds(lambda: caller.v2024("DeleteCluster", ClusterId=cluster_id))
    caller.cloud.advance(600)
    return deleted, succeeds(lambda: caller.v2024("GetCluster", ClusterId=cluster_id))


def delete_queue_needs_no_nodes(caller: Caller) -> Any:
    cluster_id = create_running(caller)
    caller.v2018("AddNodes", ClusterId=cluster_id, Count=1, InstanceType=TYPE)
    return succeeds(lambda: caller.v2024("DeleteQueues", ClusterId=cluster_id, QueueNames=["comp"]))


def queue_max_count_limits_nodes(caller: Caller) -> Any:
    cluster_id = create_running(caller, Queues=[{"QueueName": "work", "MaxCount": 1}])
    template = {"InstanceType": TYPE}
    return succeeds(lambda: caller.v2024("CreateNodes", ClusterId=cluster_id, Count=2, ComputeNode=template))


def zero_values_are_unset(caller: Caller) -> Any:
    node = {"InstanceType": TYPE, "SpotStrategy": "", "PeriodUnit": ""}
    return succeeds(lambda: create_2024(caller, Manager={"ManagerNode": node}))


def empty_lists_left_out(caller: Caller) -> Any:
    return "UserInfo" in caller.v2024("ListUsers", ClusterId=create_running(caller))["Users"]


def unknown_parameters_refused(caller: Caller) -> Any:
    return succeeds(lambda: caller.v2024("ListClusters", PageSiz=10))


PROBES: dict[Probe, tuple[Any, Any]] = {
    cross_version_visibility: ([False, False, 1, 1], [True, True, 2, 2]),
    slurm_type_echoed_as_slurm22: ("SLURM", "slurm22"),
    tag_items_lower_case_only: (("", ""), ("", "The specified parameter Tags.0.key is invalid.")),
    update_cluster_resets_omitted: (("true", "9", 5, 9, "words"), ("false", "5000", 2, 6, "")),
    update_queue_keeps_omitted: ((5, 0, 0), (5, 2, 1)),
    create_cluster_ignores_intervals: ((5, 9), (2, 6)),
    shorter_volume_list_unmounts: ((["/home", "/a", "/b", "/c"], "/sub"), (["/home", "/b", "/c"], "/sub")),
    omitted_queue_autoscale_kept: ({"comp": False, "work": True}, {"comp": True, "work": True}),
    add_nodes_answers_ids: ((0, 2), (2, 2)),
    delete_cluster_while_creating: ((False, True), (True, False)),
    delete_queue_needs_no_nodes: (True, False),
    queue_max_count_limits_nodes: (True, False),
    zero_values_are_unset: (False, True),
    empty_lists_left_out: (True, False),
    unknown_parameters_refused: (True, False),
}
"""What each probe returns with its switch off and on."""


@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_switch_makes_the_difference(probe: Probe, on: bool) -> None:
    caller = Caller(make_cloud({probe.__name__: on}))
    assert probe(caller) == PROBES[probe][on]


def test_every_switch_is_probed_has_a_reason_and_is_documented() -> None:
    reasons = Assumptions.reasons()
    assert {probe.__name__ for probe in PROBES} == set(reasons)
    assert all(reasons.values())
    page = DOCS.read_text("utf-8")
    assert [name for name in reasons if f"`{name}`" not in page] == []


def test_unknown_switch_is_refused() -> None:
    with pytest.raises(ValueError, match="no such assumption: tags"):
        Assumptions().changed({"tags": True})
