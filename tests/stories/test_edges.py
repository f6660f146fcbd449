"""Edge cases: somebody else's cluster, lost responses, names that clash, the log of calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_ehpc.api import Client
from tests.stories.conftest import NewBench
from tests.stories.lossy import LossyProxy
from tests.stories.versions import in_old
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

LOST = {
    "2024-07-30": ["CreateCluster", "CreateQueue", "CreateNodes", "CreateUsers", "AttachSharedStorages"],
    "2018-04-12": ["CreateCluster", "AddQueue", "AddNodes", "AddUsers", "UpdateClusterVolumes"],
}


def test_lost_responses_orphan_nothing(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    with LossyProxy(bench.server.endpoint, LOST[version]) as proxy:
        bench.configure("ehpc:endpoint", proxy.endpoint)
        run = bench.up()
        assert run.ok, run.text
        assert proxy.not_called == set()
        assert len(bench.clusters()) == 1
        assert bench.steps() == {}
        state = bench.state()
        assert len(state["fixed"]["outputs"]["nodes"]) == 2
        assert state["work"]["outputs"]["created"] is True
        assert state["data"]["outputs"]["created"] is True
        assert sorted(state["team"]["outputs"]["created_users"]) == ["alice.chen", "bob.smith"]
        assert bench.destroy().ok


def test_cluster_of_somebody_else_is_left_as_it_was(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster_id = foreign_cluster(bench)
    before = contents(bench, cluster_id)
    del bench.declared["hpc"]
    for entry in bench.declared.values():
        entry["args"]["cluster"] = cluster_id
    run = bench.up()
    assert run.ok, run.text
    assert bench.steps() == {}
    assert bench.refresh().ok
    assert bench.steps() == {}
    assert contents(bench, cluster_id) != before
    done = bench.destroy()
    assert done.ok, done.text
    assert contents(bench, cluster_id) == before


def test_names_that_clash_are_reported(new_bench: NewBench) -> None:
    bench = new_bench()
    args(bench, "work")["name"] = "same"
    bench.declared["more"] = {"type": "Queue", "args": {**args(bench, "work")}}
    args(bench, "fixed")["hostname_prefix"] = "node-"
    bench.declared["others"] = {"type": "NodeGroup", "args": {**args(bench, "fixed")}}
    args(bench, "data")["mount_directory"] = "/home"
    run = bench.preview()
    assert not run.ok
    assert "Queue 'more': name = 'same': is taken by Queue 'work' of the same cluster" in run.text
    assert "NodeGroup 'others': hostname_prefix = 'node-': is taken by NodeGroup 'fixed'" in run.text

    del bench.declared["more"], bench.declared["others"]
    run = bench.preview()
    assert not run.ok
    assert "mount_directory = '/home': is one of the cluster's own shared_storages" in run.text


def test_log_of_calls_has_no_passwords(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    log = bench.folder / "calls.jsonl"
    bench.environ = {"EHPC_LOG_FILE": str(log)}
    assert bench.up().ok
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"CreateCluster", "AddUsers" if version == "2018-04-12" else "CreateUsers"} <= {
        line["action"] for line in lines
    }
    assert all({"version", "milliseconds", "status", "request_id", "parameters"} <= set(line) for line in lines)


@in_old
def test_endpoint_is_enough_without_a_region(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.configure("ehpc:region", None)
    run = bench.up()
    assert run.ok, run.text
    assert bench.refresh().ok
    assert bench.steps() == {}
    bench.configure("ehpc:region", "cn-hangzhou")
    assert bench.steps() == {}
    assert bench.destroy().ok
    assert bench.clusters() == []


def test_without_region_and_endpoint_up_says_what_to_do(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.configure("ehpc:region", None)
    bench.configure("ehpc:endpoint", None)
    assert bench.preview().ok
    run = bench.up()
    assert not run.ok
    assert "pulumi config set ehpc:region cn-hangzhou" in run.text
    assert "Traceback" not in run.text


def args(bench: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = bench.declared[name]["args"]
    return arguments


def foreign_cluster(bench: Workbench) -> str:
    """Create a cluster behind the program's back, with a user and a queue of its own."""
    with bench.client() as client:
        order = {"ClusterName": "foreign", "ClusterVpcId": "vpc-1", "ClusterCredentials": {"Password": "Canary-root-1"}}
        cluster_id = str(client.for_version("2024-07-30").call("CreateCluster", order)["ClusterId"])
        bench.server.cloud.advance(600)
        user = {"UserName": "their.user", "Group": "users", "Password": "Canary-root-1"}
        client.for_version("2024-07-30").call("CreateUsers", {"ClusterId": cluster_id, "User": [user]})
        queue = {"QueueName": "theirs", "MaxCount": 3}
        client.for_version("2024-07-30").call("CreateQueue", {"ClusterId": cluster_id, "Queue": queue})
    return cluster_id


def contents(bench: Workbench, cluster_id: str) -> dict[str, Any]:
    """Return everything in a cluster that a program could change, except times of change."""
    where = {"ClusterId": cluster_id}
    with bench.client() as client:
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
