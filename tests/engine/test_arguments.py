"""Arguments beside the values of properties: positional ones, and Outputs that name the wrong resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from tests.engine.places import RESOURCES
from tests.engine.program import run

pytestmark = pytest.mark.sdk

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}
GROUP: dict[str, Any] = {"instance_type": "ecs.c7.large", "count": 1}


def refusal(declare: Callable[[ehpc.Cluster], object]) -> list[str]:
    """Stop a program that has another mistake at its end; return what is said of the first, if nothing is made."""
    made: list[str] = []

    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        hpc.urn.apply(made.append)
        declare(hpc)
        ehpc.Queue("last", cluster=hpc, max_count=-1)

    with pytest.raises(pulumi.RunError) as caught:
        run(program)
    lines = str(caught.value).splitlines()[1:]
    assert lines.pop().startswith("  Queue 'last': max_count = -1: "), "what else is wrong is reported with it"
    assert made == []
    return [line.strip() for line in lines]


# -- positional arguments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RESOURCES)
def test_engine_options_of_another_type_are_a_violation(name: str) -> None:
    lines = refusal(lambda hpc: RESOURCES[name]("abc", hpc))
    first = next(iter(RESOURCES[name].resource_type.properties))
    how = f"must be a pulumi.ResourceOptions; give properties by name, such as {first}=..."
    assert f"{name} 'abc': opts = Cluster 'hpc': {how}" in lines


@pytest.mark.parametrize("name", RESOURCES)
def test_arguments_after_the_options_are_violations(name: str) -> None:
    lines = refusal(lambda hpc: RESOURCES[name]("abc", None, hpc, "Canary"))
    assert any(line.startswith(f"{name} 'abc': argument 3 = Cluster 'hpc': give properties by name") for line in lines)
    assert any(line.startswith(f"{name} 'abc': argument 4 = str: give properties by name") for line in lines)


@pytest.mark.parametrize("opts", [{}, [], "Canary", {"parent": None}, 5])
def test_options_show_no_value(opts: Any) -> None:
    (line,) = refusal(lambda hpc: ehpc.Queue("work", opts, cluster=hpc))
    assert line.startswith(f"Queue 'work': opts = {type(opts).__name__}: must be a pulumi.ResourceOptions")


def test_name_of_the_property_that_was_meant_is_said() -> None:
    queue: Any = ehpc.NodeGroup
    lines = refusal(lambda hpc: queue("fixed", ehpc.Queue("work", cluster=hpc), cluster=hpc, **GROUP))
    assert lines[0].endswith("such as queue=...")


@pytest.mark.parametrize(
    ("arguments", "shown"), [((), "[not given]"), (("",), "[not given]"), ((5,), "int"), ((None,), "NoneType")]
)
def test_name_that_is_no_string_is_a_violation(arguments: tuple[Any, ...], shown: str) -> None:
    (line,) = refusal(lambda hpc: ehpc.Queue(*arguments, cluster=hpc))
    assert line.startswith(f"Queue 'unnamed': resource_name = {shown}: must be a string that is not empty")


def test_resource_in_the_place_of_the_name_is_a_violation() -> None:
    lines = refusal(lambda hpc: ehpc.Queue(hpc))  # type: ignore[arg-type, call-arg]
    assert lines[0].startswith("Queue 'unnamed': resource_name = Cluster 'hpc': must be a string")


def test_positional_argument_of_a_nested_object_is_a_violation() -> None:
    given: Any = ehpc.UserArgs
    lines = refusal(lambda hpc: ehpc.UserSet("team", cluster=hpc, users=[given("Canary")]))
    assert "UserSet 'team': users[0].argument 1 = [secret]: give properties by name, such as name=..." in lines
    assert "Canary" not in str(lines)


# -- references ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        (lambda hpc, work: {"queue": hpc}, "queue = Cluster 'hpc': must be a Queue or its name"),
        (lambda hpc, work: {"cluster": work}, "cluster = Queue 'work': must be a Cluster or its id"),
        (lambda hpc, work: {"queue": work.id}, "queue = the id of Queue 'work': must be a Queue or its name"),
        (lambda hpc, work: {"queue": hpc.name}, "queue = the name of Cluster 'hpc': must be a Queue or its name"),
        (lambda hpc, work: {"cluster": work.id}, "cluster = the id of Queue 'work': must be a Cluster or its id"),
        (lambda hpc, work: {"cluster": hpc.name}, "cluster = the name of Cluster 'hpc': must be a Cluster or its id"),
        (
            lambda hpc, work: {"queue": pulumi.Output.from_input(work)},
            "queue = an Output of Queue 'work': must be a Queue or its name",
        ),
    ],
)
def test_reference_to_the_wrong_resource_names_both_types(declare: Any, said: str) -> None:
    def program(hpc: ehpc.Cluster) -> None:
        work = ehpc.Queue("work", cluster=hpc)
        ehpc.NodeGroup("fixed", **{"cluster": hpc, **GROUP, **declare(hpc, work)})

    assert refusal(program) == [f"NodeGroup 'fixed': {said}"]


@pytest.mark.parametrize(
    "declare",
    [
        lambda hpc, work: {"cluster": hpc.id, "queue": work.name},
        lambda hpc, work: {"cluster": work.cluster, "queue": "work"},
    ],
)
def test_outputs_that_name_the_right_resource_pass(declare: Any) -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        work = ehpc.Queue("work", cluster=hpc, name="work")
        ehpc.NodeGroup("fixed", **GROUP, **declare(hpc, work))

    inputs = run(program).inputs("fixed")
    assert (inputs["cluster"], inputs["queue"]) == ("hpc-id", "work")


def test_output_that_turns_out_to_hold_a_resource_is_left_to_check() -> None:
    """The SDK would make its id of it, which names no queue."""

    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        work = ehpc.Queue("work", cluster=hpc)
        queue: Any = hpc.status.apply(lambda _: work)
        ehpc.NodeGroup("fixed", cluster=hpc, queue=queue, **GROUP)

    assert run(program).inputs("fixed")["queue"] == ["Queue 'work'"]


# -- what is said of several -----------------------------------------------------------------------------------------


def test_output_in_the_place_of_options_is_a_violation() -> None:
    queue: Any = ehpc.Queue
    (line,) = refusal(lambda hpc: queue("work", pulumi.Output.from_input("ehpc-1"), cluster=hpc))
    assert line.startswith("Queue 'work': opts = Output: must be a pulumi.ResourceOptions; give properties by name")


def test_provider_of_another_type_is_a_violation() -> None:
    provider: Any = "x"
    options = pulumi.ResourceOptions(provider=provider)
    assert refusal(lambda hpc: ehpc.Queue("work", options, cluster=hpc)) == [
        "Queue 'work': opts.provider = str: must be a provider"
    ]


def test_resources_with_wrong_names_and_shapes_do_not_clash() -> None:
    wrong: Any = 5

    def declare(hpc: ehpc.Cluster) -> None:
        for name, users in (("one", "carol"), ("two", "carol")):
            given: Any = users
            ehpc.UserSet(name, cluster=hpc, users=given)
        ehpc.Queue(wrong, cluster=hpc)
        ehpc.Queue(wrong, cluster=hpc)

    assert not [line for line in refusal(declare) if "is taken by" in line]


def test_refused_options_are_reported_with_everything_else() -> None:
    options = pulumi.ResourceOptions(delete_before_replace=False, import_="x")
    lines = refusal(lambda hpc: ehpc.Queue("work", options, cluster=hpc, max_count=-1))
    assert [line.split(": ")[1].split(" = ")[0] for line in lines] == [
        "opts.delete_before_replace",
        "opts.import_",
        "max_count",
    ]
