"""Runs that end between a creating call and the state: what they made is found again, and only that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import CANARIES, NewBench
from tests.stories.lossy import BlindingProxy, HoldingProxy
from tests.stories.test_edges import args, contents, foreign_cluster
from tests.stories.versions import in_new, in_old, in_turn
from tests.stories.workbench import TIMEOUT_SECONDS, Workbench

pytestmark = pytest.mark.engine

CREATING = {
    "work": {"2024-07-30": "CreateQueue", "2018-04-12": "AddQueue"},
    "team": {"2024-07-30": "CreateUsers", "2018-04-12": "AddUsers"},
    "fixed": {"2024-07-30": "CreateNodes", "2018-04-12": "AddNodes"},
    "data": {"2024-07-30": "AttachSharedStorages", "2018-04-12": "UpdateClusterVolumes"},
}
LOOKS = {
    "work": ("GetQueue", "ListQueues"),
    "team": ("ListUsers",),
    "fixed": ("ListNodes",),
    "data": ("ListSharedStorages", "GetClusterVolumes"),
}
TROUBLES = ["killed", "answer lost and the look failing"]
THEIRS = {
    "work": "queue work exists already",
    "team": "users exist already: alice.chen",
    "fixed": "1 nodes with the host name prefix fix- exist already",
}
TWO_DAYS = 2 * 24 * 3600


def kill_during(bench: Workbench, *actions: str) -> None:
    """Kill ``up`` when calls have been carried out whose responses it waits for."""
    with HoldingProxy(bench.server.endpoint, actions) as proxy:
        bench.configure("ehpc:endpoint", proxy.endpoint)
        process = bench.start("up", "--yes", "--skip-preview")
        try:
            assert proxy.reached.wait(TIMEOUT_SECONDS), (bench.folder / "started.txt").read_text()
            bench.kill(process)
            assert bench.plugins(gone=True) == []
        finally:
            proxy.released.set()
    bench.configure("ehpc:endpoint", bench.server.endpoint)
    assert bench.pulumi("cancel", "--yes").ok
    bench.calls()


def blind_during(bench: Workbench, looks: dict[str, tuple[str, ...]]) -> None:
    """Let ``up`` fail because neither the responses to calls nor the looks afterwards come through."""
    with BlindingProxy(bench.server.endpoint, looks) as proxy:
        bench.configure("ehpc:endpoint", proxy.endpoint)
        run = bench.up("--continue-on-error")
        assert not run.ok
        assert proxy.not_called == set(), run.text
    bench.configure("ehpc:endpoint", bench.server.endpoint)
    bench.calls()


def interrupt(bench: Workbench, trouble: str, version: str, *names: str) -> None:
    """Let a run end after the calls that create what some resources declare."""
    if trouble == "killed":
        kill_during(bench, *(CREATING[name][version] for name in names))
    else:
        blind_during(bench, {CREATING[name][version]: LOOKS[name] for name in names})


def finish(bench: Workbench, *actions: str) -> str:
    """Run ``up`` again, see that it finishes what was begun, and return what it printed."""
    run = bench.up()
    assert run.ok, run.text
    assert set(actions).isdisjoint(bench.writes())
    assert bench.refresh().ok
    assert bench.steps() == {}
    return run.text


def creating(version: str) -> list[str]:
    """Return the calls that create what every child of the cluster declares."""
    return [actions[version] for actions in CREATING.values()]


def children(bench: Workbench, cluster: str, *names: str) -> None:
    """Declare resources on somebody else's cluster, and nothing beside them."""
    args(bench, "fixed").pop("queue", None)
    bench.declared = {name: bench.declared[name] for name in names}
    for name in names:
        args(bench, name)["cluster"] = cluster


# -- on a cluster of others ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_an_interrupted_create_made_is_finished_and_owned(new_bench: NewBench, version: str, trouble: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    before = contents(bench, cluster)
    children(bench, cluster, *CREATING)
    interrupt(bench, trouble, version, *CREATING)
    assert not bench.state().keys() & CREATING.keys()
    assert finish(bench, *creating(version)).count("an interrupted run of this resource") >= len(CREATING)
    made = contents(bench, cluster)
    assert all(made[kind] != before[kind] for kind in before)
    bench.declared = {}
    run = bench.up()
    assert run.ok, run.text
    assert contents(bench, cluster) == before


