"""Field maps: how one action of one API version spells the properties of a resource type.

A handler holds a line per property::

    CREATE = FieldMap(
        QueueProperties,
        Parameters("CreateQueue", VERSION, under="Queue"),
        name="QueueName",
        max_count="MaxCount",
        compute_nodes=nested("ComputeNodes", COMPUTE_NODE),
        handled={"cluster": "ClusterId of every action"},
    )

The map encodes declared values as the action's parameters, decodes a response into declared values, and lends the
limits that the API's specification has for a parameter to validation. What a version does not map is said beside it:
``unsupported`` (with what a person can do instead) or ``handled`` (set by other means, and by which).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from pulumi_ehpc.api import spec
from pulumi_ehpc.api.spec import Shape, dig
from pulumi_ehpc.schema.properties import Args, Inputs, Properties
from pulumi_ehpc.schema.property import Property, PropertyType
from pulumi_ehpc.schema.secrecy import as_secret_as

Source = Inputs | Args | Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One property in one API version.

    Attributes:
        wire: Path of the parameter below the map's object, dots between levels.
        response: Path in responses where it differs; empty where no response has it.
        nested: The nested object's own map.
        words: Declared word -> wire word, where case, ``_`` and ``-`` are not the only difference.
    """

    wire: str
    response: str | None = None
    nested: FieldMap | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def response_path(self) -> str:
        """Where responses have it."""
        return self.wire if self.response is None else self.response


def nested(wire: str, fields: FieldMap, *, response: str | None = None) -> Field:
    """Map a nested object, or each object of a list; an empty path puts its fields beside the others."""
    return Field(wire, response, fields)


def enum_map(wire: str, words: Mapping[str, str]) -> Field:
    """Map an enum whose wire words are listed here."""
    return Field(wire, words=words)


@dataclass(frozen=True)
class Parameters:
    """The parameters of an action, or of an object among them.

    Attributes:
        action: Name of the action; empty for those of a nested object, which belongs to the action where it is used.
        version: API version of the action.
        under: Path of the parameter that holds them; empty for the action's own.
    """

    action: str = ""
    version: str = ""
    under: str = ""

    def shape(self, wire: str = "") -> Shape | None:
        """Return what the specification says of the parameter at a path; None when it says nothing."""
        return _shape(self.action, self.version, _join(self.under, wire)) if self.action else None

    def shapes(self) -> Mapping[str, Shape]:
        """Return what the specification says of each parameter."""
        found = self.shape()
        return spec.action(self.action, self.version).parameters if found is None else _members(found)


class FieldMap:
    """How one action of one API version spells the properties of a resource type or a nested object."""

    def __init__(
        self,
        properties: type[Properties],
        parameters: Parameters = Parameters(),
        /,
        *,
        unsupported: Mapping[str, str] | None = None,
        handled: Mapping[str, str] | None = None,
        **fields: str | Field,
    ) -> None:
        """Describe an action's fields.

        Args:
            properties: The class that declares the properties.
            parameters: Where the fields are; left out for a nested object.
            unsupported: Properties that this version does not have, and what to do instead.
            handled: Properties that are set by other means, and by which.
            **fields: Wire path of each property, or a ``Field``.
        """
        self.properties = properties
        self.parameters = parameters
        self.fields = {name: Field(entry) if isinstance(entry, str) else entry for name, entry in fields.items()}
        self.unsupported = dict(unsupported or {})
        everywhere = {name: declared.handled for name, declared in properties.properties().items() if declared.handled}
        self.handled = {**everywhere, **(handled or {})}
        unknown = {*self.fields, *self.unsupported, *self.handled} - properties.properties().keys()
        if unknown:
            raise TypeError(f"{properties.__name__} has no {', '.join(sorted(unknown))}")

    def replace(
        self,
        *without: str,
        properties: type[Properties] | None = None,
        parameters: Parameters | None = None,
        unsupported: Mapping[str, str] | None = None,
        handled: Mapping[str, str] | None = None,
        **fields: str | Field,
    ) -> FieldMap:
        """Return this map for another action or class, or without some fields, with others changed or added."""
        kept = {name: entry for name, entry in self.fields.items() if name not in without}
        return FieldMap(
            properties or self.properties,
            parameters or self.parameters,
            unsupported={**self.unsupported, **(unsupported or {})},
            handled={**self.handled, **(handled or {})},
            **{**kept, **fields},
        )

    def only(self, *names: str, **fields: str | Field) -> FieldMap:
        """Return some fields of this map, with others added, to decode a response that spells them as the action does.

        Raises:
            KeyError: This map has no such field.
        """
        kept = {name: self.fields[name] for name in names}
        return FieldMap(self.properties, unsupported=None, handled=None, **{**kept, **fields})

    # -- encoding -------------------------------------------------------------------------------------------------

    def encode(self, source: Source) -> dict[str, Any]:
        """Return declared values as the action's parameters; what is None is left out."""
        return self._encode(source, self.parameters.under)

    def encode_object(self, source: Source) -> dict[str, Any]:
        """Return declared values as the object below ``under``."""
        return self._encode(source, "")

    def _encode(self, source: Source, under: str) -> dict[str, Any]:
        values = (
            source.values if isinstance(source, Inputs) else source.to_dict() if isinstance(source, Args) else source
        )
        request: dict[str, Any] = {}
        for name, entry in self.fields.items():
            declared = self.properties.properties()[name]
            if values.get(name) is not None:
                _put(request, _join(under, entry.wire), self._encode_value(declared, entry, values[name], values))
        return request

    def _encode_value(self, declared: Property, entry: Field, value: Any, values: Mapping[str, Any]) -> Any:
        if entry.nested is not None:
            inner = self.nested_map(entry)
            if declared.property_type is PropertyType.KEYED_LIST:
                return [inner.encode_object(item) for item in declared.entries(values).values()]
            if declared.property_type is PropertyType.NESTED_LIST:
                return [inner.encode_object(item) for item in value]
            return inner.encode_object(value)
        if declared.choices:
            assert self.parameters.action or entry.words, "without an action a word's spelling is not known"
            words = entry.words or {word: word for word in self.allowed(entry)}
            return next((wire for word, wire in words.items() if same_word(word, value)), value)
        value, shape = tidy(declared, value), self.shape(entry)
        if shape is not None and shape.type == "string" and not isinstance(value, str):
            # Some numbers and booleans are strings on the wire.
            return str(value).lower()
        return value

    def overwrite(self, response: Mapping[str, Any], source: Inputs, old: Inputs) -> dict[str, Any]:
        """Return the object that a full-state write sends: what the service has now, with declared values written over.

        Args:
            response: The living object, in a response's spelling. What the action does not take is dropped.
            source: What is declared.
            old: What was declared before; of it what is not declared any more falls back to the service default.
        """
        current = to_request(response, self.parameters.shapes())
        for name, entry in self.fields.items():
            if name in old and name not in source:
                current.pop(entry.wire, None)
        return {**current, **self.encode_object(source)}

    # -- decoding -------------------------------------------------------------------------------------------------

    def decode(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """Return a response's object as declared values; what the response does not have is left out."""
        found: dict[str, Any] = {}
        for name, entry in self.fields.items():
            if entry.response == "":
                continue
            value = response if entry.response_path == "." else dig(response, entry.response_path)
            if value in (None, ""):
                continue
            decoded = self._decode_value(self.properties.properties()[name], entry, value)
            if decoded is not None:
                found[name] = decoded
        return found

    def _decode_value(self, declared: Property, entry: Field, value: Any) -> Any:
        if entry.nested is not None:
            if declared.property_type is PropertyType.NESTED_LIST:
                return [entry.nested.decode(item) for item in value]
            return entry.nested.decode(value) or None
        if declared.choices:
            word = next((word for word, wire in entry.words.items() if same_word(wire, str(value))), str(value))
            return next((choice for choice in declared.choices if same_word(choice, word)), word)
        return _typed(declared, value)

    # -- limits ---------------------------------------------------------------------------------------------------

    def nested_map(self, entry: Field) -> FieldMap:
        """Return the map of a nested object as it stands in this action."""
        assert entry.nested is not None, "only nested objects have a map of their own"
        under = _join(self.parameters.under, entry.wire)
        return entry.nested.replace(parameters=replace(self.parameters, under=under))

    def shape(self, entry: Field) -> Shape | None:
        """Return what the specification says of the parameter; None when it says nothing."""
        return self.parameters.shape(entry.wire) if entry.wire else None

    def allowed(self, entry: Field) -> tuple[str, ...]:
        """Return the words that the specification allows for the parameter; empty when it lists none."""
        shape = self.shape(entry)
        return tuple(str(word) for word in shape.enum) if shape is not None else ()

    def wires(self) -> tuple[str, ...]:
        """Return the paths of the parameters below those of the map."""
        return tuple(entry.wire for entry in self.fields.values())

    def reached(self) -> Iterator[str]:
        """Yield the path of every parameter of the action that a property reaches."""
        for entry in self.fields.values():
            if entry.nested is not None:
                yield from self.nested_map(entry).reached()
            else:
                yield _join(self.parameters.under, entry.wire)


@cache
def _shape(action: str, version: str, path: str) -> Shape | None:
    shapes, found = spec.action(action, version).parameters, None
    for step in path.split("."):
        found = shapes.get(step)
        if found is None:
            return None
        shapes = _members(found)
    return found


def _members(shape: Shape) -> Mapping[str, Shape]:
    """Return the members of an object, or of each object of a list."""
    return shape.items.properties if shape.items is not None else shape.properties


def to_request(response: Mapping[str, Any], shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Turn a response's object into a request's: drop what the request does not take, unwrap wrapped lists."""
    request: dict[str, Any] = {}
    for name, value in response.items():
        shape = shapes.get(name)
        if shape is None or value is None or value == "":
            continue
        if shape.items is not None:
            inner = shape.items.properties
            entries = unwrapped(value)
            request[name] = [to_request(entry, inner) if isinstance(entry, Mapping) else entry for entry in entries]
        elif isinstance(value, Mapping):
            request[name] = to_request(value, shape.properties)
        else:
            request[name] = value
    return request


def unwrapped(value: Any) -> list[Any]:
    """Return a list, also where responses put an object with one member around it."""
    if isinstance(value, Mapping):
        return next((list(member) for member in value.values() if isinstance(member, (list, tuple))), [])
    return list(value or ())


def same_word(one: str, other: str) -> bool:
    """Tell whether two words differ at most in case, ``_``, ``-`` and spaces."""
    return _folded(one) == _folded(other)


def tidy(declared: Property, value: Any) -> Any:
    """Make an integer of a float where the property wants one; the engine makes every number a float."""
    if declared.property_type is PropertyType.INTEGER and isinstance(value, float) and value.is_integer():
        return as_secret_as(value, int(value))
    return value


def _typed(declared: Property, value: Any) -> Any:
    """Give a value of a response the property's type; the service writes some numbers and booleans as strings."""
    if isinstance(value, str):
        numeric = declared.property_type in (PropertyType.INTEGER, PropertyType.NUMBER)
        if numeric and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return tidy(declared, float(value))
        if declared.property_type is PropertyType.BOOLEAN and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return declared.normal(value)
    return tidy(declared, value)


@lru_cache
def _folded(word: str) -> str:
    return re.sub(r"[-_ ]", "", word).lower()


def _join(under: str, wire: str) -> str:
    return f"{under}.{wire}".strip(".")


def _put(request: dict[str, Any], path: str, value: Any) -> None:
    """Set a value at a path; an object joins the one that is there, and one without a path joins the request itself."""
    if not path:
        request.update(value)
        return
    *parents, last = path.split(".")
    for parent in parents:
        request = request.setdefault(parent, {})
    request[last] = {**request[last], **value} if isinstance(request.get(last), dict) else value
