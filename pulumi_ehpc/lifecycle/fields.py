"""Field maps: how one API version spells a noun's properties.

A room's version file holds a line per property::

    FIELDS = FieldMap(
        "CreateQueue",
        VERSION,
        under="Queue",
        name="QueueName",
        max_count="MaxCount",
        compute_nodes=each("ComputeNodes", COMPUTE_NODE),
    )

The map writes declared values into a request, reads an answer back into declared words, and lends the limits that the
specification has for the parameter to ``check``. What a version does not have is said beside it: ``refused`` (with the
reason a person reads) or ``derived`` (accepted, because the version works it out by itself).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.rows import Kind, Row, rows_of

__all__ = ["Field", "FieldMap", "as_request", "block", "each", "same_word", "words"]


@dataclass(frozen=True)
class Field:
    """One property in one API version.

    Attributes:
        wire: Path of the parameter below the map's object, dots between levels.
        read: Path in answers when it differs; empty when the answer never has it.
        nested: The block's own map.
        words: People's word -> wire word, where lower and upper case and ``_`` are not the only difference.
    """

    wire: str
    read: str | None = None
    nested: FieldMap | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def read_path(self) -> str:
        """Where answers have it."""
        return self.wire if self.read is None else self.read


def block(wire: str, nested: FieldMap, *, read: str | None = None) -> Field:
    """Map a block to an object of the wire; an empty path puts its fields beside the others."""
    return Field(wire, read, nested)


each = block
"""Map a list of blocks to a list of objects."""


def words(wire: str, table: Mapping[str, str], *, read: str | None = None) -> Field:
    """Map a choice whose wire words are listed here."""
    return Field(wire, read, words=table)


class FieldMap:
    """How one action of one API version spells the properties of a noun or a block."""

    def __init__(
        self,
        action: str = "",
        version: str = "",
        /,
        *,
        under: str = "",
        like: FieldMap | None = None,
        refused: Mapping[str, str] | None = None,
        derived: Mapping[str, str] | None = None,
        **fields: str | Field,
    ) -> None:
        """Describe an action's fields.

        Args:
            action: Name of the action; empty for a block, which is bound to an action where it is used.
            version: API version of the action.
            under: Path of the parameter that holds all fields; empty for the action's own parameters.
            like: A map whose fields and words this one has too.
            refused: Properties that this version does not have, and what to do instead.
            derived: Properties that are accepted and brought about in another way, and in which.
            **fields: Wire path of each property, or a ``Field``.
        """
        self.action = action
        self.version = version
        self.under = under
        self.fields: dict[str, Field] = {**(like.fields if like else {}), **_fields(fields)}
        self.refused: dict[str, str] = {**(like.refused if like else {}), **(refused or {})}
        self.derived: dict[str, str] = {**(like.derived if like else {}), **(derived or {})}

    def but(self, *without: str, refused: Mapping[str, str] | None = None, **fields: str | Field) -> FieldMap:
        """Return this map without some fields, with others changed or added."""
        changed = FieldMap(self.action, self.version, under=self.under, like=self, refused=refused)
        changed.fields.update(_fields(fields))
        for name in without:
            del changed.fields[name]
        return changed

    # -- writing --------------------------------------------------------------------------------------------------

    def to_wire(
        self, rows: Mapping[str, Row], values: Mapping[str, Any], *, under: str | None = None
    ) -> dict[str, Any]:
        """Write declared values as the action's parameters.

        Args:
            rows: The properties.
            values: Their values; None is left out.
            under: Path to put them below; the map's own when left out.
        """
        request: dict[str, Any] = {}
        below = self.under if under is None else under
        for name, entry in self.fields.items():
            value = values.get(name)
            if value is None:
                continue
            spelled = self._spell(rows[name], entry, value)
            target = _step_into(request, f"{below}.{entry.wire}".strip("."))
            if target is None:
                request.update(spelled)
            else:
                holder, key = target
                holder[key] = {**holder[key], **spelled} if isinstance(holder.get(key), dict) else spelled
        return request

    def _spell(self, row: Row, entry: Field, value: Any) -> Any:
        if entry.nested is not None and row.args is not None:
            inner, spelling = rows_of(row.args), self.inner(entry)
            if row.kind is Kind.MANY:
                return [spelling.to_wire(inner, item, under="") for item in value]
            return spelling.to_wire(inner, value, under="")
        if row.choices:
            return self._wire_word(entry, value)
        shape = self.shape(entry)
        if shape is not None and shape.type == "string" and not isinstance(value, str):
            # Some numbers and flags are texts on the wire.
            return str(value).lower()
        return value

    def _wire_word(self, entry: Field, value: str) -> str:
        table = entry.words or {word: word for word in self.allowed(entry)}
        return next((wire for word, wire in table.items() if same_word(word, value)), value)

    # -- reading --------------------------------------------------------------------------------------------------

    def from_wire(self, rows: Mapping[str, Row], answer: Mapping[str, Any]) -> dict[str, Any]:
        """Read an answer's object into declared words; what the answer does not have is left out."""
        found: dict[str, Any] = {}
        for name, entry in self.fields.items():
            if entry.read == "":
                continue
            value = answer if entry.read_path == "." else dig(answer, entry.read_path)
            if value not in (None, "") and (heard := self._hear(rows[name], entry, value)) is not None:
                found[name] = heard
        return found

    def _hear(self, row: Row, entry: Field, value: Any) -> Any:
        if entry.nested is not None and row.args is not None:
            inner = rows_of(row.args)
            if row.kind is Kind.MANY:
                return [entry.nested.from_wire(inner, item) for item in value]
            return entry.nested.from_wire(inner, value) or None
        if row.choices:
            spoken = next((word for word, wire in entry.words.items() if same_word(wire, str(value))), str(value))
            return next((word for word in row.choices if same_word(word, spoken)), spoken)
        return heard(row, value)

    # -- limits ---------------------------------------------------------------------------------------------------

    def bound(self, action: str, version: str, under: str) -> FieldMap:
        """Return a block's map as it stands inside an action, so that limits can be looked up."""
        return FieldMap(action, version, under=under, like=self)

    def inner(self, entry: Field) -> FieldMap:
        """Return the map of a nested block as it stands in this action."""
        assert entry.nested is not None, "only blocks have an inner map"
        return entry.nested.bound(self.action, self.version, f"{self.under}.{entry.wire}".strip("."))

    def shape(self, entry: Field) -> spec.Shape | None:
        """What the specification says of the parameter; None when it says nothing."""
        if not self.action or not entry.wire:
            return None
        properties: Mapping[str, spec.Shape] = spec.action(self.action, self.version).parameters
        found: spec.Shape | None = None
        for step in f"{self.under}.{entry.wire}".strip(".").split("."):
            found = properties.get(step)
            if found is None:
                return None
            properties = found.items.properties if found.items is not None else found.properties
        return found

    def allowed(self, entry: Field) -> tuple[str, ...]:
        """The words the specification allows for the parameter; empty when it lists none."""
        shape = self.shape(entry)
        return tuple(str(word) for word in shape.enum) if shape is not None else ()

    def reached(self) -> Iterable[str]:
        """Yield the path of every parameter of the action that a property reaches."""
        for entry in self.fields.values():
            path = f"{self.under}.{entry.wire}".strip(".")
            if entry.nested is not None:
                yield from self.inner(entry).reached()
            else:
                yield path


