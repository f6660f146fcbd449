"""What a preview reports before anything is done."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import foreign_cluster
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine


def args(bench: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = bench.declared[name]["args"]
    return arguments


def test_new_program_needs_no_credentials_and_makes_no_call(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.environ = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "",
        "HOME": str(bench.folder),
    }
    assert {name: step["op"] for name, step in bench.steps().items() if name in bench.declared} == dict.fromkeys(
        bench.declared, "create"
    )
    assert bench.calls() == []


def test_five_mistakes_are_reported_at_once(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    args(bench, "hpc").update(scheduler="slrum", password={"$secret": "weak-one"})
    args(bench, "work").update(name="a_queue_whose_name_is_too_long_" * 3)
    args(bench, "fixed").update(count=-3)
    args(bench, "team")["users"].append({"name": "1 bad name", "password": {"$secret": "Canary-bob-1"}})
    run = bench.preview()
    assert not run.ok
    assert "Traceback" not in run.text
    reported = [line.strip() for line in run.text.splitlines()]
    assert any(line.startswith("Cluster 'hpc': scheduler = 'slrum': must be one of slurm, pbs") for line in reported)
    assert any(line.startswith("Cluster 'hpc': password = [secret]: is too weak: must mix") for line in reported)
    assert any("Queue 'work': name = 'a_queue_whose_name" in line and "must have" in line for line in reported)
    assert any(line.startswith("NodeGroup 'fixed': count = -3: must be an integer from 0 to 5000") for line in reported)
    assert any("UserSet 'team': users.1 bad name.name = '1 bad name': must begin with" in line for line in reported)
    assert "weak-one" not in run.text
    assert bench.calls() == []


def test_what_a_version_does_not_have_is_refused(new_bench: NewBench) -> None:
    bench = new_bench("2018-04-12")
    args(bench, "hpc").update(max_core_count=100, category="standard")
    run = bench.preview()
    assert not run.ok
    assert "2 declared values break a rule. No E-HPC resource was created or changed." in run.text
    assert "max_core_count = 100: is not supported by API 2018-04-12: nodes are counted, not cores" in run.text
    assert "category = 'standard': is not supported by API 2018-04-12" in run.text


def test_replacing_a_cluster_needs_consent(new_bench: NewBench) -> None:
    bench = new_bench()
    assert bench.up().ok
    bench.calls()
    args(bench, "hpc").update(vpc_id="vpc-2", scheduler="pbs")
    run = bench.preview()
    assert not run.ok
    assert "vpc_id = 'vpc-2': cannot change on a living cluster" in run.text
    assert "scheduler = 'pbs': cannot change on a living cluster" in run.text
    assert "allow_replacement=True" in run.text
    assert not bench.up().ok
    assert bench.writes() == []

    args(bench, "hpc").update(allow_replacement=True)
    steps = bench.steps()
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys(bench.declared, "replace")
    assert sorted(steps["hpc"]["replaceReasons"]) == ["scheduler", "vpc_id"]
    run = bench.up()
    assert run.ok, run.text
    assert [cluster["ClusterVpcId"] for cluster in bench.clusters()] == ["vpc-2"]
    assert bench.steps() == {}


def test_each_cluster_that_needs_a_replacement_is_named_at_once(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.declared = {name: copy.deepcopy(bench.declared["hpc"]) for name in ("one", "two")}
    assert bench.up().ok
    args(bench, "one").update(vpc_id="vpc-2")
    args(bench, "two").update(zone_id="cn-hangzhou-x", vpc_id="vpc-2")
    run = bench.preview()
    assert not run.ok
    refused = {name: f"Cluster '{name}' changes what cannot change in place, too" for name in ("one", "two")}
    assert (refused["one"] in run.text) != (refused["two"] in run.text), "the engine stops at the first"
    assert "vpc_id = 'vpc-2': cannot change on a living cluster" in run.text
    assert 'ResourceOptions(ignore_changes=["vpc_id"])' in run.text


def test_changing_the_api_version_strands_nothing(new_bench: NewBench) -> None:
    bench = new_bench("2018-04-12")
    args(bench, "hpc").update(deploy_mode="simple")
    args(bench, "work").update(name="a_name_of_more_than_fifteen")
    assert bench.up().ok
    bench.configure("ehpc:apiVersion", "2024-07-30")
    assert bench.steps() == {}
    args(bench, "fixed").update(count=1)
    bench.calls()
    assert bench.up().ok
    assert {call.version for call in bench.calls()} == {"2018-04-12"}
    assert bench.destroy().ok


def test_wrong_settings_are_reported_at_once(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.configure("ehpc:apiVersion", "2020-01-01")
    bench.configure("ehpc:maxQps", "many")
    run = bench.preview()
    assert not run.ok
    assert "2020-01-01" in run.text
    assert "many" in run.text
    assert "Traceback" not in run.text


LATE = """
import asyncio
import pulumi
import pulumi_ehpc as ehpc
from pulumi.runtime.sync_await import _sync_await

config = pulumi.Config()
ehpc.Queue("first", cluster=config.require("cluster"), max_count=config.require_int("first"))
_sync_await(asyncio.sleep(1))  # as a data source of another package does
ehpc.Queue("late", cluster=config.require("cluster"), max_count=config.require_int("late"))
"""


@pytest.mark.parametrize(("first", "late", "made"), [(9999, 5, set()), (5, 9999, {"first"}), (5, 5, {"first", "late"})])
def test_what_is_declared_when_preflight_is_over_is_checked_too(
    new_bench: NewBench, first: int, late: int, made: set[str]
) -> None:
    bench = new_bench()
    (bench.folder / "project" / "__main__.py").write_text(LATE)
    for name, setting in {"cluster": foreign_cluster(bench), "first": first, "late": late}.items():
        bench.configure(f"workbench:{name}", str(setting))
    bench.calls()
    run = bench.up()
    assert run.ok == (len(made) == 2), run.text
    created = {call.parameters["Queue"]["QueueName"] for call in bench.calls() if call.action == "CreateQueue"}
    assert created == made if run.ok else created <= made  # what is sound may be under way by then
    if not run.ok:
        assert "max_count = 9999: must be an integer from 0 to 5000" in run.text
        assert "Traceback" not in run.text
