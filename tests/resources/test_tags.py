"""Tags of a cluster: only declared ones are touched."""

from __future__ import annotations

import pytest

from tests.resources.stack import Stack, stack_on
from tests.resources.test_cluster import HPC


def tags(stack: Stack, cluster: str) -> dict[str, str]:
    listed = stack.pages("ListTagResources", "2018-04-12", ResourceType="cluster", ResourceId=[cluster])
    return {tag["TagKey"]: tag["TagValue"] for tag in listed}


def tag_elsewhere(stack: Stack, cluster: str, **values: str) -> None:
    """Tag a cluster behind the program's back."""
    pairs = [{"Key": key, "Value": value} for key, value in values.items()]
    stack.call("TagResources", "2018-04-12", ResourceType="cluster", ResourceId=[cluster], Tag=pairs)
    stack.reset_calls()


def test_tags_of_a_new_cluster(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", tags={"team": "one", "cost": "42"}, **HPC)
    assert tags(stack, hpc.id) == {"team": "one", "cost": "42"}
    assert stack.drifted(hpc) == ()


def test_only_changes_are_sent(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", tags={"team": "one", "cost": "42", "old": "x"}, **HPC)
    tag_elsewhere(stack, hpc.id, foreign="kept")
    stack.update(hpc, tags={"team": "two", "cost": "42", "new": "y"})
    assert tags(stack, hpc.id) == {"team": "two", "cost": "42", "new": "y", "foreign": "kept"}
    assert [call["TagKey"] for call in stack.calls("UnTagResources")] == [["old"]]
    assert [{pair["Key"] for pair in call["Tag"]} for call in stack.calls("TagResources")] == [{"team", "new"}]


def test_update_without_changed_tags_does_not_touch_them(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", tags={"team": "one"}, **HPC)
    stack.reset_calls()
    stack.update(hpc, description="changed")
    assert not {"TagResources", "UnTagResources"} & set(stack.writes())


def test_tags_of_others_are_no_drift(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", tags={"team": "one"}, **HPC)
    tag_elsewhere(stack, hpc.id, foreign="kept")
    assert stack.drifted(hpc) == ()


@pytest.mark.parametrize("change", ["value", "removed"])
def test_drift_is_found_and_repaired(stack: Stack, change: str) -> None:
    hpc = stack.create("Cluster", "hpc", tags={"team": "one"}, **HPC)
    if change == "value":
        tag_elsewhere(stack, hpc.id, team="three")
    else:
        whose = {"ResourceType": "cluster", "ResourceId": [hpc.id]}
        stack.call("UnTagResources", "2018-04-12", TagKey=["team"], **whose)
    found = stack.refreshed(hpc)
    assert stack.drifted(hpc) == ("tags",)
    seen = hpc.inputs
    hpc.inputs = found.inputs
    stack.update(hpc, tags=seen["tags"])
    assert tags(stack, hpc.id) == {"team": "one"}


def test_removing_all_tags_removes_the_declared_ones(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", tags={"team": "one"}, **HPC)
    tag_elsewhere(stack, hpc.id, foreign="kept")
    stack.update(hpc, tags=None)
    assert tags(stack, hpc.id) == {"foreign": "kept"}


@pytest.mark.parametrize("lowercase_only", [True, False])
def test_either_spelling_of_tags_creates_one_cluster(lowercase_only: bool) -> None:
    with stack_on("2024-07-30", tag_items_lower_case_only=lowercase_only) as stack:
        hpc = stack.create("Cluster", "hpc", tags={"team": "one"}, **HPC)
        assert tags(stack, hpc.id) == {"team": "one"}
        assert len(stack.pages("ListClusters", PageSize=100)) == 1


def test_tags_that_the_older_version_cannot_see_are_no_drift() -> None:
    with stack_on("2024-07-30", cross_version_visibility=False) as stack:
        hpc = stack.create("Cluster", "hpc", tags={"team": "one"}, **HPC)
        assert stack.drifted(hpc) == ()
