"""What a program only reads, by its id alone: what it sees of each resource type, and what it says where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError, RefusedError
from pulumi_ehpc.lifecycle.ids import inputs_of_id, wrong_id
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, NotFound, ReadOutcome
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from tests.resources.maximal import create_and_update_everything
from tests.resources.stack import ACCOUNT, REGION, TYPES, Stack

TYPE = "ecs.c7.large"
IDS = {"Queue": ":work", "NodeGroup": ":fix-", "UserSet": ":team", "Volume": ":/data"}
"""What follows the cluster's id in the ids of what stands in it."""


def read(stack: Stack, type_name: str, id: str, outputs: dict[str, Any] | None = None) -> ReadOutcome | NotFound:
    """Read as the engine does: of a program's arguments nothing is there, of what is in state only the outputs."""
    return stack.lifecycle(type_name).read(stack.context(type_name, "x", id), {}, outputs or {})


def seen(stack: Stack, type_name: str, id: str) -> dict[str, Any]:
    """Return the outputs of something that is there. Nothing may be written, and no input kept."""
    stack.reset_calls()
    found = read(stack, type_name, id)
    assert isinstance(found, ReadOutcome)
    assert stack.writes() == []
    assert found.inputs == {}
    where = {name: found.outputs.pop(name) for name in ("api_version", "region", "account_id")}
    assert where == {"api_version": stack.version, "region": REGION, "account_id": ACCOUNT}
    return found.outputs


@pytest.fixture
def cluster(stack: Stack) -> str:
    """A cluster of somebody else, with something of each kind in it."""
    other = stack.with_settings(identity="another")
    hpc = other.foreign_cluster()
    nodes = [{"instance_type": TYPE}]
    other.create("Queue", "work", cluster=hpc, compute_nodes=nodes, max_count=7, enable_scale_in=True)
    fixed = {"cluster": hpc, "queue": "work", "instance_type": TYPE, "hostname_prefix": "fix-"}
    other.create("NodeGroup", "fixed", **fixed, count=2)
    users = [{"name": "alice.chen", "group": "wheel", "password": "Str0ng-Password"}]
    other.create("UserSet", "team", cluster=hpc, users=[*users, {"name": "bob.smith", "password": "Str0ng-Password"}])
    mount = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
    other.create("Volume", "data", cluster=hpc, **mount)
    return hpc


def test_cluster(stack: Stack, cluster: str) -> None:
    found = seen(stack, "Cluster", cluster)
    assert (found["name"], found["status"]) == ("base", "running")
    assert (found["vpc_id"], found["vswitch_id"]) == ("vpc-1", "vsw-1")
    assert found["scheduler"].startswith("slurm")
    assert {"create_time", "manager_ip", "security_group_id", "enable_scale_in", "max_count"} <= set(found)
    assert not stack.session.program.is_own(cluster)


def test_queue(stack: Stack, cluster: str) -> None:
    found = seen(stack, "Queue", f"{cluster}:work")
    assert (found["cluster"], found["name"], found["created"]) == (cluster, "work", False)
    assert (found["max_count"], found["enable_scale_in"]) == (7, True)
    assert [node["instance_type"] for node in found["compute_nodes"]] == [TYPE]


def test_node_group(stack: Stack, cluster: str) -> None:
    found = seen(stack, "NodeGroup", f"{cluster}:fix-")
    assert (found["cluster"], found["hostname_prefix"], found["count"]) == (cluster, "fix-", 2)
    assert (found["queue"], found["instance_type"]) == ("work", TYPE)
    assert [node["hostname"] for node in found["nodes"]] == ["fix-000", "fix-001"]


def test_node_group_tells_what_all_nodes_have_alike(stack: Stack, cluster: str) -> None:
    other = stack.with_settings(identity="another")
    other.create("NodeGroup", "more", cluster=cluster, instance_type="ecs.g7.large", count=1, hostname_prefix="fixed-")
    found = seen(stack, "NodeGroup", f"{cluster}:fix")
    assert [node["hostname"] for node in found["nodes"]] == ["fix-000", "fix-001", "fixed-000"]
    assert (found["count"], "instance_type" in found, "queue" in found) == (3, False, False)
    assert found["vswitch_id"] == "vsw-1"


def test_nodes_that_are_added_later_are_seen_by_a_refresh(stack: Stack, cluster: str) -> None:
    first = read(stack, "NodeGroup", f"{cluster}:fix-")
    assert isinstance(first, ReadOutcome)
    added = {"ClusterId": cluster, "Count": 1, "InstanceType": TYPE, "HostNamePrefix": "fix-"}
    stack.call("AddNodes", "2018-04-12", **added)
    stack.cloud.advance(120)
    found = read(stack, "NodeGroup", f"{cluster}:fix-", first.outputs)
    assert isinstance(found, ReadOutcome)
    assert found.outputs["count"] == len(found.outputs["nodes"]) == 3


