"""The queue: how it scales, what it leaves alone, and which nodes go with it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import ApiError
from pulumi_ehpc.lifecycle.request import GONE, PartialFailureError
from tests.nouns.stack import Stack, stack_on

TYPE = "ecs.c7.large"
KIND = {"instance_type": TYPE}
WORK: dict[str, Any] = {"compute_nodes": [KIND], "max_count": 50, "enable_scale_out": True}


def queues(stack: Stack, cluster: str) -> list[str]:
    return [queue["QueueName"] for queue in stack.pages("ListQueues", "2024-07-30", ClusterId=cluster)]


def queue(stack: Stack, cluster: str, name: str = "work") -> dict[str, Any]:
    """A queue as API 2024-07-30 shows it."""
    found: dict[str, Any] = stack.call("GetQueue", "2024-07-30", ClusterId=cluster, QueueName=name)["Queue"]
    return found


def scaling(stack: Stack, cluster: str, name: str = "work") -> dict[str, Any]:
    """A queue's part of the cluster's scaling in API 2018-04-12."""
    config = stack.call("GetAutoScaleConfig", "2018-04-12", ClusterId=cluster)
    return next(dict(entry) for entry in config["Queues"]["QueueInfo"] if entry["QueueName"] == name)


def add_nodes(stack: Stack, cluster: str, count: int = 1, *, grown: bool = False, prefix: str = "") -> None:
    """Put nodes into the queue ``work`` behind the program's back."""
    mode = "autoscale" if grown else "manual"
    given = {"HostNamePrefix": prefix} if prefix else {}
    while count > 0:
        share = min(count, 99)
        stack.call(
            "AddNodes",
            "2018-04-12",
            ClusterId=cluster,
            Count=share,
            JobQueue="work",
            InstanceType=TYPE,
            CreateMode=mode,
            **given,
        )
        count -= share
    stack.cloud.advance(120)
    stack.forget()


def nodes(stack: Stack, cluster: str) -> list[str]:
    listed = stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=100)
    return sorted(node["Hostname"] for node in listed)


def test_life(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    assert work.id == f"{cluster}:work"
    assert work.outputs["created"] is True
    assert queue(stack, cluster)["MaxCount"] == 50
    assert stack.drifted(work) == ()
    assert stack.diff(work, max_count=60).updates == ("max_count",)
    work = stack.update(work, max_count=60, enable_scale_in=True)
    assert queue(stack, cluster)["MaxCount"] == 60
    assert stack.drifted(work) == ()
    stack.delete(work)
    assert "work" not in queues(stack, cluster)
    assert stack.refresh(work) is GONE


def test_name_is_the_logical_name_unless_given(stack: Stack) -> None:
    cluster = stack.cluster()
    assert stack.create("Queue", "work", cluster=cluster).inputs["name"] == "work"
    named = stack.create("Queue", "other", cluster=cluster, name="named")
    assert named.id == f"{cluster}:named"
    assert stack.diff(named, name="renamed").replaces == ("name",)


def test_name_limit_depends_on_the_version(stack: Stack) -> None:
    _, violations = stack.check("Queue", "sixteen-letters-", {"cluster": "ehpc-1"})
    assert [violation.property for violation in violations] == (["name"] if stack.version == "2024-07-30" else [])


def test_nodes_of_every_kind_are_spelled_as_the_service_does(stack: Stack) -> None:
    kinds: list[dict[str, Any]] = [
        {"instance_type": TYPE, "spot_strategy": "spot_with_price_limit", "spot_price_limit": 1.5},
        {"instance_type": "ecs.g7.large", "spot_strategy": "spot_as_price_go"},
    ]
    disks: dict[str, Any] = {
        "system_disk": {"category": "cloud_essd", "size_gib": 60, "level": "PL1"},
        "data_disks": [{"category": "cloud_essd", "size_gib": 100}],
    }
    declared = [{**kind, **disks} for kind in kinds]
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, compute_nodes=declared)
    shown = queue(stack, cluster)["ComputeNodes"]
    assert [node["InstanceType"] for node in shown] == [TYPE, "ecs.g7.large"]
    assert [node["SpotStrategy"] for node in shown] == ["SpotWithPriceLimit", "SpotAsPriceGo"]
    assert [node["SystemDisk"]["Size"] for node in shown] == [60, 60]
    assert stack.drifted(work) == ()


