"""The autoscale configuration of API 2018-04-12: one for a cluster and its queues, changed part by part."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.resources.stack import InState, Stack, stack_on

COMPUTE_NODE = {"instance_type": "ecs.c7.large"}
HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.xlarge"},
    "password": "Str0ng-Password",
}
OTHER_QUEUE: dict[str, Any] = {
    "QueueName": "foreign",
    "InstanceTypes": [{"InstanceType": "ecs.g7.large", "SpotStrategy": "SpotWithPriceLimit", "SpotPriceLimit": 2.5}],
    "DataDisks": [{"DataDiskCategory": "cloud_essd", "DataDiskSize": 100}],
    "SystemDiskCategory": "cloud_essd",
    "SystemDiskSize": 60,
    "MaxNodesInQueue": 7,
    "MinNodesPerCycle": 2,
    "SortedByInventory": True,
    "HostNamePrefix": "their",
}
OTHERS: dict[str, Any] = {
    "MaxNodesInCluster": 77,
    "GrowRatio": 50,
    "GrowTimeoutInMinutes": 30,
    "ExtraNodesGrowRatio": 10,
    "ExcludeNodes": "compute000",
    "SpotStrategy": "SpotAsPriceGo",
    "ShrinkIntervalInMinutes": 4,
    "ShrinkIdleTimes": 5,
}


def config(stack: Stack, cluster: str) -> dict[str, Any]:
    return stack.call("GetAutoScaleConfig", "2018-04-12", ClusterId=cluster)


def queues(stack: Stack, cluster: str) -> dict[str, dict[str, Any]]:
    return {queue["QueueName"]: queue for queue in config(stack, cluster)["Queues"]["QueueInfo"]}


def foreign_configured_cluster(stack: Stack) -> str:
    """Return a cluster whose autoscaling others have set."""
    cluster = stack.foreign_cluster()
    stack.call("AddQueue", ClusterId=cluster, QueueName="foreign")
    stack.call("SetAutoScaleConfig", ClusterId=cluster, Queues=[OTHER_QUEUE], **OTHERS)
    stack.reset_calls()
    return cluster


@pytest.mark.parametrize("kept", [True, False])
def test_queue_changes_its_own_part_alone(kept: bool) -> None:
    with stack_on("2018-04-12", omitted_queue_autoscale_kept=kept) as stack:
        cluster = foreign_configured_cluster(stack)
        before = config(stack, cluster)
        foreign = queues(stack, cluster)["foreign"]
        work = stack.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE], max_count=50)
        work = stack.update(work, max_count=60, enable_scale_out=True)
        after = config(stack, cluster)
        assert queues(stack, cluster)["foreign"] == foreign
        assert queues(stack, cluster)["work"]["MaxNodesInQueue"] == 60
        apart = {"Queues", "RequestId"}
        assert {name: value for name, value in after.items() if name not in apart} == {
            name: value for name, value in before.items() if name not in apart
        }


def test_cluster_changes_its_own_part_alone(stack_2018: Stack) -> None:
    hpc = stack_2018.create("Cluster", "hpc", **HPC)
    stack_2018.call("AddQueue", ClusterId=hpc.id, QueueName="foreign")
    stack_2018.call("SetAutoScaleConfig", ClusterId=hpc.id, Queues=[OTHER_QUEUE], **OTHERS)
    foreign = queues(stack_2018, hpc.id)["foreign"]
    stack_2018.update(hpc, max_count=88, enable_scale_in=True)
    after = config(stack_2018, hpc.id)
    assert (after["MaxNodesInCluster"], after["EnableAutoShrink"]) == (88, True)
    untouched = {name: value for name, value in OTHERS.items() if name != "MaxNodesInCluster"}
    assert {name: after[name] for name in untouched} == untouched
    assert queues(stack_2018, hpc.id)["foreign"] == foreign


def test_what_is_no_longer_declared_falls_back_to_the_default(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    work = stack_2018.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE], max_count=50, min_count=2)
    stack_2018.update(work, max_count=None, min_count=None)
    reported = queues(stack_2018, cluster)["work"]
    assert (reported["MaxNodesInQueue"], reported["MinNodesInQueue"]) == (100, 0)


def test_vswitch_that_is_no_longer_declared_is_reset(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    work = stack_2018.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE], vswitch_ids=["vsw-9"])
    stack_2018.update(work, vswitch_ids=None)
    (kind,) = queues(stack_2018, cluster)["work"]["InstanceTypes"]["InstanceTypeInfo"]
    assert kind["VSwitchId"] == ""


def test_update_without_a_change_writes_nothing(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    plain = stack_2018.create("Queue", "plain", cluster=cluster)
    work = stack_2018.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE], max_count=50)
    stack_2018.reset_calls()
    stack_2018.update(plain)
    stack_2018.update(work)
    assert stack_2018.writes() == []


def test_queues_of_one_cluster_may_be_created_at_once(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    given = {f"work{number}": 10 + number for number in range(6)}
    threads = [
        threading.Thread(
            target=stack_2018.create,
            args=("Queue", name),
            kwargs={"cluster": cluster, "compute_nodes": [COMPUTE_NODE], "max_count": most},
        )
        for name, most in given.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reported = queues(stack_2018, cluster)
    assert {name: reported[name]["MaxNodesInQueue"] for name in given} == given


# -- the cluster's part --------------------------------------------------------------------------------------------

IDLE_MINUTES = sorted({times * interval for times in range(2, 6) for interval in range(2, 11)})
"""Products of ShrinkIdleTimes (2 to 5) and ShrinkIntervalInMinutes (2 to 10)."""


def test_every_idle_interval_is_written_and_read_back() -> None:
    with stack_on("2018-04-12") as stack:
        hpc = stack.create("Cluster", "hpc", **HPC)
        for minutes in IDLE_MINUTES:
            hpc = stack.update(hpc, idle_interval_minutes=minutes)
            reported = config(stack, hpc.id)
            assert reported["ShrinkIntervalInMinutes"] * reported["ShrinkIdleTimes"] == minutes
            assert stack.drifted(hpc) == ()


@pytest.mark.parametrize("minutes", [1, 2, 3, 7, 11, 13, 51, 60])
def test_idle_interval_that_is_no_product_is_refused(stack_2018: Stack, minutes: int) -> None:
    _, violations = stack_2018.check("Cluster", "hpc", {**HPC, "idle_interval_minutes": minutes})
    (violation,) = violations
    assert violation.property == "idle_interval_minutes"
    assert "must be one of 4, 6, 8" in violation.rule


@pytest.mark.parametrize(("name", "value"), [("max_count", 501), ("grow_interval_minutes", 1)])
def test_limits_of_the_cluster_s_part(stack_2018: Stack, name: str, value: int) -> None:
    _, violations = stack_2018.check("Cluster", "hpc", {**HPC, name: value})
    assert [violation.property for violation in violations] == [name]


def test_cluster_s_part_is_set_by_create_and_read_back(stack_2018: Stack) -> None:
    scaling = {"max_count": 50, "enable_scale_out": True, "enable_scale_in": True, "grow_interval_minutes": 5}
    hpc = stack_2018.create("Cluster", "hpc", **HPC, **scaling)
    assert stack_2018.drifted(hpc) == ()
    change_max_count_elsewhere(stack_2018, hpc)
    assert stack_2018.drifted(hpc) == ("max_count", "enable_scale_out", "enable_scale_in", "grow_interval_minutes")


def test_autoscaling_is_not_read_where_none_is_declared(stack_2018: Stack) -> None:
    hpc = stack_2018.create("Cluster", "hpc", **HPC)
    stack_2018.update(hpc, description="changed")
    stack_2018.refreshed(hpc)
    assert stack_2018.calls("GetAutoScaleConfig") == []
    assert stack_2018.calls("SetAutoScaleConfig") == []


def change_max_count_elsewhere(stack: Stack, hpc: InState) -> None:
    stack.call("SetAutoScaleConfig", ClusterId=hpc.id, MaxNodesInCluster=1)
