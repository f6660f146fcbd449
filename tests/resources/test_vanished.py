"""A cluster that is gone, and responses that do not say what was made: what is said, and what stays in state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError, ServiceError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from tests.resources.stack import FailingVersionClient, InState, Stack
from tests.resources.test_cluster import HPC

CHILDREN: dict[str, dict[str, Any]] = {
    "Queue": {"max_count": 3},
    "NodeGroup": {"instance_type": "ecs.c7.large", "count": 1},
    "UserSet": {"users": [{"name": "alice.chen", "password": "Str0ng-Password"}]},
    "Volume": {"file_system_id": "fs", "mount_target": "fs.example", "mount_directory": "/data"},
}


def release(stack: Stack, cluster: str, seconds: int = 600) -> None:
    """Delete the cluster behind the program's back."""
    stack.call("DeleteCluster", "2024-07-30", ClusterId=cluster)
    stack.cloud.advance(seconds)
    stack.reset_calls()


def failure(act: Callable[[], object]) -> str:
    with pytest.raises(EhpcError) as caught:
        act()
    return str(caught.value)


def change_responses(
    monkeypatch: pytest.MonkeyPatch, action: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Let the client see other responses than the service gave."""
    call = FailingVersionClient.call

    def changed(client: FailingVersionClient, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        response = call(client, name, given, **more)
        return change(response) if name == action else response

    monkeypatch.setattr(FailingVersionClient, "call", changed)


def test_vanished_cluster_is_called_gone(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    release(stack, hpc.id)
    message = failure(lambda: stack.update(hpc, description="changed"))
    assert f"Cluster 'hpc' ({hpc.id}) does not exist any more (ClusterNotFound, HTTP 404, request " in message
    assert "pulumi up --refresh" in message
    assert "billed" not in message
    assert stack.partial_failure.id == hpc.id


def test_cluster_that_is_being_released_is_not_called_billed(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    release(stack, hpc.id, seconds=1)
    message = failure(lambda: stack.update(hpc, description="changed"))
    assert f"Cluster 'hpc' ({hpc.id}) is being released. Once it is gone, `pulumi up --refresh`" in message
    assert "billed" not in message


@pytest.mark.parametrize("type_name", CHILDREN)
def test_everything_in_a_vanished_cluster_is_called_gone(stack: Stack, type_name: str) -> None:
    cluster = stack.foreign_cluster()
    child = stack.create(type_name, "child", cluster=cluster, **CHILDREN[type_name])
    release(stack, cluster)
    gone = f"{type_name} 'child': its cluster {cluster} does not exist"
    updated = failure(lambda: stack.update(child))
    assert f"{gone} any more (ClusterNotFound, HTTP 404, request " in updated
    assert "pulumi up --refresh" in updated
    created = failure(lambda: stack.create(type_name, "child", cluster=cluster, **CHILDREN[type_name]))
    assert f"{gone}, or does not any more, in cn-hangzhou with account 1000000000000001 (" in created
    assert "pulumi up --refresh" in created
    assert stack.writes() == []


@pytest.mark.parametrize("type_name", ["Cluster", *CHILDREN])
def test_gone_is_said_only_of_the_own_account(stack: Stack, type_name: str) -> None:
    if type_name == "Cluster":
        living = stack.create("Cluster", "child", **HPC)
    else:
        living = stack.create(type_name, "child", cluster=stack.foreign_cluster(), **CHILDREN[type_name])
    message = failure(lambda: stack.with_settings(key="other").update(living))
    assert "belongs to account 1000000000000001 and these credentials are of account 2000000000000002" in message
    assert "any more" not in message


def test_what_leaves_the_state_with_another_account_s_cluster_comes_back(stack: Stack) -> None:
    """The engine has forgotten it by then, without a call."""
    hpc = stack.create("Cluster", "hpc", **HPC)
    other = stack.with_settings(key="other")
    assert "`pulumi up` then takes back what a destroy has taken out of state with it" in failure(
        lambda: other.delete(hpc)
    )
    cluster = stack.foreign_cluster()
    work = stack.create("Queue", "work", cluster=cluster, **CHILDREN["Queue"])
    assert "takes back" not in failure(lambda: other.delete(work))


@pytest.mark.parametrize("body", [{}, {"RequestId": "R"}, {"RequestId": "R", "ClusterId": None}])
def test_cluster_is_found_when_the_response_has_no_id(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    change_responses(monkeypatch, "CreateCluster", lambda response: body)
    hpc = stack.create("Cluster", "hpc", **HPC)
    assert hpc.outputs["status"] == "running"
    assert len(stack.calls("CreateCluster")) == 1
    assert [cluster["ClusterId"] for cluster in stack.pages("ListClusters", "2024-07-30")] == [hpc.id]


def test_cluster_that_cannot_be_seen_yet_is_found_by_the_next_run(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        change_responses(patched, "CreateCluster", lambda response: {})
        change_responses(patched, "ListClusters", lambda response: {**response, "Clusters": [], "TotalCount": 0})
        with pytest.raises(ServiceError) as caught:
            stack.create("Cluster", "hpc", **HPC)
    assert "CreateCluster failed: the response has no ClusterId (UnreadableResponse, HTTP 200" in str(caught.value)
    assert "may exist, and may be billed. Run `pulumi up` again" in str(caught.value)
    stack.create("Cluster", "hpc", **HPC)
    assert len(stack.calls("CreateCluster")) == 1


def test_unexpected_exception_after_the_create_keeps_the_id(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = stack.lifecycle("Cluster").resource_type.handlers[stack.version]
    response: dict[str, Any] = {}
    monkeypatch.setattr(type(handler), "look", lambda *_: response["ClusterInfo"])
    with pytest.raises(PartialFailureError) as caught:
        stack.create("Cluster", "hpc", **HPC)
    assert isinstance(caught.value.cause, KeyError)
    monkeypatch.undo()
    left = stack.partial_failure
    assert left.outputs["api_version"] == stack.version
    assert stack.update(left).outputs["status"] == "running"
    assert len(stack.calls("CreateCluster")) == 1


def test_nodes_that_cannot_be_listed_after_the_create_are_in_state(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = stack.foreign_cluster()
    adding = "CreateNodes" if stack.version == "2024-07-30" else "AddNodes"

    def fail_next_list(response: dict[str, Any]) -> dict[str, Any]:
        stack.fail_call("ListNodes")
        return response

    with monkeypatch.context() as patched:
        change_responses(patched, adding, fail_next_list)
        message = failure(lambda: stack.create("NodeGroup", "fixed", cluster=cluster, **CHILDREN["NodeGroup"]))
    assert "out of order" in message
    fixed: InState = stack.update(stack.partial_failure)
    assert len(fixed.outputs["nodes"]) == 1
    assert len(stack.calls(adding)) == 1
