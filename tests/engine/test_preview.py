"""What a preview says before anything is done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import Bench
from tests.engine.workbench import Workbench

pytestmark = pytest.mark.engine


def args(made: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = made.declared[name]["args"]
    return arguments


def test_new_program_needs_no_credentials_and_makes_no_call(bench: Bench, version: str) -> None:
    made = bench(version)
    made.environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "", "HOME": str(made.folder)}
    assert {name: step["op"] for name, step in made.steps().items() if name in made.declared} == dict.fromkeys(
        made.declared, "create"
    )
    assert made.calls() == []


def test_five_mistakes_are_told_at_once(bench: Bench, version: str) -> None:
    made = bench(version)
    args(made, "hpc").update(scheduler="slrum", password={"$secret": "weak-one"})
    args(made, "work").update(name="a_queue_whose_name_is_too_long_" * 3)
    args(made, "fixed").update(count=-3)
    args(made, "team")["users"].append({"name": "1 bad name", "password": {"$secret": "Canary-bob-1"}})
    run = made.preview()
    assert not run.ok
    assert "Traceback" not in run.text
    told = [line.strip() for line in run.text.splitlines()]
    assert any(line.startswith("Cluster 'hpc': scheduler = 'slrum': must be one of slurm, pbs") for line in told)
    assert any(line.startswith("Cluster 'hpc': password = [secret]: is too weak: must mix") for line in told)
    assert any("Queue 'work': name = 'a_queue_whose_name" in line and "must have" in line for line in told)
    assert any(line.startswith("NodeGroup 'fixed': count = -3: must be a whole number from 0 to 5000") for line in told)
    assert any("UserSet 'team': users.1 bad name.name = '1 bad name': must begin with" in line for line in told)
    assert "weak-one" not in run.text
    assert made.calls() == []


def test_what_a_version_does_not_have_is_refused(bench: Bench) -> None:
    made = bench("2018-04-12")
    args(made, "hpc").update(max_core_count=100, category="standard")
    run = made.preview()
    assert not run.ok
    assert "max_core_count = 100: API 2018-04-12 does not take it: it counts nodes only; use max_count" in run.text
    assert "category = 'standard': API 2018-04-12 does not take it" in run.text


def test_replacing_a_cluster_needs_consent(bench: Bench) -> None:
    made = bench()
    assert made.up().ok
    made.calls()
    args(made, "hpc").update(vpc_id="vpc-2", scheduler="pbs")
    run = made.preview()
    assert not run.ok
    assert "vpc_id = 'vpc-2': cannot change on a living cluster" in run.text
    assert "scheduler = 'pbs': cannot change on a living cluster" in run.text
    assert "allow_replacement=True" in run.text
    assert not made.up().ok
    assert made.writes() == []

    args(made, "hpc").update(allow_replacement=True)
    steps = made.steps()
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys(made.declared, "replace")
    assert sorted(steps["hpc"]["replaceReasons"]) == ["scheduler", "vpc_id"]
    run = made.up()
    assert run.ok, run.text
    assert [cluster["ClusterVpcId"] for cluster in made.clusters()] == ["vpc-2"]
    assert made.steps() == {}


def test_changing_the_api_version_strands_nothing(bench: Bench) -> None:
    made = bench("2018-04-12")
    args(made, "hpc").update(deploy_mode="simple")
    args(made, "work").update(name="a_name_of_more_than_fifteen")
    assert made.up().ok
    made.configure("ehpc:apiVersion", "2024-07-30")
    assert made.steps() == {}
    args(made, "fixed").update(count=1)
    made.calls()
    assert made.up().ok
    assert {call.version for call in made.calls()} == {"2018-04-12"}
    assert made.destroy().ok


def test_wrong_settings_are_told_at_once(bench: Bench) -> None:
    made = bench()
    made.configure("ehpc:apiVersion", "2020-01-01")
    made.configure("ehpc:maxQps", "many")
    run = made.preview()
    assert not run.ok
    assert "2020-01-01" in run.text
    assert "many" in run.text
    assert "Traceback" not in run.text
