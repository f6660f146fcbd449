"""The queue: how it scales, what it leaves alone, and which nodes go with it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import ConflictError, ServiceError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from tests.resources.stack import Stack, stack_on

TYPE = "ecs.c7.large"
COMPUTE_NODE = {"instance_type": TYPE}
WORK: dict[str, Any] = {"compute_nodes": [COMPUTE_NODE], "max_count": 50, "enable_scale_out": True}


def queue_names(stack: Stack, cluster: str) -> list[str]:
    return [queue["QueueName"] for queue in stack.pages("ListQueues", "2024-07-30", ClusterId=cluster)]


def queue(stack: Stack, cluster: str, name: str = "work") -> dict[str, Any]:
    """Return a queue as API 2024-07-30 reports it."""
    found: dict[str, Any] = stack.call("GetQueue", "2024-07-30", ClusterId=cluster, QueueName=name)["Queue"]
    return found


def autoscale_part(stack: Stack, cluster: str, name: str = "work") -> dict[str, Any]:
    """Return a queue's part of the autoscale configuration of API 2018-04-12."""
    config = stack.call("GetAutoScaleConfig", "2018-04-12", ClusterId=cluster)
    return next(dict(entry) for entry in config["Queues"]["QueueInfo"] if entry["QueueName"] == name)


def add_nodes(stack: Stack, cluster: str, count: int = 1, *, autoscaled: bool = False, prefix: str = "") -> None:
    """Put nodes into the queue ``work`` behind the program's back."""
    mode = "autoscale" if autoscaled else "manual"
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
    stack.reset_calls()


def hostnames(stack: Stack, cluster: str) -> list[str]:
    listed = stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=100)
    return sorted(node["Hostname"] for node in listed)


def test_life(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
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
    assert "work" not in queue_names(stack, cluster)
    assert stack.refresh(work) is NOT_FOUND


def test_name_is_the_logical_name_unless_given(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    assert stack.create("Queue", "work", cluster=cluster).inputs["name"] == "work"
    named = stack.create("Queue", "other", cluster=cluster, name="named")
    assert named.id == f"{cluster}:named"
    assert stack.diff(named, name="renamed").replaces == ("name",)


def test_name_limit_depends_on_the_version(stack: Stack) -> None:
    _, violations = stack.check("Queue", "sixteen-letters-", {"cluster": "ehpc-1"})
    assert [violation.property for violation in violations] == (["name"] if stack.version == "2024-07-30" else [])


def test_nodes_of_every_kind_are_encoded(stack: Stack) -> None:
    kinds: list[dict[str, Any]] = [
        {"instance_type": TYPE, "spot_strategy": "spot_with_price_limit", "spot_price_limit": 1.5},
        {"instance_type": "ecs.g7.large", "spot_strategy": "spot_as_price_go"},
    ]
    disks: dict[str, Any] = {
        "system_disk": {"category": "cloud_essd", "size_gib": 60, "level": "PL1"},
        "data_disks": [{"category": "cloud_essd", "size_gib": 100}],
    }
    declared = [{**kind, **disks} for kind in kinds]
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, compute_nodes=declared)
    reported = queue(stack, cluster)["ComputeNodes"]
    assert [node["InstanceType"] for node in reported] == [TYPE, "ecs.g7.large"]
    assert [node["SpotStrategy"] for node in reported] == ["SpotWithPriceLimit", "SpotAsPriceGo"]
    assert [node["SystemDisk"]["Size"] for node in reported] == [60, 60]
    assert stack.drifted(work) == ()


@pytest.mark.parametrize(
    ("node", "path"),
    [
        ({"system_disk": {"size_gib": 20}}, "compute_nodes[0].system_disk.size_gib"),
        ({"data_disks": [{"size_gib": 5000}]}, "compute_nodes[0].data_disks[0].size_gib"),
        ({"data_disks": [{"mount_directory": "/scratch"}]}, "compute_nodes[0].data_disks[0].mount_directory"),
        ({"enable_ht": True}, "compute_nodes[0].enable_ht"),
    ],
)
def test_what_2018_does_not_support_of_a_kind_of_node_is_refused(
    stack_2018: Stack, node: dict[str, Any], path: str
) -> None:
    given = {"cluster": "ehpc-1", "compute_nodes": [{**COMPUTE_NODE, **node}]}
    _, violations = stack_2018.check("Queue", "work", given)
    assert [violation.property for violation in violations] == [path]


def test_rules_over_several_properties(stack: Stack) -> None:
    given = {"cluster": "ehpc-1", "compute_nodes": [COMPUTE_NODE], "min_count": 5, "max_count": 2}
    _, violations = stack.check("Queue", "work", given)
    assert [violation.property for violation in violations] == ["min_count"]


def test_one_image_and_one_vswitch_in_2018(stack_2018: Stack) -> None:
    kinds = [{**COMPUTE_NODE, "image_id": "img-1"}, {"instance_type": "ecs.g7.large", "image_id": "img-2"}]
    given = {"cluster": "ehpc-1", "compute_nodes": kinds, "vswitch_ids": ["vsw-1", "vsw-2"]}
    _, violations = stack_2018.check("Queue", "work", given)
    assert {violation.property for violation in violations} == {"compute_nodes[].image_id", "vswitch_ids"}


def test_network_between_nodes_changes_in_place(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
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
        cluster = stack.foreign_cluster()
        work = stack.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE])
        foreign = {"MinCount": 1, "MaxCount": 7, "HostnamePrefix": "node", "VSwitchIds": ["vsw-9"]}
        stack.call("UpdateQueue", ClusterId=cluster, Queue={**queue_template(stack, cluster), **foreign})
        stack.update(work, enable_scale_out=True)
        reported = queue(stack, cluster)
        assert {name: reported[name] for name in foreign} == foreign
        assert reported["EnableScaleOut"] is True


