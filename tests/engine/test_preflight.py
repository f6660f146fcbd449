"""Preflight: every violation of a whole program at once, before anything is registered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from pulumi_ehpc.queue.resource_type import QUEUE
from tests.engine.program import run

pytestmark = pytest.mark.sdk

OLDER = {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": "2018-04-12"}
HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}
ONLY_2024: dict[str, Any] = {"cluster": "ehpc-1", "initial_count": 2}


def refusal(program: Any, **kwargs: Any) -> str:
    """The message with which a program is stopped."""
    with pytest.raises(pulumi.RunError) as caught:
        run(program, **kwargs)
    return str(caught.value)


def test_sound_program_passes() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, max_count=5)

    assert list(run(program).resources) == ["identity", "hpc", "work"]
    assert list(run(program, preview=True).resources) == ["identity", "hpc", "work"]


def test_violations_of_all_resources_are_reported_at_once() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **{**HPC, "password": "weak", "name": "with space"})
        ehpc.Queue("work", cluster=hpc, max_count=9999)
        ehpc.Volume("data", cluster=hpc, file_system_id="fs", mount_target="mt", mount_directory="data")

    message = refusal(program)
    assert "5 declared values break a rule. No E-HPC resource was created or changed." in message
    assert "Cluster 'hpc': name = 'with space': must consist of letters" in message
    assert "Cluster 'hpc': password = [secret]: must have 8 to 20 characters" in message
    assert "Queue 'work': max_count = 9999" in message
    assert "Volume 'data': mount_directory = 'data'" in message
    assert "weak'" not in message


def test_nothing_is_registered_when_there_is_a_violation() -> None:
    registered: list[Any] = []

    def program() -> None:
        queue = ehpc.Queue("work", cluster="ehpc-1", max_count=9999)
        queue.id.apply(registered.append)

    refusal(program)
    assert registered == []


def test_one_violation_is_reported_in_the_singular() -> None:
    message = refusal(lambda: ehpc.Queue("work", cluster="ehpc-1", max_count=-1))
    assert message.startswith("A declared value breaks a rule.")


def test_values_that_are_not_known_yet_are_left_to_the_engine() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, hostname_prefix=hpc.id.apply(lambda known: known[:99]))

    assert "work" in run(program, preview=True).resources


def test_values_within_outputs_are_checked() -> None:
    def program() -> None:
        nodes = [{"instance_type": pulumi.Output.from_input("c7")}]
        ehpc.Queue("work", cluster="ehpc-1", compute_nodes=pulumi.Output.from_input(nodes))

    message = refusal(program)
    assert "compute_nodes[0].instance_type = 'c7'" in message


def test_output_that_fails_is_reported_where_it_is_used() -> None:
    def fail(_: str) -> int:
        raise ValueError("my own mistake")

    with pytest.raises(ValueError, match="my own mistake"):
        run(lambda: ehpc.Queue("work", cluster="ehpc-1", max_count=pulumi.Output.from_input("x").apply(fail)))


def test_version_of_a_new_stack_decides() -> None:
    """What only the other version supports is refused at once."""
    message = refusal(lambda: ehpc.Queue("work", **ONLY_2024), settings=OLDER, preview=True)
    assert (
        "initial_count = 2: is not supported by API 2018-04-12: queues are created empty; declare a NodeGroup"
        in message
    )


def test_version_of_a_living_object_is_left_to_the_engine() -> None:
    """Only the state knows which version made it, so what is sound in one version passes."""
    assert "work" in run(lambda: ehpc.Queue("work", **ONLY_2024), settings=OLDER).resources
    message = refusal(lambda: ehpc.Queue("work", **ONLY_2024, max_count=-1), settings=OLDER)
    assert "max_count = -1" in message


@pytest.mark.parametrize(
    ("resource", "same"),
    [
        (ehpc.Queue, {"name": "same"}),
        (ehpc.Queue, {"hostname_prefix": "same"}),
        (ehpc.NodeGroup, {"instance_type": "ecs.c7.large", "count": 1, "hostname_prefix": "same-"}),
        (ehpc.Volume, {"file_system_id": "fs", "mount_target": "mt", "mount_directory": "/same"}),
    ],
)
def test_names_that_clash_in_a_cluster_are_reported(resource: Any, same: dict[str, Any]) -> None:
    def program(*clusters: str) -> None:
        for number, cluster in enumerate(clusters):
            resource(f"r{number}", cluster=cluster, **same)

    message = refusal(lambda: program("ehpc-1", "ehpc-1"))
    assert f"is taken by {resource.__name__} 'r0' of the same cluster" in message
    assert "r1" in run(lambda: program("ehpc-1", "ehpc-2")).resources


def test_names_that_clash_in_a_cluster_of_the_program_are_reported() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("one", cluster=hpc, name="same")
        ehpc.Queue("two", cluster=hpc, name="same")

    assert "is taken by Queue 'one'" in refusal(program, preview=True)


def test_wrong_settings_stop_the_program() -> None:
    message = refusal(lambda: ehpc.Queue("work", cluster="ehpc-1"), settings={"ehpc:apiVersion": "2020-01-01"})
    assert "ehpc:apiVersion = 2020-01-01" in message


def test_provider_of_its_own_is_checked_by_its_own_process() -> None:
    def program() -> None:
        other = pulumi.ProviderResource("pulumi-python", "beijing", {"ehpc:region": "cn-beijing"})
        ehpc.Queue("work", pulumi.ResourceOptions(provider=other), cluster="ehpc-1", max_count=9999)

    assert "work" in run(program).resources


# -- a version that does not have the resource type ----------------------------------------------------------------


@pytest.fixture
def queues_of_2024(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that only the newer version has."""
    newer = replace(QUEUE, handlers={"2024-07-30": QUEUE.handlers["2024-07-30"]})
    monkeypatch.setattr(ehpc.Queue, "resource_type", newer)


