"""The node group: batches, growing, shrinking, failed nodes, interruptions, and only its own nodes."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from tests.resources.stack import Stack, stack_on

TYPE = "ecs.c7.large"


def nodes(stack: Stack, cluster: str) -> list[str]:
    """Return the host names of the cluster's compute nodes."""
    listed = stack.pages("ListNodes", "2024-07-30", ClusterId=cluster, PageSize=100)
    return sorted(node["Hostname"] for node in listed)


def adding_action(stack: Stack) -> str:
    return "CreateNodes" if stack.version == "2024-07-30" else "AddNodes"


def added_counts(stack: Stack) -> list[int]:
    """Return how many nodes each call asked for since ``reset_calls``."""
    return [call["Count"] for call in stack.calls(adding_action(stack))]


def removed_ids(stack: Stack) -> list[list[str]]:
    """Return the ids in each call of DeleteNodes since ``reset_calls``."""
    calls = stack.calls("DeleteNodes")
    return [call.get("InstanceIds") or [entry["Id"] for entry in call["Instance"]] for call in calls]


def add_foreign_node(stack: Stack, cluster: str, prefix: str = "other-", *, queue: str = "") -> None:
    """Create a node behind the program's back."""
    node = {"Count": 1, "HostnamePrefix": prefix, "ComputeNode": {"InstanceType": TYPE}}
    stack.call("CreateNodes", "2024-07-30", ClusterId=cluster, **node, **({"QueueName": queue} if queue else {}))
    stack.cloud.advance(120)
    stack.reset_calls()


def test_230_nodes_take_three_calls(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=230)
    assert added_counts(stack) == [99, 99, 32]
    assert len(fixed.outputs["nodes"]) == 230
    assert [node["hostname"] for node in fixed.outputs["nodes"]] == nodes(stack, cluster)
    assert stack.drifted(fixed) == ()
    stack.delete(fixed)
    assert [len(ids) for ids in removed_ids(stack)] == [100, 100, 30]
    assert nodes(stack, cluster) == []


def test_outputs_name_the_nodes_and_not_their_passing_state(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=1)
    (node,) = fixed.outputs["nodes"]
    assert set(node) == {"id", "hostname", "ip"}
    assert node["hostname"].startswith(fixed.inputs["hostname_prefix"])


def test_greater_count_adds_the_difference(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=2)
    before = fixed.outputs["nodes"]
    stack.reset_calls()
    fixed = stack.update(fixed, count=5)
    assert added_counts(stack) == [3]
    assert removed_ids(stack) == []
    assert [node for node in fixed.outputs["nodes"] if node in before] == before


def test_smaller_count_releases_the_newest(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=5)
    oldest = fixed.outputs["nodes"][:2]
    newest = [node["id"] for node in fixed.outputs["nodes"][2:]]
    fixed = stack.update(fixed, count=2)
    assert [sorted(ids) for ids in removed_ids(stack)] == [sorted(newest)]
    assert fixed.outputs["nodes"] == oldest


def test_newest_of_more_than_a_thousand(stack: Stack) -> None:
    """Host names count 998, 999, 1000: as strings the newest would come before the others."""
    cluster = stack.own_cluster()
    inputs = {"cluster": cluster, "instance_type": TYPE, "count": 1}
    prefix = stack.checked("NodeGroup", "fixed", inputs)["hostname_prefix"]
    names = [f"{prefix}{number}" for number in (998, 999, 1000)]
    hardware = {"InstanceType": TYPE}
    stack.call("CreateNodes", "2024-07-30", ClusterId=cluster, Count=3, Hostnames=names, ComputeNode=hardware)
    stack.cloud.advance(120)
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=2)
    assert {node["hostname"] for node in fixed.outputs["nodes"]} == set(names[:2])


def test_update_without_a_change_calls_nothing_that_writes(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=2)
    stack.reset_calls()
    stack.update(fixed)
    assert stack.writes() == []


def test_min_count_is_never_more_than_what_a_call_asks_for(stack: Stack) -> None:
    stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=105, min_count=10)
    assert [(call["Count"], call["MinCount"]) for call in stack.calls(adding_action(stack))] == [(99, 10), (6, 6)]


def test_group_of_no_nodes(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=0)
    assert fixed.outputs["nodes"] == []
    assert stack.drifted(fixed) == ()
    stack.delete(fixed)
    assert stack.writes() == []


# -- its own nodes -------------------------------------------------------------------------------------------------


def test_other_nodes_are_left_alone(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    add_foreign_node(stack, cluster)
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=2)
    again = stack.create("NodeGroup", "again", cluster=cluster, instance_type=TYPE, count=1)
    assert fixed.inputs["hostname_prefix"] != again.inputs["hostname_prefix"]
    stack.update(fixed, count=0)
    stack.delete(fixed)
    assert set(nodes(stack, cluster)) == {"other-000", again.outputs["nodes"][0]["hostname"]}


def test_prefix_is_never_generated_again(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=1)
    stack.identity = "another-identity"
    assert stack.diff(fixed, hostname_prefix=None).replaces == ()


