"""The shapes of the spec data: what an action, a waiter or an error code is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Acceptor", "Action", "ErrorCode", "Failure", "Paginator", "Shape", "Waiter"]


@dataclass(frozen=True)
class Shape:
    """The shape of one value in a request or an answer.

    Limits are the documented ones. They are for checks close to the user; the client leaves them to the service, whose
    documentation is known to lag behind it.

    Attributes:
        type: JSON type of the value.
        required: Whether a call without it is refused.
        encoding: How a top-level parameter travels: as text (``scalar``), as ``Name.1.Field`` keys (``flat``) or as one
            JSON string (``json``). Empty below the top level and in answers.
        enum: Documented values; empty when none are listed.
        minimum: Smallest documented value.
        maximum: Largest documented value.
        max_items: Largest documented length of a list.
        default: What the service assumes when the value is left out.
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
        parameters: Its parameters.
        response: Its answer.
        sets: Whether it sets a state, so that doing it twice is doing it once.
    """

    name: str
    version: str
    method: Literal["GET", "POST"]
    parameters: Mapping[str, Shape]
    response: Shape
    sets: bool = False

    @property
    def reads(self) -> bool:
        """Whether the action changes nothing, so that it may be repeated freely."""
        return self.name.startswith(("Get", "List", "Describe"))


@dataclass(frozen=True)
class ErrorCode:
    """A documented error code and its HTTP status; None where no source gives one."""

    code: str
    http: int | None


@dataclass(frozen=True)
class Failure:
    """A kind of failure.

    Attributes:
        error: Name of the class in ``pulumi_ehpc.errors``.
        next_step: What a person can do about it, in sentences.
    """

    error: str
    next_step: str


@dataclass(frozen=True)
class Acceptor:
    """One rule of a waiter: an answer that matches ends the wait.

    Attributes:
        outcome: Whether the wait then succeeded or failed.
        matcher: ``path`` compares the state found at the waiter's path, ``error`` the code of an error.
        expected: The state or the code.
    """

    outcome: Literal["success", "failure"]
    matcher: Literal["path", "error"]
    expected: str


@dataclass(frozen=True)
class Waiter:
    """How to wait for a state: an action to repeat and what its answers mean.

    Attributes:
        name: Name of the waiter.
        action: The action to repeat.
        path: Dotted path of the state in the answer.
        delay_seconds: Longest pause between two polls.
        acceptors: Tried in order; when none matches, the wait goes on.
    """

    name: str
    action: str
    path: str
    delay_seconds: float
    acceptors: tuple[Acceptor, ...]


@dataclass(frozen=True)
class Paginator:
    """Where the list of an action is, and how to ask for more of it.

    Attributes:
        action: The action.
        items: Dotted path of the list in the answer.
        style: ``number`` counts pages (PageNumber, PageSize, TotalCount), ``token`` hands a NextToken on, ``none`` has
            everything in one answer.
        page_size: Items to ask for in one call; None leaves it to the service.
    """

    action: str
    items: str
    style: Literal["number", "token", "none"]
    page_size: int | None = None
