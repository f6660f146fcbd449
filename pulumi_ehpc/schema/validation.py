"""Validation: declared values against their properties and the API version, every violation at once, no network."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_ehpc.api import spec
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.schema.codec import Field, FieldMap, same_word, tidy
from pulumi_ehpc.schema.properties import POSITIONAL
from pulumi_ehpc.schema.property import Property, PropertyType
from pulumi_ehpc.schema.secrecy import as_secret_as, entry_path, hide, is_boolean, is_hidden
from pulumi_ehpc.schema.unknowns import Unknown
from pulumi_ehpc.wording import SECRET, did_you_mean, shown

Entries = Sequence[tuple[FieldMap, Field]]
"""The lines of an API version's maps for one property."""

_TYPES: Final[Mapping[PropertyType, tuple[type, ...]]] = {
    PropertyType.STRING: (str,),
    PropertyType.INTEGER: (int,),
    PropertyType.NUMBER: (int, float),
    PropertyType.BOOLEAN: (bool,),
    PropertyType.STRING_LIST: (list, tuple),
    PropertyType.STRING_MAP: (dict,),
    PropertyType.NESTED: (dict,),
    PropertyType.NESTED_LIST: (list, tuple),
    PropertyType.KEYED_LIST: (dict, list, tuple),
}


_COUNTED: Final = (PropertyType.STRING_LIST, PropertyType.STRING_MAP, PropertyType.NESTED_LIST)


