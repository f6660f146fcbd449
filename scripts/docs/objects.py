"""The properties of a resource type and of every object inside it, each with the places where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_ehpc._resources import RESOURCES
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.codec import FieldMap
from pulumi_ehpc.schema.descriptors import Descriptor
from pulumi_ehpc.schema.properties import Args, Properties
from scripts.docs.facts import NEWEST_FIRST, PropertyFacts, Support

__all__ = ["Described", "describe", "package_of", "widest"]


@dataclass(frozen=True)
class Described:
    """A resource type with its nested objects.

    Attributes:
        resource_type: The resource type.
        resource: The class that a program uses.
        versions: The API versions that have it, newest first.
        properties: Its properties that a program can give.
        objects: For each class of nested objects, one list of properties for every place where it is used.
    """

    resource_type: ResourceType[Any]
    resource: type
    versions: Sequence[str]
    properties: Sequence[PropertyFacts]
    objects: Mapping[type[Args], Sequence[Sequence[PropertyFacts]]]


@dataclass(frozen=True)
class _Place:
    path: str
    maps: Mapping[str, Sequence[FieldMap]]
    support: Mapping[str, Support]
    parent: PropertyFacts | None = None


def package_of(resource_type: ResourceType[Any]) -> str:
    """Return the name of the resource type's package, which is also the name of its page."""
    return resource_type.inputs.__module__.split(".")[1]


def describe(name: str) -> Described:
    """Describe a resource type."""
    resource_type = next(known for known in RESOURCE_TYPES if known.name == name)
    versions = [version for version in NEWEST_FIRST if version in resource_type.handlers]
    maps = {version: resource_type.handlers[version].maps for version in versions}
    top = _Place("", maps, dict.fromkeys(versions, Support.BY_MAP))
    properties = list(_properties(resource_type, RESOURCES[name], top))
    objects: dict[type[Args], list[Sequence[PropertyFacts]]] = {}
    _collect(properties, objects)
    return Described(resource_type, RESOURCES[name], versions, properties, objects)


def widest(places: Sequence[Sequence[PropertyFacts]]) -> Sequence[PropertyFacts]:
    """Return the place of a nested object where the versions support most of its properties."""
    return max(places, key=lambda place: sum(len(facts.supported) for facts in place))


def _properties(resource_type: ResourceType[Any], owner: type[Properties], place: _Place) -> Iterator[PropertyFacts]:
    for base in reversed(owner.__mro__):
        for name, descriptor in vars(base).items():
            if isinstance(descriptor, Descriptor):
                yield PropertyFacts(
                    resource_type,
                    f"{place.path}{name}",
                    descriptor.declared,
                    descriptor.text,
                    place.maps,
                    place.support,
                    place.parent,
                )


def _collect(properties: Sequence[PropertyFacts], objects: dict[type[Args], list[Sequence[PropertyFacts]]]) -> None:
    for facts in properties:
        if facts.declared.args is not None:
            inside = list(_properties(facts.resource_type, facts.declared.args, _inside(facts)))
            objects.setdefault(facts.declared.args, []).append(inside)
            _collect(inside, objects)


def _inside(facts: PropertyFacts) -> _Place:
    """Return where the properties of a nested object stand."""
    maps, support = {}, {}
    for version, known in facts.maps.items():
        entries = [(fields, fields.fields[facts.name]) for fields in known if facts.name in fields.fields]
        maps[version] = [fields.nested_map(entry) for fields, entry in entries]
        if version not in facts.supported:
            support[version] = Support.NONE
        else:
            support[version] = Support.BY_MAP if entries else Support.BY_PARENT
    return _Place(f"{facts.path}.", maps, support, facts)