def test_values_that_no_property_reaches_survive_an_update() -> None:
    with stack_on("2024-07-30", update_queue_keeps_omitted=False) as stack:
        cluster = stack.foreign_cluster()
        work = stack.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE])
        foreign = {"AllocationStrategy": "PriorityInstanceType", "RamRole": "role"}
        stack.call("UpdateQueue", ClusterId=cluster, Queue={**queue_template(stack, cluster), **foreign})
        stack.update(work, max_count=60)
        reported = queue(stack, cluster)
        assert {name: reported[name] for name in foreign} == foreign


def queue_template(stack: Stack, cluster: str) -> dict[str, Any]:
    """Return the queue with which UpdateQueue changes nothing."""
    return {"QueueName": "work", "ComputeNodes": [{"InstanceType": TYPE}]}


def test_undeclared_autoscaling_survives_an_update(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    work = stack_2018.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE])
    foreign = {"QueueName": "work", "MinNodesInQueue": 1, "MaxNodesInQueue": 7, "SortedByInventory": True}
    stack_2018.call("SetAutoScaleConfig", ClusterId=cluster, MaxNodesInCluster=100, Queues=[foreign])
    stack_2018.update(work, enable_scale_out=True)
    reported = autoscale_part(stack_2018, cluster)
    assert {name: reported[name] for name in foreign} == foreign
    assert reported["EnableAutoGrow"] is True


# -- failures -------------------------------------------------------------------------------------------------------


