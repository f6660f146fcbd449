"""What exists already and is only read: every resource type, used by others, never changed, never deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import contents
from tests.stories.test_options import changes
from tests.stories.test_ownership import living, up
from tests.stories.test_whose import group, only
from tests.stories.versions import in_old
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

IDS = {"hpc": "", "work": ":work", "fixed": ":fix-", "team": ":team", "data": ":/data"}
"""What follows the cluster's id in the ids of ``environment``."""


def reading(bench: Workbench, cluster: str, *names: str) -> dict[str, dict[str, Any]]:
    """Return a program that reads what another one declares."""
    return {name: {"type": bench.declared[name]["type"], "get": f"{cluster}{IDS[name]}"} for name in names or IDS}


def make(new_bench: NewBench, version: str) -> tuple[Workbench, str]:
    """Run a program with all resource types; return it with the id of its cluster."""
    bench = new_bench(version)
    bench.declared["fixed"]["args"]["hostname_prefix"] = "fix-"
    up(bench)
    return bench, bench.state()["hpc"]["id"]


def test_everything_can_be_read_and_used_and_is_left_as_it_was(new_bench: NewBench, version: str) -> None:
    theirs, cluster = make(new_bench, version)
    before = contents(theirs, cluster)
    bench = new_bench(version, server=theirs.server)
    bench.declared = reading(theirs, cluster)
    bench.declared["mine"] = group("mine-", queue={"$ref": "work"})
    bench.declared["more"] = {"type": "Queue", "args": {"cluster": {"$id": "hpc"}}}
    preview = bench.preview()
    assert preview.ok, preview.text
    assert len(contents(theirs, cluster)["nodes"]) == 2
    run = bench.up()
    assert run.ok, run.text
    for again in (bench.refresh, bench.refresh, lambda: bench.up("--refresh"), bench.up):
        assert changes(bench) == {}
        done = again()
        assert done.ok, done.text
    state = bench.state()
    assert [name for name in IDS if not state[name]["external"]] == []
    assert state["mine"]["inputs"]["queue"] == "work"
    assert state["team"]["outputs"]["users"] == {"alice.chen": "wheel", "bob.smith": "users"}
    assert len(state["fixed"]["outputs"]["nodes"]) == 2
    bench.calls()
    done = bench.destroy()
    assert done.ok, done.text
    deleted = ["DeleteNodes", "DeleteQueue" if version == "2018-04-12" else "DeleteQueues"]
    assert sorted(bench.writes()) == deleted
    assert contents(theirs, cluster) == before


@in_old
def test_what_is_given_up_to_reading_lives_on(new_bench: NewBench, version: str) -> None:
    bench, cluster = make(new_bench, version)
    declared, before = bench.declared, contents(bench, cluster)
    bench.calls()
    bench.declared = {**reading(bench, cluster), "hpc": declared["hpc"]}
    for run in (bench.preview(), bench.up()):
        assert run.ok, run.text
        assert "removed" not in run.text and "left behind" not in run.text
    assert bench.writes() == []
    bench.declared = declared
    run = bench.up()
    assert run.ok, run.text
    assert "queue work exists already: it is this resource's from now on" in run.text
    assert changes(bench) == {}
    now = contents(bench, cluster)
    assert [queue["QueueName"] for queue in now["queues"]] == ["comp", "work"]
    assert now["nodes"] == before["nodes"]


def test_cluster_is_not_given_up_to_reading_under_its_name(new_bench: NewBench) -> None:
    """The engine would delete it if the id is another, and asks nobody."""
    theirs, cluster = make(new_bench, "2024-07-30")
    bench = new_bench(server=theirs.server)
    only(bench, "hpc")
    up(bench)
    own = bench.declared["hpc"]
    bench.declared = reading(theirs, cluster, "hpc")
    bench.calls()
    for run in (bench.preview(), bench.up(), bench.up()):
        assert not run.ok
        assert "Cluster 'hpc' is only read now, but this stack created one under that name" in run.text
        assert "Read it under another name." in run.text
    assert len(bench.clusters()) == 2
    bench.declared = {"hpc": own, "theirs": bench.declared["hpc"]}
    run = bench.up()
    assert run.ok, run.text
    assert bench.writes() == []


def test_what_does_not_exist_is_named_with_what_does(new_bench: NewBench) -> None:
    bench, cluster = make(new_bench, "2024-07-30")
    only(bench, "hpc", "fixed", "work")
    other = new_bench(server=bench.server)
    other.declared = {"batch": {"type": "Queue", "get": f"{cluster}:wrk"}}
    other.declared["mine"] = group("mine-", cluster=cluster, queue={"$ref": "batch"})
    bench.calls()
    for run in (other.preview(), other.up()):
        assert not run.ok
        assert f"Queue 'batch': {cluster}:wrk was not found in cn-hangzhou with account" in run.text
        assert "On the cluster there is: comp, work." in run.text
        assert "Traceback" not in run.text
    assert bench.writes() == []


def test_object_that_vanishes_is_missed_by_the_next_run(new_bench: NewBench) -> None:
    theirs, cluster = make(new_bench, "2024-07-30")
    bench = new_bench(server=theirs.server)
    bench.declared = reading(theirs, cluster, "work", "team")
    assert bench.up().ok
    assert theirs.destroy().ok
    refreshed = bench.refresh()
    assert refreshed.ok, refreshed.text
    assert "work" not in bench.state()
    run = bench.up()
    assert not run.ok
    assert f"Queue 'work': its cluster {cluster} was not found" in run.text


def test_nothing_can_be_imported(new_bench: NewBench) -> None:
    """The option is refused with what to do instead; the command fails in the SDK, before this package is loaded."""
    theirs, cluster = make(new_bench, "2024-07-30")
    before = living(theirs)
    bench = new_bench(server=theirs.server)
    bench.declared = {
        "work": {"type": "Queue", "args": {"cluster": cluster}, "options": {"import_": f"{cluster}:work"}}
    }
    for run in (bench.preview(), bench.up()):
        assert not run.ok
        assert "Queue 'work': opts.import_ = " in run.text
        assert "declare it with adopt_existing=True" in run.text and "ehpc.Queue.get(name, id)" in run.text
        assert "Traceback" not in run.text
    run = bench.pulumi("import", "--yes", "pulumi-python:dynamic/ehpc:Queue", "work", f"{cluster}:work")
    assert not run.ok
    assert "KeyError: '__provider'" in run.text
    assert living(theirs) == before
    bench.declared["work"] = {"type": "Queue", "args": {"cluster": cluster, "adopt_existing": True}}
    up(bench)
