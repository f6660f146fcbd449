"""One create, read, update or delete in progress, and what a handler gives back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic

from pulumi_ehpc.api import Outcome, Probe, VersionClient, Wait
from pulumi_ehpc.api.responses import UNREADABLE
from pulumi_ehpc.errors import EhpcError, NetworkError, ServiceError, WaitCancelledError, WaitError, WaitTimeoutError
from pulumi_ehpc.lifecycle.journal import Intents
from pulumi_ehpc.lifecycle.locks import Locks, lock_name
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.schema.properties import I
from pulumi_ehpc.wording import duration

Plain = Mapping[str, Any]
"""Plain values by stored name, inputs or outputs, with ``UNKNOWN`` where something is not known yet."""

_LOOK_SECONDS: Final = 3.0
"""How long a write whose response was lost is looked for."""
_ACCEPTED_LOOK_SECONDS: Final = 30.0
"""The same, where a response came, so that the write was accepted, but does not say what it made."""


@dataclass(frozen=True)
class ResourceState:
    """A living object.

    Attributes:
        id: Its id in state.
        outputs: What a person and other resources need of it; never a secret.
    """

    id: str
    outputs: dict[str, Any]


@dataclass(frozen=True)
class ReadOutcome:
    """A living object as the service reports it.

    Attributes:
        outputs: As in ``ResourceState``.
        inputs: Declared values as the service has them now; only what it returns.
    """

    outputs: dict[str, Any]
    inputs: dict[str, Any]


class NotFound:
    """The object does not exist any more."""


NOT_FOUND: Final = NotFound()


@dataclass(frozen=True)
class EngineContext:
    """What the engine reports of one operation.

    Attributes:
        urn: The engine's name of the resource.
        name: The resource's logical name.
        id: The id in state; empty during create.
        timeout_seconds: How long the operation may take; 0 for the resource type's own time.
        progress: Shows a line of progress.
        log: Leaves a lasting message below the resource.
        cancelled: Tells whether the run was cancelled.
    """

    urn: str
    name: str
    id: str = ""
    timeout_seconds: float = 0.0
    progress: Callable[[str], None] = lambda message: None
    log: Callable[[str], None] = lambda message: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass
class Operation(Generic[I]):
    """One create, read, update or delete.

    Attributes:
        resource_type: Name of the resource type, for example ``Queue``.
        engine: What the engine reports of the operation.
        inputs: Declared values, checked.
        old_inputs: Declared values the object was last given; empty during create.
        outputs: The outputs in state; empty during create.
        marker: The ownership marker of what this resource makes.
        api: The client of the API version that made (or will make) the object.
        timeout_seconds: How long the operation may take.
        locks: Keeps read-modify-write calls on one thing apart.
        cluster: Id of the cluster it stands in; empty for a cluster.
        program: What is known of the program that runs.
        intents: What this resource was about to create on the cluster.
        only_read: Whether the program only reads the object: nothing is declared or recorded of it but its id.
        accepted: The object, once the service has accepted it.
        others: Ids of members that stood there before and are not this resource's; None while that was not looked at.
    """

    resource_type: str
    engine: EngineContext
    inputs: I
    old_inputs: I
    outputs: dict[str, Any]
    marker: str
    api: VersionClient
    timeout_seconds: float
    locks: Locks
    cluster: str
    program: Program
    intents: Intents
    only_read: bool = False
    accepted: ResourceState | None = field(default=None, init=False)
    others: frozenset[str] | None = field(default=None, init=False)

    @property
    def id(self) -> str:
        """The object's id; empty while the service has not accepted it."""
        return self.accepted.id if self.accepted is not None else self.engine.id

    @property
    def creates(self) -> bool:
        """Whether nothing of the object is in state, so that a list which a response leaves out may count as empty."""
        return not self.engine.id

    @property
    def recorded(self) -> ResourceState:
        """What was recorded last; update begins with what is in state."""
        assert self.accepted is not None, "an operation records the object before it ends"
        return self.accepted

    @property
    def in_own_cluster(self) -> bool:
        """Whether it stands in a cluster that this stack creates: there the program has the last word."""
        return self.program.is_own(self.cluster)

    @property
    def title(self) -> str:
        """The resource in messages, such as ``Queue 'work'``."""
        return f"{self.resource_type} '{self.engine.name}'"

    def record(self, id: str, outputs: Mapping[str, Any]) -> ResourceState:
        """Note that the service has accepted the object: from here on a failure keeps its id and outputs in state."""
        self.accepted = ResourceState(id, dict(outputs))
        return self.accepted

    def wait_for(self, waiter: str, parameters: Mapping[str, Any], label: str) -> dict[str, Any]:
        """Wait for a state that the API version's waiter data describes; see ``VersionClient.wait_for``."""
        return self.api.wait_for(waiter, parameters, self._wait(label))

    def wait_until(self, probe: Probe, label: str, *, timeout_seconds: float | None = None) -> str:
        """Wait until a probe reports that it is done; see ``VersionClient.wait_until``."""
        wait = self._wait(label)
        return self.api.wait_until(probe, replace(wait, timeout_seconds=timeout_seconds or wait.timeout_seconds))

    def lock(self, what: str) -> AbstractContextManager[None]:
        """Keep read-modify-write calls of others on this machine away from something; see ``Locks.hold``.

        Args:
            what: Id of what is changed, such as the cluster's.
        """
        name = lock_name(self.api.client.settings.base_url, what)
        return self.locks.hold(name, self.title, self._wait(f"changing {what}"), self.engine.log)

    def stop_if_cancelled(self, state: str) -> None:
        """Leave a long operation between two calls when the run was cancelled.

        Raises:
            WaitCancelledError: The run was cancelled.
        """
        if self.engine.cancelled():
            raise WaitCancelledError(f"{self.title}: the run was cancelled ({state}).", state=state)

    def create_or_find(
        self, create: Callable[[], object], exists: Callable[[], bool], keys: Collection[str] = ()
    ) -> None:
        """Make a call that creates something; when its response is lost, look whether it was done.

        It may have been, and what it made may be billed. It is never repeated here: what cannot be seen yet might then
        be made twice. The next run looks again.

        Args:
            create: Makes the call.
            exists: Looks whether what the call makes is there; it was not before.
            keys: The natural keys of what it makes. They stand in the journal of intents until it is certain that the
                call made nothing.

        Raises:
            NetworkError: No response came, and nothing the call makes can be seen.
            ServiceError: The service failed, and nothing the call makes can be seen.
        """
        fresh = self.intents.write(keys)
        try:
            create()
        except EhpcError as error:
            if not _is_lost(error):
                # What stands under a key that the service refused is somebody else's.
                self.intents.drop(fresh)
                raise
            self.engine.progress("it is not known whether the call was carried out; looking")

            def probe() -> tuple[Outcome, str]:
                return (Outcome.DONE, "done") if exists() else (Outcome.PENDING, "not there")

            try:
                self.api.wait_until(probe, Wait(self.title, _look_seconds(error)))
            except (WaitTimeoutError, WaitCancelledError):
                raise error from None

    def _wait(self, label: str) -> Wait:
        def progress(state: str, elapsed_seconds: float) -> None:
            seen = "gone" if state.endswith("NotFound") else state or "waiting"
            self.engine.progress(f"{label}: {seen} ({duration(elapsed_seconds)})")

        return Wait(f"{self.title}: {label}", self.timeout_seconds, progress, self.engine.cancelled)


def _look_seconds(error: EhpcError) -> float:
    accepted = isinstance(error, ServiceError) and error.code == UNREADABLE and error.http_status < 300
    return _ACCEPTED_LOOK_SECONDS if accepted else _LOOK_SECONDS


def _is_lost(error: EhpcError) -> bool:
    """Tell whether a call that failed may have been carried out all the same; a wait began after it was accepted."""
    return error.sent if isinstance(error, NetworkError) else isinstance(error, (ServiceError, WaitError))