@dataclass
class Validator:
    """One walk over declared values.

    Attributes:
        version: The API version the values are for.
        needed: Optional properties that this object needs all the same.
        violations: Every broken rule found so far.
    """

    version: str
    needed: Collection[str] = ()
    violations: list[Violation] = field(default_factory=list)

    def validate(
        self, properties: Mapping[str, Property], maps: Sequence[FieldMap], given: Mapping[str, Any], path: str = ""
    ) -> dict[str, Any]:
        """Check the values of a resource or a nested object.

        Return them tidied, with words as the properties spell them and defaults filled in.
        """
        stored = [name for declared in properties.values() for name in declared.secret_maps]
        for name in given:
            if name not in properties and name not in stored:
                # What a misspelt name holds may be a password.
                rule = f"there is no such property; {did_you_mean(str(name), properties)}"
                if str(name).startswith(POSITIONAL):
                    rule = f"give properties by name, such as {next(iter(properties))}=..."
                self.violations.append(Violation(f"{path}{name}", SECRET, rule))
        tidied: dict[str, Any] = {}
        for name, declared in properties.items():
            value = given.get(name)
            if value is None:
                value = None if declared.required else declared.default
                if declared.required:
                    self._add(f"{path}{name}", None, "is required")
            elif value not in ([], {}) and (why := self._unsupported(name, declared, maps)) is not None:
                self._add(f"{path}{name}", value, why, declared)
            if declared.property_type is PropertyType.KEYED_LIST and value is not None:
                tidied.update(self._keyed(declared, _entries(name, maps), given, f"{path}{name}"))
            elif value is not None:
                tidied[name] = self._value(declared, _entries(name, maps), value, f"{path}{name}")
        return tidied

    def add(self, violations: Iterable[Violation]) -> None:
        """Add violations found elsewhere."""
        self.violations.extend(violations)

    def _add(self, path: str, value: Any, rule: str, declared: Property | None = None) -> None:
        secret = declared is not None and (declared.secret or bool(declared.secret_maps))
        self.violations.append(Violation(path, shown(value, secret=secret), rule))

    def _unsupported(self, name: str, declared: Property, maps: Sequence[FieldMap]) -> str | None:
        if any(name in fields.fields or name in fields.handled for fields in maps):
            return None
        for fields in maps:
            if name in fields.unsupported:
                return f"is not supported by API {self.version}: {fields.unsupported[name]}"
        return None

    def _value(self, declared: Property, entries: Entries, given: Any, path: str) -> Any:
        if isinstance(given, Unknown):
            return given
        value: Any = tidy(declared, given)
        if not _fits(declared.property_type, value):
            self._add(path, value, f"must be {declared.wanted}", declared)
            return value
        shapes = [shape for fields, entry in entries if (shape := fields.shape(entry)) is not None]
        if declared.property_type in _COUNTED:
            self._count(declared, shapes, value, path)
        if declared.property_type in (PropertyType.INTEGER, PropertyType.NUMBER):
            self._number(declared, entries, shapes, value, path)
        elif declared.property_type is PropertyType.STRING:
            return self._string(declared, entries, value, path)
        elif declared.property_type is PropertyType.STRING_LIST:
            return self._strings(declared, value, path)
        elif declared.property_type is PropertyType.STRING_MAP:
            return {key: self._tag(key, item, entry_path(path, key), declared) for key, item in value.items()}
        elif declared.property_type is PropertyType.NESTED:
            return self.validate(declared.nested, _nested_maps(entries), value, f"{path}.")
        elif declared.property_type is PropertyType.NESTED_LIST:
            maps = _nested_maps(entries)
            return [self._object(declared, maps, item, f"{path}[{index}]") for index, item in enumerate(value)]
        elif declared.property_type is PropertyType.BOOLEAN:
            return bool(value)
        return value

    def _object(self, declared: Property, maps: Sequence[FieldMap], item: Any, path: str) -> Any:
        if isinstance(item, Mapping):
            return self.validate(declared.nested, maps, item, f"{path}.")
        if not isinstance(item, Unknown):
            self._add(path, item, f"must be an object with {', '.join(declared.nested)}", declared)
        return item

    def _keyed(self, declared: Property, entries: Entries, given: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Check a keyed list, as state has it or, where it could not be split, as it was given."""
        value = given.get(declared.name)
        if isinstance(value, Unknown) or not _fits(declared.property_type, value):
            return {declared.name: self._value(declared, entries, value, path)}
        self._count(declared, (), value, path)
        if isinstance(value, Mapping):
            members = {key: (entry_path(path, key), entry) for key, entry in declared.entries(given).items()}
        else:
            members = dict(self._members(declared, given, path))
        maps = _nested_maps(entries)
        unknown = {name: given[name] for name in declared.secret_maps if isinstance(given.get(name), Unknown)}
        for name in unknown:
            # Who has one is not known: that the version does not support it is said once.
            nested = declared.secret_maps[name]
            members = {key: (at, _without(entry, nested)) for key, (at, entry) in members.items()}
            if (why := self._unsupported(nested, declared.nested[nested], maps)) is not None:
                self._add(f"{path}[].{nested}", unknown[name], why, declared)
        tidied = {key: self._object(declared, maps, entry, at) for key, (at, entry) in members.items()}
        # An entry without a key has lost its secrets: rules over several properties would call them missing.
        whole = {key: entry for key, entry in tidied.items() if _has_key(entry, declared.key, key)}
        return {**declared.stored(whole), **unknown}

    def _members(
        self, declared: Property, given: Mapping[str, Any], path: str
    ) -> Iterator[tuple[str, tuple[str, Any]]]:
        """Yield key, path and value of each entry of a list; one that has no key goes by its number."""
        seen: set[str] = set()
        for index, entry in enumerate(given[declared.name]):
            key = entry.get(declared.key) if isinstance(entry, Mapping) else None
            if not isinstance(key, str) or not key.strip():
                yield f"[{index}]", (f"{path}[{index}]", entry)
                continue
            if is_hidden(key):
                key = hide(key, label=f"[{index}]")
            at = entry_path(path, key)
            if key in seen:
                self._add(at, key, f"is declared twice; {declared.key} must be unique")
            seen.add(key)
            yield key, (at, {**entry, declared.key: key, **declared.secrets_of(key, given)})

    def _strings(self, declared: Property, value: Sequence[Any], path: str) -> list[Any]:
        entries = [self._entry(item, f"{path}[{index}]") for index, item in enumerate(value)]
        if not declared.choices or not all(isinstance(item, str) for item in entries):
            return entries
        words = [self._choice(declared, (), item, f"{path}[{index}]") for index, item in enumerate(entries)]
        return sorted(words, key=lambda word: declared.choices.index(word) if word in declared.choices else 0)

    def _entry(self, item: Any, path: str) -> Any:
        if not isinstance(item, (str, Unknown)):
            self._add(path, item, "must be a string")
        elif isinstance(item, str) and not item.strip():
            self._add(path, item, "must not be empty")
        return item

    def _tag(self, key: Any, item: Any, path: str, declared: Property) -> Any:
        """Check an entry of a map; its key is a name, its value may be empty."""
        if not isinstance(key, str) or not key.strip():
            self._add(path, item, "must have a key that is a string and not empty", declared)
        elif not isinstance(item, (str, Unknown)):
            self._add(path, item, "must be a string", declared)
        return item

    def _number(
        self, declared: Property, entries: Entries, shapes: Sequence[spec.Shape], value: float, path: str
    ) -> None:
        minimum, maximum = declared.limits or (None, None)
        low = max((n for n in (minimum, *(s.minimum for s in shapes)) if n is not None), default=None)
        high = min((n for n in (maximum, *(s.maximum for s in shapes)) if n is not None), default=None)
        allowed = [number for shape in shapes for number in shape.enum if isinstance(number, (int, float))]
        if allowed and value not in allowed:
            self._add(path, value, f"must be one of {', '.join(map(str, sorted(allowed)))}{self._where(entries)}")
        elif (low is not None and value < low) or (high is not None and value > high):
            bounds = f"from {low} to {high}"
            if low is None or high is None:
                bounds = f"of at least {low}" if high is None else f"of at most {high}"
            self._add(path, value, f"must be {declared.property_type.value} {bounds}{self._where(entries)}")

    def _string(self, declared: Property, entries: Entries, value: str, path: str) -> str:
        if not value.strip() and not declared.may_be_empty:
            needed = declared.required or path in self.needed
            self._add(path, value, f"must not be empty{'' if needed else '; leave it out'}", declared)
            return value
        if declared.choices:
            return self._choice(declared, entries, value, path)
        value = as_secret_as(value, declared.normal(value))
        minimum, maximum = declared.length or (0, len(value))
        if not minimum <= len(value) <= maximum:
            self._add(path, value, f"must have {minimum} to {maximum} characters, has {len(value)}", declared)
        if declared.pattern and not re.fullmatch(declared.pattern, value):
            self._add(path, value, declared.pattern_rule or f"must match {declared.pattern}", declared)
        return value

    def _choice(self, declared: Property, entries: Entries, value: str, path: str) -> str:
        word = next((choice for choice in declared.choices if same_word(choice, value)), None)
        here = [known for known in declared.choices if all(_takes(fields, entry, known) for fields, entry in entries)]
        if word is None or word not in here:
            other = "" if word is None else f" (API {self.version} does not have it)"
            self._add(path, value, f"must be one of {', '.join(here)}{other}{self._where(entries)}")
            return value
        known: str = as_secret_as(value, word)
        return known

    def _count(self, declared: Property, shapes: Sequence[spec.Shape], value: Any, path: str) -> None:
        minimum, maximum = declared.items or (0, None)
        maximum = min((n for n in (maximum, *(s.max_items for s in shapes)) if n is not None), default=None)
        if len(value) < minimum or (maximum is not None and len(value) > maximum):
            bounds = f"{minimum} to {maximum}" if maximum is not None else f"at least {minimum}"
            self._add(path, f"{len(value)} entries", f"must have {bounds} entries")

    def _where(self, entries: Entries) -> str:
        actions = sorted({fields.parameters.action for fields, _ in entries if fields.parameters.action})
        return f" ({', '.join(actions)}, API {self.version})" if actions else ""


def _fits(expected: PropertyType, value: Any) -> bool:
    if is_boolean(value) or expected is PropertyType.BOOLEAN:
        return is_boolean(value) and expected is PropertyType.BOOLEAN
    # No comparison with a limit would refuse what is not a number.
    return isinstance(value, _TYPES[expected]) and not (isinstance(value, float) and math.isnan(value))


def _without(entry: Any, name: str) -> Any:
    return {key: value for key, value in entry.items() if key != name} if isinstance(entry, Mapping) else entry


def _has_key(entry: Any, name: str, key: str) -> bool:
    return isinstance(entry, Mapping) and entry.get(name) == key


def _entries(name: str, maps: Sequence[FieldMap]) -> list[tuple[FieldMap, Field]]:
    return [(fields, fields.fields[name]) for fields in maps if name in fields.fields]


def _nested_maps(entries: Entries) -> list[FieldMap]:
    return [fields.nested_map(entry) for fields, entry in entries]


def _takes(fields: FieldMap, entry: Field, word: str) -> bool:
    allowed = entry.words or fields.allowed(entry)
    return not allowed or any(same_word(word, known) for known in allowed)
