"""Stories that must end well: replacing on purpose, two people, a wrong region, a run that was killed."""

from __future__ import annotations

import signal

import pytest

from tests.stories.conftest import NewBench
from tests.stories.lossy import BlindingProxy
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import TIMEOUT_SECONDS

pytestmark = pytest.mark.engine


@in_new
def test_replace_ends_with_one_cluster_that_is_in_state(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    before = bench.state()["hpc"]
    run = bench.up("--replace", before["urn"])
    assert run.ok, run.text
    after = bench.state()["hpc"]["id"]
    assert after != before["id"]
    assert [cluster["ClusterId"] for cluster in bench.clusters()] == [after]
    assert bench.steps() == {}
    assert bench.destroy().ok
    assert bench.clusters() == []


@in_old
def test_two_people_with_the_same_names_never_meet(new_bench: NewBench, version: str) -> None:
    one = new_bench(version)
    other = new_bench(version, server=one.server)
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


@in_new
def test_region_changed_by_mistake_loses_nothing(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    state = bench.state()
    bench.configure("ehpc:region", "cn-beijing")
    for run in (bench.preview(), bench.up(), bench.refresh(), bench.up("--refresh")):
        if not run.ok:
            assert "lives in cn-hangzhou" in run.text
            assert "pulumi config set ehpc:region cn-hangzhou" in run.text
            assert "Traceback" not in run.text
    assert {name: entry.get("id") for name, entry in bench.state().items()} == {
        name: entry.get("id") for name, entry in state.items()
    }
    assert len(bench.clusters()) == 1
    bench.configure("ehpc:region", "cn-hangzhou")
    assert bench.up().ok
    assert bench.steps() == {}
    bench.configure("ehpc:region", "cn-beijing")
    bench.destroy()
    bench.configure("ehpc:region", "cn-hangzhou")
    assert bench.destroy().ok
    assert bench.clusters() == []


def test_wrong_account_never_empties_a_state(new_bench: NewBench) -> None:
    bench = new_bench()
    assert bench.up().ok
    ids = {name: entry.get("id") for name, entry in bench.state().items()}
    bench.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "other", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "other"}
    run = bench.refresh()
    assert not run.ok
    assert "belongs to account" in run.text
    assert {name: entry.get("id") for name, entry in bench.state().items()} == ids
    bench.environ = {}
    assert bench.refresh().ok
    assert bench.steps() == {}


def test_account_that_was_not_known_at_create_never_empties_a_state(new_bench: NewBench) -> None:
    bench = new_bench()
    with BlindingProxy(bench.server.endpoint, {"GetCallerIdentity": ()}) as proxy:
        bench.configure("ehpc:endpoint", proxy.endpoint)
        run = bench.up()
        assert run.ok, run.text
        diagnostics = run.text.partition("Diagnostics:")[2]
        assert diagnostics.count("The account of these credentials could not be established") == 1
        proxy.blind = False
        ids = {name: entry.get("id") for name, entry in bench.state().items()}
        bench.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "other", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "other"}
        run = bench.refresh()
        assert not run.ok
        assert "pulumi state delete 'urn:pulumi:" in run.text
        assert {name: entry.get("id") for name, entry in bench.state().items()} == ids
        bench.environ = {}
        assert bench.refresh().ok
        outputs = [entry["outputs"] for entry in bench.state().values() if "outputs" in entry]
        assert {each["account_id"] for each in outputs if "account_id" in each} == {"1000000000000001"}
        assert bench.steps() == {}


@pytest.mark.parametrize("first_call", ["CreateCluster", "CreateUsers"])
def test_run_killed_during_create_leaves_one_cluster(new_bench: NewBench, first_call: str) -> None:
    bench = new_bench(scale=120)
    process = bench.start("up", "--yes", "--skip-preview")
    bench.wait_for_call(first_call)
    assert bench.plugins() != []
    bench.kill(process)
    assert bench.plugins(gone=True) == [], "the plugin goes on working for an engine that is dead"
    assert bench.pulumi("cancel", "--yes").ok
    run = bench.up()
    assert run.ok, run.text
    clusters = bench.clusters()
    assert [cluster["ClusterId"] for cluster in clusters] == [bench.state()["hpc"]["id"]]
    bench.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    assert bench.steps() == {}
    done = bench.destroy()
    assert done.ok, done.text
    assert bench.clusters() == []


@in_old
def test_cancelled_run_keeps_what_it_created(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version, scale=30)
    process = bench.start("up", "--yes", "--skip-preview")
    bench.wait_for_call("CreateCluster")
    process.send_signal(signal.SIGINT)
    process.wait(timeout=TIMEOUT_SECONDS)
    assert process.returncode != 0
    assert bench.state()["hpc"]["id"] == bench.clusters()[0]["ClusterId"]
    bench.server.cloud.advance(600)
    bench.calls()
    run = bench.up()
    assert run.ok, run.text
    assert "CreateCluster" not in bench.writes()
    assert len(bench.clusters()) == 1
