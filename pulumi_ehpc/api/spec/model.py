"""The data model of the spec: actions, shapes, error codes, waiters and paginators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


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
    """

    name: str
    version: str
    method: Literal["GET", "POST"]
    parameters: Mapping[str, Shape]
    response: Shape
    sets: bool = False

    @property
    def reads(self) -> bool:
        """Whether the action changes nothing, so that it is always safe to retry."""
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
        name: Name of the waiter.
        action: The action to call.
        path: Dotted path of the state in the response.
        delay_seconds: Maximum pause between two calls.
        acceptors: Rules, tried in order; when none matches, the wait goes on.
    """

    name: str
    action: str
    path: str
    delay_seconds: float
    acceptors: tuple[Acceptor, ...]


@dataclass(frozen=True)
class Paginator:
    """Where the response of an action has its list, and how to request the next page.

    Attributes:
        action: The action.
        items: Dotted path of the list in the response.
        style: ``number`` counts pages (PageNumber, PageSize, TotalCount), ``token`` passes on a NextToken, ``none`` has
            everything in one response.
        page_size: Items to request in one call; None for the service default.
    """

    action: str
    items: str
    style: Literal["number", "token", "none"]
    page_size: int | None = None
