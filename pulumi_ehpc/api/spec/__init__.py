"""Both versions of the E-HPC API as data, with typed access to it.

A folder for each API version holds

* ``service.json``: actions, parameters and responses, generated from the official SDK and never edited;
* ``corrections.json``: what the SDK leaves out: which parameters are required, their other spellings, whether the
  action sets a state, and what its response always has, with the source of each correction;
* ``waiters.json``: which responses mean that a state was reached, or cannot be reached any more;
* ``paginators.json``: where an action's response has its list, and how to request the next page.

Shared by both versions: ``errors.json`` (documented error codes), ``failures.json`` (the kind of failure that a code
stands for, and what to do about it) and ``secrets.json`` (names whose values are never shown).

The client and the fake share this data. Each file is read once, when it is first needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

VERSIONS: Final = ("2018-04-12", "2024-07-30")
"""The API versions, oldest first."""


@dataclass(frozen=True)
class Shape:
    """The shape of one value in a request or a response.

    Limits are the documented ones. The resources check them; the client does not, because the service is known to be
    ahead of its documentation.

    Attributes:
        type: JSON type of the value.
        required: Whether a call without it is refused.
        encoding: How a top-level parameter is sent: as a string (``scalar``), as ``Name.1.Field`` keys (``flat``) or as
            one JSON string (``json``). Empty below the top level and in responses.
        enum: Documented values; empty when none are documented.
        minimum: Documented minimum.
        maximum: Documented maximum.
        max_items: Documented maximum length of a list.
        default: The service default.
        items: Shape of the elements, for arrays.
        properties: Shapes of the members, for objects.
    """

    type: Literal["string", "integer", "number", "boolean", "array", "object"]
    required: bool = False
    encoding: Literal["", "scalar", "flat", "json"] = ""
    enum: tuple[str | int, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_items: int | None = None
    default: Any = None
    items: Shape | None = None
    properties: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """One action of one API version.

    Attributes:
        name: Name of the action.
        version: API version.
        method: HTTP method.
        parameters: Shapes of its parameters, by name.
        response: Shape of its response.
        sets: Whether it sets a state, so that calling it twice has the effect of calling it once.
        response_required: Paths that its response always has, ``Nodes[].Id`` in each object of a list that is there; a
            response without them cannot be read.
    """

    name: str
    version: str
    method: Literal["GET", "POST"]
    parameters: Mapping[str, Shape]
    response: Shape
    sets: bool = False
    response_required: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether the action changes nothing, so that it is always safe to retry."""
        return self.name.startswith(("Get", "List", "Describe"))


@dataclass(frozen=True)
class Acceptor:
    """One rule of a waiter: a response or error that matches ends the wait.

    Attributes:
        outcome: How the wait then ends.
        matcher: ``path`` compares the state at the waiter's path, ``error`` the code of an error.
        expected: The state or the code.
    """

    outcome: Literal["success", "failure"]
    matcher: Literal["path", "error"]
    expected: str


@dataclass(frozen=True)
class Waiter:
    """How to wait for a state: which action to call repeatedly, and what its responses mean.

    Attributes:
        action: The action to call.
        path: Dotted path of the state in the response.
        delay_seconds: Maximum pause between two calls.
        acceptors: Rules, tried in order; when none matches, the wait goes on.
    """

    action: str
    path: str
    delay_seconds: float
    acceptors: tuple[Acceptor, ...]


@dataclass(frozen=True)
class Paginator:
    """Where the response of an action has its list, and how to request the next page.

    Attributes:
        items: Dotted path of the list in the response.
        style: ``number`` counts pages (PageNumber, PageSize, TotalCount), ``token`` passes on a NextToken, ``none`` has
            everything in one response.
        page_size: Items to request in one call; None for the service default.
    """

    items: str
    style: Literal["number", "token", "none"]
    page_size: int | None = None


@cache
def actions(version: str) -> Mapping[str, Action]:
    """Return every action of an API version, by name.

    Raises:
        KeyError: There is no such version.
    """
    data = _version_data(version, "service.json")["actions"]
    corrections = _version_data(version, "corrections.json")
    return {
        name: Action(
            name=name,
            version=version,
            method=entry["method"],
            parameters=_shapes(entry["params"], corrections.get(name, {})),
            response=_shape(entry["response"], {}),
            sets=bool(corrections.get(name, {}).get("sets")),
            response_required=tuple(corrections.get(name, {}).get("response_required", ())),
        )
        for name, entry in data.items()
    }


def action(name: str, version: str) -> Action:
    """Return one action of an API version.

    Raises:
        KeyError: There is no such version or action.
    """
    return actions(version)[name]


@cache
def error_codes() -> Mapping[str, int | None]:
    """Return the HTTP status of every documented error code of both versions; None where no source gives one."""
    return {code: entry["http"] for code, entry in _data("errors.json").items()}


@cache
def next_steps() -> Mapping[str, str]:
    """Return what a person can do about each kind of failure, by the name of its error class."""
    return {name: entry["next_step"] for name, entry in _data("failures.json")["kinds"].items()}


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
    return next_steps()[failure_of(code, http_status)]


@cache
def waiters(version: str) -> Mapping[str, Waiter]:
    """Return the waiters of an API version, by name."""
    return {
        name: Waiter(
            action=entry["action"],
            path=entry["path"],
            delay_seconds=entry["delay_seconds"],
            acceptors=tuple(Acceptor(**acceptor) for acceptor in entry["acceptors"]),
        )
        for name, entry in _version_data(version, "waiters.json").items()
    }


@cache
def paginators(version: str) -> Mapping[str, Paginator]:
    """Return the paginators of an API version, by action."""
    return {name: Paginator(**entry) for name, entry in _version_data(version, "paginators.json").items()}


def dig(value: Any, path: str) -> Any:
    """Return the value at a dotted path, such as ``ClusterInfo.Status``; None where the path ends early."""
    for name in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


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
    return {name: _shape(entry, corrections, f"{path}{name}") for name, entry in entries.items()}


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
