"""What a program reads of an object that was declared with as little as possible has the types that are annotated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

import pytest

from pulumi_ehpc._resources import RESOURCES
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.descriptors import OutputProperty
from tests.resources.stack import InState, Stack

INSTANCE: dict[str, Any] = {"instance_type": "ecs.c7.large"}
LEAST: dict[str, dict[str, Any]] = {
    "Queue": {},
    "NodeGroup": {**INSTANCE, "count": 1},
    "UserSet": {"users": []},
    "Volume": {"file_system_id": "fs", "mount_target": "fs.example", "mount_directory": "/data"},
}


def least_of_everything(stack: Stack) -> list[InState]:
    """Create each resource type with what it requires and no more."""
    place = {"vpc_id": "vpc-1", "vswitch_id": "vsw-1", "manager": INSTANCE, "password": "Str0ng-Password"}
    cluster = stack.create("Cluster", "hpc", **place)
    return [cluster, *(stack.create(name, "least", cluster=cluster.id, **given) for name, given in LEAST.items())]


def is_a(value: object, wanted: Any) -> bool:
    """Tell whether a value is of an annotated type."""
    if get_origin(wanted) is list:
        return isinstance(value, list) and all(is_a(item, *get_args(wanted)) for item in value)
    if get_origin(wanted) is dict:
        pairs = value.items() if isinstance(value, dict) else [(value, value)]
        return all(is_a(part, each) for pair in pairs for part, each in zip(pair, get_args(wanted), strict=True))
    return isinstance(value, wanted)


def wrong(type_name: str, outputs: Mapping[str, Any]) -> list[str]:
    """Return the outputs that are not of their type, and the properties that are None and must not be."""
    resource = RESOURCES[type_name]
    declared = {name: value for base in resource.__mro__ for name, value in vars(base).items()}
    kept = [
        name
        for name, each in declared.items()
        if isinstance(each, OutputProperty) and not is_a(outputs.get(name), each.value_type)
    ]
    always = [
        name
        for name, each in resource.properties().items()
        if (each.required or each.generated or each.default is not None) and outputs.get(name) is None
    ]
    return [f"{type_name}.{name} = {outputs.get(name)!r}" for name in (*kept, *always)]


def test_every_resource_type_is_looked_at() -> None:
    assert {"Cluster", *LEAST} == {each.name for each in RESOURCE_TYPES}


def test_outputs_have_their_types(stack: Stack) -> None:
    made = least_of_everything(stack)
    assert [text for each in made for text in wrong(each.type_name, each.outputs)] == []
    assert [text for each in made for text in wrong(each.type_name, stack.refreshed(each).outputs)] == []


@pytest.mark.parametrize(
    ("changed", "name"), [({"created": None}, "created"), ({"region": 1}, "region"), ({"name": None}, "name")]
)
def test_wrong_type_is_found(changed: dict[str, Any], name: str) -> None:
    sound = {"api_version": "2024-07-30", "region": "r", "account_id": "", "created": True, "name": "q", "cluster": "c"}
    assert wrong("Queue", sound) == []
    assert wrong("Queue", {**sound, **changed}) == [f"Queue.{name} = {changed[name]!r}"]
