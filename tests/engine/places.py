"""Every object that a program gives to a resource, worked out from the registry: the arguments and what is nested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi_ehpc as ehpc
from pulumi_ehpc.engine.persisted import provider_for
from pulumi_ehpc.engine.provider import Provider
from pulumi_ehpc.engine.values import SECRETS_KEY
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.property import Property, PropertyType
from tests.engine.calls import Context, serve, update_request

RESOURCES: Mapping[str, Any] = {each.name: getattr(ehpc, each.name) for each in RESOURCE_TYPES}
"""The class of each resource type."""


@dataclass(frozen=True)
class Place:
    """An object: the arguments of a resource, or one within them.

    Attributes:
        path: What the paths of its properties begin with.
        properties: Its properties.
        around: Turns the object into the arguments.
    """

    path: str
    properties: Mapping[str, Property]
    around: Callable[[dict[str, Any]], dict[str, Any]]

    def arguments(self, value: Callable[[Property], Any]) -> dict[str, Any]:
        """Return arguments with a value of each property of the object."""
        return self.around({name: value(declared) for name, declared in self.properties.items()})


def places(resource_type: ResourceType[Any]) -> Iterator[Place]:
    """Yield every object of a resource type."""
    yield from _below(Place("", RESOURCES[resource_type.name].properties(), lambda value: value))


def _below(place: Place) -> Iterator[Place]:
    yield place
    for name, declared in place.properties.items():
        at = f"{place.path}{name}"
        if declared.key:
            key, rest = declared.key, {each: inner for each, inner in declared.nested.items() if each != declared.key}
            yield Place(f"{at}[0].", {key: declared.nested[key]}, _around(place, name, listed=True))
            yield Place(f"{at}.abcdef.", rest, _around(place, name, listed=True, **{key: "abcdef"}))
        elif declared.property_type is PropertyType.NESTED:
            yield from _below(Place(f"{at}.", declared.nested, _around(place, name, listed=False)))
        elif declared.nested:
            yield from _below(Place(f"{at}[0].", declared.nested, _around(place, name, listed=True)))


def _around(place: Place, at: str, /, *, listed: bool, **more: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def around(value: dict[str, Any]) -> dict[str, Any]:
        entry = {**more, **value}
        return place.around({at: [entry] if listed else entry})

    return around


def is_of_type(declared: Property, value: Any) -> bool:
    """Tell whether a value has the type of a property; no object has the names of the values that are tried."""
    if declared.property_type is PropertyType.STRING:
        return isinstance(value, str) and (bool(value.strip()) or declared.may_be_empty)
    if declared.property_type is PropertyType.STRING_LIST:
        return isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if declared.property_type is PropertyType.STRING_MAP:
        return isinstance(value, dict) and all(key and isinstance(item, str) for key, item in value.items())
    if declared.property_type is PropertyType.BOOLEAN:
        return isinstance(value, bool)
    return declared.property_type is PropertyType.NESTED and value == {"x": None}


def checked_by_engine(
    resource_type: ResourceType[Any], arguments: Mapping[str, Any], version: str, secrets: Sequence[str] = ()
) -> list[str]:
    """Check arguments as the plugin process does, which knows all values; return what is wrong with them.

    Args:
        resource_type: The resource type.
        arguments: The arguments, plain.
        version: The API version that is set.
        secrets: Names of those that the program gave as secrets.
    """
    provider = provider_for(resource_type.name)
    assert isinstance(provider, Provider)
    provider.config = {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version}
    news: dict[str, Any] = {SECRETS_KEY: list(secrets)} if secrets else {}
    for name, value in arguments.items():
        declared = resource_type.properties[name]
        news.update(declared.split(value) if declared.key else {name: value})
    context = Context()
    result = serve(update_request({}, olds={}, old_inputs={}), context, lambda: provider.check({}, news))
    assert context.details == ""
    assert SECRETS_KEY not in result.inputs
    return [failure.reason for failure in result.failures or ()]
