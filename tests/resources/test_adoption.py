"""Queues that exist already: used, refused, or adopted with consent. Users and mounts are in files of their own."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from tests.resources.stack import Stack

COMPUTE_NODE = {"instance_type": "ecs.c7.large"}
WORK: dict[str, Any] = {"compute_nodes": [COMPUTE_NODE], "max_count": 50}


def create_foreign_queue(stack: Stack, cluster: str, **changes: Any) -> None:
    """Make the queue ``work`` behind the program's back."""
    template = {"QueueName": "work", "ComputeNodes": [{"InstanceType": "ecs.c7.large"}], "MaxCount": 50, **changes}
    stack.call("CreateQueue", "2024-07-30", ClusterId=cluster, Queue=template)
    stack.reset_calls()


def max_count_of(stack: Stack, cluster: str) -> int:
    return int(stack.call("GetQueue", "2024-07-30", ClusterId=cluster, QueueName="work")["Queue"]["MaxCount"])


def queue_names(stack: Stack, cluster: str) -> list[str]:
    return [queue["QueueName"] for queue in stack.pages("ListQueues", "2024-07-30", ClusterId=cluster)]


def test_equal_queue_is_used_kept_up_to_date_and_left_in_place(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster)
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    assert work.outputs["created"] is False
    work = stack.update(work, max_count=60)
    assert work.outputs["created"] is False
    assert max_count_of(stack, cluster) == 60
    stack.reset_calls()
    stack.delete(work)
    assert stack.writes() == []
    assert "work" in queue_names(stack, cluster)
    assert any("was there before" in note for note in stack.log)


def test_queue_is_equal_as_far_as_it_is_declared(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster, HostnamePrefix="node", EnableScaleOut=True)
    assert stack.create("Queue", "work", cluster=cluster, **WORK).outputs["created"] is False


def test_different_queue_is_refused(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster, MaxCount=9)
    with pytest.raises(RefusedError, match=r"Queue 'work': queue work exists.*max_count is 9 and not 50.*Nothing was"):
        stack.create("Queue", "work", cluster=cluster, **WORK)
    assert stack.writes() == []


def test_different_queue_is_adopted_with_consent(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster, MaxCount=9)
    work = stack.create("Queue", "work", cluster=cluster, adopt_existing=True, **WORK)
    assert work.outputs["created"] is True
    assert max_count_of(stack, cluster) == 50
    assert stack.drifted(work) == ()
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)


def test_adopted_queue_gets_the_declared_network(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster, InterConnect="vpc")
    work = stack.create("Queue", "work", cluster=cluster, adopt_existing=True, inter_connect="erdma", **WORK)
    queue = stack.call("GetQueue", "2024-07-30", ClusterId=cluster, QueueName="work")["Queue"]
    assert queue["InterConnect"] == "eRDMA"
    assert stack.drifted(work) == ()
    assert ("UpdateQueueConfig" in stack.writes()) is (stack.version == "2018-04-12")


def test_consent_given_later_counts_at_delete(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster)
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    assert not stack.diff(work, adopt_existing=True)
    work.inputs["adopt_existing"] = True
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)


def test_two_stacks_share_a_queue_and_its_creator_deletes_it(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    mine = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.identity = "another-stack"
    used = stack.create("Queue", "work", cluster=cluster, **WORK)
    stack.delete(used)
    assert "work" in queue_names(stack, cluster)
    stack.delete(mine)
    assert "work" not in queue_names(stack, cluster)
