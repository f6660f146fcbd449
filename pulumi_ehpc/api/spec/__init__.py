"""Both versions of the E-HPC API as data, with typed access to it.

A folder for each API version holds

* ``service.json``: actions, parameters and answers, generated from the official SDK and never edited;
* ``corrections.json``: what the SDK does not say of parameters (required marks, other spellings, whether
  the action sets a state), and how it is known;
* ``waiters.json``: which answers mean that a state was reached or missed for good;
* ``paginators.json``: where an action's answer has its list, and how to ask for the next page.

Beside them, for both versions: ``errors.json`` (documented error codes), ``failures.json`` (what kind of failure a
code is, and what to do about it) and ``secrets.json`` (names whose values are never shown).

The client and the simulator share this data. Each file is read when it is first asked for, and once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from pulumi_ehpc.api.spec.model import Acceptor, Action, ErrorCode, Failure, Paginator, Shape, Waiter
from pulumi_ehpc.api.spec.redaction import REDACTED, redact, secret_names, secret_values

__all__ = [
    "REDACTED",
    "VERSIONS",
    "Acceptor",
    "Action",
    "ErrorCode",
    "Failure",
    "Paginator",
    "Shape",
    "Waiter",
    "action",
    "actions",
    "error_codes",
    "failure_kinds",
    "failure_of",
    "next_step_of",
    "paginators",
    "redact",
    "secret_names",
    "secret_values",
    "waiters",
]

VERSIONS: Final = ("2018-04-12", "2024-07-30")
"""The API versions, oldest first."""


@cache
def actions(version: str) -> Mapping[str, Action]:
    """Every action of an API version, by name.

    Raises:
        KeyError: There is no such version.
    """
    data = _version_data(version, "service.json")["actions"]
    corrections = _version_data(version, "corrections.json")
    found = {
        name: Action(
            name=name,
            version=version,
            method=entry["method"],
            parameters=_shapes(entry["params"], corrections.get(name, {})),
            response=_shape(entry["response"], {}),
            sets=bool(corrections.get(name, {}).get("sets")),
        )
        for name, entry in data.items()
    }
    return MappingProxyType(found)


def action(name: str, version: str) -> Action:
    """One action of an API version.

    Raises:
        KeyError: There is no such version or action.
    """
    return actions(version)[name]


@cache
def error_codes() -> Mapping[str, ErrorCode]:
    """The documented error codes of both versions, by code."""
    return MappingProxyType({code: ErrorCode(code, entry["http"]) for code, entry in _data("errors.json").items()})


@cache
def failure_kinds() -> Mapping[str, Failure]:
    """What there is to do about each kind of failure, by the name of its error class."""
    return MappingProxyType(
        {name: Failure(name, entry["next_step"]) for name, entry in _data("failures.json")["kinds"].items()}
    )


def failure_of(code: str, http_status: int) -> str:
    """Classify an error: the name of its class in ``pulumi_ehpc.errors``.

    The code decides, whole first and then by its leading parts (``OrderError.NoCard``, then ``OrderError``); an unknown
    code is classified by the HTTP status.
    """
    for prefix in _prefixes(code):
        if prefix in (found := _classified_codes()):
            return found[prefix]
    statuses: dict[str, str] = _data("failures.json")["statuses"]
    family = f"{http_status // 100}xx"
    return statuses.get(str(http_status)) or statuses.get(family) or statuses["other"]


def next_step_of(code: str, http_status: int) -> str:
    """What a person can do about an error: the advice for its code, else for its kind.

    The advice for a family of codes does not hold for a member that is of another kind.
    """
    advice: dict[str, str] = _data("failures.json")["advice"]
    for prefix in _prefixes(code):
        if prefix in advice:
            return advice[prefix]
        if prefix in _classified_codes():
            break
    return failure_kinds()[failure_of(code, http_status)].next_step


@cache
def waiters(version: str) -> Mapping[str, Waiter]:
    """The waiters of an API version, by name."""
    found = {
        name: Waiter(
            name=name,
            action=entry["action"],
            path=entry["path"],
            delay_seconds=entry["delay_seconds"],
            acceptors=tuple(Acceptor(**acceptor) for acceptor in entry["acceptors"]),
        )
        for name, entry in _version_data(version, "waiters.json").items()
    }
    return MappingProxyType(found)


@cache
def paginators(version: str) -> Mapping[str, Paginator]:
    """The paginators of an API version, by action."""
    found = {
        name: Paginator(action=name, items=entry["items"], style=entry["style"], page_size=entry.get("page_size"))
        for name, entry in _version_data(version, "paginators.json").items()
    }
    return MappingProxyType(found)


@cache
def _data(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text("utf-8"))


def _version_data(version: str, name: str) -> Any:
    if version not in VERSIONS:
        raise KeyError(version)
    return json.loads((files(__package__) / version / name).read_text("utf-8"))


@cache
def _classified_codes() -> Mapping[str, str]:
    return {code: name for name, entry in _data("failures.json")["kinds"].items() for code in entry["codes"]}


def _prefixes(code: str) -> list[str]:
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _shapes(entries: Mapping[str, Any], corrections: Mapping[str, Any], path: str = "") -> Mapping[str, Shape]:
    return MappingProxyType({name: _shape(entry, corrections, f"{path}{name}") for name, entry in entries.items()})


def _shape(entry: Mapping[str, Any], corrections: Mapping[str, Any], path: str = "") -> Shape:
    """Build a shape.

    Args:
        entry: What service.json says.
        corrections: What corrections.json says of the action: ``required``, paths that are, such as ``User[].Name``;
            ``also``, texts that an object takes as well.
        path: Where the shape stands below the action.
    """
    items = entry.get("items")
    more = {name: {"type": "string"} for name in corrections.get("also", {}).get(path, ())}
    return Shape(
        type=entry["type"],
        required=bool(entry.get("required")) or path in corrections.get("required", ()),
        encoding=entry.get("encoding", ""),
        enum=tuple(entry.get("enum", ())),
        minimum=entry.get("min"),
        maximum=entry.get("max"),
        max_items=entry.get("maxItems"),
        default=entry.get("default"),
        items=_shape(items, corrections, f"{path}[]") if items else None,
        properties=_shapes({**entry.get("properties", {}), **more}, corrections, f"{path}." if path else ""),
    )
