"""Engine options: what is refused, what holds for all that a cluster contains, and clusters that are only read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import contents, foreign_cluster
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

CHILDREN = ("work", "fixed", "team", "data")
TOLD = "Cluster 'hpc': retain_on_delete holds for everything that is declared with it as cluster= too"


def options(bench: Workbench, name: str) -> dict[str, Any]:
    """Return the resource options of a resource, to change them."""
    found: dict[str, Any] = bench.declared[name].setdefault("options", {})
    return found


def changes(bench: Workbench) -> dict[str, str]:
    """Return what a preview does to resources that it does not only read."""
    return {name: step["op"] for name, step in bench.steps().items() if step["op"] != "read"}


@pytest.mark.parametrize("name", ["hpc", "data"])
def test_create_before_delete_is_refused(new_bench: NewBench, name: str) -> None:
    bench = new_bench()
    options(bench, name)["delete_before_replace"] = False
    for run in (bench.preview(), bench.up()):
        assert not run.ok
        assert f"{bench.declared[name]['type']} '{name}': opts.delete_before_replace = False: is refused" in run.text
        assert "it would take over that object, and then the object would be deleted" in run.text
        assert "Leave the option out" in run.text
        assert run.text.partition("Diagnostics:")[2].count("is refused") == 1
        assert "Traceback" not in run.text
    assert bench.writes() == []


@in_old
def test_create_before_delete_is_refused_where_it_would_replace(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    cluster = bench.state()["hpc"]["id"]
    before = contents(bench, cluster)
    bench.calls()
    for name, change in (("fixed", {"instance_type": "ecs.c7.xlarge"}), ("data", {"storage_directory": "/sub"})):
        options(bench, name)["delete_before_replace"] = False
        bench.declared[name]["args"].update(change)
    run = bench.up()
    assert not run.ok
    assert "opts.delete_before_replace = False: is refused" in run.text
    assert bench.writes() == []
    assert contents(bench, cluster) == before
    for name in ("fixed", "data"):
        del bench.declared[name]["options"]
    assert set(changes(bench)) == {"fixed", "data"}


@in_new
def test_everything_in_a_retained_cluster_is_retained(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    options(bench, "hpc")["retain_on_delete"] = True
    run = bench.up()
    assert run.ok, run.text
    assert run.text.partition("Diagnostics:")[2].count(TOLD) == 1
    state = bench.state()
    assert [name for name in CHILDREN if not state[name]["retainOnDelete"]] == []
    assert [name for name in CHILDREN if "deletedWith" in state[name]] == []
    cluster = state["hpc"]["id"]
    before = contents(bench, cluster)
    bench.calls()
    assert bench.destroy().ok
    assert bench.writes() == []
    assert contents(bench, cluster) == before


def test_what_sets_the_option_itself_is_deleted_although_the_cluster_is_retained(
    new_bench: NewBench, version: str
) -> None:
    bench = new_bench(version)
    options(bench, "hpc")["retain_on_delete"] = True
    options(bench, "work")["retain_on_delete"] = False
    del bench.declared["fixed"]
    assert bench.up().ok
    bench.calls()
    assert bench.destroy().ok
    assert bench.writes() == ["DeleteQueues" if version == "2024-07-30" else "DeleteQueue"]
    assert len(bench.clusters()) == 1


def test_retaining_no_more_is_seen_by_all(new_bench: NewBench) -> None:
    bench = new_bench()
    options(bench, "hpc")["retain_on_delete"] = True
    assert bench.up().ok
    del bench.declared["hpc"]["options"]
    run = bench.up()
    assert run.ok, run.text
    assert TOLD not in run.text
    state = bench.state()
    assert [name for name in CHILDREN if state[name]["deletedWith"] != state["hpc"]["urn"]] == []
    bench.calls()
    assert bench.destroy().ok
    assert bench.writes() == ["DeleteCluster"]
    assert bench.clusters() == []


@in_old
def test_cluster_that_is_read_stays_and_what_was_declared_in_it_goes(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    before = contents(bench, cluster)
    bench.declared["hpc"] = {"type": "Cluster", "args": {}, "options": {"id": cluster}}
    run = bench.up()
    assert run.ok, run.text
    assert "deletedWith" not in bench.state()["work"]
    assert bench.state()["hpc"]["outputs"]["status"] == "running"
    assert changes(bench) == {}
    assert bench.refresh().ok
    assert changes(bench) == {}
    assert contents(bench, cluster) != before
    bench.calls()
    done = bench.destroy()
    assert done.ok, done.text
    assert "DeleteCluster" not in bench.writes()
    assert contents(bench, cluster) == before


@in_old
def test_reading_a_cluster_that_is_not_there_says_so(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.declared = {"hpc": {"type": "Cluster", "args": {}, "options": {"id": "ehpc-none"}}}
    run = bench.up()
    assert not run.ok
    assert "Cluster 'hpc': ehpc-none was not found in cn-hangzhou with account 1000000000000001" in run.text
    assert "hpc" not in bench.state()