@pytest.mark.parametrize("name", ["", ":team", ":of another stack"])
def test_user_set_has_every_user_of_the_cluster(stack: Stack, cluster: str, name: str) -> None:
    found = seen(stack, "UserSet", f"{cluster}{name}")
    assert found == {
        "cluster": cluster,
        "users": {"alice.chen": "wheel", "bob.smith": "users"},
        "created_users": [],
    }


def test_volume(stack: Stack, cluster: str) -> None:
    found = seen(stack, "Volume", f"{cluster}:/data")
    assert (found["cluster"], found["mount_directory"], found["created"]) == (cluster, "/data", False)
    assert (found["file_system_id"], found["mount_target"]) == ("fs-1", "fs-1.example")


def test_ids_in_state_are_what_can_be_read(stack: Stack) -> None:
    made = list(create_and_update_everything(stack))
    assert {resource.type_name for resource in made} == set(TYPES)
    for resource in made:
        resource_type = TYPES[resource.type_name]
        assert list(wrong_id(resource_type, resource.id)) == []
        told = inputs_of_id(resource_type, resource.id)
        assert told == {name: resource.inputs[name] for name in told}
        assert told or resource.type_name == "Cluster"


@pytest.mark.parametrize("resource_type", TYPES.values(), ids=list(TYPES))
def test_examples_of_ids_have_their_form(resource_type: ResourceType[Any]) -> None:
    assert list(wrong_id(resource_type, resource_type.example_id)) == []


# -- what is not there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_name", "key", "there"),
    [
        ("Queue", "wrk", "must be a name that exists. On the cluster there is: comp, work."),
        ("NodeGroup", "fx", "must be the beginning of a host name. On the cluster there is: fix-000, fix-001."),
        ("Volume", "data", "must be a mount_directory that exists. On the cluster there is: /data."),
    ],
)
def test_what_is_there_instead_is_named(stack: Stack, cluster: str, type_name: str, key: str, there: str) -> None:
    id = f"{cluster}:{key}"
    with pytest.raises(EhpcError) as caught:
        read(stack, type_name, id)
    assert str(caught.value) == (
        f"{type_name} 'x': {id} was not found in {REGION} with account {ACCOUNT}. What follows the colon {there}"
    )


def test_cluster_without_anything_of_the_kind_says_so(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    with pytest.raises(EhpcError, match=r"On the cluster there is: nothing of the kind\."):
        read(stack, "NodeGroup", f"{cluster}:fix-")


@pytest.mark.parametrize("type_name", IDS)
def test_cluster_that_is_not_there_is_named(stack: Stack, type_name: str) -> None:
    with pytest.raises(EhpcError) as caught:
        read(stack, type_name, f"ehpc-none{IDS[type_name]}")
    assert str(caught.value).startswith(
        f"{type_name} 'x': its cluster ehpc-none was not found in {REGION} with account"
    )
    assert "Check the id, the region and the account" in str(caught.value)


@pytest.mark.parametrize("type_name", ["Cluster", *IDS])
def test_id_of_another_form_is_refused(stack: Stack, type_name: str) -> None:
    """Preflight refuses it before, where it is known by then."""
    with pytest.raises(EhpcError, match=f"^{type_name} 'x': id = 'no id': must be the id of "):
        read(stack, type_name, "no id")
    assert stack.call_count() == 0


@pytest.mark.parametrize("type_name", ["Cluster", *IDS])
def test_what_has_vanished_is_dropped_by_a_refresh(stack: Stack, cluster: str, type_name: str) -> None:
    id = f"{cluster}{IDS.get(type_name, '')}"
    outputs = {**seen(stack, type_name, id), "api_version": stack.version, "region": REGION, "account_id": ACCOUNT}
    stack.call("DeleteCluster", "2024-07-30", ClusterId=cluster)
    stack.cloud.advance(600)
    assert read(stack, type_name, id, outputs) is NOT_FOUND


@pytest.mark.parametrize("type_name", ["Cluster", *IDS])
def test_other_credentials_empty_no_state(stack: Stack, cluster: str, type_name: str) -> None:
    id = f"{cluster}{IDS.get(type_name, '')}"
    outputs = {**seen(stack, type_name, id), "api_version": stack.version, "region": REGION, "account_id": ACCOUNT}
    with pytest.raises(RefusedError, match="It stays in state"):
        read(stack.with_settings(key="other"), type_name, id, outputs)


# -- what older releases left ---------------------------------------------------------------------------------------


def test_cluster_that_an_older_release_read_is_none_of_the_stack_s(stack: Stack, cluster: str) -> None:
    """Its refresh wrote inputs, as of what is declared, and no account was recorded."""
    where = {"api_version": stack.version, "region": REGION}
    inputs = {**where, "identity": stack.identity}
    context = stack.context("Cluster", "hpc", cluster)
    found = stack.lifecycle("Cluster").read(context, inputs, {**where, "status": "running"})
    assert isinstance(found, ReadOutcome)
    assert (found.inputs, found.outputs["account_id"]) == ({}, ACCOUNT)
    assert not stack.session.program.is_own(cluster)
