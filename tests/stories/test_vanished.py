"""A cluster that is gone, and a cluster whose create was answered by something that nobody expects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.lossy import LossyProxy
from tests.stories.test_trouble import clear
from tests.stories.versions import in_new, in_old, in_turn
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

GONE = "does not exist any more (ClusterNotFound, HTTP 404, request "
CHANGES: dict[str, dict[str, Any]] = {
    "team": {"users": []},
    "fixed": {"count": 3},
    "work": {"max_count": 60},
    "hpc": {"description": "Team_two"},
}
"""What changes; an update that failed is tried again, so what others depend on comes later."""


def release(bench: Workbench) -> str:
    """Delete the cluster behind the program's back, and return its id."""
    cluster = str(bench.state()["hpc"]["id"])
    with bench.client() as client:
        client.for_version("2024-07-30").call("DeleteCluster", {"ClusterId": cluster})
    bench.server.cloud.advance(600)
    return cluster


@in_old
def test_edit_of_what_is_gone_says_so_and_refresh_is_the_way_out(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    cluster = release(bench)
    bench.calls()
    for changed, change in CHANGES.items():
        entry = bench.declared[changed]
        bench.declared[changed] = {**entry, "args": {**entry["args"], **change}}
        run = bench.up("--continue-on-error")
        assert not run.ok
        title = f"{entry['type']} '{changed}'"
        what = f"{title} ({cluster})" if changed == "hpc" else f"{title}: its cluster {cluster}"
        assert f"{what} {GONE}" in run.text
        assert "pulumi up --refresh" in run.text
        assert "billed" not in run.text
        assert clear(run.text), run.text
        bench.declared[changed] = entry
    assert bench.writes() == []
    run = bench.up("--refresh")
    assert run.ok, run.text
    assert [cluster["ClusterId"] for cluster in bench.clusters()] == [bench.state()["hpc"]["id"]]
    assert bench.steps() == {}


@in_new
def test_creates_in_a_cluster_that_is_gone(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    children = {name: bench.declared.pop(name) for name in ("data", "team", "fixed", "work")}
    assert bench.up().ok
    cluster = release(bench)
    for name in ("work", "team", "data"):
        bench.declared[name] = children[name]
    run = bench.up("--continue-on-error")
    assert not run.ok
    for title in ("Queue 'work'", "UserSet 'team'", "Volume 'data'"):
        assert f"{title}: its cluster {cluster} does not exist, or does not any more, in cn-hangzhou" in run.text
    assert "pulumi up --refresh" in run.text
    assert clear(run.text), run.text
    bench.declared["fixed"] = children["fixed"]
    run = bench.up("--refresh")
    assert run.ok, run.text
    assert bench.steps() == {}


@in_old
def test_gone_is_not_said_with_other_credentials(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    bench.declared["hpc"]["args"]["description"] = "Team_two"
    bench.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "other", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "other"}
    run = bench.up()
    assert not run.ok
    assert "belongs to account 1000000000000001 and these credentials are of account 2000000000000002" in run.text
    assert "any more" not in run.text
    bench.environ = {}
    assert bench.up().ok
    assert bench.steps() == {}


@in_turn("instead", [b"{}", b'{"RequestId": "R"}', b"<html>a proxy's page</html>"])
def test_cluster_whose_create_was_answered_by_nothing_is_kept(
    new_bench: NewBench, version: str, instead: bytes
) -> None:
    bench = new_bench(version)
    bench.declared = {"hpc": bench.declared["hpc"]}
    with LossyProxy(bench.server.endpoint, ["CreateCluster"], instead) as proxy:
        bench.configure("ehpc:endpoint", proxy.endpoint)
        run = bench.up()
        assert run.ok, run.text
        assert proxy.not_called == set()
        assert [cluster["ClusterId"] for cluster in bench.clusters()] == [bench.state()["hpc"]["id"]]
        assert bench.steps() == {}
        assert bench.destroy().ok


def test_response_that_lacks_what_was_asked_for_is_asked_for_again(new_bench: NewBench) -> None:
    """DescribeCluster of 2018-04-12, after the cluster was seen running, without the cluster in it."""
    bench = new_bench("2018-04-12")
    bench.declared = {"hpc": bench.declared["hpc"]}
    odd = b'{"RequestId": "R"}'
    with LossyProxy(bench.server.endpoint, ["DescribeCluster"], odd, after="SetAutoScaleConfig") as proxy:
        bench.configure("ehpc:endpoint", proxy.endpoint)
        run = bench.up()
        assert run.ok, run.text
        assert proxy.not_called == set()
        assert bench.steps() == {}
        assert bench.destroy().ok