@pytest.mark.usefixtures("queues_of_2024")
def test_version_that_lacks_a_resource_type_stops_a_new_stack() -> None:
    def program() -> None:
        ehpc.Queue("work", cluster="ehpc-1", max_count=9999)
        ehpc.Volume("data", cluster="ehpc-1", file_system_id="fs", mount_target="mt", mount_directory="data")

    message = refusal(program, settings=OLDER, preview=True)
    assert "Queue 'work': api_version = '2018-04-12': has no Queue, which is in API 2024-07-30" in message
    assert "Volume 'data': mount_directory = 'data'" in message
    assert message.count("Queue 'work'") == 1


@pytest.mark.usefixtures("queues_of_2024")
def test_living_object_of_another_version_is_left_to_the_engine() -> None:
    """The version that made it may have the resource type; only the state knows."""
    assert "work" in run(lambda: ehpc.Queue("work", cluster="ehpc-1"), settings=OLDER).resources


@pytest.mark.usefixtures("queues_of_2024")
def test_version_that_has_the_resource_type_passes() -> None:
    assert "work" in run(lambda: ehpc.Queue("work", cluster="ehpc-1"), preview=True).resources


# -- what only a new object needs ----------------------------------------------------------------------------------


def test_new_stack_is_told_what_a_new_cluster_needs() -> None:
    message = refusal(lambda: ehpc.Cluster("hpc", password="Str0ng-Password"), preview=True)
    assert "Cluster 'hpc': vpc_id = [not given]: is required for a new cluster" in message
    assert "Cluster 'hpc': vswitch_id = [not given]: is required for a new cluster" in message


@pytest.mark.parametrize("settings", [OLDER, {**OLDER, "ehpc:apiVersion": "2024-07-30"}])
def test_cluster_that_may_exist_is_left_to_the_engine(settings: dict[str, str]) -> None:
    """Only the state knows whether it was made without."""
    assert "hpc" in run(lambda: ehpc.Cluster("hpc"), settings=settings).resources


def test_cluster_that_is_read_needs_nothing() -> None:
    def program() -> None:
        ehpc.Cluster("hpc", pulumi.ResourceOptions(id="ehpc-1"))

    assert "hpc" in run(program, preview=True).resources


def test_tag_without_a_value_is_not_left_out() -> None:
    message = refusal(lambda: ehpc.Cluster("hpc", **HPC, tags={"a": "1", "b": None}))  # type: ignore[dict-item]
    assert "Cluster 'hpc': tags.b = [not given]: must be a string" in message


def test_two_spellings_of_one_directory_clash() -> None:
    def program() -> None:
        for name, directory in {"one": "/data", "two": "/data/"}.items():
            ehpc.Volume(name, cluster="ehpc-1", file_system_id="fs", mount_target="mt", mount_directory=directory)

    assert "Volume 'two': mount_directory = '/data': is taken by Volume 'one'" in refusal(program)


@pytest.mark.parametrize("nested", [{"image_id": None}, {}])
def test_kind_of_node_that_is_not_known_yet_is_left_to_the_engine(nested: dict[str, Any]) -> None:
    """API 2018-04-12 sets the image once for all kinds of node of a queue."""

    def program() -> None:
        other = ehpc.Queue("other", cluster="ehpc-1")
        kinds: Any = [{"instance_type": "ecs.c7.large", "image_id": "m-1"}, {"instance_type": "ecs.c7.xlarge"}]
        kinds[1] = {**kinds[1], "image_id": other.id} if nested else other.id.apply(lambda _: kinds[1])
        ehpc.Queue("work", cluster="ehpc-2", compute_nodes=kinds)

    assert "work" in run(program, settings=OLDER, preview=True).resources
