"""Failures: one clear message, no traceback, nothing orphaned, and the next run continues."""

from __future__ import annotations

import pytest
import requests

from tests.stories.conftest import NewBench
from tests.stories.versions import in_old, in_turn
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine


def clear(text: str) -> bool:
    return "Traceback" not in text and 'File "' not in text


def outcome(bench: Workbench, action: str, result: str) -> None:
    """Let the next cluster or nodes that are created end in a state."""
    response = requests.post(
        f"{bench.server.endpoint}/_fake/outcome", json={"action": action, "outcome": result}, timeout=10
    )
    assert response.ok, response.text


def test_wrong_credentials(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "nobody"}
    run = bench.up()
    assert not run.ok
    assert "InvalidAccessKeyId.NotFound" in run.text
    assert clear(run.text), run.text
    assert bench.clusters() == []
    bench.environ = {}
    assert bench.up().ok
    assert len(bench.clusters()) == 1


def test_no_credentials(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.environ = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "HOME": str(bench.folder),
    }
    run = bench.up()
    assert not run.ok
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in run.text
    assert clear(run.text), run.text


def test_unreachable_endpoint(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.configure("ehpc:endpoint", "http://127.0.0.1:9")
    run = bench.up()
    assert not run.ok
    assert "127.0.0.1:9" in run.text
    assert clear(run.text), run.text
    bench.configure("ehpc:endpoint", bench.server.endpoint)
    assert bench.up().ok


@in_turn("way_out", ["--replace", "allow_replacement", "destroy"])
def test_cluster_that_ends_in_exception(new_bench: NewBench, version: str, way_out: str) -> None:
    bench = new_bench(version)
    outcome(bench, "CreateCluster", "exception")
    run = bench.up()
    assert not run.ok
    assert "ended in state exception" in run.text
    assert "sold out" in run.text, run.text
    assert clear(run.text), run.text
    urn = bench.state()["hpc"]["urn"]
    assert f"pulumi up --replace '{urn}'" in run.text
    assert [cluster["ClusterId"] for cluster in bench.clusters()] == [bench.state()["hpc"]["id"]]

    again = bench.up()
    assert not again.ok
    assert "ended in state exception" in again.text
    assert bench.writes().count("CreateCluster") == 1

    if way_out == "--replace":
        run = bench.up("--replace", urn)
    elif way_out == "allow_replacement":
        bench.declared["hpc"]["args"]["allow_replacement"] = True
        assert bench.steps()["hpc"]["op"] == "replace"
        run = bench.up()
    else:
        run = bench.destroy()
        assert run.ok, run.text
        assert bench.clusters() == []
        return
    assert run.ok, run.text
    assert [cluster["ClusterStatus"] for cluster in bench.clusters()] == ["running"]
    assert bench.clusters()[0]["ClusterId"] == bench.state()["hpc"]["id"]
    assert bench.steps() == {}


def test_nodes_that_end_in_exception_are_replaced_by_the_next_run(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    outcome(bench, "CreateNodes" if version == "2024-07-30" else "AddNodes", "exception")
    run = bench.up()
    assert not run.ok
    assert "2 in exception" in run.text
    assert clear(run.text), run.text
    bench.calls()
    run = bench.up()
    assert run.ok, run.text
    assert "DeleteNodes" in bench.writes()
    assert len(bench.state()["fixed"]["outputs"]["nodes"]) == 2
    assert bench.steps() == {}


@in_old
def test_protected_cluster_is_not_destroyed(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.declared["hpc"]["args"]["deletion_protection"] = True
    assert bench.up().ok
    bench.calls()
    run = bench.destroy()
    assert not run.ok
    assert bench.writes() == []
    assert len(bench.clusters()) == 1

    # The engine dropped the children from state; the next run takes them over, and changes nothing.
    run = bench.up()
    assert run.ok, run.text
    assert set(bench.writes()) <= {"UpdateQueue", "UpdateUser", "ModifyUserPasswords"}
    assert bench.steps() == {}

    bench.declared["hpc"]["args"]["deletion_protection"] = False
    assert bench.up().ok
    run = bench.destroy()
    assert run.ok, run.text
    assert bench.clusters() == []
