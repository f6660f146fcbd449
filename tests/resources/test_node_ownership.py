"""Nodes that exist already under a prefix: taken on the stack's clusters, refused on others, adopted with consent."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.program import Program, Replaced
from tests.resources.stack import InState, Stack
from tests.resources.test_node_group import TYPE, add_foreign_node, added_counts, nodes

GROUP: dict[str, Any] = {"hostname_prefix": "wk-", "instance_type": TYPE, "count": 2}


def test_nodes_on_a_cluster_of_the_stack_are_taken_with_a_note(stack: Stack) -> None:
    cluster = stack.own_cluster()
    add_foreign_node(stack, cluster, "wk-")
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, **GROUP)
    assert added_counts(stack) == [1]
    assert stack.log == ["1 nodes with the host name prefix wk- exist already: they are this resource's from now on"]
    stack.delete(fixed)
    assert nodes(stack, cluster) == []


def test_surplus_nodes_that_are_taken_are_released(stack: Stack) -> None:
    """The program has the last word on how many there are."""
    cluster = stack.own_cluster()
    for _ in range(3):
        add_foreign_node(stack, cluster, "wk-")
    stack.create("NodeGroup", "fixed", cluster=cluster, **GROUP)
    assert nodes(stack, cluster) == ["wk-000", "wk-001"]


@pytest.mark.parametrize("count", [2, 0])
def test_nodes_of_another_kind_are_refused(stack: Stack, count: int) -> None:
    """An instance type cannot change in place, and another group may have left them under its own prefix."""
    cluster = stack.own_cluster()
    add_foreign_node(stack, cluster, "wk-")
    with pytest.raises(RefusedError) as caught:
        stack.create(
            "NodeGroup", "fixed", cluster=cluster, **{**GROUP, "instance_type": "ecs.g7.large", "count": count}
        )
    assert "instance_type is 'ecs.c7.large' and not 'ecs.g7.large' (wk-000)" in str(caught.value)
    assert "They were left as they are" in str(caught.value)
    assert stack.writes() == []


@pytest.mark.parametrize(
    ("there", "declared", "refused"),
    [
        ("", "work", "queue is 'comp' and not 'work'"),
        ("work", "more", "queue is 'work' and not 'more'"),
        ("work", None, "queue is 'work' and not given, which means 'comp'"),
        ("work", "work", ""),
        ("", None, ""),
        ("", "comp", ""),
    ],
)
def test_nodes_of_another_queue_are_refused(stack: Stack, there: str, declared: str | None, refused: str) -> None:
    cluster = stack.own_cluster()
    for name in ("work", "more"):
        stack.call("CreateQueue", "2024-07-30", ClusterId=cluster, Queue={"QueueName": name})
    add_foreign_node(stack, cluster, "wk-", queue=there)
    args = {**GROUP, "cluster": cluster, "queue": declared}
    if not refused:
        stack.create("NodeGroup", "fixed", **args)
        return
    with pytest.raises(RefusedError) as caught:
        stack.create("NodeGroup", "fixed", **args)
    assert f"differ in what cannot change in place: {refused} (wk-000)" in str(caught.value)
    assert stack.writes() == []


def test_nodes_on_any_other_cluster_are_refused(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    add_foreign_node(stack, cluster, "wk-")
    with pytest.raises(RefusedError) as caught:
        stack.create("NodeGroup", "fixed", cluster=cluster, **GROUP)
    assert f"1 nodes with the host name prefix wk- exist already on cluster {cluster}" in str(caught.value)
    assert "aliases=[...]" in str(caught.value) and "adopt_existing=True" in str(caught.value)
    assert stack.writes() == []


def test_nodes_on_any_other_cluster_are_adopted_with_consent(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    add_foreign_node(stack, cluster, "wk-")
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, adopt_existing=True, **GROUP)
    assert added_counts(stack) == [1]
    assert "adopted (adopt_existing)" in stack.log[0]
    assert not stack.diff(fixed, adopt_existing=None)
    stack.delete(stack.update(fixed, adopt_existing=None))
    assert nodes(stack, cluster) == []


def test_nodes_that_are_being_released_are_nobody_s(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    add_foreign_node(stack, cluster, "wk-")
    gone = stack.pages("ListNodes", "2024-07-30", ClusterId=cluster)[0]["Id"]
    stack.call("DeleteNodes", "2024-07-30", ClusterId=cluster, InstanceIds=[gone])
    stack.create("NodeGroup", "fixed", cluster=cluster, **GROUP)
    assert added_counts(stack) == [2]


# -- nodes that others add later, under the prefix of a group in state -------------------------------------------------


def group_and_theirs(stack: Stack, cluster: str, *, count: int = 2) -> InState:
    """Return a group in state, after somebody else has added a node under its prefix."""
    fixed = stack.create("NodeGroup", "fixed", **{**GROUP, "cluster": cluster, "count": count})
    add_foreign_node(stack, cluster, "wk-")
    return fixed


def test_node_of_others_is_not_released_when_the_group_shrinks(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    fixed = group_and_theirs(stack, cluster)
    stack.update(fixed, count=1)
    assert nodes(stack, cluster) == ["wk-000", "wk-002"]


def test_group_that_grows_beside_nodes_of_others_is_refused(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    fixed = group_and_theirs(stack, cluster, count=0)
    with pytest.raises(PartialFailureError) as caught:
        stack.update(fixed, count=1)
    assert "1 nodes with the host name prefix wk- that it has not recorded exist already" in str(caught.value)
    assert "adopt_existing=True" in str(caught.value)
    assert stack.writes() == []
    stack.update(fixed, count=1, adopt_existing=True)
    assert nodes(stack, cluster) == ["wk-000"]
    assert added_counts(stack) == []


def test_node_of_others_is_no_drift_and_stays_when_the_group_is_deleted(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    fixed = group_and_theirs(stack, cluster)
    assert stack.drifted(fixed) == ()
    stack.delete(fixed)
    assert nodes(stack, cluster) == ["wk-002"]
    assert (
        "left in place, because this resource has not recorded them: 1 nodes with the host name prefix wk-" in stack.log
    )


def test_on_a_cluster_of_the_stack_the_program_has_the_last_word_on_all_nodes(stack: Stack) -> None:
    cluster = stack.own_cluster()
    fixed = group_and_theirs(stack, cluster)
    assert stack.drifted(fixed) == ("count",)
    stack.update(fixed, keep_alive=None)
    assert nodes(stack, cluster) == ["wk-000", "wk-001"]


def test_group_on_a_cluster_of_the_stack_does_not_grow_where_the_run_does_not_show_whose_it_is(stack: Stack) -> None:
    """``pulumi up --target``: a killed run may have added nodes that no state has."""
    cluster = stack.own_cluster()
    fixed = group_and_theirs(stack, cluster)
    stack.session.program = Program()
    with pytest.raises(PartialFailureError, match="this run leaves out what shows whose it is"):
        stack.update(fixed, count=3)
    assert stack.writes() == []


def test_group_beside_nodes_of_others_is_not_deleted_to_be_replaced(stack: Stack) -> None:
    """The create half would be refused, and the nodes lost."""
    cluster = stack.foreign_cluster()
    fixed = group_and_theirs(stack, cluster)
    stack.new_run()
    stack.checked("NodeGroup", "fixed", {**fixed.inputs, "instance_type": "ecs.g7.large"}, fixed.inputs)
    urn = stack.urn("NodeGroup", "fixed")
    stack.session.program.replaced(urn, Replaced(fixed.id, fixed.inputs, fixed.outputs))
    context = stack.context("NodeGroup", "fixed", fixed.id)
    with pytest.raises(RefusedError, match="that it has not recorded exist already"):
        stack.lifecycle("NodeGroup").delete(context, fixed.inputs, fixed.outputs)
    assert stack.writes() == []


def test_what_the_service_does_not_report_is_not_compared(stack: Stack) -> None:
    """A known limit: ListNodes says nothing of disks."""
    cluster = stack.own_cluster()
    add_foreign_node(stack, cluster, "wk-")
    disk = {"category": "cloud_essd", "size_gib": 200}
    fixed = stack.create("NodeGroup", "fixed", cluster=cluster, system_disk=disk, **GROUP)
    assert added_counts(stack) == [1]
    assert stack.drifted(fixed) == ()