def test_forty_groups_of_like_names_stand_in_one_cluster(stack: Stack) -> None:
    given = {"cluster": stack.own_cluster(), "instance_type": TYPE, "count": 1}
    inputs = [stack.checked("NodeGroup", f"gpu-{number:02}", given) for number in range(1, 41)]
    assert len({each["hostname_prefix"] for each in inputs}) == 40


def test_prefix_in_state_stays(stack: Stack) -> None:
    """Release 0.1.0 generated others."""
    prefix = {"hostname_prefix": "fixb5e5-"}
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.own_cluster(), instance_type=TYPE, count=1, **prefix)
    assert stack.checked("NodeGroup", "fixed", {**fixed.inputs, "hostname_prefix": None}, fixed.inputs) == fixed.inputs
    assert not stack.diff(fixed, hostname_prefix=None)


def test_nodes_that_a_killed_run_added_are_counted(stack: Stack) -> None:
    cluster = stack.own_cluster()
    prefix = stack.checked("NodeGroup", "fixed", {"cluster": cluster, "instance_type": TYPE, "count": 3})
    add_foreign_node(stack, cluster, prefix["hostname_prefix"])
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=3)
    assert added_counts(stack) == [2]
    assert len(fixed.outputs["nodes"]) == 3


def test_ids_that_the_response_leaves_out_are_looked_up() -> None:
    with stack_on("2018-04-12", add_nodes_answers_ids=False) as stack:
        fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=2)
        assert len(fixed.outputs["nodes"]) == 2


# -- failures -------------------------------------------------------------------------------------------------------


def test_failed_nodes_are_reported_and_replaced_by_the_next_update(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    healthy = stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=1)
    stack.cloud.fail_next(adding_action(stack))
    with pytest.raises(PartialFailureError, match=r"1 of 3 nodes running, 2 in exception.*billed"):
        stack.update(healthy, count=3)
    partial = stack.partial_failure
    failed = {node["id"] for node in partial.outputs["nodes"]} - {node["id"] for node in healthy.outputs["nodes"]}
    assert len(failed) == 2
    stack.reset_calls()
    fixed = stack.update(partial)
    assert [set(ids) for ids in removed_ids(stack)] == [failed]
    assert added_counts(stack) == [2]
    assert healthy.outputs["nodes"][0] in fixed.outputs["nodes"]
    assert len(fixed.outputs["nodes"]) == 3


def test_failure_between_calls_keeps_what_was_added_and_update_adds_the_rest(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    stack.fail_call(adding_action(stack), after=1)
    with pytest.raises(PartialFailureError, match="out of order"):
        stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=230)
    assert len(stack.partial_failure.outputs["nodes"]) == 99
    stack.reset_calls()
    fixed = stack.update(stack.partial_failure)
    assert added_counts(stack) == [99, 32]
    assert len(fixed.outputs["nodes"]) == 230


def test_cancel_between_calls_asks_for_no_more(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    stack.cancelled = lambda: bool(stack.calls(adding_action(stack)))
    with pytest.raises(PartialFailureError, match="99 of 230 nodes added"):
        stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=230)
    assert added_counts(stack) == [99]
    assert len(stack.partial_failure.outputs["nodes"]) == 99


def test_first_call_refused_leaves_nothing_in_state(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    stack.call("UpdateCluster", "2024-07-30", ClusterId=cluster, MaxCount=1)
    with pytest.raises(Exception, match="TooManyNodes") as caught:
        stack.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=2)
    assert not isinstance(caught.value, PartialFailureError)
    assert stack.partial_failures == []


def test_vanished_nodes_are_drift(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=2)
    gone = fixed.outputs["nodes"][0]["id"]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=fixed.inputs["cluster"], InstanceIds=[gone])
    assert stack.drifted(fixed) == ("count",)
    assert stack.refreshed(fixed).inputs["count"] == 1
    stack.cloud.advance(60)
    assert len(stack.update(fixed).outputs["nodes"]) == 2


def test_group_whose_nodes_all_vanished_is_gone(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=1)
    gone = fixed.outputs["nodes"][0]["id"]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=fixed.inputs["cluster"], InstanceIds=[gone])
    stack.cloud.advance(60)
    assert stack.refresh(fixed) is NOT_FOUND


def test_delete_waits_for_nodes_that_are_being_released_already(stack: Stack) -> None:
    fixed = stack.create("NodeGroup", "fixed", cluster=stack.foreign_cluster(), instance_type=TYPE, count=2)
    releasing = fixed.outputs["nodes"][0]["id"]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=fixed.inputs["cluster"], InstanceIds=[releasing])
    stack.reset_calls()
    stack.delete(fixed)
    assert removed_ids(stack) == [[fixed.outputs["nodes"][1]["id"]]]
    assert nodes(stack, fixed.inputs["cluster"]) == []


# -- parameters -----------------------------------------------------------------------------------------------------

