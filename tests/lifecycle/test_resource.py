"""A noun as a program sees it: arguments become inputs, Outputs come back typed."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from pulumi_ehpc.lifecycle.resource import whole
from pulumi_ehpc.lifecycle.rows import rows_of
from tests.lifecycle.program import run, values
from tests.lifecycle.sample import Sample

pytestmark = pytest.mark.sdk

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}
ALICE = {"name": "alice", "group": "wheel", "password": "Str0ng-Password"}


def people() -> list[Any]:
    """Two users, one with a secret and one with a block."""
    alice = {**ALICE, "password": pulumi.Output.secret("Str0ng-Password")}
    return [alice, ehpc.UserArgs(name="bob", auth_key="ssh-ed25519 AAAA")]


@pytest.mark.parametrize("noun", [ehpc.NodeGroup, ehpc.Queue, ehpc.UserSet, ehpc.Volume])
def test_misspelt_and_missing_arguments_are_told_together(noun: Any) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: noun("x", clustr="Canary"))
    assert f"{noun.__name__} 'x': clustr = [not shown]: there is no such property; did you mean cluster" in str(
        caught.value
    )
    assert f"{noun.__name__} 'x': cluster = [not given]: is required" in str(caught.value)
    assert "Canary" not in str(caught.value)


def test_misspelt_arguments_within_blocks_are_told() -> None:
    def program() -> None:
        ehpc.Queue("work", cluster="ehpc-1", compute_nodes=[{"instance_typ": "Canary"}])
        ehpc.UserSet("team", cluster="ehpc-1", users=[{**ALICE, "pasword": "Canary"}])

    with pytest.raises(pulumi.RunError) as caught:
        run(program)
    assert "compute_nodes[0].instance_typ = [not shown]: there is no such property" in str(caught.value)
    assert "users.alice.pasword = [not shown]: there is no such property" in str(caught.value)
    assert "Canary" not in str(caught.value)


def test_nouns_are_made_while_a_program_runs_only() -> None:
    with pytest.raises(pulumi.RunError, match="while a program runs"):
        ehpc.Queue("work", cluster="ehpc-1")


def test_cluster_is_given_by_its_id_and_queue_by_its_name() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        work = ehpc.Queue("work", cluster=hpc, name="named")
        ehpc.NodeGroup("fixed", cluster=hpc, queue=work, instance_type="ecs.c7.large", count=1)
        ehpc.NodeGroup("other", cluster="ehpc-1", queue="comp", instance_type="ecs.c7.large", count=1)

    registered = run(program)
    fixed, other = registered.inputs("fixed"), registered.inputs("other")
    assert (fixed["cluster"], fixed["queue"]) == ("hpc-id", "named")
    assert (other["cluster"], other["queue"]) == ("ehpc-1", "comp")


def test_block_and_dict_give_the_same_inputs() -> None:
    def program() -> None:
        kind = ehpc.ComputeNodeArgs(instance_type="ecs.c7.large", system_disk=ehpc.SystemDiskArgs(size_gib=60))
        ehpc.Queue("block", cluster="ehpc-1", compute_nodes=[kind])
        same = {"instance_type": "ecs.c7.large", "system_disk": {"size_gib": 60}}
        ehpc.Queue("dict", cluster="ehpc-1", compute_nodes=[same])
        ehpc.Queue("output", cluster="ehpc-1", compute_nodes=pulumi.Output.from_input([kind]))

    registered = run(program)
    assert registered.inputs("block") == registered.inputs("dict") == registered.inputs("output")


def test_one_identity_serves_all_nouns_of_a_stack() -> None:
    def program() -> None:
        ehpc.Queue("one", cluster="ehpc-1")
        ehpc.Queue("two", cluster="ehpc-1")

    registered = run(program)
    assert registered.resources["identity"].typ == "pulumi-python:dynamic/ehpc:Identity"
    assert registered.inputs("one")["identity"] == registered.inputs("two")["identity"] == "identity-id"


def test_whole_numbers_come_back_whole() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        kind = {"instance_type": "ecs.c7.large", "period": 1, "system_disk": {"size_gib": 60}}
        work = ehpc.Queue("work", cluster="ehpc-1", max_count=50, compute_nodes=[kind])
        return {"most": work.max_count, "nodes": work.compute_nodes, "least": work.min_count}

    held = values(program)
    assert held["most"] == 50 and isinstance(held["most"], int)
    node = held["nodes"][0]
    assert isinstance(node["period"], int)
    assert isinstance(node["system_disk"]["size_gib"], int)
    assert held["least"] is None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("count", 3.0, 3),
        ("count", 3.5, 3.5),
        ("price", 3.0, 3.0),
        ("title", "abc", "abc"),
        ("part", {"disk": {"size_gib": 4.0}, "more": 1.0}, {"disk": {"size_gib": 4}, "more": 1.0}),
        ("parts", [{"disk": {"size_gib": 4.0}}], [{"disk": {"size_gib": 4}}]),
        ("parts", None, None),
    ],
)
def test_whole(name: str, value: Any, expected: Any) -> None:
    found = whole(rows_of(Sample)[name], value)
    assert repr(found) == repr(expected)


def test_outputs_of_the_service_can_be_read() -> None:
    held = values(lambda: {"status": ehpc.Cluster("hpc", **HPC).status})
    assert held == {"status": "running"}


def test_subclass_of_a_noun_keeps_its_type_token() -> None:
    class TeamQueue(ehpc.Queue):
        """A company's own kind of queue."""

    registered = run(lambda: TeamQueue("work", cluster="ehpc-1"))
    assert registered.resources["work"].typ == "pulumi-python:dynamic/ehpc:Queue"


