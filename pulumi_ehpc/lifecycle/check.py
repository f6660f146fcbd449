"""Check.

Every declared value against its row and against what the API version takes, all violations at once, no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api import spec
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.fields import Field, FieldMap, same_word, tidy
from pulumi_ehpc.lifecycle.rows import Kind, Row, rows_of, unknown_names
from pulumi_ehpc.lifecycle.unknown import Unknown

__all__ = ["Inspection", "shown"]

_LONGEST_SHOWN = 60
_TYPES: Mapping[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.INTEGER: (int,),
    Kind.NUMBER: (int, float),
    Kind.FLAG: (bool,),
    Kind.TEXTS: (list, tuple),
    Kind.MAPPING: (dict,),
    Kind.ONE: (dict,),
    Kind.MANY: (list, tuple),
}


@dataclass
class Inspection:
    """One walk over declared values.

    Attributes:
        version: The API version the values are for.
        violations: Every broken rule found so far.
    """

    version: str
    violations: list[Violation] = field(default_factory=list)

    def values(
        self, rows: Mapping[str, Row], maps: Sequence[FieldMap], given: Mapping[str, Any], path: str = ""
    ) -> dict[str, Any]:
        """Check a noun's or a block's values.

        Return them tidied, with words as the rows spell them and defaults filled in.
        """
        for name, hint in unknown_names(given, rows):
            # What a misspelt name holds may be a password.
            self.violations.append(Violation(f"{path}{name}", "[not shown]", f"there is no such property; {hint}"))
        tidied: dict[str, Any] = {}
        for name, row in rows.items():
            value = given.get(name)
            if value is None:
                value = None if row.required else row.default
                if row.required:
                    self._object(f"{path}{name}", None, "is required")
            elif value not in ([], {}) and (reason := self._refusal(name, row, maps)) is not None:
                self._object(f"{path}{name}", value, reason, row)
            if value is not None:
                tidied[name] = self._value(row, _entries(name, maps), value, f"{path}{name}")
        return tidied

    def add(self, violations: Iterable[Violation]) -> None:
        """Add violations found elsewhere."""
        self.violations.extend(violations)

    def _object(self, path: str, value: Any, rule: str, row: Row | None = None) -> None:
        self.violations.append(Violation(path, shown(value, secret=row is not None and row.secret), rule))

    def _refusal(self, name: str, row: Row, maps: Sequence[FieldMap]) -> str | None:
        if any(name in fields.fields or name in fields.derived for fields in maps):
            return None
        for fields in maps:
            if name in fields.refused:
                return f"API {self.version} does not take it: {fields.refused[name]}"
        return None

    def _value(self, row: Row, entries: Sequence[tuple[FieldMap, Field]], given: Any, path: str) -> Any:
        if isinstance(given, Unknown):
            return given
        value: Any = tidy(row, given)
        if not _fits(row.kind, value):
            self._object(path, value, f"must be {row.kind.value}", row)
            return value
        shapes = [shape for fields, entry in entries if (shape := fields.shape(entry)) is not None]
        if row.kind in (Kind.INTEGER, Kind.NUMBER):
            self._number(row, entries, shapes, value, path)
        elif row.kind is Kind.TEXT:
            return self._text(row, entries, value, path)
        elif row.kind is Kind.TEXTS:
            self._items(row, shapes, value, path)
            return self._texts(row, value, path)
        elif row.kind is Kind.MAPPING:
            self._items(row, shapes, value, path)
            return {key: self._entry(item, f"{path}.{key}", row) for key, item in value.items()}
        elif row.args is not None:
            inner_rows, inner_maps = rows_of(row.args), [fields.inner(entry) for fields, entry in entries]
            if row.kind is Kind.ONE:
                return self.values(inner_rows, inner_maps, value, f"{path}.")
            self._items(row, shapes, value, path)
            return [self._member(inner_rows, inner_maps, item, f"{path}[{i}]") for i, item in enumerate(value)]
        return value

    def _member(self, rows: Mapping[str, Row], maps: Sequence[FieldMap], item: Any, path: str) -> Any:
        if isinstance(item, Mapping):
            return self.values(rows, maps, item, f"{path}.")
        if not isinstance(item, Unknown):
            self._object(path, item, f"must be a block with {', '.join(rows)}")
        return item

    def _texts(self, row: Row, value: Sequence[Any], path: str) -> list[Any]:
        entries = [self._entry(item, f"{path}[{index}]") for index, item in enumerate(value)]
        if not row.choices or not all(isinstance(item, str) for item in entries):
            return entries
        said = [self._choice(row, (), item, f"{path}[{index}]") for index, item in enumerate(entries)]
        return sorted(said, key=lambda word: row.choices.index(word) if word in row.choices else 0)

    def _entry(self, item: Any, path: str, row: Row | None = None) -> Any:
        if not isinstance(item, (str, Unknown)):
            self._object(path, item, "must be a text", row)
        return item

    def _number(
        self, row: Row, entries: Sequence[tuple[FieldMap, Field]], shapes: Sequence[spec.Shape], value: float, path: str
    ) -> None:
        lowest, highest = row.limits or (None, None)
        low = max((n for n in (lowest, *(s.minimum for s in shapes)) if n is not None), default=None)
        high = min((n for n in (highest, *(s.maximum for s in shapes)) if n is not None), default=None)
        if (low is not None and value < low) or (high is not None and value > high):
            kind = "whole number" if row.kind is Kind.INTEGER else "number"
            bounds = (
                f"from {low} to {high}"
                if None not in (low, high)
                else f"of at least {low}"
                if high is None
                else f"up to {high}"
            )
            self._object(path, value, f"must be a {kind} {bounds}{self._where(entries)}")

    def _text(self, row: Row, entries: Sequence[tuple[FieldMap, Field]], value: str, path: str) -> str:
        if row.choices:
            return self._choice(row, entries, value, path)
        if row.length is not None and not row.length[0] <= len(value) <= row.length[1]:
            self._object(path, value, f"must have {row.length[0]} to {row.length[1]} characters, has {len(value)}", row)
        if row.pattern and not re.fullmatch(row.pattern, value):
            self._object(path, value, row.pattern_words or f"must match {row.pattern}", row)
        return value

    def _choice(self, row: Row, entries: Sequence[tuple[FieldMap, Field]], value: str, path: str) -> str:
        said = next((word for word in row.choices if same_word(word, value)), None)
        here = [word for word in row.choices if all(_takes(fields, entry, word) for fields, entry in entries)]
        if said is None or said not in here:
            other = "" if said is None else f" (API {self.version} does not have it)"
            self._object(path, value, f"must be one of {', '.join(here)}{other}{self._where(entries)}")
            return value
        return said

    def _items(self, row: Row, shapes: Sequence[spec.Shape], value: Any, path: str) -> None:
        fewest, most = row.items or (0, None)
        most = min((n for n in (most, *(s.max_items for s in shapes)) if n is not None), default=None)
        if len(value) < fewest or (most is not None and len(value) > most):
            bounds = f"{fewest} to {most}" if most is not None else f"at least {fewest}"
            self._object(path, f"{len(value)} entries", f"must have {bounds} entries")

    def _where(self, entries: Sequence[tuple[FieldMap, Field]]) -> str:
        actions = sorted({fields.action for fields, _ in entries if fields.action})
        return f" ({', '.join(actions)}, API {self.version})" if actions else ""


def shown(value: Any, *, secret: bool = False) -> str:
    """Write a value for a message: short, and never a secret."""
    if value is None:
        return "[not given]"
    if secret:
        return "[secret]"
    written = repr(value) if not isinstance(value, (Mapping, list, tuple)) else type(value).__name__
    return written if len(written) <= _LONGEST_SHOWN else f"{written[: _LONGEST_SHOWN - 3]}..."


def _fits(kind: Kind, value: Any) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind is Kind.FLAG or not isinstance(value, bool))


def _entries(name: str, maps: Sequence[FieldMap]) -> list[tuple[FieldMap, Field]]:
    return [(fields, fields.fields[name]) for fields in maps if name in fields.fields]


def _takes(fields: FieldMap, entry: Field, word: str) -> bool:
    if entry.words:
        return any(same_word(word, known) for known in entry.words)
    allowed = fields.allowed(entry)
    return not allowed or any(same_word(word, known) for known in allowed)
