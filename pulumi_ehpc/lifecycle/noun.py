"""The nouns: where each one's room is, and what stands in it. Rooms are loaded when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol, cast

from pulumi_ehpc.lifecycle.marks import Filled
from pulumi_ehpc.lifecycle.request import Dialect
from pulumi_ehpc.lifecycle.rows import Row, rows_of

__all__ = ["ROOMS", "Noun", "noun"]

ROOMS: Final[Mapping[str, str]] = {
    "Cluster": "cluster",
    "NodeGroup": "node_group",
    "UserSet": "user_set",
    "Queue": "queue",
    "Volume": "volume",
}
"""Noun -> folder."""

_VERSION_FILES: Final = {"2018-04-12": "v2018_04_12", "2024-07-30": "v2024_07_30"}


class _Filling(Protocol):
    def __call__(self, values: Mapping[str, Any], who: Filled) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Noun:
    """A noun as its room declares it.

    Attributes:
        name: For example ``Queue``.
        rows: Its properties.
        fill: Generates the names that were not given.
        dialects: Its version files, by API version.
        timeouts: Minutes that create, update and delete may take unless ``custom_timeouts`` says otherwise.
    """

    name: str
    rows: Mapping[str, Row]
    fill: _Filling
    dialects: Mapping[str, Dialect]
    timeouts: Mapping[str, int]


@cache
def noun(name: str) -> Noun:
    """Load a noun's room."""
    room = f"pulumi_ehpc.{ROOMS[name]}"
    declared = getattr(import_module(f"{room}.resource"), name)
    return Noun(
        name=name,
        rows=rows_of(declared),
        fill=declared.fill,
        dialects={version: cast(Dialect, import_module(f"{room}.{file}")) for version, file in _VERSION_FILES.items()},
        timeouts=declared.timeouts,
    )
