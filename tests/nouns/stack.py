"""A stack without an engine: drives a noun's steps as the engine would, and keeps what the engine would keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from pulumi_ehpc.api import Client, Credentials, VersionClient
from pulumi_ehpc.errors import ServiceError, Violation
from pulumi_ehpc.fake import AccessKey, Assumptions, FakeCloud, FakeServer, ManualClock
from pulumi_ehpc.lifecycle.diff import Difference
from pulumi_ehpc.lifecycle.noun import noun
from pulumi_ehpc.lifecycle.request import Found, Gone, Made, PartialFailureError, Request
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.lifecycle.steps import Steps, Work

IDENTITY = "1f2e3d4c5b6a7988"
REGION = "cn-hangzhou"
READS = ("Get", "List", "Describe")
ACCOUNT = "1000000000000001"
OTHER_ACCOUNT = "2000000000000002"


class FakeTime:
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


class TroubledClient(Client):
    """A client whose calls can be made to fail.

    Attributes:
        trouble: Action -> how many calls of it still succeed before one fails with a fault of the service.
    """

    trouble: dict[str, int]

    def for_version(self, version: str) -> VersionClient:
        return TroubledVersionClient(self, version)


class TroubledVersionClient(VersionClient):
    client: TroubledClient

    def call(self, action: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        left = self.client.trouble.pop(action, None)
        if left == 0:
            raise ServiceError(
                "The service is out of order.",
                code="InternalError",
                http_status=500,
                request_id="REQUEST",
                action=action,
                version=self.version,
            )
        if left is not None:
            self.client.trouble[action] = left - 1
        return super().call(action, parameters)


class FakeSession(Session):
    """A session whose client calls the fake."""

    def __init__(self, config: Mapping[str, str], server: FakeServer, key: str) -> None:
        super().__init__(config, {})
        settings = replace(self.settings.client, endpoint=server.endpoint)
        self.troubled = TroubledClient(settings, credentials=Credentials(key, key), clock=FakeTime(server.cloud))
        self.troubled.trouble = {}

    def client(self, recorded: str) -> Client:
        return self.troubled


@dataclass
class Living:
    """A resource in state."""

    noun: str
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
        said: Lines of progress.
        noted: Lasting messages.
        half: What a partial failure left in state.
        cancelled: Tells whether the run was cancelled.
    """

    server: FakeServer
    version: str
    region: str = REGION
    key: str = "fake"
    identity: str = IDENTITY
    said: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    half: Living | None = None
    cancelled: Callable[[], bool] = lambda: False
    _seen: int = 0
    _beside: list[Stack] = field(default_factory=list)

    def __post_init__(self) -> None:
        config = {"ehpc:region": self.region, "ehpc:apiVersion": self.version}
        self.session = FakeSession(config, self.server, self.key)

    def beside(self, version: str = "", *, region: str = REGION, key: str = "fake", identity: str = IDENTITY) -> Stack:
        """The same program on the same fake with other settings or credentials."""
        other = Stack(self.server, version or self.version, region, key, identity)
        self._beside.append(other)
        other.forget()
        return other

    def close(self) -> None:
        for other in (*self._beside, self):
            other.session.troubled.close()

    @property
    def cloud(self) -> FakeCloud:
        return self.server.cloud

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:{kind}::{name}"

    def work(self, kind: str, name: str, id: str = "") -> Work:
        return Work(
            urn=self.urn(kind, name),
            name=name,
            id=id,
            say=self.said.append,
            note=self.noted.append,
            cancelled=lambda: self.cancelled(),
        )

    def steps(self, kind: str) -> Steps:
        return Steps(noun(kind), self.session)

    # -- as the engine does it ------------------------------------------------------------------------------------

    def check(
        self, kind: str, name: str, given: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[Violation]]:
        news = {**given, "identity": self.identity}
        return self.steps(kind).check(self.work(kind, name), olds or {}, news)

    def checked(
        self, kind: str, name: str, given: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        inputs, violations = self.check(kind, name, given, olds)
        assert not violations, [str(violation) for violation in violations]
        return inputs

    def create(self, kind: str, name: str, /, **given: Any) -> Living:
        inputs = self.checked(kind, name, given)
        return self._kept(kind, name, inputs, lambda: self.steps(kind).create(self.work(kind, name), inputs))

    def diff(self, living: Living, /, **changes: Any) -> Difference:
        news, _ = self.check(living.noun, living.name, {**living.inputs, **changes}, living.inputs)
        return self.steps(living.noun).diff(living.inputs, news, living.outputs)

    def update(self, living: Living, /, **changes: Any) -> Living:
        """Change some arguments; ``None`` takes one out of the program."""
        inputs = self.checked(living.noun, living.name, {**living.inputs, **changes}, living.inputs)
        work = self.work(living.noun, living.name, living.id)
        return self._kept(
            living.noun,
            living.name,
            inputs,
            lambda: self.steps(living.noun).update(work, inputs, living.inputs, living.outputs),
        )

    def refresh(self, living: Living) -> Found | Gone:
        work = self.work(living.noun, living.name, living.id)
        return self.steps(living.noun).read(work, living.inputs, living.outputs)

    def found(self, living: Living) -> Found:
        """Refresh a resource that is there."""
        found = self.refresh(living)
        assert isinstance(found, Found)
        return found

    def drifted(self, living: Living) -> tuple[str, ...]:
        """The properties that a preview after a refresh would put back."""
        found = self.found(living)
        difference = self.steps(living.noun).diff(found.inputs, living.inputs, found.outputs)
        return (*difference.updates, *difference.replaces)

    def delete(self, living: Living) -> None:
        work = self.work(living.noun, living.name, living.id)
        self.steps(living.noun).delete(work, living.inputs, living.outputs)

    def _kept(self, kind: str, name: str, inputs: dict[str, Any], act: Callable[[], Made]) -> Living:
        try:
            made = act()
        except PartialFailureError as error:
            self.half = Living(kind, name, error.made.id, inputs, error.made.outputs)
            raise
        return Living(kind, name, made.id, inputs, made.outputs)

    def left(self) -> Living:
        """What a partial failure left in state."""
        assert self.half is not None
        return self.half

    def trouble(self, action: str, after: int = 0) -> None:
        """Let one call of an action fail, after so many that succeed."""
        self.session.troubled.trouble[action] = after

    def request(self, kind: str, name: str, /, **given: Any) -> Request:
        """What a version file is given for a create."""
        inputs = self.checked(kind, name, given)
        return self.steps(kind)._request(self.work(kind, name), inputs, {}, {}, "create")

    # -- beside the program ---------------------------------------------------------------------------------------

    def call(self, action: str, version: str = "", /, **parameters: Any) -> dict[str, Any]:
        """Call an action behind the program's back."""
        return self.session.troubled.for_version(version or self.version).call(action, parameters)

    def pages(self, action: str, version: str = "", /, **parameters: Any) -> list[dict[str, Any]]:
        """List something behind the program's back."""
        return list(self.session.troubled.for_version(version or self.version).pages(action, parameters))

    def cluster(self) -> str:
        """A running cluster that somebody else made."""
        made = self.call(
            "CreateCluster",
            "2024-07-30",
            ClusterName="base",
            ClusterVpcId="vpc-1",
            ClusterVSwitchId="vsw-1",
            ClusterCredentials={"Password": "Str0ng-Password"},
            Manager={"ManagerNode": {"InstanceType": "ecs.c7.xlarge"}},
        )
        self.cloud.advance(300)
        self.forget()
        return str(made["ClusterId"])

    # -- what came of it ------------------------------------------------------------------------------------------

    def calls(self, action: str = "") -> list[dict[str, Any]]:
        """The parameters of every call of an action since ``forget``."""
        return [entry.parameters for entry in self._fresh() if entry.action == action]

    def writes(self) -> list[str]:
        """The actions that change something, since ``forget``, in their order."""
        return [entry.action for entry in self._fresh() if not entry.action.startswith(READS)]

    def forget(self) -> None:
        """Let ``calls`` and ``writes`` begin here."""
        self._seen = len(self.cloud.calls())

    def count(self) -> int:
        """How many calls of any kind there were since ``forget``."""
        return len(self._fresh())

    def _fresh(self) -> list[Any]:
        return self.cloud.calls()[self._seen :]


@contextmanager
def stack_on(version: str, *, seed: int = 0, **assumptions: bool) -> Iterator[Stack]:
    """A stack on a fake of its own, with some assumptions changed; equal seeds give equal ids."""
    keys = (AccessKey("fake", "fake"), AccessKey("other", "other", account=OTHER_ACCOUNT))
    switches = Assumptions().changed(assumptions)
    with FakeServer(FakeCloud(ManualClock(), keys=keys, assumptions=switches, seed=seed, strict=True)) as server:
        made = Stack(server, version)
        try:
            yield made
        finally:
            made.close()
