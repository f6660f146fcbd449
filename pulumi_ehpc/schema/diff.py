"""Diff: what changed between two sets of declared values, and what that does to the living object. No network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_ehpc.schema.property import IGNORE, REPLACE, Change, Property
from pulumi_ehpc.schema.unknowns import has_unknown


@dataclass(frozen=True)
class Difference:
    """What changed.

    Attributes:
        updates: Properties that change in place.
        replaces: Properties that need a new object.
        hidden: True when the cause does not show in the declared values.
    """

    updates: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    hidden: bool = False

    def __bool__(self) -> bool:
        return bool(self.updates or self.replaces)


def compare(
    properties: Mapping[str, Property], changes: Mapping[str, Change], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Difference:
    """Compare tidied values property by property.

    Args:
        properties: The properties, as state has them.
        changes: What a change does where the API version differs from the declaration.
        old: Values the living object was last given.
        new: Values declared now. Unknown ones count as changed.
    """
    changed = {
        name: changes.get(name, declared.change)
        for name, declared in properties.items()
        if has_unknown(new.get(name)) or _settled(old.get(name)) != _settled(new.get(name))
    }
    return Difference(
        updates=tuple(name for name, change in changed.items() if change not in (REPLACE, IGNORE)),
        replaces=tuple(name for name, change in changed.items() if change is REPLACE),
    )


def as_declared(declared: Any, found: Any) -> Any:
    """Restrict what the service returns to what was declared: defaults that it filled in are no drift."""
    if isinstance(declared, Mapping) and isinstance(found, Mapping):
        return {name: as_declared(value, found[name]) for name, value in declared.items() if name in found}
    if isinstance(declared, (list, tuple)) and isinstance(found, (list, tuple)) and len(declared) == len(found):
        return [as_declared(one, other) for one, other in zip(declared, found, strict=True)]
    return found


def _settled(value: Any) -> Any:
    """Drop what was left out, so that ``None``, an absent key and an empty list or map compare equal."""
    if isinstance(value, Mapping):
        kept = {key: _settled(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, (list, tuple)):
        return [_settled(item) for item in value] or None
    return value
