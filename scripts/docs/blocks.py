"""The properties of a noun and of every block inside it, each with the places where it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.fields import FieldMap
from pulumi_ehpc.lifecycle.noun import ROOMS, Noun, noun
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import Args, rows_of
from scripts.docs.declared import attributes
from scripts.docs.facts import ELSEWHERE, OPEN, REFUSED, Property

__all__ = ["Described", "block_of", "describe", "widest"]


@dataclass(frozen=True)
class Described:
    """A noun with its blocks.

    Attributes:
        noun: The noun.
        declared: Its class.
        properties: Its properties.
        blocks: For each block, one list of properties for every place where it is used.
    """

    noun: Noun
    declared: type[Resource]
    properties: Sequence[Property]
    blocks: Mapping[type[Args], Sequence[Sequence[Property]]]


@dataclass(frozen=True)
class _Place:
    path: str
    maps: Mapping[str, Sequence[FieldMap]]
    closed: Mapping[str, str]


def describe(name: str) -> Described:
    """Describe a noun."""
    loaded = noun(name)
    declared: type[Resource] = getattr(import_module(f"pulumi_ehpc.{ROOMS[name]}.resource"), name)
    top = _Place("", {v: loaded.dialects[v].MAPS for v in spec.VERSIONS}, dict.fromkeys(spec.VERSIONS, OPEN))
    properties = _properties(loaded, declared, top)
    blocks: dict[type[Args], list[list[Property]]] = {}
    _collect(properties, blocks)
    return Described(loaded, declared, properties, blocks)


def block_of(known: Property) -> type[Args] | None:
    """The block that a property takes."""
    return known.row.args or known.written.args


def _properties(loaded: Noun, owner: type, place: _Place) -> list[Property]:
    written = attributes(owner)
    return [
        Property(loaded, f"{place.path}{name}", row, written[name], place.maps, place.closed)
        for name, row in rows_of(owner).items()
    ]


def _collect(properties: Sequence[Property], blocks: dict[type[Args], list[list[Property]]]) -> None:
    for known in properties:
        block = block_of(known)
        if block is not None:
            inside = _properties(known.noun, block, _inside(known))
            blocks.setdefault(block, []).append(inside)
            _collect(inside, blocks)


def _inside(known: Property) -> _Place:
    """Where a block's properties go."""
    maps, closed = {}, {}
    for version in spec.VERSIONS:
        spelled = [(fields, fields.fields[known.name]) for fields in known.maps[version] if known.name in fields.fields]
        maps[version] = [fields.inner(entry) for fields, entry in spelled]
        refused = known.closed[version] == REFUSED or known.refusal(version) != ""
        closed[version] = REFUSED if refused else OPEN if spelled else ELSEWHERE
    return _Place(f"{known.path}.", maps, closed)


def widest(places: Sequence[Sequence[Property]]) -> Sequence[Property]:
    """The place of a block where the versions take most of its properties."""
    return max(places, key=lambda place: sum(len(known.taken) for known in place))
