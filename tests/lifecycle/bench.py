"""The sample resource types in one session, driven as the engine drives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api import Client, Credentials, Settings
from pulumi_ehpc.api.contact import Contact
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle, PartialFailureError
from pulumi_ehpc.lifecycle.operation import EngineContext, Operation, ResourceState
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.diff import Difference
from tests.api.clocks import ManualClock
from tests.lifecycle.sample import NEW, Service, crew_type, item_type

ACCOUNT = "1000000000000001"
IDENTITY = "1f2e3d4c5b6a7988"
REGION = "cn-hangzhou"


class StubClient(Client):
    """A client that calls nobody; its clock moves when somebody sleeps.

    Attributes:
        account: What ``account_id`` returns, or raises.
    """

    account: str | Exception | None = ACCOUNT

    def account_id(self, contact: Contact | None = None) -> str | None:
        if isinstance(self.account, Exception):
            raise self.account
        return self.account


class StubSession(Session):
    """A session of one client."""

    def __init__(self, settings: Settings, api_version: str) -> None:
        super().__init__(settings, api_version)
        self.stub = StubClient(settings, credentials=Credentials("fake", "fake"), clock=ManualClock())

    def client(self, recorded_region: str) -> Client:
        return self.stub

    def asks_again(self) -> None:
        self._account_id = None


@dataclass
class Living:
    """A resource in state."""

    type: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass
class Bench:
    """Resources of one program and the service that holds them.

    Attributes:
        version: API version of the settings.
        region: Region of the settings.
        identity: The stack's random identity; what ``check`` is given of it.
        service: What the handlers call.
        progress: Lines of progress.
        log: Lasting messages.
        cancelled: Tells whether the run was cancelled.
        timeout_seconds: ``custom_timeouts`` of every operation.
    """

    version: str = NEW
    region: str = REGION
    identity: Any = IDENTITY
    service: Service = field(default_factory=Service)
    progress: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    cancelled: Callable[[], bool] = lambda: False
    timeout_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.session = StubSession(Settings(self.region, "http://127.0.0.1:9"), self.version)
        self.session.program.begin([], [])
        types: tuple[ResourceType[Any], ...] = (item_type(self.service), crew_type(self.service))
        self.types = {each.name: each for each in types}

    def with_settings(self, **settings: Any) -> Bench:
        """The same program and service with other settings."""
        return Bench(**{"service": self.service, **settings})

    def close(self) -> None:
        self.session.stub.close()

    @property
    def client(self) -> StubClient:
        return self.session.stub

    def use_account(self, account: str | Exception | None) -> None:
        """Go on with other credentials, as a new run does."""
        self.session.stub.account = account
        self.session.asks_again()

    def lifecycle(self, type: str = "Item") -> Lifecycle[Any]:
        return Lifecycle(self.types[type], self.session)

    def urn(self, type: str, name: str) -> str:
        return f"urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:{type}::{name}"

    def engine(self, type: str = "Item", name: str = "work", id: str = "") -> EngineContext:
        return EngineContext(
            urn=self.urn(type, name),
            name=name,
            id=id,
            timeout_seconds=self.timeout_seconds,
            progress=self.progress.append,
            log=self.log.append,
            cancelled=lambda: self.cancelled(),
        )

    def operation(self, type: str = "Item", name: str = "work", /, **given: Any) -> Operation[Any]:
        """What a handler is given for a create."""
        inputs = self.checked(type, name, given)
        minutes = self.types[type].timeouts.create_minutes
        return self.lifecycle(type)._operation(self.engine(type, name), inputs, {}, {}, minutes)

    # -- as the engine does it ------------------------------------------------------------------------------------

    def check(
        self, type: str, name: str, given: Mapping[str, Any], old: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[Violation]]:
        new = {**given, "identity": self.identity}
        return self.lifecycle(type).check(self.engine(type, name), old or {}, new)

    def checked(
        self, type: str, name: str, given: Mapping[str, Any], old: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Check values that are sound; return the inputs."""
        inputs, violations = self.check(type, name, given, old)
        assert not violations, [str(violation) for violation in violations]
        return inputs

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any], outputs: Mapping[str, Any]) -> Difference:
        """Compare inputs of the item ``work``."""
        return self.lifecycle().diff(self.engine(id="ehpc-1:work"), old, new, outputs)

    def create(self, type: str = "Item", name: str = "work", /, **given: Any) -> Living:
        inputs = self.checked(type, name, given)
        state = self.lifecycle(type).create(self.engine(type, name), inputs)
        return Living(type, name, state.id, inputs, state.outputs)

    def update(self, living: Living, /, **changes: Any) -> Living:
        """Change some arguments; ``None`` takes one out of the program."""
        inputs = self.checked(living.type, living.name, {**living.inputs, **changes}, living.inputs)
        engine = self.engine(living.type, living.name, living.id)
        state = self.lifecycle(living.type).update(engine, inputs, living.inputs, living.outputs)
        return Living(living.type, living.name, state.id, inputs, state.outputs)

    def read(self, living: Living) -> Any:
        engine = self.engine(living.type, living.name, living.id)
        return self.lifecycle(living.type).read(engine, living.inputs, living.outputs)

    def delete(self, living: Living) -> None:
        """Delete the resource in a run whose program does not declare it any more."""
        before, self.session.program = self.session.program, Program()
        self.session.program.begin([], [])
        if before.is_own("ehpc-1"):
            self.session.program.own_cluster(self.urn("Cluster", "hpc"), "ehpc-1")
        engine = self.engine(living.type, living.name, living.id)
        self.lifecycle(living.type).delete(engine, living.inputs, living.outputs)

    def partial_failure(self, act: Callable[[], object]) -> tuple[ResourceState, str]:
        """Do what fails after the service has accepted it; return what stays in state, and the message."""
        try:
            act()
        except PartialFailureError as error:
            return error.state, str(error)
        raise AssertionError("nothing failed")
