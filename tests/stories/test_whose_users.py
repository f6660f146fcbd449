"""Whose users are, in the cases that ``docs/ownership.md`` describes; each as a user would try it."""

from __future__ import annotations

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import contents, foreign_cluster
from tests.stories.test_ownership import living, up, users
from tests.stories.test_whose import only
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine


@in_old
def test_exclusive_set_beside_another_is_refused(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared |= {"one": users(bench, "", "alice.chen"), "two": users(bench, "", "bob.smith")}
    up(bench)
    before = living(bench)
    bench.calls()
    bench.declared["one"]["args"]["exclusive"] = True
    for run in (bench.preview(), bench.up()):
        assert not run.ok
        assert "cannot stand beside UserSet 'one' of the same cluster" in run.text
    assert bench.writes() == []
    assert living(bench) == before


@in_new
def test_exclusive_set_alone_removes_whom_it_does_not_know(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared["one"] = users(bench, "", "alice.chen")
    up(bench)
    add_user(bench, "their.user")
    up(bench)
    assert set(living(bench)["users"]) == {"alice.chen", "their.user"}
    bench.declared["one"]["args"]["exclusive"] = True
    up(bench)
    assert set(living(bench)["users"]) == {"alice.chen"}


def test_exclusive_set_on_a_foreign_cluster_is_refused(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    before = contents(bench, cluster)
    bench.declared = {"one": users(bench, "", "alice.chen")}
    bench.declared["one"]["args"] |= {"cluster": cluster, "exclusive": True}
    run = bench.up()
    assert not run.ok
    assert "which this stack did not create" in run.text
    assert contents(bench, cluster) == before


@in_old
def test_users_must_be_written_out(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc", "team")
    up(bench)
    before = living(bench)
    bench.calls()
    for left_out in ({}, {"users": None}):
        bench.declared["team"]["args"] = {"cluster": {"$ref": "hpc"}, **left_out}
        for run in (bench.preview(), bench.up()):
            assert not run.ok
            assert "UserSet 'team': users" in run.text
    assert bench.writes() == []
    assert living(bench) == before
    bench.declared["team"]["args"]["users"] = []
    up(bench)
    assert living(bench)["users"] == {}


@in_new
def test_target_that_drops_a_user_is_refused(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc", "team")
    up(bench)
    before = living(bench)
    bench.calls()
    bob = bench.declared["team"]["args"]["users"].pop()
    target = ("--target", bench.state()["team"]["urn"])
    run = bench.up(*target)
    assert not run.ok
    assert "bob.smith would be removed, but this run leaves out the stack's identity" in run.text
    assert bench.writes() == []
    assert living(bench) == before
    carol = users(bench, "", "carol.jones")["args"]["users"]
    bench.declared["team"]["args"]["users"] += [bob, *carol]
    run = bench.up(*target)
    assert run.ok, run.text
    assert set(living(bench)["users"]) == {"alice.chen", "bob.smith", "carol.jones"}
    bench.declared["team"]["args"]["users"] = bench.declared["team"]["args"]["users"][:1]
    up(bench)
    assert set(living(bench)["users"]) == {"alice.chen"}


def add_user(bench: Workbench, name: str) -> None:
    """Create a user behind the program's back."""
    cluster = bench.clusters()[0]["ClusterId"]
    user = {"UserName": name, "Group": "users", "Password": "Canary-root-1"}
    with bench.client() as client:
        client.for_version("2024-07-30").call("CreateUsers", {"ClusterId": cluster, "User": [user]})
