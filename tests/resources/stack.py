"""A stack without an engine: drives lifecycles as the engine would, and keeps what the engine would keep in state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final

from pulumi_ehpc.api import Client, Credentials, Settings, VersionClient
from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.errors import ServiceError, Violation
from pulumi_ehpc.fake import AccessKey, Assumptions, FakeCloud, FakeServer, ManualClock
from pulumi_ehpc.lifecycle import checking
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle, PartialFailureError
from pulumi_ehpc.lifecycle.operation import EngineContext, NotFound, Operation, ReadOutcome, ResourceState
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.diff import Difference
from pulumi_ehpc.schema.property import PropertyType

TYPES: Final[Mapping[str, ResourceType[Any]]] = {each.name: each for each in RESOURCE_TYPES}
"""Every resource type by its name."""
IDENTITY = "1f2e3d4c5b6a7988"
REGION = "cn-hangzhou"
READS = ("Get", "List", "Describe")
ACCOUNT = "1000000000000001"
OTHER_ACCOUNT = "2000000000000002"


class FakeTime(Clock):
    """The client's clock: whoever sleeps lets the fake's time pass, so that waiting takes no real time."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.cloud.advance(seconds)


class FailingClient(Client):
    """A client whose calls can be made to fail.

    Attributes:
        calls_before_failure: Action -> how many calls of it still succeed before one fails with a fault of the service.
        afterwards: Action -> what somebody else does right after the next call of it.
    """

    calls_before_failure: dict[str, int]
    afterwards: dict[str, Callable[[], object]]

    def for_version(self, version: str, **operation: Any) -> VersionClient:
        return FailingVersionClient(self, version, super().for_version(version, **operation).contact)


