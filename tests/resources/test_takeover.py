"""A cluster that an interrupted run created: found by its ownership marker, and only by that."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.ownership import marker
from tests.resources.stack import IDENTITY, Stack
from tests.resources.test_cluster import HPC


def create_marked(stack: Stack, name: str = "by-hand", description: str | None = None, **parameters: Any) -> str:
    """Create a cluster as a killed run of the stack would have."""
    own = marker(IDENTITY, stack.urn("Cluster", "hpc"))
    response = stack.call(
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
    return str(response["ClusterId"])


@pytest.mark.parametrize("seconds", [0, 100, 1000])
def test_marked_cluster_is_finished_and_taken_over(stack: Stack, seconds: int) -> None:
    found = create_marked(stack)
    stack.cloud.advance(seconds)
    stack.reset_calls()
    hpc = stack.create("Cluster", "hpc", description="Team_one", tags={"team": "one"}, **HPC)
    assert hpc.id == found
    assert hpc.outputs["status"] == "running"
    assert stack.calls("CreateCluster") == []
    assert stack.call("GetCluster", "2024-07-30", ClusterId=found)["ClusterName"] == "hpc"
    assert stack.calls("TagResources") != []
    assert f"taking over {found}, which carries its ownership marker" in stack.progress


def test_of_many_clusters_the_marked_one_is_found(stack: Stack) -> None:
    for number in range(60):
        create_marked(stack, f"other{number}", f"other{number}")
    found = create_marked(stack)
    stack.cloud.advance(300)
    assert stack.create("Cluster", "hpc", **HPC).id == found


def test_several_marked_clusters_are_refused(stack: Stack) -> None:
    both = [create_marked(stack), create_marked(stack)]
    stack.reset_calls()
    with pytest.raises(RefusedError) as caught:
        stack.create("Cluster", "hpc", **HPC)
    assert all(cluster in str(caught.value) for cluster in both)
    assert "several clusters carry its ownership marker" in str(caught.value)
    assert stack.writes() == []


def test_cluster_that_is_being_released_is_passed_over(stack: Stack) -> None:
    releasing = create_marked(stack)
    stack.cloud.advance(300)
    stack.call("DeleteCluster", "2024-07-30", ClusterId=releasing)
    hpc = stack.create("Cluster", "hpc", **HPC)
    assert hpc.id != releasing


@pytest.mark.parametrize("changed", ["identity", "name"])
def test_markers_of_others_are_left_alone(stack: Stack, changed: str) -> None:
    """Another person with the same project and stack names, or another cluster of the same program."""
    foreign = create_marked(stack)
    if changed == "identity":
        stack.identity = "another-identity"
    hpc = stack.create("Cluster", "hpc" if changed == "identity" else "other", **HPC)
    assert hpc.id != foreign


def test_marked_cluster_that_failed_is_reported(stack: Stack) -> None:
    stack.cloud.fail_next("CreateCluster")
    found = create_marked(stack)
    stack.cloud.advance(300)
    with pytest.raises(PartialFailureError, match=r"ended in state exception.*sold out"):
        stack.create("Cluster", "hpc", **HPC)
    assert stack.partial_failure.id == found