@pytest.mark.parametrize(
    ("node", "path"),
    [
        ({"system_disk": {"size_gib": 20}}, "compute_nodes[0].system_disk.size_gib"),
        ({"data_disks": [{"size_gib": 5000}]}, "compute_nodes[0].data_disks[0].size_gib"),
        ({"data_disks": [{"mount_dir": "/scratch"}]}, "compute_nodes[0].data_disks[0].mount_dir"),
        ({"enable_ht": True}, "compute_nodes[0].enable_ht"),
    ],
)
def test_what_2018_does_not_take_of_a_kind_of_node_is_refused(
    stack_2018: Stack, node: dict[str, Any], path: str
) -> None:
    given = {"cluster": "ehpc-1", "compute_nodes": [{**KIND, **node}]}
    _, violations = stack_2018.check("Queue", "work", given)
    assert [violation.property for violation in violations] == [path]


def test_rules_over_several_properties(stack: Stack) -> None:
    given = {"cluster": "ehpc-1", "compute_nodes": [KIND], "min_count": 5, "max_count": 2}
    _, violations = stack.check("Queue", "work", given)
    assert [violation.property for violation in violations] == ["min_count"]


def test_one_image_and_one_vswitch_in_2018(stack_2018: Stack) -> None:
    kinds = [{**KIND, "image_id": "img-1"}, {"instance_type": "ecs.g7.large", "image_id": "img-2"}]
    given = {"cluster": "ehpc-1", "compute_nodes": kinds, "vswitch_ids": ["vsw-1", "vsw-2"]}
    _, violations = stack_2018.check("Queue", "work", given)
    assert {violation.property for violation in violations} == {"compute_nodes[].image_id", "vswitch_ids"}


def test_network_between_nodes_changes_in_place(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, inter_connect="erdma")
    assert queue(stack, cluster)["InterConnect"] == "eRDMA"
    assert stack.drifted(work) == ()
    work = stack.update(work, inter_connect="vpc")
    assert queue(stack, cluster)["InterConnect"] == "vpc"
    assert stack.drifted(work) == ()


# -- what is not declared ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keeps", [True, False])
def test_undeclared_values_survive_an_update(keeps: bool) -> None:
    with stack_on("2024-07-30", update_queue_keeps_omitted=keeps) as stack:
        cluster = stack.cluster()
        work = stack.create("Queue", "work", cluster=cluster, compute_nodes=[KIND])
        theirs = {"MinCount": 1, "MaxCount": 7, "HostnamePrefix": "node", "VSwitchIds": ["vsw-9"]}
        stack.call("UpdateQueue", ClusterId=cluster, Queue={**queue_template(stack, cluster), **theirs})
        stack.update(work, enable_scale_out=True)
        shown = queue(stack, cluster)
        assert {name: shown[name] for name in theirs} == theirs
        assert shown["EnableScaleOut"] is True


def test_values_that_no_property_reaches_survive_an_update() -> None:
    with stack_on("2024-07-30", update_queue_keeps_omitted=False) as stack:
        cluster = stack.cluster()
        work = stack.create("Queue", "work", cluster=cluster, compute_nodes=[KIND])
        theirs = {"AllocationStrategy": "PriorityInstanceType", "RamRole": "role"}
        stack.call("UpdateQueue", ClusterId=cluster, Queue={**queue_template(stack, cluster), **theirs})
        stack.update(work, max_count=60)
        shown = queue(stack, cluster)
        assert {name: shown[name] for name in theirs} == theirs


def queue_template(stack: Stack, cluster: str) -> dict[str, Any]:
    """What UpdateQueue needs to change nothing."""
    return {"QueueName": "work", "ComputeNodes": [{"InstanceType": TYPE}]}


