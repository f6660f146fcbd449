"""A whole environment: up, nothing to do, an edit of each resource type, drift, destroy."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api import Client
from pulumi_ehpc.fake import Assumptions
from tests.stories.conftest import CANARIES, NewBench
from tests.stories.versions import in_new
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

CREATES = {
    "2024-07-30": [
        "CreateCluster",
        "UpdateCluster",
        "AttachSharedStorages",
        "CreateNodes",
        "CreateQueue",
        "CreateUsers",
    ],
    "2018-04-12": ["AddNodes", "AddQueue", "AddUsers", "CreateCluster", "SetAutoScaleConfig", "SetAutoScaleConfig"],
}
CREATES["2018-04-12"].append("UpdateClusterVolumes")


def args(bench: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = bench.declared[name]["args"]
    return arguments


def test_whole_life(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    first = bench.up()
    assert first.ok, first.text
    assert sorted(bench.writes()) == sorted(CREATES[version])
    state = bench.state()
    assert len(bench.clusters()) == 1
    assert state["hpc"]["outputs"]["status"] == "running"
    assert state["hpc"]["outputs"]["api_version"] == version
    assert bool(state["hpc"]["outputs"]["manager_ip"]) is (version == "2018-04-12")
    assert [sorted(node) for node in state["fixed"]["outputs"]["nodes"]] == [["hostname", "id", "ip"]] * 2

    # Nothing to do: no change, and no call at all.
    bench.calls()
    assert bench.steps() == {}
    assert bench.up().ok
    assert bench.calls() == []

    assert_edits(bench, version)

    bench.calls()
    done = bench.destroy()
    assert done.ok, done.text
    assert bench.writes() == ["DeleteCluster"]
    assert bench.clusters() == []
    assert bench.state() == {}


EDITS = {
    "2024-07-30": {
        "hpc": {"UpdateCluster", "TagResources"},
        "work": {"UpdateQueue"},
        "fixed": {"CreateNodes"},
        "team": {"CreateUsers", "UpdateUser"},
    },
    "2018-04-12": {
        "hpc": {"ModifyClusterAttributes", "SetAutoScaleConfig", "TagResources"},
        "work": {"SetAutoScaleConfig"},
        "fixed": {"AddNodes"},
        "team": {"AddUsers", "ModifyUserGroups", "ModifyUserPasswords"},
    },
}


def assert_edits(bench: Workbench, version: str) -> None:
    """Edit every resource type in place; the preview names each change, and no other calls are sent."""
    args(bench, "hpc").update(description="Team_two", name="renamed", max_count=200, tags={"team": "two"})
    args(bench, "work").update(max_count=60)
    args(bench, "fixed").update(count=3)
    args(bench, "team")["users"] = [
        {"name": "alice.chen", "group": "users", "password": {"$secret": CANARIES[2]}},
        {"name": "bob.smith", "password": {"$secret": CANARIES[3]}},
        {"name": "carol.jones", "group": "wheel", "password": {"$secret": CANARIES[4]}},
    ]
    bench.calls()
    steps = bench.steps()
    assert bench.calls() == []
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys(
        ("hpc", "work", "fixed", "team"), "update"
    )
    assert set(steps["hpc"]["detailedDiff"]) == {"description", "name", "max_count", "tags.team"}
    assert set(steps["work"]["detailedDiff"]) == {"max_count"}
    assert set(steps["fixed"]["detailedDiff"]) == {"count"}
    assert set(steps["team"]["detailedDiff"]) >= {'users["alice.chen"]', 'users["carol.jones"]'}
    run = bench.up()
    assert run.ok, run.text
    assert set(bench.writes()) == set().union(*EDITS[version].values())
    assert bench.steps() == {}

    # Fewer nodes: the newest goes. A user leaves.
    newest = bench.state()["fixed"]["outputs"]["nodes"][-1]["hostname"]
    args(bench, "fixed").update(count=2)
    args(bench, "team")["users"] = args(bench, "team")["users"][1:]
    bench.calls()
    assert bench.up().ok
    assert sorted(bench.writes()) == ["DeleteNodes", "DeleteUsers"]
    assert newest not in [node["hostname"] for node in bench.state()["fixed"]["outputs"]["nodes"]]

    # What cannot change in place is a replacement that names the property.
    args(bench, "data").update(mount_directory="/scratch")
    step = bench.steps()["data"]
    assert step["op"] == "replace"
    assert step["replaceReasons"] == ["mount_directory"]
    assert bench.up().ok
    assert bench.steps() == {}


def test_drift_is_found_and_repaired(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    cluster = bench.state()["hpc"]["id"]
    with bench.client() as client:
        client.for_version(version).call("DeleteUsers", _user(version, cluster, "bob.smith"))
        node = bench.state()["fixed"]["outputs"]["nodes"][0]["id"]
        client.for_version("2024-07-30").call("DeleteNodes", {"ClusterId": cluster, "InstanceIds": [node]})
        bench.server.cloud.advance(600)
        _rename(client, version, cluster)
    refreshed = bench.refresh()
    assert refreshed.ok, refreshed.text
    steps = bench.steps()
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys(("hpc", "fixed", "team"), "update")
    assert set(steps["hpc"]["detailedDiff"]) == {"name"}
    assert set(steps["fixed"]["detailedDiff"]) == {"count"}
    assert set(steps["team"]["detailedDiff"]) == {'users["bob.smith"]'}
    repaired = bench.up()
    assert repaired.ok, repaired.text
    assert bench.refresh().ok
    assert bench.steps() == {}
    assert [cluster["ClusterName"] for cluster in bench.clusters()] == ["hpc"]
    assert bench.destroy().ok


@in_new
def test_vanished_objects_are_created_again(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    cluster = bench.state()["hpc"]["id"]
    with bench.client() as client:
        client.for_version("2024-07-30").call(
            "DetachSharedStorages",
            {"ClusterId": cluster, "SharedStorages": [{"MountDirectory": "/data"}]},
        )
    assert bench.refresh().ok
    assert {name: step["op"] for name, step in bench.steps().items()} == {"data": "create"}
    assert bench.up().ok
    with bench.client() as client:
        client.for_version("2024-07-30").call("DeleteCluster", {"ClusterId": cluster})
    bench.server.cloud.advance(600)
    assert bench.refresh().ok
    assert set(bench.steps()) == {"hpc", "work", "fixed", "team", "data"}
    run = bench.up()
    assert run.ok, run.text
    assert len(bench.clusters()) == 1
    assert bench.destroy().ok


OTHER_WAY = [
    name for name in Assumptions.reasons() if name not in ("cross_version_visibility", "unknown_parameters_refused")
]


@pytest.mark.parametrize("assumption", ["all the other way"])
def test_life_under_other_assumptions(new_bench: NewBench, version: str, assumption: str) -> None:
    defaults = Assumptions()
    bench = new_bench(version, assumptions=defaults.changed({name: not getattr(defaults, name) for name in OTHER_WAY}))
    run = bench.up()
    assert run.ok, run.text
    assert bench.steps() == {}
    assert_edits(bench, version)
    assert bench.refresh().ok
    assert bench.steps() == {}
    done = bench.destroy()
    assert done.ok, done.text
    assert bench.clusters() == []


def _user(version: str, cluster: str, name: str) -> dict[str, Any]:
    key = "UserName" if version == "2024-07-30" else "Name"
    return {"ClusterId": cluster, "User": [{key: name}]}


def _rename(client: Client, version: str, cluster: str) -> None:
    if version == "2024-07-30":
        listed = next(client.for_version(version).pages("ListClusters", {"ClusterIds": [cluster], "PageSize": 10}))
        kept = {"ClusterDescription": listed["ClusterDescription"], "MaxCount": 100, "EnableScaleIn": True}
        client.for_version(version).call("UpdateCluster", {"ClusterId": cluster, "ClusterName": "drifted", **kept})
    else:
        client.for_version(version).call("ModifyClusterAttributes", {"ClusterId": cluster, "Name": "drifted"})
