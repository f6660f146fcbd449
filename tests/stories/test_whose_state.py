"""Whose an object is when runs are killed and states are renamed, copied, moved or of an older release."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import contents, foreign_cluster
from tests.stories.test_interrupted import CREATING, kill_during
from tests.stories.test_ownership import living, up
from tests.stories.test_whose import group, only
from tests.stories.test_whose_users import add_user
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import TIMEOUT_SECONDS, Workbench

pytestmark = pytest.mark.engine


# -- runs that end in the middle --------------------------------------------------------------------------------------


def test_run_killed_between_taking_and_giving_loses_nothing(new_bench: NewBench, version: str) -> None:
    """The engine creates first and deletes at the end; a slow group of nodes keeps the run in between."""
    bench = new_bench(version, scale=30)
    names = ("work", "team", "data")
    only(bench, "hpc", *names)
    bench.declared["work"]["args"]["name"] = "work"
    up(bench)
    before = living(bench)
    for name in names:
        bench.declared[f"{name}2"] = bench.declared.pop(name)
    bench.declared["slow"] = group("sl-")
    process = bench.start("up", "--yes", "--skip-preview")
    bench.wait_for_call("CreateNodes" if version == "2024-07-30" else "AddNodes")
    wait_for_state(bench, *(f"{name}2" for name in names))
    bench.kill(process)
    assert bench.plugins(gone=True) == []
    assert {*names, *(f"{name}2" for name in names)} <= set(bench.state())
    assert bench.pulumi("cancel", "--yes").ok
    bench.calls()
    text = up(bench)
    assert "nothing is deleted" in text
    assert not [action for action in bench.writes() if action.startswith(("Delete", "Detach"))]
    after = living(bench)
    for part in ("queues", "users", "mounts"):
        assert after[part] == before[part]
    assert not bench.state().keys() & set(names)
    assert len(after["nodes"]) == 2


def wait_for_state(bench: Workbench, *names: str) -> None:
    """Wait until resources have been put into state."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not set(names) <= set(bench.state()):
        assert time.monotonic() < deadline, f"{names} never got into state"


