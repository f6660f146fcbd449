"""Values that are wrong: what the real engine's user reads, with nothing made and no secret shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import Run, Workbench

pytestmark = pytest.mark.engine

NUMBER = 987654321


def args(bench: Workbench, name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = bench.declared[name]["args"]
    return arguments


def reported(run: Run) -> str:
    """Return what a run that was refused printed; it is no traceback, and has no canary but in what was declared."""
    assert not run.ok
    assert "Traceback" not in run.text
    assert "anary" not in run.text
    assert str(NUMBER) not in run.text
    return run.text


def late(value: Any) -> Any:
    return {"$late": value}


def secret(value: Any) -> Any:
    return {"$secret": value}


# -- secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", [lambda value: value, late], ids=["known", "late"])
def test_wrong_secrets_show_nowhere(new_bench: NewBench, version: str, when: Any) -> None:
    bench = new_bench(version)
    hpc = args(bench, "hpc")
    hpc.update(description=secret(when("Canary and spaces")), max_count=secret(when(NUMBER)))
    hpc.update(tags=secret(when({"Canary": 5})), manager={"instance_type": secret(when("Canary"))})
    text = reported(bench.up())
    for path in ("description", "max_count", "tags[secret]", "manager.instance_type"):
        assert f"{path} = [secret]: must" in text
    assert bench.writes() == []


def test_secret_that_cannot_change_shows_nowhere(new_bench: NewBench) -> None:
    bench = new_bench()
    assert bench.up().ok
    args(bench, "hpc").update(vpc_id=secret("Canary-vpc"))
    assert "vpc_id = [secret]: cannot change on a living cluster" in reported(bench.up())


@in_new
def test_secret_that_the_service_repeats_shows_nowhere(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    args(bench, "fixed").update(queue=secret("Canary-queue"))
    text = reported(bench.up())
    assert "[secret]" in text


def test_mark_of_a_secret_is_not_kept(new_bench: NewBench) -> None:
    bench = new_bench()
    args(bench, "work").update(max_count=secret(50))
    assert bench.up().ok
    assert bench.steps() == {}
    inputs = bench.state()["work"]["inputs"]
    assert "ciphertext" in inputs["max_count"]
    assert [name for name in inputs if name.startswith("__")] == ["__provider"]


# -- what is known in the end --------------------------------------------------------------------------------------


@in_old
@pytest.mark.parametrize(
    "users",
    [
        [
            {"name": "alice.chen", "password": late("Str0ng-late")},
            {"name": "bob.smith", "password": secret("0ther-1x")},
        ],
        [{"name": late("alice.chen"), "group": late("wheel"), "password": secret("0ther-1x")}],
        late([{"name": "alice.chen", "password": "Str0ng-late"}]),
    ],
    ids=["password", "name", "list"],
)
def test_users_may_be_known_in_the_end(new_bench: NewBench, version: str, users: Any) -> None:
    bench = new_bench(version)
    assert bench.up().ok
    args(bench, "team").update(users=users)
    steps = bench.steps()
    assert steps["team"]["op"] == "update"
    if isinstance(users, list) and isinstance(users[0]["name"], str):
        assert set(steps["team"]["newState"]["inputs"]["users"]) == {"alice.chen", "bob.smith"}
    run = bench.up()
    assert run.ok, run.text
    assert bench.steps() == {}


SHAPES: dict[str, dict[str, Any]] = {
    "team": {"users": ["carol"]},
    "fixed": {"queue": 5, "count": "two"},
    "work": {"compute_nodes": "ecs.c7.large", "cluster": ["x"]},
    "data": {"mount_directory": {"a": "b"}, "file_system_id": ""},
}
PATHS = {
    "team": ["users[0]"],
    "fixed": ["queue", "count"],
    "work": ["compute_nodes", "cluster"],
    "data": ["mount_directory", "file_system_id"],
}


@in_old
def test_wrong_shapes_are_reported_at_once(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    for name, changes in SHAPES.items():
        args(bench, name).update(changes)
    text = reported(bench.up())
    assert "7 declared values break a rule. No E-HPC resource was created or changed." in text
    assert all(f"'{name}': {path} = " in text for name, paths in PATHS.items() for path in paths)
    assert bench.calls() == []


@pytest.mark.parametrize("name", ["team", "fixed"])
def test_wrong_shapes_that_are_known_in_the_end_are_reported(new_bench: NewBench, name: str) -> None:
    bench = new_bench()
    assert bench.up().ok
    bench.calls()
    args(bench, name).update({each: late(value) for each, value in SHAPES[name].items()})
    assert bench.preview().ok
    text = reported(bench.up())
    assert all(f"'{name}' has a problem: {path} = " in text for path in PATHS[name])
    assert bench.writes() == []


def test_wrong_arguments_and_references_are_reported(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.declared["more"] = {"type": "Queue", "args": {}, "positional": [{"$ref": "hpc"}]}
    args(bench, "fixed").update(queue={"$ref": "hpc"})
    args(bench, "team").update(cluster={"$ref": "work"})
    text = reported(bench.up())
    assert "Queue 'more': opts = Cluster 'hpc': must be a pulumi.ResourceOptions" in text
    assert "NodeGroup 'fixed': queue = Cluster 'hpc': must be a Queue or its name" in text
    assert "UserSet 'team': cluster = Queue 'work': must be a Cluster or its id" in text
    assert bench.calls() == []


# -- what older releases took --------------------------------------------------------------------------------------


@in_old
def test_stack_that_has_what_is_refused_today_goes_on(new_bench: NewBench, version: str) -> None:
    """A directory with a slash at its end, an empty string, and a cluster without a network."""
    bench = new_bench(version)
    assert bench.up().ok
    exported = bench.folder / "exported.json"
    assert bench.pulumi("stack", "export", "--file", str(exported)).ok
    state = json.loads(exported.read_text())
    for resource in state["deployment"]["resources"]:
        for values in (resource.get("inputs", {}), resource.get("outputs", {})):
            if "mount_directory" in values:
                values["mount_directory"] = "/data/"
            if "instance_type" in values:
                values["vswitch_id"] = ""
            values.pop("vpc_id", None)
    exported.write_text(json.dumps(state))
    assert bench.pulumi("stack", "import", "--file", str(exported)).ok
    del args(bench, "hpc")["vpc_id"]
    assert bench.steps() == {}
    args(bench, "data").update(mount_directory="/data/")
    assert bench.steps() == {}
    bench.calls()
    assert bench.up().ok
    assert bench.writes() == []
    assert bench.refresh().ok
    assert bench.steps() == {}
    assert bench.destroy().ok


ACCEPTED: dict[str, tuple[dict[str, Any], str]] = {
    "hpc": ({"vswitch_id": "", "tags": {"a": "1", "b": None}}, "tags.b = [not given]: must be a string"),
    "fixed": ({"cluster": ""}, "cluster = '': must not be empty"),
    "data": ({"mount_target": " ", "file_system_id": ""}, "file_system_id = '': must not be empty"),
    "team": ({"users": [{"name": "", "user": "x"}]}, "users[0].user = [secret]: there is no such property"),
}


def test_what_was_accepted_though_wrong_is_refused(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    for name, (changes, _) in ACCEPTED.items():
        args(bench, name).update(changes)
    text = reported(bench.up())
    assert "Cluster 'hpc': vswitch_id = '': must not be empty\n" in text  # and not "leave it out": it is needed
    assert "Volume 'data': mount_target = ' ': must not be empty" in text
    assert all(f"'{name}': {said}" in text for name, (_, said) in ACCEPTED.items())


def test_new_cluster_without_what_it_needs_is_refused(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    for name in ("vpc_id", "vswitch_id", "password"):
        del args(bench, "hpc")[name]
    needed = {"2024-07-30": {"vpc_id", "vswitch_id", "password"}, "2018-04-12": {"vswitch_id", "password"}}[version]
    for run in (bench.preview(), bench.up()):
        assert set(re.findall(r"(\w+) = \[not given\]: is required for a new cluster", reported(run))) == needed
    assert bench.writes() == []


def test_directories_of_the_cluster_and_its_volumes_are_compared_in_one_spelling(new_bench: NewBench) -> None:
    bench = new_bench()
    args(bench, "data").update(mount_directory="/home/")
    assert "mount_directory = '/home': is one of the cluster's own" in reported(bench.up())
