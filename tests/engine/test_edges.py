"""Edges: somebody else's cluster, answers that are lost, names that clash, the log of calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_ehpc.api import Client
from tests.engine.conftest import Bench
from tests.engine.lossy import LossyProxy
from tests.engine.workbench import Workbench

pytestmark = pytest.mark.engine

LOST = {
    "2024-07-30": ["CreateCluster", "CreateQueue", "CreateNodes", "CreateUsers", "AttachSharedStorages"],
    "2018-04-12": ["CreateCluster", "AddQueue", "AddNodes", "AddUsers", "UpdateClusterVolumes"],
}


def test_lost_answers_orphan_nothing(bench: Bench, version: str) -> None:
    made = bench(version)
    with LossyProxy(made.server.endpoint, LOST[version]) as proxy:
        made.configure("ehpc:endpoint", proxy.endpoint)
        run = made.up()
        assert run.ok, run.text
        assert proxy.unspent == set()
        assert len(made.clusters()) == 1
        assert made.steps() == {}
        state = made.state()
        assert len(state["fixed"]["outputs"]["nodes"]) == 2
        assert state["work"]["outputs"]["created"] is True
        assert state["data"]["outputs"]["created"] is True
        assert sorted(state["team"]["outputs"]["created_users"]) == ["alice.chen", "bob.smith"]
        assert made.destroy().ok


def test_cluster_of_somebody_else_is_left_as_it_was(bench: Bench, version: str) -> None:
    made = bench(version)
    cluster_id = foreign_cluster(made)
    before = contents(made, cluster_id)
    del made.declared["hpc"]
    for entry in made.declared.values():
        entry["args"]["cluster"] = cluster_id
    run = made.up()
    assert run.ok, run.text
    assert made.steps() == {}
    assert made.refresh().ok
    assert made.steps() == {}
    assert contents(made, cluster_id) != before
    done = made.destroy()
    assert done.ok, done.text
    assert contents(made, cluster_id) == before


def test_names_that_clash_are_told(bench: Bench) -> None:
    made = bench()
    args(made, "work")["name"] = "same"
    made.declared["more"] = {"noun": "Queue", "args": {**args(made, "work")}}
    args(made, "fixed")["hostname_prefix"] = "node-"
    made.declared["others"] = {"noun": "NodeGroup", "args": {**args(made, "fixed")}}
    args(made, "data")["mount_directory"] = "/home"
    run = made.preview()
    assert not run.ok
    assert "Queue 'more': name = 'same': is taken by Queue 'work' of the same cluster" in run.text
    assert "NodeGroup 'others': hostname_prefix = 'node-': is taken by NodeGroup 'fixed'" in run.text

    del made.declared["more"], made.declared["others"]
    run = made.preview()
    assert not run.ok
    assert "mount_directory = '/home': is one of the cluster's own shared_storages" in run.text


def test_log_of_calls_has_no_passwords(bench: Bench, version: str) -> None:
    made = bench(version)
    log = made.folder / "calls.jsonl"
    made.environ = {"EHPC_LOG_FILE": str(log)}
    assert made.up().ok
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"CreateCluster", "AddUsers" if version == "2018-04-12" else "CreateUsers"} <= {
        line["action"] for line in lines
    }
    assert all({"version", "milliseconds", "status", "request_id", "parameters"} <= set(line) for line in lines)


def test_endpoint_is_enough_without_a_region(bench: Bench, version: str) -> None:
    made = bench(version)
    made.configure("ehpc:region", None)
    run = made.up()
    assert run.ok, run.text
    assert made.refresh().ok
    assert made.steps() == {}
    made.configure("ehpc:region", "cn-hangzhou")
    assert made.steps() == {}
    assert made.destroy().ok
    assert made.clusters() == []


def test_without_region_and_endpoint_up_says_what_to_do(bench: Bench) -> None:
    made = bench()
    made.configure("ehpc:region", None)
    made.configure("ehpc:endpoint", None)
    assert made.preview().ok
    run = made.up()
    assert not run.ok
    assert "pulumi config set ehpc:region cn-hangzhou" in run.text
    assert "Traceback" not in run.text


def args(made: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = made.declared[name]["args"]
    return arguments


def foreign_cluster(made: Workbench) -> str:
    """Make a cluster behind the program's back, with a user and a queue of its own."""
    with made.client() as client:
        order = {"ClusterName": "foreign", "ClusterVpcId": "vpc-1", "ClusterCredentials": {"Password": "Canary-root-1"}}
        cluster_id = str(client.for_version("2024-07-30").call("CreateCluster", order)["ClusterId"])
        made.server.cloud.advance(600)
        user = {"UserName": "their.user", "Group": "users", "Password": "Canary-root-1"}
        client.for_version("2024-07-30").call("CreateUsers", {"ClusterId": cluster_id, "User": [user]})
        queue = {"QueueName": "theirs", "MaxCount": 3}
        client.for_version("2024-07-30").call("CreateQueue", {"ClusterId": cluster_id, "Queue": queue})
    return cluster_id


def contents(made: Workbench, cluster_id: str) -> dict[str, Any]:
    """Everything in a cluster that a program could change, but for times of change."""
    where = {"ClusterId": cluster_id}
    with made.client() as client:
        return {
            "queues": [
                {**queue_of(client, cluster_id, queue["QueueName"]), "UpdateTime": ""}
                for queue in client.for_version("2024-07-30").pages("ListQueues", where)
            ],
            "users": list(client.for_version("2024-07-30").pages("ListUsers", where)),
            "mounts": list(client.for_version("2024-07-30").pages("ListSharedStorages", where)),
            "nodes": list(client.for_version("2024-07-30").pages("ListNodes", where)),
        }


def queue_of(client: Client, cluster_id: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client.for_version("2024-07-30").call(
        "GetQueue", {"ClusterId": cluster_id, "QueueName": name}
    )["Queue"]
    return found
