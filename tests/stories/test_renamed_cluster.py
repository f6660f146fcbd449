"""A cluster that is renamed or moved in the program is not deleted with all that is in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_ownership import living, up
from tests.stories.test_whose import only
from tests.stories.versions import in_new, in_old, in_turn
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine


def rename(bench: Workbench, **options: Any) -> None:
    """Declare the cluster under another logical name, and everything in it as before."""
    children = {name: entry for name, entry in bench.declared.items() if name not in ("hpc", "hpc2")}
    for entry in children.values():
        entry["args"]["cluster"] = {"$ref": "hpc2"}
    cluster = bench.declared.get("hpc") or bench.declared["hpc2"]
    args = {**cluster["args"], "name": "phys"}
    bench.declared = {"hpc2": {"type": "Cluster", "args": args, "options": options}, **children}


@in_turn("how", ["renamed", "moved"])
def test_cluster_renamed_without_an_alias_is_refused_every_time(new_bench: NewBench, version: str, how: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc", "team")
    bench.declared["hpc"]["args"]["name"] = "phys"
    up(bench)
    before, urn = living(bench), bench.state()["hpc"]["urn"]
    bench.calls()
    if how == "renamed":
        rename(bench)
        name = "hpc2"
    else:
        unit = {"unit": {"type": "Component", "args": {}}}
        bench.declared = unit | bench.declared
        bench.declared["hpc"]["options"] = {"parent": {"$ref": "unit"}}
        name = "hpc"
    for run in (bench.preview(), bench.up(), bench.up(), bench.preview()):
        assert not run.ok
        assert "seems to be Cluster 'hpc' under another name" in run.text
        assert "aliases" in run.text and "allow_replacement=True" in run.text
    assert bench.writes() == []
    bench.declared[name].setdefault("options", {})["aliases"] = [urn]
    up(bench)
    assert [action for action in bench.writes() if "Cluster" in action] == []
    assert living(bench) == before


@in_old
def test_cluster_that_is_to_be_another_one_is_made_anew(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc", "team")
    up(bench)
    rename(bench)
    assert not bench.up().ok
    bench.declared["hpc2"]["args"]["allow_replacement"] = True
    up(bench)
    assert [each["ClusterId"] for each in bench.clusters()] == [bench.state()["hpc2"]["id"]]


@in_new
def test_one_of_two_equal_clusters_can_be_dropped(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    up(bench)
    bench.declared["second"] = bench.declared["hpc"]
    up(bench)
    del bench.declared["hpc"]
    up(bench)
    assert [each["ClusterId"] for each in bench.clusters()] == [bench.state()["second"]["id"]]
