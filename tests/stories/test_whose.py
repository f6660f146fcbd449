"""Whose an object is, in the cases that ``docs/ownership.md`` describes; each as a user would try it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import CANARIES, NewBench
from tests.stories.test_edges import contents, foreign_cluster
from tests.stories.test_ownership import living, up, users
from tests.stories.versions import in_new, in_old
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine


def only(bench: Workbench, *names: str) -> None:
    """Leave the other resources out of the program."""
    bench.declared = {name: bench.declared[name] for name in names}


def group(prefix: str, **more: Any) -> dict[str, Any]:
    """Return a group of two nodes."""
    args = {"cluster": {"$ref": "hpc"}, "hostname_prefix": prefix, "instance_type": "ecs.c7.large", "count": 2}
    return {"type": "NodeGroup", "args": {**args, **more}}


def mount(directory: str, **more: Any) -> dict[str, Any]:
    """Return a volume."""
    args = {"cluster": {"$ref": "hpc"}, "file_system_id": "fs-x", "mount_target": "fs-x.example"}
    return {"type": "Volume", "args": {**args, "mount_directory": directory, **more}}


# -- swapping ---------------------------------------------------------------------------------------------------------


@in_old
def test_prefixes_of_like_groups_are_swapped_without_a_node_lost(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared |= {"one": group("aa-"), "two": group("bb-")}
    up(bench)
    before = living(bench)["nodes"]
    bench.calls()
    bench.declared |= {"one": group("bb-"), "two": group("aa-")}
    up(bench)
    assert living(bench)["nodes"] == before
    state = bench.state()
    assert {node["hostname"][:3] for node in state["one"]["outputs"]["nodes"]} == {"bb-"}
    assert {node["hostname"][:3] for node in state["two"]["outputs"]["nodes"]} == {"aa-"}


@in_new
def test_prefixes_of_unlike_groups_are_swapped_in_three_steps(new_bench: NewBench, version: str) -> None:
    """At once it is refused, and nothing is changed: neither group fits what the other one declares."""
    bench = new_bench(version)
    only(bench, "hpc")
    large = {"instance_type": "ecs.c7.xlarge"}
    bench.declared |= {"one": group("aa-"), "two": group("bb-", **large)}
    up(bench)
    before = living(bench)
    bench.calls()
    bench.declared |= {"one": group("bb-"), "two": group("aa-", **large)}
    run = bench.up()
    assert not run.ok
    assert "exist already and differ in what cannot change in place" in run.text
    assert bench.writes() == []
    assert living(bench) == before
    for one, two in (("cc-", "bb-"), ("cc-", "aa-"), ("bb-", "aa-")):
        bench.declared |= {"one": group(one), "two": group(two, **large)}
        up(bench)
    assert kinds_of_nodes(bench) == {"aa-": ["ecs.c7.xlarge"] * 2, "bb-": ["ecs.c7.large"] * 2}


def kinds_of_nodes(bench: Workbench) -> dict[str, list[str]]:
    """Return the instance types of the nodes, by the first three letters of their host names."""
    cluster = bench.clusters()[0]["ClusterId"]
    found: dict[str, list[str]] = {}
    with bench.client() as client:
        for node in client.for_version("2024-07-30").pages("ListNodes", {"ClusterId": cluster}):
            found.setdefault(node["Hostname"][:3], []).append(node["InstanceType"])
    return found


# -- two resources, one key -------------------------------------------------------------------------------------------


TAKEN = {
    "nodes": "hostname_prefix = 'aa-': is taken by NodeGroup",
    "mount": "mount_directory = '/x': is taken by Volume",
    "users": "users.alice.chen = 'alice.chen': is taken by UserSet",
}


@in_new
def test_one_key_declared_twice_is_refused_by_the_real_id(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared |= each_kind(bench, "one")
    up(bench)
    before = living(bench)
    bench.calls()
    declared = dict(bench.declared)
    wheel = [{"name": "alice.chen", "group": "wheel", "password": {"$secret": CANARIES[2]}}]
    for kind, taken in TAKEN.items():
        bench.declared = dict(declared)
        for name in ("one", "two"):
            bench.declared[f"{name}_{kind}"] = each_kind(bench, name, {"$apply": "hpc"})[f"{name}_{kind}"]
        bench.declared[f"two_{kind}"]["args"] |= {"nodes": {"count": 1}, "users": {"users": wheel}}.get(kind, {})
        run = bench.up()
        assert not run.ok
        assert f"{taken} 'one_{kind}'" in run.text or f"{taken} 'two_{kind}'" in run.text
    assert living(bench) == before
    assert bench.writes() == []


@in_old
def test_one_key_declared_twice_in_a_new_stack_is_made_once(new_bench: NewBench, version: str) -> None:
    """The engine stops at the first check that fails, so each run names one of them."""
    bench = new_bench(version)
    only(bench, "hpc")
    for name in ("one", "two"):
        bench.declared |= each_kind(bench, name, {"$apply": "hpc"})
    left = dict(TAKEN)
    while left:
        run = bench.up()
        assert not run.ok
        (kind,) = (kind for kind, taken in left.items() if taken in run.text)
        del left[kind], bench.declared[f"two_{kind}"]
    up(bench)
    assert bench.destroy().ok


def each_kind(bench: Workbench, name: str, cluster: Any = None) -> dict[str, dict[str, Any]]:
    """Return a resource of each kind with one key; their names begin alike."""
    made = {
        f"{name}_nodes": group("aa-"),
        f"{name}_mount": mount("/x"),
        f"{name}_users": users(bench, "", "alice.chen"),
    }
    for entry in made.values():
        entry["args"]["cluster"] = cluster or {"$ref": "hpc"}
    return made


@in_old
def test_forty_groups_of_like_names_stand_side_by_side(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    args = {"cluster": {"$ref": "hpc"}, "instance_type": "ecs.c7.large", "count": 1}
    bench.declared |= {f"gpu-{number}": {"type": "NodeGroup", "args": args} for number in range(40)}
    up(bench)
    state = bench.state()
    prefixes = [state[f"gpu-{number}"]["inputs"]["hostname_prefix"] for number in range(40)]
    assert len(set(prefixes)) == 40
    assert sorted(living(bench)["hosts"]) == sorted(f"{prefix}000" for prefix in prefixes)
    assert bench.destroy().ok
    assert bench.clusters() == []


# -- dropping, replacing and renaming ---------------------------------------------------------------------------------


@in_new
def test_dropped_resource_takes_only_its_own_along(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared |= {
        "g1": group("aa-"),
        "g2": group("bb-"),
        "m1": mount("/x"),
        "m2": mount("/y"),
        "u1": users(bench, "", "alice.chen"),
        "u2": users(bench, "", "bob.smith"),
    }
    up(bench)
    for name in ("g1", "m1", "u1"):
        del bench.declared[name]
    up(bench)
    left = living(bench)
    assert {host[:3] for host in left["hosts"]} == {"bb-"}
    assert set(left["users"]) == {"bob.smith"}
    assert left["mounts"] == ["/home", "/y"]


@in_old
def test_replaced_group_keeps_no_node_behind(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc")
    bench.declared["one"] = group("aa-")
    up(bench)
    before = living(bench)
    bench.declared["one"] = group("aa-", instance_type="ecs.c7.xlarge")
    up(bench)
    after = living(bench)
    assert after["hosts"] == before["hosts"]
    assert not set(after["nodes"]) & set(before["nodes"])
    assert kinds_of_nodes(bench) == {"aa-": ["ecs.c7.xlarge"] * 2}


@in_old
def test_replace_option_makes_the_object_anew(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    del bench.declared["fixed"]["args"]["queue"]  # a queue with nodes cannot be deleted
    up(bench)
    before = living(bench)
    state = bench.state()
    for name in ("work", "fixed", "team", "data"):
        bench.calls()
        run = bench.up("--replace", state[name]["urn"])
        assert run.ok, run.text
        assert bench.writes(), f"{name} was not replaced"
        assert bench.steps() == {}
    after = living(bench)
    assert not set(after.pop("nodes")) & set(before.pop("nodes"))
    assert after == before
    assert bench.destroy().ok
    assert bench.clusters() == []


@in_old
def test_rename_with_an_alias_changes_nothing(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    only(bench, "hpc", "work", "team", "data")
    bench.declared["work"]["args"]["name"] = "work"
    up(bench)
    before, state = living(bench), bench.state()
    bench.calls()
    for name in ("work", "team", "data"):
        bench.declared[f"{name}2"] = {**bench.declared.pop(name), "options": {"aliases": [state[name]["urn"]]}}
    up(bench)
    assert bench.writes() == []
    assert living(bench) == before


# -- other stacks' clusters -------------------------------------------------------------------------------------------


@in_new
def test_two_stacks_share_a_cluster(new_bench: NewBench, version: str) -> None:
    first = new_bench(version)
    only(first, "hpc")
    first.declared["one"] = users(first, "", "alice.chen")
    up(first)
    second = new_bench(version, server=first.server)
    second.declared = {"two": users(second, "", "bob.smith")}
    second.declared["two"]["args"]["cluster"] = first.clusters()[0]["ClusterId"]
    up(second)
    up(first)
    assert set(living(first)["users"]) == {"alice.chen", "bob.smith"}
    assert second.destroy().ok
    assert set(living(first)["users"]) == {"alice.chen"}


@in_old
def test_rename_on_a_foreign_cluster_needs_an_alias(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    bench.declared = {"one": users(bench, "", "alice.chen")}
    bench.declared["one"]["args"]["cluster"] = cluster
    up(bench)
    before = contents(bench, cluster)
    urn = bench.state()["one"]["urn"]
    bench.declared = {"renamed": bench.declared["one"]}
    bench.calls()
    run = bench.up()
    assert not run.ok
    assert "users exist already: alice.chen on cluster" in run.text
    assert "aliases" in run.text
    assert bench.writes() == []
    bench.declared["renamed"]["options"] = {"aliases": [urn]}
    up(bench)
    assert contents(bench, cluster) == before
    assert bench.writes() == []
    assert bench.state()["renamed"]["outputs"]["created_users"] == ["alice.chen"]


@in_old
def test_user_moved_on_a_foreign_cluster_is_made_again(new_bench: NewBench, version: str) -> None:
    """There nothing is handed over: the giver removes, and the taker creates, if need be in the next run."""
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    sets = {"one": ("alice.chen", "bob.smith"), "two": ("carol.jones",)}
    for name, names in sets.items():
        bench.declared[name] = users(bench, "", *names)
    only(bench, *sets)
    for name in sets:
        bench.declared[name]["args"]["cluster"] = cluster
    up(bench)
    for name, names in {"one": ("alice.chen",), "two": ("carol.jones", "bob.smith")}.items():
        bench.declared[name]["args"]["users"] = users(bench, "", *names)["args"]["users"]
    run = bench.up()
    if not run.ok:
        assert "users exist already: bob.smith" in run.text
    up(bench)
    assert {user["UserName"] for user in contents(bench, cluster)["users"]} == {
        "alice.chen",
        "bob.smith",
        "carol.jones",
        "their.user",
    }
    assert bench.state()["two"]["outputs"]["created_users"] == ["carol.jones", "bob.smith"]


@in_new
def test_adopted_object_of_a_foreign_cluster_is_deleted_with_its_resource(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    args = {"cluster": cluster, "name": "theirs", "max_count": 5}
    bench.declared = {"theirs": {"type": "Queue", "args": args}}
    run = bench.up()
    assert not run.ok
    assert "queue theirs exists already" in run.text
    args["adopt_existing"] = True
    up(bench)
    del args["adopt_existing"]
    up(bench)
    assert bench.destroy().ok
    assert "theirs" not in [queue["QueueName"] for queue in contents(bench, cluster)["queues"]]
