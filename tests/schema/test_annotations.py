"""The annotation of every property agrees with its builder: type checkers read the one, handlers get the other.

A type checker sees most of it, but not what a reference, a secret or a default hides behind a type variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ForwardRef, get_args, get_type_hints

import pytest

from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.builders import integer, keyed, nested, nested_list, reference, string, string_list, string_map
from pulumi_ehpc.schema.descriptors import (
    Descriptor,
    KeyedList,
    Nested,
    NestedList,
    Prop,
    StringList,
    StringMap,
)
from pulumi_ehpc.schema.properties import Args, Properties
from pulumi_ehpc.schema.property import PropertyType
from tests.schema.sample import DiskArgs, MemberArgs, PartArgs, SampleProperties, TeamProperties

SINGLE: dict[PropertyType, Any] = {
    PropertyType.STRING: str,
    PropertyType.INTEGER: int,
    PropertyType.NUMBER: float,
    PropertyType.BOOLEAN: bool,
}
NESTED: dict[PropertyType, Any] = {
    PropertyType.NESTED: Nested,
    PropertyType.NESTED_LIST: NestedList,
    PropertyType.KEYED_LIST: KeyedList,
}


def expected(descriptor: Descriptor[Any, Any]) -> Any:
    """The annotation that a builder asks for."""
    declared = descriptor.declared
    if declared.reference:
        return type(descriptor)
    if declared.property_type in SINGLE:
        single = SINGLE[declared.property_type]
        return subscripted(Prop, single | None if declared.default is None and not declared.generated else single)
    if declared.property_type in NESTED:
        return subscripted(NESTED[declared.property_type], declared.args)
    return {PropertyType.STRING_LIST: StringList, PropertyType.STRING_MAP: StringMap}[declared.property_type]


def subscripted(generic: Any, argument: Any) -> Any:
    """A generic class with its argument."""
    return generic[argument]


def read_types(descriptor: Descriptor[Any, Any]) -> tuple[Any, ...]:
    """What a reference says a handler and a program read."""
    (base,) = type(descriptor).__orig_bases__  # type: ignore[attr-defined]
    written = [each.__forward_arg__ if isinstance(each, ForwardRef) else each for each in get_args(base)]
    return tuple(str | None if each == "str | None" else each for each in written)


def disagreements(owner: type[Properties]) -> list[str]:
    """The properties of a class and its bases whose annotation is not their builder's."""
    hints = get_type_hints(owner)
    found = []
    for name, descriptor in descriptors(owner).items():
        if hints.get(name) != expected(descriptor):
            found.append(
                f"{owner.__name__}.{name}: {hints.get(name)} is declared by a builder of {expected(descriptor)}"
            )
        if descriptor.declared.reference:
            wanted = str if descriptor.declared.required else str | None
            if read_types(descriptor) != (wanted, wanted):
                found.append(f"{owner.__name__}.{name}: reads as {read_types(descriptor)} and not as {wanted}")
    return found


def descriptors(owner: type[Properties]) -> dict[str, Descriptor[Any, Any]]:
    """The descriptors of a class and its bases."""
    return {
        name: value
        for base in reversed(owner.__mro__)
        for name, value in vars(base).items()
        if isinstance(value, Descriptor)
    }


def nested_classes(owner: type[Properties]) -> Iterator[type[Properties]]:
    """A class, and the classes of its nested objects at any depth."""
    yield owner
    for declared in owner.properties().values():
        if declared.args is not None:
            yield from nested_classes(declared.args)


EVERY = sorted(
    {each for resource_type in RESOURCE_TYPES for each in nested_classes(resource_type.inputs)},
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("owner", EVERY)
def test_annotations_agree_with_builders(owner: type[Properties]) -> None:
    assert list(owner.properties()), "a class without properties would pass for nothing"
    assert disagreements(owner) == []


@pytest.mark.parametrize("owner", EVERY)
def test_every_annotated_property_has_a_builder(owner: type[Properties]) -> None:
    annotated = {name for name in get_type_hints(owner) if not name.startswith("_")}
    assert annotated == set(owner.properties())


def test_all_resource_types_are_looked_at() -> None:
    names = {each.__name__ for each in EVERY}
    assert {f"{resource_type.name}Inputs" for resource_type in RESOURCE_TYPES} < names
    assert {"UserArgs", "ManagerArgs", "DataDiskArgs", "ClusterPostInstallScriptArgs"} < names


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
def test_what_is_declared_as_generated_is_generated(resource_type: ResourceType[Any]) -> None:
    declared = {name for name, each in resource_type.properties.items() if each.generated}
    assert declared == set(resource_type.generated)


@pytest.mark.parametrize("owner", [SampleProperties, TeamProperties, PartArgs, DiskArgs, MemberArgs])
def test_sample_agrees(owner: type[Properties]) -> None:
    assert disagreements(owner) == []


# -- what the tests above would find -------------------------------------------------------------------------------


class OptionalRef(Descriptor["str | None", "str | None"]):
    """A reference that may be left out."""


class RequiredRef(Descriptor[str, str]):
    """A reference that must be given."""


class WrongArgs(Args):
    """Each annotation says something else than its builder."""

    integer_of_a_string: Prop[int] = string()  # type: ignore[assignment]
    required_but_optional: Prop[str] = string(default=None)  # type: ignore[arg-type]
    optional_but_required: Prop[int | None] = integer()
    optional_with_a_default: Prop[int | None] = integer(default=3)  # type: ignore[arg-type]
    float_of_an_integer: Prop[float] = integer()  # type: ignore[assignment]
    list_of_a_map: StringList = string_map()  # type: ignore[assignment]
    map_of_a_list: StringMap = string_list()  # type: ignore[assignment]
    other_object: Nested[DiskArgs] = nested(PartArgs)  # type: ignore[arg-type]
    object_of_a_list: Nested[PartArgs] = nested_list(PartArgs)  # type: ignore[assignment]
    list_of_other_objects: NestedList[DiskArgs] = nested_list(PartArgs)  # type: ignore[arg-type]
    keyed_of_others: KeyedList[PartArgs] = keyed(MemberArgs, key="name", value="role")  # type: ignore[arg-type]
    other_reference: OptionalRef = reference(RequiredRef, to="Cluster", by="id")  # type: ignore[assignment]
    required_reference: RequiredRef = reference(RequiredRef, to="Cluster", by="id", default=None)
    optional_reference: OptionalRef = reference(OptionalRef, to="Queue", by="id")


@pytest.mark.parametrize("name", WrongArgs.properties())
def test_disagreement_is_found(name: str) -> None:
    assert [text for text in disagreements(WrongArgs) if text.startswith(f"WrongArgs.{name}: ")]


def test_annotation_without_a_builder_is_found() -> None:
    class BareArgs(Args):
        """Forgets the builder."""

        name: Prop[str]

    assert "name" in get_type_hints(BareArgs)
    assert BareArgs.properties() == {}
