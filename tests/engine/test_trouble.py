"""Failures: one clear message, no traceback, nothing orphaned, and the next run goes on."""

from __future__ import annotations

import pytest
import requests

from tests.engine.conftest import Bench
from tests.engine.workbench import Workbench

pytestmark = pytest.mark.engine


def clear(text: str) -> bool:
    return "Traceback" not in text and 'File "' not in text


def outcome(made: Workbench, action: str, result: str) -> None:
    """Let the next cluster or nodes that are made end in a state."""
    answer = requests.post(
        f"{made.server.endpoint}/_fake/outcome", json={"action": action, "outcome": result}, timeout=10
    )
    assert answer.ok, answer.text


def test_wrong_credentials(bench: Bench) -> None:
    made = bench()
    made.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "nobody"}
    run = made.up()
    assert not run.ok
    assert "InvalidAccessKeyId.NotFound" in run.text
    assert clear(run.text), run.text
    assert made.clusters() == []
    made.environ = {}
    assert made.up().ok
    assert len(made.clusters()) == 1


def test_no_credentials(bench: Bench) -> None:
    made = bench()
    made.environ = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "HOME": str(made.folder),
    }
    run = made.up()
    assert not run.ok
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in run.text
    assert clear(run.text), run.text


def test_unreachable_endpoint(bench: Bench) -> None:
    made = bench()
    made.configure("ehpc:endpoint", "http://127.0.0.1:9")
    run = made.up()
    assert not run.ok
    assert "127.0.0.1:9" in run.text
    assert clear(run.text), run.text
    made.configure("ehpc:endpoint", made.server.endpoint)
    assert made.up().ok


@pytest.mark.parametrize("way_out", ["--replace", "allow_replacement", "destroy"])
def test_cluster_that_ends_in_exception(bench: Bench, version: str, way_out: str) -> None:
    made = bench(version)
    outcome(made, "CreateCluster", "exception")
    run = made.up()
    assert not run.ok
    assert "ended in state exception" in run.text
    assert "sold out" in run.text, run.text
    assert clear(run.text), run.text
    urn = made.state()["hpc"]["urn"]
    assert f"pulumi up --replace '{urn}'" in run.text
    assert [cluster["ClusterId"] for cluster in made.clusters()] == [made.state()["hpc"]["id"]]

    again = made.up()
    assert not again.ok
    assert "ended in state exception" in again.text
    assert made.writes().count("CreateCluster") == 1

    if way_out == "--replace":
        run = made.up("--replace", urn)
    elif way_out == "allow_replacement":
        made.declared["hpc"]["args"]["allow_replacement"] = True
        assert made.steps()["hpc"]["op"] == "replace"
        run = made.up()
    else:
        run = made.destroy()
        assert run.ok, run.text
        assert made.clusters() == []
        return
    assert run.ok, run.text
    assert [cluster["ClusterStatus"] for cluster in made.clusters()] == ["running"]
    assert made.clusters()[0]["ClusterId"] == made.state()["hpc"]["id"]
    assert made.steps() == {}


def test_nodes_that_end_in_exception_are_replaced_by_the_next_run(bench: Bench, version: str) -> None:
    made = bench(version)
    outcome(made, "CreateNodes" if version == "2024-07-30" else "AddNodes", "exception")
    run = made.up()
    assert not run.ok
    assert "2 in exception" in run.text
    assert clear(run.text), run.text
    made.calls()
    run = made.up()
    assert run.ok, run.text
    assert "DeleteNodes" in made.writes()
    assert len(made.state()["fixed"]["outputs"]["nodes"]) == 2
    assert made.steps() == {}


def test_protected_cluster_is_not_destroyed(bench: Bench, version: str) -> None:
    made = bench(version)
    made.declared["hpc"]["args"]["deletion_protection"] = True
    assert made.up().ok
    made.calls()
    run = made.destroy()
    assert not run.ok
    assert made.writes() == []
    assert len(made.clusters()) == 1

    # The engine dropped the children from state; the next run takes them over, and changes nothing.
    run = made.up()
    assert run.ok, run.text
    assert set(made.writes()) <= {"UpdateQueue", "UpdateUser", "ModifyUserPasswords"}
    assert made.steps() == {}

    made.declared["hpc"]["args"]["deletion_protection"] = False
    assert made.up().ok
    run = made.destroy()
    assert run.ok, run.text
    assert made.clusters() == []