def _fields(given: Mapping[str, str | Field]) -> dict[str, Field]:
    return {name: Field(value) if isinstance(value, str) else value for name, value in given.items()}


def as_request(answer: Mapping[str, Any], known: Mapping[str, spec.Shape]) -> dict[str, Any]:
    """Turn an answer's object into a request's.

    What the request does not know is dropped, wrapped lists are unwrapped.
    """
    fitted: dict[str, Any] = {}
    for name, value in answer.items():
        shape = known.get(name)
        if shape is None or value is None or value == "":
            continue
        if shape.items is not None:
            inner = shape.items.properties
            entries = _unwrapped(value)
            fitted[name] = [as_request(entry, inner) if isinstance(entry, Mapping) else entry for entry in entries]
        elif isinstance(value, Mapping):
            fitted[name] = as_request(value, shape.properties)
        else:
            fitted[name] = value
    return fitted


def _unwrapped(value: Any) -> list[Any]:
    """A list, also where an object with one member is put around it."""
    if isinstance(value, Mapping):
        return next((list(member) for member in value.values() if isinstance(member, (list, tuple))), [])
    return list(value)


def same_word(one: str, other: str) -> bool:
    """Tell whether two words differ at most in case, ``_`` and ``-``."""
    return _folded(one) == _folded(other)


def _folded(word: str) -> str:
    return re.sub(r"[-_ ]", "", word).lower()


def tidy(row: Row, value: Any) -> Any:
    """Make whole numbers of floats where the row wants them; the engine makes every number a float."""
    return int(value) if row.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer() else value


def heard(row: Row, value: Any) -> Any:
    """Give a value of an answer the row's type; the service writes some numbers and flags as texts."""
    if isinstance(value, str):
        if row.kind in (Kind.INTEGER, Kind.NUMBER) and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return tidy(row, float(value))
        if row.kind is Kind.FLAG and value.lower() in ("true", "false"):
            return value.lower() == "true"
    return tidy(row, value)


def dig(value: Any, path: str) -> Any:
    """Follow a dotted path through nested objects; None where it ends early."""
    for step in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _step_into(root: dict[str, Any], path: str) -> tuple[dict[str, Any], str] | None:
    if not path:
        return None
    *parents, last = path.split(".")
    for parent in parents:
        root = root.setdefault(parent, {})
    return root, last
