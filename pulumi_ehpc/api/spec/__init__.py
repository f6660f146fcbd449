"""Both versions of the E-HPC API as data, with typed access to it.

A folder for each API version holds

* ``service.json``: actions, parameters and responses, generated from the official SDK and never edited;
* ``corrections.json``: what the SDK leaves out about parameters (which are required, other spellings, whether the
  action sets a state), with the source of each correction;
* ``waiters.json``: which responses mean that a state was reached, or cannot be reached any more;
* ``paginators.json``: where an action's response has its list, and how to request the next page.

Shared by both versions: ``errors.json`` (documented error codes), ``failures.json`` (the kind of failure that a code
stands for, and what to do about it) and ``secrets.json`` (names whose values are never shown).

The client and the fake share this data. Each file is read once, when it is first needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from pulumi_ehpc.api.spec.model import Acceptor, Action, ErrorCode, Failure, Paginator, Shape, Waiter
from pulumi_ehpc.api.spec.paths import dig
from pulumi_ehpc.api.spec.redaction import redact, secret_names, secret_values

__all__ = [
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
    "dig",
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
    """Return every action of an API version, by name.

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
    """Return one action of an API version.

    Raises:
        KeyError: There is no such version or action.
    """
    return actions(version)[name]


@cache
def error_codes() -> Mapping[str, ErrorCode]:
    """Return the documented error codes of both versions, by code."""
    return MappingProxyType({code: ErrorCode(code, entry["http"]) for code, entry in _data("errors.json").items()})


@cache
def failure_kinds() -> Mapping[str, Failure]:
    """Return every kind of failure, by the name of its error class."""
    return MappingProxyType(
        {name: Failure(name, entry["next_step"]) for name, entry in _data("failures.json")["kinds"].items()}
    )


def failure_of(code: str, http_status: int) -> str:
    """Classify an error, and return the name of its class in ``pulumi_ehpc.errors``.

    The code is looked up whole and then by its leading parts (``OrderError.NoCard``, then ``OrderError``); an unknown
    code is classified by the HTTP status.
    """
    for prefix in _prefixes(code):
        if prefix in (found := _classified_codes()):
            return found[prefix]
    statuses: dict[str, str] = _data("failures.json")["statuses"]
    family = f"{http_status // 100}xx"
    return statuses.get(str(http_status)) or statuses.get(family) or statuses["other"]


def next_step_of(code: str, http_status: int) -> str:
    """Return what a person can do about an error: the advice for its code, else for its kind.

    The advice for a family of codes does not apply to a member that is of another kind.
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
    """Return the waiters of an API version, by name."""
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
    """Return the paginators of an API version, by action."""
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
        entry: The value's entry in service.json.
        corrections: The action's entry in corrections.json: ``required`` lists the paths that are, such as
            ``User[].Name``; ``also`` names further string members of the object at a path.
        path: Path of the value below the action.
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
