"""What is named as left behind at the end of a run, and what is not."""

from __future__ import annotations

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import contents, foreign_cluster
from tests.stories.test_interrupted import CREATING
from tests.stories.test_ownership import living, up, users
from tests.stories.test_whose import group, only
from tests.stories.versions import in_new, in_old, in_turn

pytestmark = pytest.mark.engine


@in_turn("how", ["destroy", "an empty program"])
def test_what_a_killed_run_made_is_named_when_the_stack_ends(new_bench: NewBench, version: str, how: str) -> None:
    bench = new_bench(version, scale=30)
    cluster = foreign_cluster(bench)
    declared = {"one": group("aa-", cluster=cluster)}
    bench.declared = declared
    process = bench.start("up", "--yes", "--skip-preview")
    bench.wait_for_call(CREATING["fixed"][version])
    bench.kill(process)
    assert bench.plugins(gone=True) == []
    assert bench.pulumi("cancel", "--yes").ok
    bench.declared = {}
    run = bench.destroy() if how == "destroy" else bench.up()
    assert run.ok, run.text
    assert f"aa- on {cluster}, which NodeGroup 'one' declared, is left behind" in run.text
    assert "adopt_existing=True" in run.text
    assert len(contents(bench, cluster)["nodes"]) == 2
    bench.declared = declared
    declared["one"]["args"]["adopt_existing"] = True
    up(bench)
    assert bench.destroy().ok
    assert contents(bench, cluster)["nodes"] == []


@in_old
def test_what_was_refused_is_not_called_left_behind(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    bench.declared = {"one": users(bench, "", "alice.chen")}
    bench.declared["one"]["args"] |= {"cluster": cluster, "users": [{"name": "their.user", "password": "Canary-bob-1"}]}
    assert not bench.up().ok
    bench.declared["one"]["args"]["users"] = []
    assert "left behind" not in up(bench)


@in_new
def test_what_is_on_record_still_is_not_called_left_behind(new_bench: NewBench, version: str) -> None:
    """A run fails before the update that would remove a user."""
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared["one"] = users(bench, "", "alice.chen", "bob.smith")
    up(bench)
    queue = {"type": "Queue", "args": {"cluster": {"$ref": "hpc"}, "name": "comp", "inter_connect": "erdma"}}
    bench.declared = {"hpc": bench.declared["hpc"], "comp": queue, "one": users(bench, "", "alice.chen")}
    bench.declared["comp"]["args"]["hostname_prefix"] = "x" * 40
    bench.declared["one"]["options"] = {"depends_on": [{"$ref": "comp"}]}
    run = bench.up()
    assert not run.ok
    assert "left behind" not in run.text
    del bench.declared["comp"], bench.declared["one"]["options"]
    up(bench)
    assert set(living(bench)["users"]) == {"alice.chen"}


@in_new
def test_cluster_is_not_deleted_under_what_is_declared_in_it(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared["one"] = group("aa-")
    up(bench)
    before = living(bench)
    bench.declared["one"]["args"]["cluster"] = bench.clusters()[0]["ClusterId"]
    up(bench)
    hpc = bench.declared.pop("hpc")
    run = bench.up()
    assert not run.ok
    assert "is not deleted: the program declares NodeGroup 'one' in it" in run.text
    assert living(bench) == before
    bench.declared = {"hpc": hpc, **bench.declared}
    up(bench)
    assert living(bench) == before
