"""Queues that exist already: taken on the stack's clusters, refused on others, or adopted with consent.

Users, mounts and nodes are in files of their own.
"""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from tests.resources.stack import InState, Stack

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


def not_owned(stack: Stack, cluster: str) -> InState:
    """Return a queue that release 0.1.0 used without owning it."""
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    work.outputs["created"] = False
    stack.reset_calls()
    return work


# -- on a cluster of the stack ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("max_count", [50, 9])
def test_queue_is_taken_and_made_as_declared(stack: Stack, max_count: int) -> None:
    cluster = stack.own_cluster()
    create_foreign_queue(stack, cluster, MaxCount=max_count, HostnamePrefix="node", EnableScaleOut=True)
    work = stack.create("Queue", "work", cluster=cluster, **WORK)
    assert work.outputs["created"] is True
    assert stack.log == ["queue work exists already: it is this resource's from now on"]
    assert max_count_of(stack, cluster) == 50
    assert stack.drifted(work) == ()
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)


def test_queue_that_a_killed_run_left_unfinished_is_finished(stack_2018: Stack) -> None:
    """AddQueue has no scaling, which SetAutoScaleConfig adds; a run was killed between the two."""
    cluster = stack_2018.own_cluster()
    stack_2018.call("AddQueue", ClusterId=cluster, QueueName="work")
    work = stack_2018.create("Queue", "work", cluster=cluster, **WORK)
    assert (work.outputs["created"], max_count_of(stack_2018, cluster)) == (True, 50)


def test_taken_queue_gets_the_declared_network(stack: Stack) -> None:
    cluster = stack.own_cluster()
    create_foreign_queue(stack, cluster, InterConnect="vpc")
    work = stack.create("Queue", "work", cluster=cluster, inter_connect="erdma", **WORK)
    queue = stack.call("GetQueue", "2024-07-30", ClusterId=cluster, QueueName="work")["Queue"]
    assert queue["InterConnect"] == "eRDMA"
    assert stack.drifted(work) == ()
    assert ("UpdateQueueConfig" in stack.writes()) is (stack.version == "2018-04-12")


@pytest.mark.parametrize("adopt_existing", [None, True])
def test_queue_of_the_service_may_be_configured_and_is_never_deleted(stack: Stack, adopt_existing: bool | None) -> None:
    cluster = stack.own_cluster()
    assert "comp" in queue_names(stack, cluster)
    given = {**WORK, "name": "comp", "adopt_existing": adopt_existing}
    comp = stack.create("Queue", "work", cluster=cluster, **given)
    queue = stack.call("GetQueue", "2024-07-30", ClusterId=cluster, QueueName="comp")["Queue"]
    assert queue["MaxCount"] == 50
    stack.reset_calls()
    stack.delete(comp)
    assert stack.writes() == []
    assert "comp" in queue_names(stack, cluster)
    assert stack.log[-1] == "queue comp was made by the service and is left in place"


# -- on any other cluster --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("max_count", [50, 9])
def test_queue_is_refused(stack: Stack, max_count: int) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster, MaxCount=max_count)
    with pytest.raises(RefusedError) as caught:
        stack.create("Queue", "work", cluster=cluster, **WORK)
    assert f"Queue 'work': queue work exists already on cluster {cluster}" in str(caught.value)
    assert "aliases=[...]" in str(caught.value) and "adopt_existing=True" in str(caught.value)
    assert stack.writes() == []
    assert max_count_of(stack, cluster) == max_count


def test_queue_is_adopted_with_consent(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster, MaxCount=9)
    work = stack.create("Queue", "work", cluster=cluster, adopt_existing=True, **WORK)
    assert work.outputs["created"] is True
    assert max_count_of(stack, cluster) == 50
    assert stack.drifted(work) == ()
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)


def test_consent_that_is_taken_back_changes_nothing(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    create_foreign_queue(stack, cluster)
    work = stack.create("Queue", "work", cluster=cluster, adopt_existing=True, **WORK)
    assert not stack.diff(work, adopt_existing=None)
    work = stack.update(work, adopt_existing=None, max_count=60)
    assert work.outputs["created"] is True
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)


def test_queue_of_another_stack_is_not_shared(stack: Stack) -> None:
    """Its creator deletes it, and the other never had it."""
    cluster = stack.own_cluster()
    mine = stack.create("Queue", "work", cluster=cluster, **WORK)
    other = stack.with_settings(identity="another-stack")
    with pytest.raises(RefusedError, match="which this stack did not create"):
        other.create("Queue", "work", cluster=cluster, **WORK)
    assert other.writes() == []
    stack.delete(mine)
    assert "work" not in queue_names(stack, cluster)


# -- state of release 0.1.0 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [True, False])
def test_queue_that_is_not_owned_is_kept_up_to_date_and_left_in_place(stack: Stack, own: bool) -> None:
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    work = stack.update(not_owned(stack, cluster), max_count=60)
    assert (work.outputs["created"], max_count_of(stack, cluster)) == (False, 60)
    stack.reset_calls()
    stack.delete(work)
    assert stack.writes() == []
    assert stack.log[-1] == "queue work was not made by this resource and is left in place"


def test_consent_takes_over_what_is_not_owned_with_an_update(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    work = not_owned(stack, cluster)
    assert not stack.diff(work)
    assert stack.diff(work, adopt_existing=True)
    work = stack.update(work, adopt_existing=True)
    assert work.outputs["created"] is True
    assert not stack.diff(work)
    stack.delete(work)
    assert "work" not in queue_names(stack, cluster)