@in_old
def test_without_the_journal_it_is_refused_with_the_ways_out(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    children(bench, cluster, *CREATING)
    kill_during(bench, *creating(version))
    bench.server.cloud.advance(600)
    made = contents(bench, cluster)
    bench.configure("ehpc:journal", str(bench.folder / "elsewhere"))
    run = bench.up("--continue-on-error")
    assert not run.ok
    for name in CREATING:
        assert f"{bench.declared[name]['type']} '{name}'" in run.text
    assert run.text.count("adopt_existing=True") >= len(CREATING) <= run.text.count("aliases")
    assert bench.writes() == []
    assert not bench.state().keys() & CREATING.keys()
    bench.configure("ehpc:journal", None)
    bench.environ = {"EHPC_JOURNAL": str(bench.folder / "left" / "pulumi-ehpc" / "intents")}
    finish(bench, *creating(version))
    now = contents(bench, cluster)
    assert [node["Id"] for node in now["nodes"]] == [node["Id"] for node in made["nodes"]]
    assert [user["AddTime"] for user in now["users"]] == [user["AddTime"] for user in made["users"]]


def test_what_others_made_meanwhile_is_refused(new_bench: NewBench, version: str) -> None:
    """Somebody removed what the killed run made, and made the same later."""
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    args(bench, "fixed")["hostname_prefix"] = "fix-"
    # 2018-04-12 does not report when a queue was made.
    names = ["team", "fixed", *(["work"] if version == "2024-07-30" else [])]
    children(bench, cluster, *names)
    kill_during(bench, *(CREATING[name][version] for name in names))
    for name in names:
        replace_by_hand(bench, cluster, name)
    theirs = contents(bench, cluster)
    run = bench.up("--continue-on-error")
    assert not run.ok
    for name in names:
        assert f"{THEIRS[name]} on cluster {cluster}, which this stack did not create" in run.text
    assert bench.destroy().ok
    assert contents(bench, cluster) == theirs


def replace_by_hand(bench: Workbench, cluster: str, name: str) -> None:
    """Remove what a killed run made, and make something else under the same key two days later."""
    where = {"ClusterId": cluster}
    with bench.client() as client:
        api = client.for_version("2024-07-30")
        if name == "work":
            api.call("DeleteQueues", {**where, "QueueNames": ["work"]})
        elif name == "team":
            api.call("DeleteUsers", {**where, "User": [{"UserName": "alice.chen"}, {"UserName": "bob.smith"}]})
        else:
            bench.server.cloud.advance(600)
            nodes = [node["Id"] for node in api.pages("ListNodes", where) if node["Hostname"].startswith("fix-")]
            api.call("DeleteNodes", {**where, "InstanceIds": nodes})
        bench.server.cloud.advance(TWO_DAYS)
        if name == "work":
            api.call("CreateQueue", {**where, "Queue": {"QueueName": "work"}})
        elif name == "team":
            user = {"UserName": "alice.chen", "Group": "users", "Password": CANARIES[1]}
            api.call("CreateUsers", {**where, "User": [user]})
        else:
            kind = {"InstanceType": "ecs.c7.large"}
            api.call("CreateNodes", {**where, "Count": 1, "HostnamePrefix": "fix-", "ComputeNode": kind})
        bench.server.cloud.advance(600)


# -- on the stack's own cluster ------------------------------------------------------------------------------------


def own(bench: Workbench, *names: str) -> dict[str, Any]:
    """Declare the cluster and run ``up``; declare some of its children and return what is on the cluster now."""
    everything = bench.declared
    bench.declared = {"hpc": everything["hpc"]}
    assert bench.up().ok
    bench.declared = {name: everything[name] for name in ("hpc", *names)}
    if "fixed" in names:
        args(bench, "fixed").pop("queue")
    return contents(bench, bench.clusters()[0]["ClusterId"])


@in_turn("trouble", TROUBLES)
def test_nothing_is_left_behind_on_the_stack_s_cluster(new_bench: NewBench, version: str, trouble: str) -> None:
    bench = new_bench(version)
    before = own(bench, *CREATING)
    interrupt(bench, trouble, version, *CREATING)
    finish(bench, *creating(version))
    for name in CREATING:
        del bench.declared[name]
    run = bench.up()
    assert run.ok, run.text
    assert contents(bench, bench.clusters()[0]["ClusterId"]) == before
    assert list((bench.folder / "left").rglob("intents/*")) == []


@in_turn("trouble", TROUBLES)
def test_user_of_an_interrupted_update_is_removed_when_dropped(new_bench: NewBench, version: str, trouble: str) -> None:
    bench = new_bench(version)
    own(bench, "team")
    alice, bob = args(bench, "team")["users"]
    args(bench, "team")["users"] = [alice]
    assert bench.up().ok
    args(bench, "team")["users"] = [alice, bob]
    interrupt(bench, trouble, version, "team")
    finish(bench, CREATING["team"][version])
    assert bench.state()["team"]["outputs"]["created_users"] == ["alice.chen", "bob.smith"]
    args(bench, "team")["users"] = [alice]
    assert bench.up().ok
    there = contents(bench, bench.clusters()[0]["ClusterId"])["users"]
    assert [user["UserName"] for user in there] == ["alice.chen"]


@in_new
def test_user_who_got_no_answer_and_is_dropped_at_once_is_removed(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    own(bench, "team")
    alice, bob = args(bench, "team")["users"]
    args(bench, "team")["users"] = [alice]
    assert bench.up().ok
    args(bench, "team")["users"] = [alice, bob]
    interrupt(bench, "answer lost", version, "team")
    args(bench, "team")["users"] = [alice]
    run = bench.up()
    assert run.ok, run.text
    there = contents(bench, bench.clusters()[0]["ClusterId"])["users"]
    assert [user["UserName"] for user in there] == ["alice.chen"]


def test_queue_killed_before_its_scaling_was_set_is_finished_while_another_scales(new_bench: NewBench) -> None:
    """2018-04-12 sets how a queue scales with a second call, and reports zeros for a queue that never had it."""
    bench = new_bench("2018-04-12")
    own(bench, "work")
    bench.declared["first"] = {"type": "Queue", "args": {**args(bench, "work"), "max_count": 5}}
    work = bench.declared.pop("work")
    assert bench.up().ok
    bench.declared["work"] = {**work, "args": {**work["args"], "max_count": 7}}
    kill_during(bench, "AddQueue")
    finish(bench, "AddQueue")
    with bench.client() as client:
        cluster = {"ClusterId": bench.clusters()[0]["ClusterId"]}
        scaling = client.for_version("2018-04-12").call("GetAutoScaleConfig", cluster)["Queues"]["QueueInfo"]
    limits = {each["QueueName"]: each["MaxNodesInQueue"] for each in scaling}
    assert (limits["first"], limits["work"]) == (5, 7)
