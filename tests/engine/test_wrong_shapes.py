"""Values of the wrong type, of every property of every resource type: violations like any other, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.builders import string
from pulumi_ehpc.schema.descriptors import Prop
from pulumi_ehpc.schema.properties import Args
from tests.engine.places import RESOURCES, Place, checked_by_engine, is_of_type, places
from tests.engine.program import run

pytestmark = pytest.mark.sdk

VERSIONS = ("2024-07-30", "2018-04-12")
VALUES: Mapping[str, Any] = {
    "string": "x y",
    "empty string": "",
    "blank string": " ",
    "number": -0.5,
    "not a number": float("nan"),
    "boolean": True,
    "list": ["x y"],
    "list of an empty string": [""],
    "list of nothing": [None],
    "list of numbers": [7],
    "list of lists": [["x"]],
    "map": {"x": "y"},
    "map with an empty key": {"": "x"},
    "map of nothing": {"x": None},
    "map of maps": {"x": {"y": "z"}},
}
"""What the engine can hand over as well."""
VOLUME: dict[str, Any] = {"file_system_id": "fs", "mount_target": "mt", "mount_directory": "/data"}
OBJECTS: Mapping[str, Callable[[], Any]] = {
    "object of another kind": lambda: OddArgs(oddity="x"),
    "list of objects of another kind": lambda: [OddArgs()],
    "bytes": lambda: b"x",
    "set": lambda: {"x"},
    "class": lambda: object,
    "map with a number as its key": lambda: {1: "x"},
    "resource": lambda: ehpc.Volume("other", cluster="ehpc-1", **VOLUME),
    "list of resources": lambda: [ehpc.Volume("other", cluster="ehpc-1", **VOLUME)],
    "Output of a resource": lambda: pulumi.Output.from_input(ehpc.Volume("other", cluster="ehpc-1", **VOLUME)),
}

each_type = pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)


class OddArgs(Args):
    """An object that belongs nowhere."""

    oddity: Prop[str | None] = string(default=None)


def paths(place: Place, value: Any) -> set[str]:
    """Return the paths of the properties for which a value is of the wrong type."""
    return {f"{place.path}{name}" for name, each in place.properties.items() if not is_of_type(each, value)}


def reported(message: str, title: str) -> list[str]:
    """Return the violations of a resource."""
    begin = f"  {title}: "
    return [line.removeprefix(begin) for line in message.splitlines() if line.startswith(begin)]


def missing(expected: set[str], violations: list[str]) -> set[str]:
    """Return the paths at which no violation was found."""
    return {path for path in expected if not any(each.startswith(path) for each in violations)}


def refusal(resource_type: ResourceType[Any], value: Callable[[], Any], version: str, *, as_output: bool) -> str:
    """Stop a program that gives a value everywhere, and has another mistake at its end; return the message."""

    def program() -> None:
        given = value()
        for number, place in enumerate(places(resource_type)):
            arguments = place.arguments(lambda _: given)
            if as_output:
                arguments = {name: pulumi.Output.from_input(each) for name, each in arguments.items()}
            own = {resource_type.within: f"ehpc-{number}"} if resource_type.within else {}
            RESOURCES[resource_type.name](f"r{number}", **{**own, **arguments})
        ehpc.Queue("last", cluster="ehpc-last", max_count=-1)

    with pytest.raises(pulumi.RunError) as caught:
        run(program, {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version})
    return str(caught.value)


def assert_all_reported(resource_type: ResourceType[Any], message: str, value: Any) -> None:
    for number, place in enumerate(places(resource_type)):
        violations = reported(message, f"{resource_type.name} 'r{number}'")
        assert missing(paths(place, value), violations) == set()
    assert reported(message, "Queue 'last'"), "what else is wrong is reported with it"


@each_type
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("version", "as_output"), [(VERSIONS[0], False), (VERSIONS[1], True)])
def test_value_of_the_wrong_type_is_a_violation(
    resource_type: ResourceType[Any], version: str, value: str, as_output: bool
) -> None:
    message = refusal(resource_type, lambda: VALUES[value], version, as_output=as_output)
    assert_all_reported(resource_type, message, VALUES[value])


@each_type
@pytest.mark.parametrize("value", OBJECTS)
def test_object_that_is_no_value_is_a_violation(resource_type: ResourceType[Any], value: str) -> None:
    message = refusal(resource_type, OBJECTS[value], VERSIONS[0], as_output=False)
    assert_all_reported(resource_type, message, object())


@each_type
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("value", VALUES)
def test_value_that_is_known_in_the_end_is_a_violation(
    resource_type: ResourceType[Any], version: str, value: str
) -> None:
    """The engine's check says it: the program did not know the value."""
    for place in places(resource_type):
        arguments = place.arguments(lambda _: VALUES[value])
        assert missing(paths(place, VALUES[value]), checked_by_engine(resource_type, arguments, version)) == set()
