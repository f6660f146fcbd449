"""What a version file's functions are given, and what they give back. Nothing here knows the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NamedTuple, Protocol, cast

from pulumi_ehpc.api import VersionClient, Wait
from pulumi_ehpc.errors import EhpcError, NotFoundError, Violation, WaitCancelledError
from pulumi_ehpc.lifecycle.fields import FieldMap
from pulumi_ehpc.lifecycle.marks import mark
from pulumi_ehpc.lifecycle.rows import Change

__all__ = [
    "GONE",
    "Dialect",
    "Found",
    "Gone",
    "Life",
    "Made",
    "Request",
    "change_checks",
    "changes_of",
    "cross_checks",
    "says_gone",
]


@dataclass(frozen=True)
class Made:
    """A living object.

    Attributes:
        id: Its id in state.
        outputs: What a person and other resources need of it; never a secret.
    """

    id: str
    outputs: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A living object as the service shows it.

    Attributes:
        outputs: As in ``Made``.
        inputs: Declared values as the service has them now; only what it can tell.
    """

    outputs: dict[str, Any]
    inputs: dict[str, Any]


class Gone:
    """The object does not exist any more."""


GONE = Gone()

_GONE_CODES = ("ClusterNotFound", "InvalidClusterId.NotFound")


def says_gone(error: NotFoundError) -> bool:
    """Tell whether an error means that the whole cluster does not exist, and everything in it with it.

    Other things may be "not found" as well, such as one of many nodes, or the path of a wrong endpoint.
    """
    return error.code in _GONE_CODES


@dataclass
class Request:
    """One create, read, update or delete.

    Attributes:
        noun: For example ``Queue``.
        name: The resource's logical name.
        urn: The engine's name of the resource.
        id: The id in state; empty during create.
        inputs: Declared values, checked.
        olds: Declared values the object was last given; empty during create.
        outputs: The outputs in state; empty during create.
        identity: The stack's random identity.
        api: The client, bound to the API version that made (or will make) the object.
        older: The client bound to 2018-04-12, for actions that the newer version lacks.
        timeout_seconds: How long the whole step may take.
        say: Shows a line of progress.
        note: Leaves a lasting message under the resource.
        cancelled: Tells whether the run was cancelled.
        lock: Keeps read-modify-write calls on one cluster apart.
    """

    noun: str
    name: str
    urn: str
    id: str
    inputs: dict[str, Any]
    olds: dict[str, Any]
    outputs: dict[str, Any]
    identity: str
    api: VersionClient
    older: VersionClient
    timeout_seconds: float
    say: Callable[[str], None]
    note: Callable[[str], None]
    cancelled: Callable[[], bool]
    lock: Callable[[str], AbstractContextManager[object]]
    accepted: Made | None = field(default=None, init=False)

    @property
    def mark(self) -> str:
        """The mark that tells what this resource made."""
        return mark(self.identity, self.urn)

    @property
    def title(self) -> str:
        """The resource in messages, such as ``Queue 'work'``."""
        return f"{self.noun} '{self.name}'"

    def made(self, id: str, outputs: Mapping[str, Any]) -> Made:
        """Note that the cloud has accepted the object: from here on a failure keeps its id and outputs in state."""
        self.accepted = Made(id, dict(outputs))
        return self.accepted

    def wait(self, waiter: str, parameters: Mapping[str, Any], *, doing: str) -> dict[str, Any]:
        """Wait for a state that the API version's waiter data describes, with a line of progress at every change."""
        return self.api.wait_for(
            waiter, parameters, Wait(doing, self.timeout_seconds, self.progress(doing), self.cancelled)
        )

    def wait_until(self, probe: Callable[[], Any], *, doing: str, until: str) -> None:
        """Wait until a probe says so; see ``Client.wait_until``."""
        wait = Wait(until, self.timeout_seconds, self.progress(doing), self.cancelled)
        self.api.client.wait_until(probe, wait)

    def progress(self, doing: str) -> Callable[[str, float], None]:
        """Return a tick that says the state and the time taken, such as ``creating: initing (2 min 5 s)``."""

        def tick(state: str, elapsed: float) -> None:
            seen = "gone" if state.endswith("NotFound") else state or "waiting"
            self.say(f"{doing}: {seen} ({_duration(elapsed)})")

        return tick

    def stop_if_cancelled(self, state: str) -> None:
        """Leave a long step between two calls when the run was cancelled.

        Raises:
            WaitCancelledError: The run was cancelled.
        """
        if self.cancelled():
            raise WaitCancelledError(f"{self.title}: the run was cancelled ({state}).", state=state)


class Life(NamedTuple):
    """The four steps of a noun, where both versions take them alike; a version file unpacks them."""

    create: Callable[[Request], Made]
    read: Callable[[Request], Found | Gone]
    update: Callable[[Request], Made]
    delete: Callable[[Request], None]


class Dialect(Protocol):
    """A version file of a room, ``v2018_04_12.py`` or ``v2024_07_30.py``.

    Must have the names below. May have ``CHANGES`` (property -> what a change does in this version, where the row
    says otherwise), ``check(inputs)`` (rules over several properties, as violations) and ``check_change(olds, inputs)``
    (changes that this version cannot make, as violations).
    """

    VERSION: str
    MAPS: tuple[FieldMap, ...]

    def create(self, request: Request) -> Made:
        """Make the object, or finish what a killed run began. Must call ``request.made`` once the cloud accepted it."""

    def read(self, request: Request) -> Found | Gone:
        """Look at the living object. Must change nothing."""

    def update(self, request: Request) -> Made:
        """Make the living object what is declared. Must first finish what an interrupted create began."""

    def delete(self, request: Request) -> None:
        """Delete the object and wait until it is gone. Must count an object that is gone already as deleted."""


def changes_of(dialect: Dialect) -> Mapping[str, Change]:
    """What changes do in this version, where the rows say otherwise."""
    return cast(Mapping[str, Change], getattr(cast(ModuleType, dialect), "CHANGES", {}))


def cross_checks(dialect: Dialect, inputs: Mapping[str, Any]) -> Iterable[Violation]:
    """Rules over several properties in this version."""
    rules = getattr(cast(ModuleType, dialect), "check", None)
    return cast("Iterable[Violation]", rules(inputs)) if rules is not None else ()


def change_checks(dialect: Dialect, olds: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterable[Violation]:
    """Changes that this version cannot make."""
    rules = getattr(cast(ModuleType, dialect), "check_change", None)
    return cast("Iterable[Violation]", rules(olds, inputs)) if rules is not None else ()


@dataclass
class Locks:
    """A lock for each cluster, made when first asked for."""

    _guard: threading.Lock = field(default_factory=threading.Lock)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)

    def of(self, cluster_id: str) -> AbstractContextManager[object]:
        """Return the cluster's lock."""
        with self._guard:
            return self._locks.setdefault(cluster_id, threading.RLock())


class PartialFailureError(EhpcError):
    """The cloud accepted the object, but the step did not finish; id and outputs stay in state."""

    def __init__(self, made: Made, reason: EhpcError) -> None:
        super().__init__(str(reason))
        self.made = made


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