# -- engine options ------------------------------------------------------------------------------------------------


def options(noun: Any, **given: Any) -> pulumi.ResourceOptions:
    found: pulumi.ResourceOptions = noun.options(object.__new__(noun), given)
    return found


@pytest.mark.parametrize("noun", [ehpc.Cluster, ehpc.NodeGroup, ehpc.Queue, ehpc.UserSet, ehpc.Volume])
def test_replacements_delete_first_and_secrets_stay_secret(noun: Any) -> None:
    found = options(noun)
    assert found.delete_before_replace is True
    secrets = {name for name, row in rows_of(noun).items() if row.secret}
    assert set(found.additional_secret_outputs or ()) == secrets


def test_protected_cluster_is_protected_by_the_engine_too() -> None:
    assert options(ehpc.Cluster, deletion_protection=True).protect is True
    assert options(ehpc.Cluster, deletion_protection=False).protect is None


def test_children_go_with_their_cluster() -> None:
    found: list[Any] = []

    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        found.extend([options(ehpc.Queue, cluster=hpc).deleted_with is hpc, options(ehpc.Queue, cluster="x")])

    run(program)
    assert found[0] is True
    assert found[1].deleted_with is None


# -- users ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [list, pulumi.Output.from_input, pulumi.Output.secret])
def test_users_are_split_into_what_may_be_seen_and_what_is_secret(given: Any) -> None:
    def program() -> None:
        ehpc.UserSet("team", cluster="ehpc-1", users=given(people()))

    registered = run(program)
    inputs = registered.inputs("team")
    assert registered.secrets("team") == {"passwords", "auth_keys"}
    assert inputs["users"] == {"alice": "wheel", "bob": "users"}
    assert inputs["passwords"] == {"alice": "Str0ng-Password"}
    assert inputs["auth_keys"] == {"bob": "ssh-ed25519 AAAA"}


def test_user_declared_twice_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match=r"users\.alice = 'alice': is declared twice"):
        run(lambda: ehpc.UserSet("team", cluster="ehpc-1", users=[ALICE, ALICE]))


def test_directories_the_cluster_was_born_with_are_told_to_volumes() -> None:
    def program() -> None:
        storages = [{"file_system_id": "fs", "mount_target": "mt", "mount_directory": "/home"}]
        hpc = ehpc.Cluster("hpc", **HPC, shared_storages=storages)
        ehpc.Volume("data", cluster=hpc, file_system_id="fs", mount_target="mt", mount_directory="/data")

    assert run(program).inputs("data")["cluster_mounts"] == ["/home"]
