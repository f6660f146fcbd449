"""What can be said of a property: its shape, limits and default, what a change does, how each API version spells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.fields import Field, FieldMap, same_word
from pulumi_ehpc.lifecycle.marks import Filled
from pulumi_ehpc.lifecycle.noun import Noun
from pulumi_ehpc.lifecycle.request import changes_of, cross_checks
from pulumi_ehpc.lifecycle.rows import Change, Kind, Row
from scripts.docs.declared import Attribute
from scripts.docs.markdown import listed, prose

__all__ = ["CHANGES", "ELSEWHERE", "NEWEST_FIRST", "OPEN", "REFUSED", "Property", "per_version"]

NEWEST_FIRST = tuple(reversed(spec.VERSIONS))
CHANGES = {Change.UPDATE: "in place", Change.REPLACE: "replaces", Change.IGNORE: "steers the package only"}
_SHAPES = {
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number",
    Kind.FLAG: "true or false",
    Kind.TEXTS: "list of texts",
    Kind.MAPPING: "map of texts",
}
_MOST_NAMED = 40
OPEN = "spelled by the map of the block"
ELSEWHERE = "spelled by the version file's own hand"
REFUSED = "refused"


@dataclass(frozen=True)
class Property:
    """A property of a noun, or of a block where it is used.

    Attributes:
        noun: The noun.
        path: Dotted path from the noun.
        row: Its row.
        written: The row's attribute as it is written.
        maps: The field maps that may spell it, by API version.
        closed: What becomes of the block around it, by API version.
    """

    noun: Noun
    path: str
    row: Row
    written: Attribute
    maps: Mapping[str, Sequence[FieldMap]]
    closed: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.row.name

    @property
    def text(self) -> str:
        """What it is."""
        return prose(self.written.text)

    # -- value ----------------------------------------------------------------------------------------------------

    def shape(self, block: type | None) -> str:
        """Its shape in words; a block links to its own table."""
        link = f"[`{block.__name__}`](#{block.__name__.lower()})" if block else ""
        if self.row.kind is Kind.ONE:
            words = link
        elif block is not None:
            words = f"list of {link}"
        elif self.row.noun:
            words = f"`{self.row.noun}` or its {'id' if self.row.noun == 'Cluster' else 'name'}"
        else:
            words = _SHAPES[self.row.kind]
        return f"secret {words}" if self.row.secret else words

    def limits(self) -> str:
        """Its limits in words, per version where they differ, and the version when only one takes it."""
        rules = [per_version({version: rule(version) for version in self.taken}) for rule in (self._size, self._words)]
        only = f"{self.taken[0]} only" if len(self.taken) == 1 else ""
        return ", ".join(filter(None, [*rules, only]))

    def default(self) -> str:
        """Its default in words."""
        if self.row.required:
            return "required"
        if self.row.default is not None:
            return f"`{self.row.default}`"
        if self.path in self.noun.fill({}, Filled("name", "urn", "identity")):
            return "made of the resource's name"
        return per_version({version: self._service_default(version) for version in self.taken})

    def change(self) -> str:
        """What a change does, per version where it differs."""
        return per_version({version: CHANGES[change] for version, change in self.changes().items()})

    def changes(self) -> dict[str, Change]:
        """What a change does, by API version, newest first."""
        return {v: changes_of(self.noun.dialects[v]).get(self.name, self.row.change) for v in self.taken}

    # -- API versions ---------------------------------------------------------------------------------------------

    @property
    def taken(self) -> list[str]:
        """The versions that take it, newest first."""
        return [version for version in NEWEST_FIRST if not self.refusal(version) and self.closed[version] != REFUSED]

    def refusal(self, version: str) -> str:
        """Why a version refuses it; empty when it does not."""
        maps = self.maps[version]
        if any(self.name in known.fields or self.name in known.derived for known in maps):
            return ""
        return next((known.refused[self.name] for known in maps if self.name in known.refused), "")

    def spelled(self, version: str) -> str:
        """How a version spells it, or why it does not."""
        if self.closed[version] != OPEN:
            return f"see `{self.path.split('.')[-2]}`"
        if reason := self.refusal(version):
            return f"refused: {reason}"
        told = [known.derived[self.name] for known in self.maps[version] if self.name in known.derived]
        return "; ".join([*_spellings(self._entries(version)), *told]) or "not sent"

    def _entries(self, version: str) -> list[tuple[FieldMap, Field]]:
        return [(known, known.fields[self.name]) for known in self.maps[version] if self.name in known.fields]

    def _shapes(self, version: str) -> Iterator[spec.Shape]:
        for known, entry in self._entries(version):
            if (shape := known.shape(entry)) is not None:
                yield shape

    def _words(self, version: str) -> str:
        """What a text may be."""
        if self.row.choices:
            return f"one of {listed(f'`{word}`' for word in self._choices(version))}"
        return self.row.pattern_words or (f"must match `{self.row.pattern}`" if self.row.pattern else "")

    def _size(self, version: str) -> str:
        """How great, long or many."""
        row = self.row
        if row.kind in (Kind.INTEGER, Kind.NUMBER):
            return self._bounds(version)
        if row.kind is Kind.TEXT:
            return self._length(version)
        fewest, most = row.items or (0, None)
        known = [n for n in (most, *(shape.max_items for shape in self._shapes(version))) if n is not None]
        return _entries_in_words(fewest, self._longest(version, min(known))) if known else ""

    def _bounds(self, version: str) -> str:
        lowest, highest = self.row.limits or (None, None)
        shapes = list(self._shapes(version))
        low = max((n for n in (lowest, *(s.minimum for s in shapes)) if n is not None), default=None)
        high = min((n for n in (highest, *(s.maximum for s in shapes)) if n is not None), default=None)
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
        if self.row.length is None:
            return ""
        shortest, longest = self.row.length
        kept = [n for n in range(shortest, longest + 1) if self._accepts(version, "a" * n)]
        return f"{kept[0]} to {kept[-1]} characters"

    def _longest(self, version: str, most: int) -> int:
        if self.row.kind is not Kind.MANY or self.written.args is not None:
            return most
        return max(n for n in range(most + 1) if self._accepts(version, [{}] * n))

    def _accepts(self, version: str, value: object) -> bool:
        """Ask the version file's own rules, which limit some values further than row and specification do."""
        if "." in self.path:
            return True
        broken = cross_checks(self.noun.dialects[version], {self.name: value})
        return not any(reason.property == self.name for reason in broken)

    def _choices(self, version: str) -> list[str]:
        def takes(known: FieldMap, entry: Field, word: str) -> bool:
            allowed = tuple(entry.words) or known.allowed(entry)
            return not allowed or any(same_word(word, other) for other in allowed)

        entries = self._entries(version)
        return [word for word in self.row.choices if all(takes(known, entry, word) for known, entry in entries)]

    def _service_default(self, version: str) -> str:
        for known, entry in self._entries(version):
            shape = known.shape(entry)
            if shape is not None and shape.default is not None:
                wire = shape.default
                words: Mapping[str, str] = entry.words or {word: word for word in self.row.choices}
                word = next((word for word, spelled in words.items() if same_word(spelled, str(wire))), wire)
                return f"the service's, `{str(word).lower() if isinstance(word, bool) else word}`"
        return ""


