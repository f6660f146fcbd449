"""A cluster that an interrupted run made: found by its mark, and only by that."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.marks import mark
from pulumi_ehpc.lifecycle.request import PartialFailureError
from tests.nouns.stack import IDENTITY, Stack
from tests.nouns.test_cluster import HPC


def marked(stack: Stack, name: str = "by-hand", description: str | None = None, **parameters: Any) -> str:
    """Order a cluster as a killed run of the stack would have."""
    own = mark(IDENTITY, stack.urn("Cluster", "hpc"))
    made = stack.call(
        "CreateCluster",
        "2024-07-30",
        ClusterName=name,
        ClusterDescription=own if description is None else description,
        ClusterVpcId="vpc-1",
        ClusterVSwitchId="vsw-1",
        ClusterCredentials={"Password": "Str0ng-Password"},
        Manager={"ManagerNode": {"InstanceType": "ecs.c7.xlarge"}},
        **parameters,
    )
    return str(made["ClusterId"])


@pytest.mark.parametrize("seconds", [0, 100, 1000])
def test_marked_cluster_is_finished_and_taken_over(stack: Stack, seconds: int) -> None:
    found = marked(stack)
    stack.cloud.advance(seconds)
    stack.forget()
    hpc = stack.create("Cluster", "hpc", description="Team_one", tags={"team": "one"}, **HPC)
    assert hpc.id == found
    assert hpc.outputs["status"] == "running"
    assert stack.calls("CreateCluster") == []
    assert stack.call("GetCluster", "2024-07-30", ClusterId=found)["ClusterName"] == "hpc"
    assert stack.calls("TagResources") != []
    assert any("taking over" in line for line in stack.said)


def test_of_many_clusters_the_marked_one_is_found(stack: Stack) -> None:
    for number in range(60):
        marked(stack, f"other{number}", f"other{number}")
    found = marked(stack)
    stack.cloud.advance(300)
    assert stack.create("Cluster", "hpc", **HPC).id == found


def test_several_marked_clusters_are_refused(stack: Stack) -> None:
    both = [marked(stack), marked(stack)]
    stack.forget()
    with pytest.raises(RefusedError) as caught:
        stack.create("Cluster", "hpc", **HPC)
    assert all(cluster in str(caught.value) for cluster in both)
    assert stack.writes() == []


def test_cluster_that_is_being_released_is_passed_over(stack: Stack) -> None:
    leaving = marked(stack)
    stack.cloud.advance(300)
    stack.call("DeleteCluster", "2024-07-30", ClusterId=leaving)
    hpc = stack.create("Cluster", "hpc", **HPC)
    assert hpc.id != leaving


@pytest.mark.parametrize("changed", ["identity", "name"])
def test_marks_of_others_are_left_alone(stack: Stack, changed: str) -> None:
    """Another person with the same project and stack names, or another cluster of the same program."""
    theirs = marked(stack)
    if changed == "identity":
        stack.identity = "another-identity"
    hpc = stack.create("Cluster", "hpc" if changed == "identity" else "other", **HPC)
    assert hpc.id != theirs


def test_marked_cluster_that_failed_is_told(stack: Stack) -> None:
    stack.cloud.fail_next("CreateCluster")
    found = marked(stack)
    stack.cloud.advance(300)
    with pytest.raises(PartialFailureError, match=r"ended in state exception.*sold out"):
        stack.create("Cluster", "hpc", **HPC)
    assert stack.left().id == found