def test_failure_after_the_creating_call_is_finished_by_update(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    stack_2018.fail_call("SetAutoScaleConfig")
    with pytest.raises(PartialFailureError, match="out of order"):
        stack_2018.create("Queue", "work", cluster=cluster, **WORK)
    assert stack_2018.partial_failure.outputs["created"] is True
    stack_2018.reset_calls()
    work = stack_2018.update(stack_2018.partial_failure)
    assert stack_2018.writes() == ["SetAutoScaleConfig"]
    assert autoscale_part(stack_2018, cluster)["MaxNodesInQueue"] == 50
    stack_2018.delete(work)
    assert "work" not in queue_names(stack_2018, cluster)


def test_vanished_queue_is_created_again_by_update(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.call("DeleteQueues", "2024-07-30", ClusterId=cluster, QueueNames=["work"])
    assert stack.refresh(work) is NOT_FOUND
    stack.update(work, max_count=60)
    assert queue(stack, cluster)["MaxCount"] == 60


def test_drift_is_found(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    template = {**queue_template(stack, cluster), "MaxCount": 9}
    stack.call("UpdateQueue", "2024-07-30", ClusterId=cluster, Queue=template)
    assert stack.drifted(work) == ("max_count",)


# -- its nodes -----------------------------------------------------------------------------------------------------


def test_nodes_it_was_created_with_go_with_it(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    work = stack_2024.create("Queue", "work", cluster=cluster, initial_count=3, **WORK)
    stack_2024.delete(work)
    assert hostnames(stack_2024, cluster) == []
    assert "work" not in queue_names(stack_2024, cluster)


def test_nodes_it_added_go_with_it(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    work = stack_2018.create("Queue", "work", cluster=cluster, **WORK)
    add_nodes(stack_2018, cluster, 3, autoscaled=True)
    stack_2018.delete(work)
    assert hostnames(stack_2018, cluster) == []
    assert "work" not in queue_names(stack_2018, cluster)


def test_many_added_nodes_are_released_100_a_call(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **{**WORK, "max_count": 200})
    add_nodes(stack, cluster, 150, autoscaled=True)
    stack.delete(work)
    calls = stack.calls("DeleteNodes")
    assert [len(call.get("InstanceIds") or call["Instance"]) for call in calls] == [100, 50]


def test_nodes_that_are_being_released_already_are_waited_for(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    add_nodes(stack, cluster, 2, autoscaled=True)
    first = stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=10)[0]["Id"]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=cluster, InstanceIds=[first])
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)


@pytest.mark.parametrize("scales_out", [True, False])
def test_nodes_that_somebody_put_there_are_not_released(stack: Stack, scales_out: bool) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **{**WORK, "enable_scale_out": scales_out})
    add_nodes(stack, cluster, prefix="other-")
    with pytest.raises(ConflictError, match=r"still has compute nodes\. In it are nodes: other-000 ") as caught:
        stack.delete(work)
    assert stack.writes() == ["DeleteQueue" if stack.version == "2018-04-12" else "DeleteQueues"]
    assert hostnames(stack, cluster) == ["other-000"]
    assert (caught.value.code, caught.value.http_status) == ("AgentError", 406)
    assert f"`ehpc owners {cluster}` lists whose they are" in str(caught.value)
    assert "agent on the cluster's manager node" not in str(caught.value)


def test_nodes_that_others_release_are_waited_for(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    add_nodes(stack, cluster, 2, prefix="other-")
    ids = [node["Id"] for node in stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=10)]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=cluster, InstanceIds=ids)
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)
    assert len(stack.calls("DeleteNodes")) == 1


def test_nodes_that_others_begin_to_release_meanwhile_are_waited_for(stack: Stack) -> None:
    """The engine deletes a queue and a group at once where nothing tells it of an order."""
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    add_nodes(stack, cluster, 2, prefix="other-")
    ids = [node["Id"] for node in stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=10)]
    asked: list[str] = []

    def release_meanwhile() -> bool:
        asked.append("whether the run was cancelled")
        if len(asked) == 5:
            stack.call("DeleteNodes", "2024-07-30", ClusterId=cluster, InstanceIds=ids)
        return False

    stack.cancelled = release_meanwhile
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)
    assert hostnames(stack, cluster) == []


@pytest.mark.parametrize("foreign", [True, False])
def test_nodes_in_a_queue_are_named_with_their_group(stack: Stack, foreign: bool) -> None:
    cluster = stack.foreign_cluster() if foreign else stack.own_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    group = {"cluster": cluster, "queue": "work", "instance_type": "ecs.c7.large", "count": 2}
    stack.create("NodeGroup", "fixed", **group, hostname_prefix="fix-")
    add_nodes(stack, cluster, prefix="other-")
    claims = [
        stack.claim("NodeGroup", "fixed", **group, hostname_prefix="fix-"),
        stack.claim("NodeGroup", "no", **group),
    ]
    message = "In it are nodes of NodeGroup 'fixed': fix-000, fix-001, other-000 "
    with pytest.raises(ConflictError, match=message) as caught:
        stack.delete(work, *claims)
    assert "Take NodeGroup 'fixed' out of the program as well, or give it another queue." in str(caught.value)


def test_other_failure_of_a_delete_is_reported_as_it_is(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.fail_call("DeleteQueue" if stack.version == "2018-04-12" else "DeleteQueues")
    with pytest.raises(ServiceError, match="The service is out of order"):
        stack.delete(work)


def test_delete_of_a_queue_that_is_gone(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.call("DeleteQueues", "2024-07-30", ClusterId=cluster, QueueNames=["work"])
    stack.reset_calls()
    stack.delete(work)
    assert stack.writes() == []