DECLARED: dict[str, Any] = {
    "queue": "comp",
    "image_id": "img-1",
    "vswitch_id": "vsw-2",
    "spot_strategy": "spot_with_price_limit",
    "spot_price_limit": 1.5,
    "inter_connect": "erdma",
    "system_disk": {"category": "cloud_essd", "size_gib": 60, "level": "PL1"},
    "data_disks": [{"category": "cloud_essd", "size_gib": 100, "delete_with_instance": True}],
}


def test_parameters_of_create_nodes(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    stack_2024.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=1, **DECLARED)
    (call,) = stack_2024.calls("CreateNodes")
    assert call["QueueName"] == "comp"
    assert call["VSwitchId"] == "vsw-2"
    assert call["HPCInterConnect"] == "eRDMA"
    assert call["ComputeNode"] == {
        "InstanceType": TYPE,
        "ImageId": "img-1",
        "SpotStrategy": "SpotWithPriceLimit",
        "SpotPriceLimit": 1.5,
        "SystemDisk": {"Category": "cloud_essd", "Size": 60, "Level": "PL1"},
        "DataDisks": [{"Category": "cloud_essd", "Size": 100, "DeleteWithInstance": True}],
    }


def test_parameters_of_add_nodes(stack_2018: Stack) -> None:
    fixed = {**DECLARED, "auto_renew": True, "enable_ht": False}
    stack_2018.create("NodeGroup", "fixed", cluster=stack_2018.foreign_cluster(), instance_type=TYPE, count=1, **fixed)
    (call,) = stack_2018.calls("AddNodes")
    expected = {
        "JobQueue": "comp",
        "InstanceType": TYPE,
        "ImageId": "img-1",
        "VSwitchId": "vsw-2",
        "ComputeSpotStrategy": "SpotWithPriceLimit",
        "ComputeSpotPriceLimit": "1.5",
        "ComputeEnableHt": False,
        "AutoRenew": "true",
        "NetworkInterfaceTrafficMode": "HighPerformance",
        "SystemDiskType": "cloud_essd",
        "SystemDiskSize": 60,
        "SystemDiskLevel": "PL1",
    }
    assert {name: call[name] for name in expected} == expected


def test_state_of_older_releases_is_read_under_today_s_names(stack_2024: Stack) -> None:
    disk = {"category": "cloud_essd", "size_gib": 100, "mount_directory": "/scratch"}
    declared = {"cluster": stack_2024.foreign_cluster(), "instance_type": TYPE, "count": 1}
    fixed = stack_2024.create("NodeGroup", "fixed", data_disks=[disk], **declared)
    assert stack_2024.calls("CreateNodes")[0]["ComputeNode"]["DataDisks"][0]["MountDir"] == "/scratch"
    older = [{"category": "cloud_essd", "size_gib": 100, "mount_dir": "/scratch"}]
    new, fixed.inputs = fixed.inputs, {**fixed.inputs, "data_disks": older}
    fixed.outputs["data_disks"] = older
    assert not stack_2024.diff(fixed, **new)
    assert stack_2024.refreshed(fixed).inputs == new
    assert stack_2024.refreshed(fixed).outputs["data_disks"] == [disk]


def test_client_token_is_fresh_for_each_call(stack_2018: Stack) -> None:
    stack_2018.create("NodeGroup", "fixed", cluster=stack_2018.foreign_cluster(), instance_type=TYPE, count=230)
    tokens = [call["ClientToken"] for call in stack_2018.calls("AddNodes")]
    assert len(set(tokens)) == 3


def test_keep_alive_reaches_old_and_new_nodes(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    fixed = stack_2024.create("NodeGroup", "fixed", cluster=cluster, instance_type=TYPE, count=2, keep_alive=True)
    stack_2024.reset_calls()
    stack_2024.update(fixed, count=3)
    (call,) = stack_2024.calls("UpdateNodes")
    assert [entry["KeepAlive"] for entry in call["Instances"]] == [True] * 3
    listed = stack_2024.pages("ListNodes", ClusterId=cluster, PageSize=100)
    assert [node["KeepAlive"] for node in listed] == [True] * 3


def test_keep_alive_is_refused_where_there_is_none(stack_2018: Stack) -> None:
    given = {"cluster": "ehpc-1", "instance_type": TYPE, "count": 1, "keep_alive": True}
    _, violations = stack_2018.check("NodeGroup", "fixed", given)
    assert [violation.property for violation in violations] == ["keep_alive"]


def test_min_count_greater_than_count_is_refused(stack: Stack) -> None:
    given = {"cluster": "ehpc-1", "instance_type": TYPE, "count": 1, "min_count": 2}
    _, violations = stack.check("NodeGroup", "fixed", given)
    assert [str(violation) for violation in violations] == ["min_count = 2: must not be greater than count, which is 1"]


@pytest.mark.parametrize("prefix", ["Fix-", "fixed", "1fix-", "very-long-", "-"])
def test_prefix_has_a_form_that_tells_groups_apart(stack: Stack, prefix: str) -> None:
    given = {"cluster": "ehpc-1", "instance_type": TYPE, "count": 1, "hostname_prefix": prefix}
    _, violations = stack.check("NodeGroup", "fixed", given)
    assert {violation.property for violation in violations} == {"hostname_prefix"}