class FailingVersionClient(VersionClient):
    client: FailingClient

    def call(
        self, action: str, parameters: Mapping[str, Any] | None = None, *, needs: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        remaining = self.client.calls_before_failure.pop(action, None)
        if remaining == 0:
            raise ServiceError(
                "The service is out of order.",
                code="InternalError",
                http_status=500,
                request_id="REQUEST",
                action=action,
                version=self.version,
            )
        if remaining is not None:
            self.client.calls_before_failure[action] = remaining - 1
        response = super().call(action, parameters, needs=needs)
        self.client.afterwards.pop(action, lambda: None)()
        return response


class FakeSession(Session):
    """A session whose client calls the fake."""

    def __init__(self, region: str, api_version: str, server: FakeServer, key: str) -> None:
        settings = Settings(region, endpoint=server.endpoint)
        super().__init__(settings, api_version)
        self.failing_client = FailingClient(settings, credentials=Credentials(key, key), clock=FakeTime(server.cloud))
        self.failing_client.calls_before_failure = {}
        self.failing_client.afterwards = {}

    def client(self, recorded_region: str) -> Client:
        return self.failing_client


@dataclass
class InState:
    """A resource in state."""

    type_name: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass
class Stack:
    """Resources of one program against one fake.

    Attributes:
        server: The fake.
        version: API version of the settings.
        region: Region of the settings.
        key: Access key.
        identity: The stack's random identity.
        progress: Lines of progress.
        log: Lasting messages.
        partial_failures: What partial failures left in state, newest last.
        cancelled: Tells whether the run was cancelled.
        timeout_seconds: ``custom_timeouts`` of every operation; 0 for those of the resource types.
    """

    server: FakeServer
    version: str
    region: str = REGION
    key: str = "fake"
    identity: str = IDENTITY
    progress: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    partial_failures: list[InState] = field(default_factory=list)
    cancelled: Callable[[], bool] = lambda: False
    timeout_seconds: float = 0.0
    _calls_before: int = 0
    _others: list[Stack] = field(default_factory=list)
    _own_clusters: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session = FakeSession(self.region, self.version, self.server, self.key)
        self.session.program.begin([], [])

    def with_settings(
        self, version: str = "", *, region: str = REGION, key: str = "fake", identity: str = IDENTITY
    ) -> Stack:
        """Return the same program on the same fake with other settings or credentials."""
        other = Stack(self.server, version or self.version, region, key, identity)
        self._others.append(other)
        other.reset_calls()
        return other

    def in_new_process(self) -> Stack:
        """Return the same program, with the clusters that it created, in a process of its own."""
        other = self.with_settings()
        other._own_clusters = dict(self._own_clusters)
        other.new_run()
        return other

    def close(self) -> None:
        for stack in (*self._others, self):
            stack.session.failing_client.close()

    @property
    def cloud(self) -> FakeCloud:
        return self.server.cloud

    def urn(self, type_name: str, name: str) -> str:
        return f"urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:{type_name}::{name}"

    def context(self, type_name: str, name: str, id: str = "") -> EngineContext:
        return EngineContext(
            urn=self.urn(type_name, name),
            name=name,
            id=id,
            timeout_seconds=self.timeout_seconds,
            progress=self.progress.append,
            log=self.log.append,
            cancelled=lambda: self.cancelled(),
        )

    def lifecycle(self, type_name: str) -> Lifecycle[Any]:
        return Lifecycle(TYPES[type_name], self.session)

    # -- as the engine does it ------------------------------------------------------------------------------------

    def check(
        self, type_name: str, name: str, given: Mapping[str, Any], old: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[Violation]]:
        """Check the arguments of a program; return the inputs and every violation."""
        new = {**registered(type_name, given), "identity": self.identity}
        return self.lifecycle(type_name).check(self.context(type_name, name), old or {}, new)

    def checked(
        self, type_name: str, name: str, given: Mapping[str, Any], old: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Check arguments that break no rule; return the inputs."""
        inputs, violations = self.check(type_name, name, given, old)
        assert not violations, [str(violation) for violation in violations]
        return inputs

    def create(self, type_name: str, name: str, /, **given: Any) -> InState:
        inputs = self.checked(type_name, name, given)
        context = self.context(type_name, name)
        return self._keep(type_name, name, inputs, lambda: self.lifecycle(type_name).create(context, inputs))

    def diff(self, resource: InState, /, **changes: Any) -> Difference:
        new, _ = self.check(resource.type_name, resource.name, {**resource.inputs, **changes}, resource.inputs)
        context = self.context(resource.type_name, resource.name, resource.id)
        return self.lifecycle(resource.type_name).diff(context, resource.inputs, new, resource.outputs)

    def update(self, resource: InState, /, **changes: Any) -> InState:
        """Change some arguments; ``None`` takes one out of the program."""
        inputs = self.checked(resource.type_name, resource.name, {**resource.inputs, **changes}, resource.inputs)
        context = self.context(resource.type_name, resource.name, resource.id)
        return self._keep(
            resource.type_name,
            resource.name,
            inputs,
            lambda: self.lifecycle(resource.type_name).update(context, inputs, resource.inputs, resource.outputs),
        )

    def refresh(self, resource: InState) -> ReadOutcome | NotFound:
        context = self.context(resource.type_name, resource.name, resource.id)
        return self.lifecycle(resource.type_name).read(context, resource.inputs, resource.outputs)

    def refreshed(self, resource: InState) -> ReadOutcome:
        """Refresh a resource that is there."""
        outcome = self.refresh(resource)
        assert isinstance(outcome, ReadOutcome)
        return outcome

    def drifted(self, resource: InState) -> tuple[str, ...]:
        """Return the properties that a preview after a refresh would put back."""
        seen = self.refreshed(resource)
        context = self.context(resource.type_name, resource.name, resource.id)
        difference = self.lifecycle(resource.type_name).diff(context, seen.inputs, resource.inputs, seen.outputs)
        return (*difference.updates, *difference.replaces)

    def claim(self, type_name: str, name: str, /, **given: Any) -> Claim:
        """Return what a resource of the program claims, as the stack's identity carries it."""
        resource_type, new = TYPES[type_name], {**registered(type_name, given), "identity": self.identity}
        inputs, _ = checking.check(resource_type, self.session, self.context(type_name, name), {}, new, exists=False)
        return resource_type.claim(self.urn(type_name, name), inputs)

    def new_run(self, *declared: Claim) -> None:
        """Forget what the process of the last run knew; the program of the new one declares these resources.

        The engine compares the stack's clusters before anything that stands in them, so they are known.
        """
        self.session.program = Program()
        self.session.program.begin([], declared)
        for urn, cluster in self._own_clusters.items():
            self.session.program.own_cluster(urn, cluster)

    def delete(self, resource: InState, *declared: Claim) -> None:
        """Delete a resource in a run whose program does not declare it any more, but others."""
        self.new_run(*declared)
        context = self.context(resource.type_name, resource.name, resource.id)
        self.lifecycle(resource.type_name).delete(context, resource.inputs, resource.outputs)

    def _keep(self, type_name: str, name: str, inputs: dict[str, Any], act: Callable[[], ResourceState]) -> InState:
        try:
            state = act()
        except PartialFailureError as error:
            self.partial_failures.append(InState(type_name, name, error.state.id, inputs, error.state.outputs))
            raise
        if type_name == "Cluster":
            self._own_clusters[self.urn(type_name, name)] = state.id
        return InState(type_name, name, state.id, inputs, state.outputs)

    @property
    def partial_failure(self) -> InState:
        """What the last partial failure left in state."""
        return self.partial_failures[-1]

    def fail_call(self, action: str, after: int = 0) -> None:
        """Let one call of an action fail, after so many that succeed."""
        self.session.failing_client.calls_before_failure[action] = after

    def after_call(self, action: str, act: Callable[[], object]) -> None:
        """Let somebody else do something right after the next call of an action."""
        self.session.failing_client.afterwards[action] = act

    def operation(self, type_name: str, name: str, /, **given: Any) -> Operation[Any]:
        """Return what a handler is given for a create."""
        inputs = self.checked(type_name, name, given)
        lifecycle = self.lifecycle(type_name)
        minutes = lifecycle.resource_type.timeouts.create_minutes
        return lifecycle._operation(self.context(type_name, name), inputs, {}, {}, minutes)

    # -- by other means than the program --------------------------------------------------------------------------

    def call(self, action: str, version: str = "", /, **parameters: Any) -> dict[str, Any]:
        """Call an action behind the program's back."""
        return self.session.failing_client.for_version(version or self.version).call(action, parameters)

    def pages(self, action: str, version: str = "", /, **parameters: Any) -> list[dict[str, Any]]:
        """List something behind the program's back."""
        return list(self.session.failing_client.for_version(version or self.version).pages(action, parameters))

    def own_cluster(self) -> str:
        """Return a running cluster that counts as created by the stack."""
        cluster = self.foreign_cluster()
        self._own_clusters[self.urn("Cluster", f"hpc{len(self._own_clusters)}")] = cluster
        for urn, known in self._own_clusters.items():
            self.session.program.own_cluster(urn, known)
        return cluster

    def foreign_cluster(self) -> str:
        """Return a running cluster that somebody else created."""
        response = self.call(
            "CreateCluster",
            "2024-07-30",
            ClusterName="base",
            ClusterVpcId="vpc-1",
            ClusterVSwitchId="vsw-1",
            ClusterCredentials={"Password": "Str0ng-Password"},
            Manager={"ManagerNode": {"InstanceType": "ecs.c7.xlarge"}},
        )
        self.cloud.advance(300)
        self.reset_calls()
        return str(response["ClusterId"])

    # -- what came of it ------------------------------------------------------------------------------------------

    def calls(self, action: str) -> list[dict[str, Any]]:
        """Return the parameters of every call of an action since ``reset_calls``."""
        return [entry.parameters for entry in self._new_calls() if entry.action == action]

    def writes(self) -> list[str]:
        """Return the actions that change something, since ``reset_calls``, in their order."""
        return [entry.action for entry in self._new_calls() if not entry.action.startswith(READS)]

    def reset_calls(self) -> None:
        """Let ``calls``, ``writes`` and ``call_count`` begin here."""
        self._calls_before = len(self.cloud.calls())

    def call_count(self) -> int:
        """Return the number of calls of any kind since ``reset_calls``."""
        return len(self._new_calls())

    def _new_calls(self) -> list[Any]:
        return self.cloud.calls()[self._calls_before :]


def registered(type_name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments as a program registers them: a keyed list is split into its maps."""
    inputs = dict(given)
    for name, declared in TYPES[type_name].properties.items():
        if declared.property_type is PropertyType.KEYED_LIST and isinstance(given.get(name), list):
            inputs.update(declared.split(given[name]))
    return inputs


@contextmanager
def stack_on(version: str, *, seed: int = 0, **assumptions: bool) -> Iterator[Stack]:
    """Open a stack on a fake of its own, with some assumptions changed; equal seeds give equal ids."""
    keys = (AccessKey("fake", "fake"), AccessKey("other", "other", account=OTHER_ACCOUNT))
    switches = Assumptions().changed(assumptions)
    with FakeServer(FakeCloud(ManualClock(), keys=keys, assumptions=switches, seed=seed, strict=True)) as server:
        stack = Stack(server, version)
        try:
            yield stack
        finally:
            stack.close()
