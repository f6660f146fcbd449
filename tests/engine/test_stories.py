"""Stories that must end well: replacing on purpose, two people, a wrong region, a run that was killed."""

from __future__ import annotations

import signal

import pytest

from tests.engine.conftest import Bench
from tests.engine.workbench import TIMEOUT_SECONDS, kill

pytestmark = pytest.mark.engine


def test_replace_ends_with_one_cluster_that_is_in_state(bench: Bench, version: str) -> None:
    made = bench(version)
    assert made.up().ok
    before = made.state()["hpc"]
    run = made.up("--replace", before["urn"])
    assert run.ok, run.text
    after = made.state()["hpc"]["id"]
    assert after != before["id"]
    assert [cluster["ClusterId"] for cluster in made.clusters()] == [after]
    assert made.steps() == {}
    assert made.destroy().ok
    assert made.clusters() == []


def test_two_people_with_the_same_names_never_meet(bench: Bench, version: str) -> None:
    one = bench(version)
    other = bench(version, server=one.server)
    assert one.up().ok
    assert other.up().ok
    mine, theirs = one.state()["hpc"], other.state()["hpc"]
    assert mine["urn"] == theirs["urn"]
    assert mine["id"] != theirs["id"]
    assert {cluster["ClusterId"] for cluster in one.clusters()} == {mine["id"], theirs["id"]}
    assert one.destroy().ok
    assert [cluster["ClusterId"] for cluster in one.clusters()] == [theirs["id"]]
    assert other.refresh().ok
    assert other.steps() == {}
    assert other.destroy().ok


def test_region_changed_by_mistake_loses_nothing(bench: Bench, version: str) -> None:
    made = bench(version)
    assert made.up().ok
    state = made.state()
    made.configure("ehpc:region", "cn-beijing")
    for run in (made.preview(), made.up(), made.refresh(), made.up("--refresh")):
        if not run.ok:
            assert "lives in cn-hangzhou" in run.text
            assert "pulumi config set ehpc:region cn-hangzhou" in run.text
            assert "Traceback" not in run.text
    assert {name: entry.get("id") for name, entry in made.state().items()} == {
        name: entry.get("id") for name, entry in state.items()
    }
    assert len(made.clusters()) == 1
    made.configure("ehpc:region", "cn-hangzhou")
    assert made.up().ok
    assert made.steps() == {}
    made.configure("ehpc:region", "cn-beijing")
    made.destroy()
    made.configure("ehpc:region", "cn-hangzhou")
    assert made.destroy().ok
    assert made.clusters() == []


def test_wrong_account_never_empties_a_state(bench: Bench) -> None:
    made = bench()
    assert made.up().ok
    ids = {name: entry.get("id") for name, entry in made.state().items()}
    made.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "other", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "other"}
    run = made.refresh()
    assert not run.ok
    assert "belongs to account" in run.text
    assert {name: entry.get("id") for name, entry in made.state().items()} == ids
    made.environ = {}
    assert made.refresh().ok
    assert made.steps() == {}


@pytest.mark.parametrize("first_call", ["CreateCluster", "CreateUsers"])
def test_run_killed_during_create_leaves_one_cluster(bench: Bench, first_call: str) -> None:
    made = bench(scale=120)
    process = made.start("up", "--yes", "--skip-preview")
    made.wait_for_call(first_call)
    assert made.plugins() != []
    kill(process)
    assert made.plugins(gone=True) == [], "the plugin goes on working for an engine that is dead"
    assert made.pulumi("cancel", "--yes").ok
    run = made.up()
    assert run.ok, run.text
    clusters = made.clusters()
    assert [cluster["ClusterId"] for cluster in clusters] == [made.state()["hpc"]["id"]]
    made.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    assert made.steps() == {}
    done = made.destroy()
    assert done.ok, done.text
    assert made.clusters() == []


def test_cancelled_run_keeps_what_it_made(bench: Bench, version: str) -> None:
    made = bench(version, scale=30)
    process = made.start("up", "--yes", "--skip-preview")
    made.wait_for_call("CreateCluster")
    process.send_signal(signal.SIGINT)
    process.wait(timeout=TIMEOUT_SECONDS)
    assert process.returncode != 0
    assert made.state()["hpc"]["id"] == made.clusters()[0]["ClusterId"]
    made.server.cloud.advance(600)
    made.calls()
    run = made.up()
    assert run.ok, run.text
    assert "CreateCluster" not in made.writes()
    assert len(made.clusters()) == 1
