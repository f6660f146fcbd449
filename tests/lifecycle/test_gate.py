"""The gate: every broken rule of a whole program at once, before anything is registered."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from tests.lifecycle.program import run

pytestmark = pytest.mark.sdk

OLDER = {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": "2018-04-12"}
HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}
BORN_2024: dict[str, Any] = {"cluster": "ehpc-1", "initial_count": 2}


def refusal(program: Any, **kwargs: Any) -> str:
    """The text with which a program is stopped."""
    with pytest.raises(pulumi.RunError) as caught:
        run(program, **kwargs)
    return str(caught.value)


def test_sound_program_passes() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, max_count=5)

    assert list(run(program).resources) == ["identity", "hpc", "work"]
    assert list(run(program, preview=True).resources) == ["identity", "hpc", "work"]


def test_broken_rules_of_all_nouns_are_told_at_once() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **{**HPC, "password": "weak", "name": "with space"})
        ehpc.Queue("work", cluster=hpc, max_count=9999)
        ehpc.Volume("data", cluster=hpc, file_system_id="fs", mount_target="mt", mount_directory="data")

    text = refusal(program)
    assert "5 declared values break a rule. Nothing was changed." in text
    assert "Cluster 'hpc': name = 'with space': must consist of letters" in text
    assert "Cluster 'hpc': password = [secret]: must have 8 to 20 characters" in text
    assert "Queue 'work': max_count = 9999" in text
    assert "Volume 'data': mount_directory = 'data'" in text
    assert "weak'" not in text


def test_nothing_is_registered_when_a_rule_is_broken() -> None:
    registered: list[Any] = []

    def program() -> None:
        queue = ehpc.Queue("work", cluster="ehpc-1", max_count=9999)
        queue.id.apply(registered.append)

    refusal(program)
    assert registered == []


def test_one_broken_rule_is_told_in_the_singular() -> None:
    text = refusal(lambda: ehpc.Queue("work", cluster="ehpc-1", max_count=-1))
    assert text.startswith("A declared value breaks a rule.")


def test_values_that_are_not_known_yet_are_left_to_the_engine() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, hostname_prefix=hpc.id.apply(lambda known: known[:99]))

    assert "work" in run(program, preview=True).resources


def test_values_within_outputs_are_checked() -> None:
    def program() -> None:
        nodes = [{"instance_type": pulumi.Output.from_input("c7")}]
        ehpc.Queue("work", cluster="ehpc-1", compute_nodes=pulumi.Output.from_input(nodes))

    text = refusal(program)
    assert "compute_nodes[0].instance_type = 'c7'" in text


def test_output_that_fails_is_reported_where_it_is_used() -> None:
    def fail(_: str) -> int:
        raise ValueError("my own mistake")

    with pytest.raises(ValueError, match="my own mistake"):
        run(lambda: ehpc.Queue("work", cluster="ehpc-1", max_count=pulumi.Output.from_input("x").apply(fail)))


def test_version_of_a_new_stack_decides() -> None:
    """What only the other version takes is refused at once."""
    text = refusal(lambda: ehpc.Queue("work", **BORN_2024), settings=OLDER, preview=True)
    assert "initial_count = 2: API 2018-04-12 does not take it" in text


def test_version_of_a_living_object_is_left_to_the_engine() -> None:
    """Only the state knows which version made it, so what is sound in one version passes the gate."""
    assert "work" in run(lambda: ehpc.Queue("work", **BORN_2024), settings=OLDER).resources
    text = refusal(lambda: ehpc.Queue("work", **BORN_2024, max_count=-1), settings=OLDER)
    assert "max_count = -1" in text


@pytest.mark.parametrize(
    ("noun", "same"),
    [
        (ehpc.Queue, {"name": "same"}),
        (ehpc.Queue, {"hostname_prefix": "same"}),
        (ehpc.NodeGroup, {"instance_type": "ecs.c7.large", "count": 1, "hostname_prefix": "same-"}),
        (ehpc.Volume, {"file_system_id": "fs", "mount_target": "mt", "mount_directory": "/same"}),
    ],
)
def test_names_that_clash_in_a_cluster_are_told(noun: Any, same: dict[str, Any]) -> None:
    def program(*clusters: str) -> None:
        for number, cluster in enumerate(clusters):
            noun(f"r{number}", cluster=cluster, **same)

    text = refusal(lambda: program("ehpc-1", "ehpc-1"))
    assert f"is taken by {noun.__name__} 'r0' of the same cluster" in text
    assert "r1" in run(lambda: program("ehpc-1", "ehpc-2")).resources


def test_names_that_clash_in_a_cluster_of_the_program_are_told() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("one", cluster=hpc, name="same")
        ehpc.Queue("two", cluster=hpc, name="same")

    assert "is taken by Queue 'one'" in refusal(program, preview=True)


def test_wrong_settings_stop_the_program() -> None:
    text = refusal(lambda: ehpc.Queue("work", cluster="ehpc-1"), settings={"ehpc:apiVersion": "2020-01-01"})
    assert "ehpc:apiVersion = 2020-01-01" in text


def test_provider_of_its_own_is_checked_by_its_own_process() -> None:
    def program() -> None:
        other = pulumi.ProviderResource("pulumi-python", "beijing", {"ehpc:region": "cn-beijing"})
        ehpc.Queue("work", pulumi.ResourceOptions(provider=other), cluster="ehpc-1", max_count=9999)

    assert "work" in run(program).resources
