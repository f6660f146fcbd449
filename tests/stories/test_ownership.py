"""Whose an object is: renamed, moved, swapped and handed over; nothing that the program still declares is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import CANARIES, NewBench
from tests.stories.test_interrupted import CREATING, kill_during
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import READS, Workbench

pytestmark = pytest.mark.engine

CHILDREN = ("work", "fixed", "team", "data")


def up(bench: Workbench) -> str:
    """Run ``up``, see that it ends well and leaves nothing to do, and return what it printed."""
    run = bench.up()
    assert run.ok, run.text
    assert bench.steps() == {}
    return run.text


def living(bench: Workbench) -> dict[str, Any]:
    """Return what stands on the cluster: queues, hosts, users and mounts."""
    cluster = bench.clusters()[0]["ClusterId"]
    with bench.client() as client:
        api = client.for_version("2024-07-30")
        return {
            "queues": sorted(each["QueueName"] for each in api.pages("ListQueues", {"ClusterId": cluster})),
            "hosts": sorted(each["Hostname"] for each in api.pages("ListNodes", {"ClusterId": cluster})),
            "nodes": sorted(each["Id"] for each in api.pages("ListNodes", {"ClusterId": cluster})),
            "users": {each["UserName"]: each["Group"] for each in api.pages("ListUsers", {"ClusterId": cluster})},
            "mounts": sorted(
                mount["MountDirectory"]
                for storage in api.pages("ListSharedStorages", {"ClusterId": cluster})
                for mount in storage["MountInfo"]
            ),
        }


def with_names(bench: Workbench) -> None:
    """Give every resource of the program the physical name that it would get by itself."""
    bench.declared["work"]["args"]["name"] = "work"
    bench.declared["fixed"]["args"]["hostname_prefix"] = "fix-"


def users(bench: Workbench, name: str, *given: str) -> dict[str, Any]:
    """Return a set of some of the users alice.chen and bob.smith."""
    passwords = {"alice.chen": CANARIES[1], "bob.smith": CANARIES[3], "carol.jones": CANARIES[4]}
    declared = [{"name": user, "password": {"$secret": passwords[user]}} for user in given]
    return {"type": "UserSet", "args": {"cluster": {"$ref": "hpc"}, "users": declared}}


@in_old
def test_resources_renamed_without_aliases_keep_what_they_made(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    with_names(bench)
    up(bench)
    before = living(bench)
    bench.calls()
    for name in CHILDREN:
        bench.declared[f"{name}2"] = bench.declared.pop(name)
    bench.declared["fixed2"]["args"]["queue"] = {"$ref": "work2"}
    bench.declared = {name: bench.declared[name] for name in ("hpc", "work2", "fixed2", "team2", "data2")}
    text = up(bench)
    assert living(bench) == before
    assert "nothing is deleted" in text
    assert not [action for action in bench.writes() if action.startswith(("Delete", "Create", "Add", "Detach"))]
    assert set(bench.state()) >= {"work2", "fixed2", "team2", "data2"}
    assert bench.destroy().ok
    assert bench.clusters() == []


@in_new
def test_resources_moved_into_a_component_keep_what_they_made(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    with_names(bench)
    up(bench)
    before = living(bench)
    bench.declared = {"hpc": bench.declared["hpc"], "unit": {"type": "Component", "args": {}}} | {
        name: {**bench.declared[name], "options": {"parent": {"$ref": "unit"}}} for name in CHILDREN
    }
    text = up(bench)
    assert living(bench) == before
    assert "nothing is deleted" in text


@in_new
def test_user_moved_between_two_sets_is_handed_over(new_bench: NewBench, version: str) -> None:
    """There and back: the giver is declared first, then the taker; many steps at once, then one at a time."""
    bench = new_bench(version)
    with_bob, alone = ("alice.chen", "bob.smith"), ("alice.chen",)
    taking, without = ("carol.jones", "bob.smith"), ("carol.jones",)
    bench.declared = {"hpc": bench.declared["hpc"]}
    bench.declared |= {"one": users(bench, "one", *with_bob), "two": users(bench, "two", *without)}
    up(bench)
    bench.calls()
    for arguments in ((), ("--parallel", "1")):
        for one, two in ((alone, taking), (with_bob, without)):
            bench.declared |= {"one": users(bench, "one", *one), "two": users(bench, "two", *two)}
            run = bench.up(*arguments)
            assert run.ok, run.text
            assert "bob.smith is handed over to UserSet" in run.text
            assert set(living(bench)["users"]) == {"alice.chen", "bob.smith", "carol.jones"}
            state = bench.state()
            assert sorted(state["one"]["outputs"]["created_users"]) == sorted(one)
            assert sorted(state["two"]["outputs"]["created_users"]) == sorted(two)
            assert bench.steps() == {}
    assert "DeleteUsers" not in bench.writes()


def test_users_of_two_sets_are_swapped(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    hpc = bench.declared["hpc"]
    bench.declared = {"hpc": hpc, "one": users(bench, "one", "alice.chen"), "two": users(bench, "two", "bob.smith")}
    up(bench)
    bench.calls()
    bench.declared = {"hpc": hpc, "one": users(bench, "one", "bob.smith"), "two": users(bench, "two", "alice.chen")}
    up(bench)
    assert "DeleteUsers" not in bench.writes()
    assert set(living(bench)["users"]) == {"alice.chen", "bob.smith"}


def test_queue_that_exists_on_the_stack_s_cluster_becomes_the_resource_s(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.declared = {"hpc": bench.declared["hpc"]}
    up(bench)
    queue = {"QueueName": "work", "ComputeNodes": [{"InstanceType": "ecs.g7.large"}], "MaxCount": 7}
    with bench.client() as client:
        cluster = bench.clusters()[0]["ClusterId"]
        client.for_version("2024-07-30").call("CreateQueue", {"ClusterId": cluster, "Queue": queue})
    bench.declared["work"] = {
        "type": "Queue",
        "args": {"cluster": {"$ref": "hpc"}, "compute_nodes": [{"instance_type": "ecs.c7.large"}], "max_count": 9},
    }
    assert "it is this resource's from now on" in up(bench)
    del bench.declared["work"]
    up(bench)
    assert "work" not in living(bench)["queues"]


@in_new
def test_nodes_of_another_stack_are_not_taken(new_bench: NewBench, version: str) -> None:
    """Two stacks, one cluster, two groups with one prefix: the second is refused and touches nothing."""
    first = new_bench(version)
    first.declared = {name: first.declared[name] for name in ("hpc", "fixed")}
    first.declared["fixed"]["args"] |= {"hostname_prefix": "wk-", "queue": None}
    up(first)
    before = living(first)
    second = new_bench(version, server=first.server)
    second.declared = {"mine": first.declared["fixed"]}
    second.declared["mine"]["args"]["cluster"] = first.clusters()[0]["ClusterId"]
    first.calls()
    run = second.up()
    assert not run.ok
    assert "2 nodes with the host name prefix wk- exist already" in run.text
    assert "aliases" in run.text and "adopt_existing=True" in run.text
    assert living(first) == before
    assert second.destroy().ok
    assert living(first) == before


@in_old
def test_only_reads_reach_the_service_where_nothing_changes(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    up(bench)
    bench.calls()
    up(bench)
    assert [call.action for call in bench.calls() if not call.action.startswith(READS)] == []


def test_previews_say_what_is_handed_over_and_where_much_is_removed(new_bench: NewBench) -> None:
    bench = new_bench()
    hpc = bench.declared["hpc"]
    fixed = {**bench.declared["fixed"], "args": {**bench.declared["fixed"]["args"], "queue": None}}
    one, two = users(bench, "one", "alice.chen", "bob.smith"), users(bench, "two", "carol.jones")
    bench.declared = {"hpc": hpc, "one": one, "two": two, "fixed": fixed}
    up(bench)
    bench.declared = {"hpc": hpc, "two": users(bench, "two", "bob.smith")}
    preview = bench.preview()
    assert preview.ok, preview.text
    assert "takes over bob.smith from UserSet 'one': nothing is deleted" in preview.text
    assert "1 of 1 users are removed: carol.jones" in preview.text
    assert "UserSet 'one' is not declared any more: its 1 users are removed, if state has them" in preview.text
    assert "NodeGroup 'fixed' is not declared any more: its 2 nodes are removed, if state has them" in preview.text
    assert "DeleteUsers" not in bench.writes()


@in_new
def test_what_the_user_replaces_is_replaced(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    with_names(bench)
    up(bench)
    before = living(bench)
    bench.declared["fixed"]["args"]["count"] = 3
    bench.declared["fixed"]["options"] = {"replace_on_changes": ["count"]}
    up(bench)
    assert not set(living(bench)["nodes"]) & set(before["nodes"])


@in_old
def test_replacement_whose_create_would_be_refused_deletes_nothing(new_bench: NewBench, version: str) -> None:
    """On a cluster of somebody else: a queue is to be renamed to one that exists."""
    bench = new_bench(version)
    bench.declared = {"hpc": bench.declared["hpc"]}
    up(bench)
    cluster = bench.clusters()[0]["ClusterId"]
    with bench.client() as client:
        client.for_version("2024-07-30").call("CreateQueue", {"ClusterId": cluster, "Queue": {"QueueName": "theirs"}})
    other = new_bench(version, server=bench.server)
    other.declared = {"work": {"type": "Queue", "args": {"cluster": cluster, "name": "mine"}}}
    up(other)
    other.declared["work"]["args"]["name"] = "theirs"
    other.calls()
    run = other.up()
    assert not run.ok
    assert "queue theirs exists already" in run.text
    assert other.writes() == []
    assert set(living(bench)["queues"]) >= {"mine", "theirs"}


def test_what_a_killed_run_made_and_the_program_dropped_is_named(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    with_names(bench)
    names = ("late", "nodes")
    declared = {"late": bench.declared["work"], "nodes": bench.declared["fixed"]}
    declared["late"]["args"]["name"] = "late"
    del declared["nodes"]["args"]["queue"]
    bench.declared = {"hpc": bench.declared["hpc"]}
    up(bench)
    bench.declared |= declared
    kill_during(bench, *(CREATING[name][version] for name in ("work", "fixed")))
    assert not bench.state().keys() & set(names)
    bench.declared = {"hpc": bench.declared["hpc"]}
    preview = bench.preview()
    assert preview.ok and "left behind" not in preview.text
    run = bench.up()
    assert run.ok, run.text
    for what in ("late on ", "which Queue 'late' declared, is left behind: no resource declares it"):
        assert what in run.text
    assert "which NodeGroup 'nodes' declared, is left behind" in run.text
    assert "late" in living(bench)["queues"] and len(living(bench)["nodes"]) == 2
    bench.declared |= declared
    up(bench)
    bench.declared = {"hpc": bench.declared["hpc"]}
    assert "left behind" not in up(bench)
    assert "late" not in living(bench)["queues"] and living(bench)["nodes"] == []