def per_version(said: Mapping[str, str]) -> str:
    """Say once what is the same in every version; else what the first has, and where others differ."""
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    (first, usual), *others = said.items()
    differing = [f"{version}: {words or 'no limit'}" for version, words in others if words != usual]
    if not usual:
        return "; ".join(differing)
    if not any(said[version] for version, _ in others):
        return f"{first}: {usual}"
    return f"{usual} ({'; '.join(differing)})"


def _spellings(entries: Sequence[tuple[FieldMap, Field]]) -> Iterator[str]:
    actions: dict[str, list[str]] = {}
    for known, entry in entries:
        actions.setdefault(_path(known, entry), []).append(known.action)
    for path, named in actions.items():
        yield " ".join([", ".join(f"`{action}`" for action in named), f"`{path}`" if path else "(its fields)"])


def _path(known: FieldMap, entry: Field) -> str:
    """The parameter's path, with ``[]`` after lists."""
    properties: Mapping[str, spec.Shape] = spec.action(known.action, known.version).parameters
    steps = [step for step in f"{known.under}.{entry.wire}".split(".") if step]
    spelled = []
    for index, step in enumerate(steps):
        shape = properties[step]
        properties = shape.items.properties if shape.items is not None else shape.properties
        spelled.append(f"{step}[]" if shape.items is not None and index < len(steps) - 1 else step)
    return ".".join(spelled)


def _entries_in_words(fewest: int, most: int) -> str:
    return f"{fewest} to {most:,} entries" if fewest else f"at most {most:,} {'entry' if most == 1 else 'entries'}"