def test_undeclared_scaling_survives_an_update(stack_2018: Stack) -> None:
    cluster = stack_2018.cluster()
    work = stack_2018.create("Queue", "work", cluster=cluster, compute_nodes=[KIND])
    theirs = {"QueueName": "work", "MinNodesInQueue": 1, "MaxNodesInQueue": 7, "SortedByInventory": True}
    stack_2018.call("SetAutoScaleConfig", ClusterId=cluster, MaxNodesInCluster=100, Queues=[theirs])
    stack_2018.update(work, enable_scale_out=True)
    shown = scaling(stack_2018, cluster)
    assert {name: shown[name] for name in theirs} == theirs
    assert shown["EnableAutoGrow"] is True


# -- trouble -------------------------------------------------------------------------------------------------------


def test_failure_after_the_queue_was_made_is_finished_by_update(stack_2018: Stack) -> None:
    cluster = stack_2018.cluster()
    stack_2018.trouble("SetAutoScaleConfig")
    with pytest.raises(PartialFailureError, match="out of order"):
        stack_2018.create("Queue", "work", cluster=cluster, **WORK)
    assert stack_2018.left().outputs["created"] is True
    stack_2018.forget()
    work = stack_2018.update(stack_2018.left())
    assert stack_2018.writes() == ["SetAutoScaleConfig"]
    assert scaling(stack_2018, cluster)["MaxNodesInQueue"] == 50
    stack_2018.delete(work)
    assert "work" not in queues(stack_2018, cluster)


def test_vanished_queue_is_made_anew_by_update(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.call("DeleteQueues", "2024-07-30", ClusterId=cluster, QueueNames=["work"])
    assert stack.refresh(work) is GONE
    stack.update(work, max_count=60)
    assert queue(stack, cluster)["MaxCount"] == 60


def test_drift_is_found(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    template = {**queue_template(stack, cluster), "MaxCount": 9}
    stack.call("UpdateQueue", "2024-07-30", ClusterId=cluster, Queue=template)
    assert stack.drifted(work) == ("max_count",)


# -- its nodes -----------------------------------------------------------------------------------------------------


def test_nodes_it_was_born_with_go_with_it(stack_2024: Stack) -> None:
    cluster = stack_2024.cluster()
    work = stack_2024.create("Queue", "work", cluster=cluster, initial_count=3, **WORK)
    stack_2024.delete(work)
    assert nodes(stack_2024, cluster) == []
    assert "work" not in queues(stack_2024, cluster)


def test_nodes_it_grew_go_with_it(stack_2018: Stack) -> None:
    cluster = stack_2018.cluster()
    work = stack_2018.create("Queue", "work", cluster=cluster, **WORK)
    add_nodes(stack_2018, cluster, 3, grown=True)
    stack_2018.delete(work)
    assert nodes(stack_2018, cluster) == []
    assert "work" not in queues(stack_2018, cluster)


def test_many_grown_nodes_are_released_100_a_call(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **{**WORK, "max_count": 200})
    add_nodes(stack, cluster, 150, grown=True)
    stack.delete(work)
    calls = stack.calls("DeleteNodes")
    assert [len(call.get("InstanceIds") or call["Instance"]) for call in calls] == [100, 50]


def test_nodes_that_are_leaving_already_are_waited_for(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    add_nodes(stack, cluster, 2, grown=True)
    first = stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=10)[0]["Id"]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=cluster, InstanceIds=[first])
    stack.delete(work)
    assert "work" not in queues(stack, cluster)


@pytest.mark.parametrize("scales_out", [True, False])
def test_nodes_that_somebody_put_there_are_not_released(stack: Stack, scales_out: bool) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **{**WORK, "enable_scale_out": scales_out})
    add_nodes(stack, cluster, prefix="other-")
    with pytest.raises(ApiError, match="still has compute nodes"):
        stack.delete(work)
    assert stack.writes() == ["DeleteQueue" if stack.version == "2018-04-12" else "DeleteQueues"]
    assert nodes(stack, cluster) == ["other-000"]


def test_delete_of_a_queue_that_is_gone(stack: Stack) -> None:
    cluster = stack.cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.call("DeleteQueues", "2024-07-30", ClusterId=cluster, QueueNames=["work"])
    stack.forget()
    stack.delete(work)
    assert stack.writes() == []
