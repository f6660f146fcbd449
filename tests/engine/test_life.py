"""The life of an environment: up, nothing to do, an edit of each noun, drift, destroy."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api import Client
from pulumi_ehpc.fake import Assumptions
from tests.engine.conftest import CANARIES, Bench
from tests.engine.workbench import Workbench

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


def args(made: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = made.declared[name]["args"]
    return arguments


def test_whole_life(bench: Bench, version: str) -> None:
    made = bench(version)
    first = made.up()
    assert first.ok, first.text
    assert sorted(made.writes()) == sorted(CREATES[version])
    state = made.state()
    assert len(made.clusters()) == 1
    assert state["hpc"]["outputs"]["status"] == "running"
    assert state["hpc"]["outputs"]["api_version"] == version
    assert bool(state["hpc"]["outputs"]["manager_ip"]) is (version == "2018-04-12")
    assert [sorted(node) for node in state["fixed"]["outputs"]["nodes"]] == [["hostname", "id", "ip"]] * 2

    # Nothing to do: no change, and no call at all.
    made.calls()
    assert made.steps() == {}
    assert made.up().ok
    assert made.calls() == []

    assert_edits(made, version)

    made.calls()
    done = made.destroy()
    assert done.ok, done.text
    assert made.writes() == ["DeleteCluster"]
    assert made.clusters() == []
    assert made.state() == {}


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


def assert_edits(made: Workbench, version: str) -> None:
    """Edit every noun in place; the preview names each change, and the calls are those that it takes."""
    args(made, "hpc").update(description="Team_two", name="renamed", max_count=200, tags={"team": "two"})
    args(made, "work").update(max_count=60)
    args(made, "fixed").update(count=3)
    args(made, "team")["users"] = [
        {"name": "alice.chen", "group": "users", "password": {"$secret": CANARIES[2]}},
        {"name": "bob.smith", "password": {"$secret": CANARIES[3]}},
        {"name": "carol.jones", "group": "wheel", "password": {"$secret": CANARIES[4]}},
    ]
    made.calls()
    steps = made.steps()
    assert made.calls() == []
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys(
        ("hpc", "work", "fixed", "team"), "update"
    )
    assert set(steps["hpc"]["detailedDiff"]) == {"description", "name", "max_count", "tags.team"}
    assert set(steps["work"]["detailedDiff"]) == {"max_count"}
    assert set(steps["fixed"]["detailedDiff"]) == {"count"}
    assert set(steps["team"]["detailedDiff"]) >= {'users["alice.chen"]', 'users["carol.jones"]'}
    run = made.up()
    assert run.ok, run.text
    assert set(made.writes()) == set().union(*EDITS[version].values())
    assert made.steps() == {}

    # Fewer nodes: the newest goes. A user leaves.
    newest = made.state()["fixed"]["outputs"]["nodes"][-1]["hostname"]
    args(made, "fixed").update(count=2)
    args(made, "team")["users"] = args(made, "team")["users"][1:]
    made.calls()
    assert made.up().ok
    assert sorted(made.writes()) == ["DeleteNodes", "DeleteUsers"]
    assert newest not in [node["hostname"] for node in made.state()["fixed"]["outputs"]["nodes"]]

    # What cannot change in place is a replacement that names the property.
    args(made, "data").update(mount_directory="/scratch")
    step = made.steps()["data"]
    assert step["op"] == "replace"
    assert step["replaceReasons"] == ["mount_directory"]
    assert made.up().ok
    assert made.steps() == {}


def test_drift_is_found_and_repaired(bench: Bench, version: str) -> None:
    made = bench(version)
    assert made.up().ok
    cluster = made.state()["hpc"]["id"]
    with made.client() as client:
        client.for_version(version).call("DeleteUsers", _user(version, cluster, "bob.smith"))
        node = made.state()["fixed"]["outputs"]["nodes"][0]["id"]
        client.for_version("2024-07-30").call("DeleteNodes", {"ClusterId": cluster, "InstanceIds": [node]})
        made.server.cloud.advance(600)
        _rename(client, version, cluster)
    refreshed = made.refresh()
    assert refreshed.ok, refreshed.text
    steps = made.steps()
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys(("hpc", "fixed", "team"), "update")
    assert set(steps["hpc"]["detailedDiff"]) == {"name"}
    assert set(steps["fixed"]["detailedDiff"]) == {"count"}
    assert set(steps["team"]["detailedDiff"]) == {'users["bob.smith"]'}
    repaired = made.up()
    assert repaired.ok, repaired.text
    assert made.refresh().ok
    assert made.steps() == {}
    assert [cluster["ClusterName"] for cluster in made.clusters()] == ["hpc"]
    assert made.destroy().ok


def test_vanished_objects_are_made_again(bench: Bench, version: str) -> None:
    made = bench(version)
    assert made.up().ok
    cluster = made.state()["hpc"]["id"]
    with made.client() as client:
        client.for_version("2024-07-30").call(
            "DetachSharedStorages",
            {"ClusterId": cluster, "SharedStorages": [{"MountDirectory": "/data"}]},
        )
    assert made.refresh().ok
    assert {name: step["op"] for name, step in made.steps().items()} == {"data": "create"}
    assert made.up().ok
    with made.client() as client:
        client.for_version("2024-07-30").call("DeleteCluster", {"ClusterId": cluster})
    made.server.cloud.advance(600)
    assert made.refresh().ok
    assert set(made.steps()) == {"hpc", "work", "fixed", "team", "data"}
    run = made.up()
    assert run.ok, run.text
    assert len(made.clusters()) == 1
    assert made.destroy().ok


OTHER_WAY = [
    name for name in Assumptions.reasons() if name not in ("cross_version_visibility", "unknown_parameters_refused")
]


@pytest.mark.parametrize("assumption", ["all the other way"])
def test_life_under_other_assumptions(bench: Bench, version: str, assumption: str) -> None:
    defaults = Assumptions()
    made = bench(version, assumptions=defaults.changed({name: not getattr(defaults, name) for name in OTHER_WAY}))
    run = made.up()
    assert run.ok, run.text
    assert made.steps() == {}
    assert_edits(made, version)
    assert made.refresh().ok
    assert made.steps() == {}
    done = made.destroy()
    assert done.ok, done.text
    assert made.clusters() == []


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