@in_new
def test_journal_that_is_kept_elsewhere_serves_another_machine(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.configure("ehpc:journal", str(bench.folder / "kept"))
    cluster = interrupt(bench, version)
    bench.environ = {"XDG_STATE_HOME": str(bench.folder / "another machine")}
    up(bench)
    assert not {"CreateNodes", "AddNodes", "DeleteNodes"} & set(bench.writes())
    assert len(bench.state()["one"]["outputs"]["nodes"]) == 2
    assert bench.destroy().ok
    assert contents(bench, cluster)["nodes"] == []


@in_old
def test_note_of_eight_days_ago_is_not_believed(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = interrupt(bench, version)
    make_journal_older(bench)
    before = contents(bench, cluster)["nodes"]
    run = bench.up()
    assert not run.ok
    assert "2 nodes with the host name prefix aa- exist already on cluster" in run.text
    assert bench.writes() == []
    assert [node["Id"] for node in contents(bench, cluster)["nodes"]] == [node["Id"] for node in before]
    bench.declared["one"]["args"]["adopt_existing"] = True
    up(bench)
    assert len(bench.state()["one"]["outputs"]["nodes"]) == 2


def interrupt(bench: Workbench, version: str) -> str:
    """Kill a run on a foreign cluster after its creating call and before anything is in state; return the cluster."""
    cluster = foreign_cluster(bench)
    bench.declared = {"one": group("aa-", cluster=cluster)}
    kill_during(bench, CREATING["fixed"][version])
    assert "one" not in bench.state()
    return cluster


def make_journal_older(bench: Workbench) -> None:
    """Let every intent be eight days old."""
    for path in bench.folder.rglob("intents/pulumi-*.json"):
        content = json.loads(path.read_text())
        for keys in content["intents"].values():
            for key, written in keys.items():
                keys[key] = (datetime.fromisoformat(written) - timedelta(days=8)).isoformat()
        path.write_text(json.dumps(content))


# -- stacks that are renamed, copied or moved -------------------------------------------------------------------------


@in_old
def test_renamed_stack_keeps_everything(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    up(bench)
    before = living(bench)
    assert bench.pulumi("stack", "rename", "prod").ok
    bench.stack = "prod"
    bench.calls()
    up(bench)
    assert bench.writes() == []
    assert living(bench) == before


@in_new
def test_second_stack_of_the_same_program_has_a_cluster_of_its_own(new_bench: NewBench, version: str) -> None:
    first = new_bench(version)
    up(first)
    before = living(first)
    second = new_bench(version, server=first.server)
    second.declared = first.declared
    up(second)
    assert len(first.clusters()) == 2
    assert second.destroy().ok
    assert living(first) == before
    assert first.steps() == {}


@in_new
def test_moved_state_moves_what_it_owns(new_bench: NewBench, version: str) -> None:
    """``pulumi state move`` from one stack to another of the same project."""
    bench = new_bench(version)
    only(bench, "hpc", "team")
    up(bench)
    before = living(bench)
    cluster, urn = bench.clusters()[0]["ClusterId"], bench.state()["team"]["urn"]
    team = bench.declared.pop("team")
    new_stack(bench, "people")
    run = bench.pulumi("state", "move", "--source", "dev", "--dest", "people", "--yes", urn)
    assert run.ok, run.text
    bench.calls()
    bench.declared = {"team": team}
    team["args"]["cluster"] = cluster
    up(bench)
    assert bench.writes() == []
    assert living(bench) == before


def new_stack(bench: Workbench, name: str) -> None:
    """Create another stack of the project, which has the settings of the first, and go on with that."""
    run = bench.pulumi("stack", "init", name, "--copy-config-from", bench.stack)
    assert run.ok, run.text
    bench.stack = name


def export(bench: Workbench, **replaced: str) -> str:
    """Write an export of the stack with texts replaced, and return its path."""
    run = bench.pulumi("stack", "export")
    text = run.text[run.text.index("{") :]
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    file = bench.folder / "export.json"
    file.write_text(text)
    return str(file)


@in_new
def test_state_in_another_backend_owns_the_same(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    up(bench)
    before = living(bench)
    file = export(bench)
    (bench.folder / "state2").mkdir()
    elsewhere = {"PULUMI_BACKEND_URL": (bench.folder / "state2").as_uri()}
    bench.environ = elsewhere
    assert bench.pulumi("stack", "init", "dev").ok
    assert bench.pulumi("stack", "import", "--file", file).ok
    bench.calls()
    bench.environ = {}
    assert bench.pulumi("stack", "rm", "--force", "--preserve-config", "--yes", "dev").ok
    bench.environ = elsewhere
    up(bench)
    assert bench.writes() == []
    assert living(bench) == before


def test_copied_state_owns_the_same_and_so_destroys_it(new_bench: NewBench) -> None:
    bench = new_bench()
    up(bench)
    file = export(bench, **{"urn:pulumi:dev::": "urn:pulumi:copy::", "workbench-dev": "workbench-copy"})
    new_stack(bench, "copy")
    run = bench.pulumi("stack", "import", "--file", file)
    assert run.ok, run.text
    assert bench.steps() == {}
    assert bench.destroy().ok
    assert bench.clusters() == []


# -- options and the list of owners -----------------------------------------------------------------------------------


def test_protected_resource_stays(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.declared["team"]["options"] = {"protect": True}
    up(bench)
    before = living(bench)
    bench.calls()
    team = bench.declared.pop("team")
    run = bench.up()
    assert not run.ok
    assert "cannot be deleted" in run.text
    bench.declared["team"] = team
    assert not bench.destroy().ok
    assert bench.writes() == []
    assert living(bench) == before


def test_owners_lists_whose_everything_is(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    up(bench)
    cluster = bench.clusters()[0]["ClusterId"]
    add_user(bench, "their.user")
    with bench.client() as client:
        gone = {"ClusterId": cluster, "User": [{"UserName": "bob.smith"}]}
        client.for_version("2024-07-30").call("DeleteUsers", gone)
    prefix = bench.state()["fixed"]["inputs"]["hostname_prefix"]
    bench.calls()
    lines = [line.split("\t") for line in owners(bench, cluster).splitlines()]
    assert [call.version for call in bench.calls()] == [version] * 4
    assert lines == [
        ["queue", "comp", "other"],
        ["queue", "work", "Queue 'work'"],
        ["nodes", prefix, "NodeGroup 'fixed'"],
        ["user", "alice.chen", "UserSet 'team'"],
        ["user", "bob.smith", "nobody", "recorded by UserSet 'team', and not there any more"],
        ["user", "their.user", "other"],
        ["mount", "/data", "Volume 'data'"],
        ["mount", "/home", "Cluster 'hpc'"],
    ]
    assert json.loads(owners(bench, "hpc", "--stack", "dev", "--json"))[1]["urn"] == bench.state()["work"]["urn"]
    assert bench.writes() == []


def owners(bench: Workbench, *arguments: str) -> str:
    """Run ``ehpc owners``."""
    done = bench.ehpc("owners", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout
