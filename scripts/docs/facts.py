"""What can be said of a property: its type, limits and default, what a change does, how each API version spells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.schema.codec import Field, FieldMap, same_word
from pulumi_ehpc.schema.property import Change, Property, PropertyType
from scripts.docs.markdown import listed, prose

__all__ = ["CHANGES", "NEWEST_FIRST", "PropertyFacts", "Support", "per_version"]

NEWEST_FIRST = tuple(reversed(spec.VERSIONS))
CHANGES = {Change.UPDATE: "in place", Change.REPLACE: "replaces", Change.IGNORE: "not sent"}
_TYPES = {
    PropertyType.STRING: "string",
    PropertyType.INTEGER: "integer",
    PropertyType.NUMBER: "number",
    PropertyType.BOOLEAN: "boolean",
    PropertyType.STRING_LIST: "list of strings",
    PropertyType.STRING_MAP: "map of strings",
}
_NUMBERS = (PropertyType.INTEGER, PropertyType.NUMBER)
_LISTS = (PropertyType.STRING_LIST, PropertyType.NESTED_LIST)
_MOST_NAMED = 40
_MOST_TRIED = 20
"""Entries of a list up to which a rule of a handler is looked for where nothing else limits it."""


class Support(Enum):
    """Whether an API version supports the object that a property belongs to."""

    BY_MAP = auto()
    """Yes; a field map spells its properties."""
    BY_PARENT = auto()
    """Yes; the object is sent as a whole, by other means than a field map."""
    NONE = auto()
    """No."""


@dataclass(frozen=True)
class PropertyFacts:
    """A property of a resource type, or of a nested object where it is used.

    Attributes:
        resource_type: The resource type.
        path: Dotted path of the property.
        declared: Its declaration.
        written: The text below it.
        maps: The field maps that may spell it, by API version.
        support: Whether the API versions support the object that it belongs to.
        parent: The property that holds the object; None at the top.
    """

    resource_type: ResourceType[Any]
    path: str
    declared: Property
    written: str
    maps: Mapping[str, Sequence[FieldMap]]
    support: Mapping[str, Support]
    parent: PropertyFacts | None

    @property
    def name(self) -> str:
        """Its own name."""
        return self.declared.name

    @property
    def text(self) -> str:
        """What it is. The only version that supports it is named beside its limits, and so left out here."""
        text = prose(self.written)
        return text.replace(f" ({self.supported[0]})", "") if len(self.supported) == 1 else text

    # -- value ----------------------------------------------------------------------------------------------------

    def type(self) -> str:
        """Return its type in words; a nested object links to its own table."""
        declared = self.declared
        link = f"[`{declared.args.__name__}`](#{declared.args.__name__.lower()})" if declared.args else ""
        if declared.reference:
            words = f"`{declared.reference}` or its {'id' if declared.reference == 'Cluster' else 'name'}"
        elif declared.property_type is PropertyType.NESTED:
            words = link
        elif declared.property_type is PropertyType.NESTED_LIST:
            words = f"list of {link}"
        elif declared.property_type is PropertyType.KEYED_LIST:
            words = f"list of {link}, each with a `{declared.key}` of its own"
        else:
            words = _TYPES[declared.property_type]
        return f"secret {words}" if declared.secret else words

    def limits(self) -> str:
        """Return its limits in words, per version where they differ, and the version when only one supports it."""
        rules = [
            per_version({version: rule(version) for version in self.supported}) for rule in (self._size, self._words)
        ]
        return ", ".join(filter(None, [*rules, self._where()]))

    def _where(self) -> str:
        """Return in which API version it is supported, unless in all that have the resource type."""
        if not self.supported:
            return "not supported here"
        return f"{self.supported[0]} only" if len(self.supported) == 1 < len(self.resource_type.handlers) else ""

    def default(self) -> str:
        """Return its default in words."""
        if self.declared.required:
            return "required"
        if self.declared.default is not None:
            return f"`{self.declared.default}`"
        if self.path in self.resource_type.generated:
            return "generated from the resource's name"
        by_service = per_version({version: self._service_default(version) for version in self.supported}, none="none")
        return f"{by_service}, by the service" if by_service else ""

    def change(self) -> str:
        """Return what a change does, per version where it differs."""
        return per_version({version: CHANGES[change] for version, change in self.changes().items()})

    def changes(self) -> dict[str, Change]:
        """Return what a change does, by API version, newest first."""
        handlers = self.resource_type.handlers
        return {version: handlers[version].changes.get(self.name, self.declared.change) for version in self.supported}

    # -- API versions ---------------------------------------------------------------------------------------------

    @property
    def supported(self) -> list[str]:
        """The versions that support it, newest first."""
        return [
            version
            for version, support in self.support.items()
            if support is not Support.NONE and not self.unsupported(version)
        ]

    def unsupported(self, version: str) -> str:
        """Return why a version does not support it; empty when it does."""
        maps = self.maps[version]
        if any(self.name in fields.fields or self.name in fields.handled for fields in maps):
            return ""
        others = self.resource_type.versions_of(self.name) if self.parent is None else ()
        elsewhere = f"it belongs to {listed(others, 'and')}; leave it out" if others else ""
        return next((fields.unsupported[self.name] for fields in maps if self.name in fields.unsupported), elsewhere)

    def spelled(self, version: str) -> str:
        """Return how a version spells it, or why it does not."""
        if self.parent is not None and self.support[version] is not Support.BY_MAP:
            parent = f"`{self.parent.name}`"
            return (
                f"part of {parent}" if self.support[version] is Support.BY_PARENT else f"not supported (see {parent})"
            )
        if why := self.unsupported(version):
            return f"not supported: {why}"
        handled = [fields.handled[self.name] for fields in self.maps[version] if self.name in fields.handled]
        return "; ".join([*_spellings(self._entries(version)), *dict.fromkeys(handled)]) or CHANGES[Change.IGNORE]

    def _entries(self, version: str) -> list[tuple[FieldMap, Field]]:
        return [(fields, fields.fields[self.name]) for fields in self.maps[version] if self.name in fields.fields]

    def _shapes(self, version: str) -> list[spec.Shape]:
        found = (fields.shape(entry) for fields, entry in self._entries(version))
        return [shape for shape in found if shape is not None]

    # -- limits ---------------------------------------------------------------------------------------------------

    def _words(self, version: str) -> str:
        """Return what a string may be."""
        if self.declared.choices:
            return f"one of {listed(f'`{word}`' for word in self._choices(version))}"
        pattern = self.declared.pattern
        return self.declared.pattern_rule or (f"must match `{pattern}`" if pattern else "")

    def _size(self, version: str) -> str:
        """Return how great, how long or how many."""
        if self.declared.property_type in _NUMBERS:
            return self._bounds(version)
        if self.declared.property_type is PropertyType.STRING:
            return self._length(version)
        return self._count(version)

    def _bounds(self, version: str) -> str:
        minimum, maximum = self.declared.limits or (None, None)
        shapes = self._shapes(version)
        low = max((n for n in (minimum, *(s.minimum for s in shapes)) if n is not None), default=None)
        high = min((n for n in (maximum, *(s.maximum for s in shapes)) if n is not None), default=None)
        if low is None or high is None:
            return f"at least {low:,}" if low is not None else f"at most {high:,}" if high is not None else ""
        if all(self._accepts(version, int(end)) for end in (low, high)):
            return f"{low:,} to {high:,}"
        kept = [n for n in range(int(low), int(high) + 1) if self._accepts(version, n)]
        if len(kept) == kept[-1] - kept[0] + 1:
            return f"{kept[0]:,} to {kept[-1]:,}"
        assert len(kept) <= _MOST_NAMED, f"{self.path}: too many numbers to name"
        return f"one of {listed(map(str, kept))}"

    def _length(self, version: str) -> str:
        if self.declared.length is None:
            return ""
        minimum, maximum = self.declared.length
        kept = [n for n in range(minimum, maximum + 1) if self._accepts(version, "a" * n)]
        return f"{kept[0]} to {kept[-1]} characters"

    def _count(self, version: str) -> str:
        minimum, maximum = self.declared.items or (0, None)
        # A keyed list is sent in as many calls as it takes.
        shapes = () if self.declared.key else self._shapes(version)
        known = [n for n in (maximum, *(shape.max_items for shape in shapes)) if n is not None]
        limit = min(known, default=None)
        if self.declared.property_type in _LISTS and not self.declared.choices:
            entry = {} if self.declared.args is not None else "abc"
            tried = min(limit or _MOST_TRIED, _MOST_TRIED)
            accepted = max(n for n in range(tried + 1) if self._accepts(version, [entry] * n))
            limit = accepted if accepted < tried else limit
        return "" if limit is None else _entries_in_words(minimum, limit)

    def _accepts(self, version: str, value: object) -> bool:
        """Ask the handler's own rules, which limit some values further than declaration and specification do."""
        keyed = self.parent is not None and self.parent.declared.key == self.name
        if self.parent is not None and not keyed:
            return True
        given = {self.parent.name: {value: None}} if self.parent is not None else {self.name: value}
        at = f"{self.parent.name}.{value}.{self.name}" if self.parent is not None else self.name
        handler = self.resource_type.handlers[version]
        return not any(found.property == at for found in handler.validate(self.resource_type.inputs.of(given)))

    def _choices(self, version: str) -> list[str]:
        def takes(fields: FieldMap, entry: Field, word: str) -> bool:
            allowed = tuple(entry.words) or fields.allowed(entry)
            return not allowed or any(same_word(word, other) for other in allowed)

        entries = self._entries(version)
        return [word for word in self.declared.choices if all(takes(fields, entry, word) for fields, entry in entries)]

    def _service_default(self, version: str) -> str:
        for fields, entry in self._entries(version):
            shape = fields.shape(entry)
            if shape is not None and shape.default is not None:
                wire = shape.default
                words: Mapping[str, str] = entry.words or {word: word for word in self.declared.choices}
                word = next((word for word, spelled in words.items() if same_word(spelled, str(wire))), wire)
                return f"`{str(word).lower() if isinstance(word, bool) else word}`"
        return ""


def per_version(said: Mapping[str, str], none: str = "no limit") -> str:
    """Say once what is the same in every version; else what the first has, and where others differ."""
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    (first, usual), *others = said.items()
    differing = [f"{version}: {words or none}" for version, words in others if words != usual]
    if not usual:
        return "; ".join(differing)
    if not any(said[version] for version, _ in others):
        return f"{first}: {usual}"
    return f"{usual} ({'; '.join(differing)})"


def _spellings(entries: Sequence[tuple[FieldMap, Field]]) -> Iterator[str]:
    actions: dict[str, list[str]] = {}
    for fields, entry in entries:
        actions.setdefault(_parameter(fields, entry), []).append(fields.parameters.action)
    for parameter, named in actions.items():
        yield f"{', '.join(f'`{action}`' for action in dict.fromkeys(named))}{parameter}"


def _parameter(fields: FieldMap, entry: Field) -> str:
    """Return the parameter's path, with ``[]`` after lists."""
    steps = _steps(fields, f"{fields.parameters.under}.{entry.wire}")
    if entry.wire:
        return f" `{'.'.join(steps).removesuffix('[]')}`"
    return f"{' `' + '.'.join(steps) + '`' if steps else ''}, each field by itself"


def _steps(fields: FieldMap, path: str) -> list[str]:
    shapes: Mapping[str, spec.Shape] = spec.action(fields.parameters.action, fields.parameters.version).parameters
    steps = []
    for name in filter(None, path.split(".")):
        shape = shapes[name]
        shapes = shape.items.properties if shape.items is not None else shape.properties
        steps.append(f"{name}[]" if shape.items is not None else name)
    return steps


def _entries_in_words(minimum: int, maximum: int) -> str:
    entries = "entry" if maximum == 1 else "entries"
    return f"{minimum} to {maximum:,} {entries}" if minimum else f"at most {maximum:,} {entries}"
