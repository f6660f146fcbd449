"""The fake in this process, a client of it whose calls can fail or end the process, and what stands on its clusters."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any, Final

from werkzeug.test import create_environ, run_wsgi_app

from pulumi_ehpc.api import Client, Credentials, Settings
from pulumi_ehpc.api.call import Call
from pulumi_ehpc.api.contact import Contact
from pulumi_ehpc.api.signers import HttpRequest
from pulumi_ehpc.api.transport import Response, Transport
from pulumi_ehpc.errors import InvalidRequestError, NetworkError
from pulumi_ehpc.fake import FakeCloud, ManualClock
from pulumi_ehpc.fake.clock import FakeClock
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.lifecycle.session import Session
from tests.resources.stack import ACCOUNT, READS, REGION, FakeTime

ENDPOINT: Final = "http://127.0.0.1:1"
_QUICK: Final = Durations(*[1.0] * 7)
Things = dict[tuple[str, str], str]
"""What stands on a cluster: kind and key -> the fake's own record of it. Kinds are those of the resource types."""


class Killed(BaseException):
    """The process has ended; nothing that it did after the last step is in state."""


@dataclass
class Fault:
    """What happens to one call of a run.

    Attributes:
        kind: ``refused`` (an error, nothing is done), ``lost`` (it is done, and no response comes), ``killed`` (the
            process ends before it) or ``killed after`` (it is done, and the process ends).
        after: Calls before it; of writes only, unless the process ends.
    """

    kind: str
    after: int

    def __str__(self) -> str:
        return f"{self.kind} at {'call' if 'killed' in self.kind else 'write'} {self.after}"


class InProcess(Transport):
    """Hands requests to the fake without a network."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud

    def send(self, request: HttpRequest, *, action: str) -> Response:
        path = request.url.removeprefix(request.base_url) or "/"
        environ = create_environ(path, ENDPOINT, method=request.method, data=request.body, headers=request.headers)
        content, status, headers = run_wsgi_app(self._cloud, environ)
        return Response(int(status[:3]), dict(headers), b"".join(content))

    def send_unless(self, abandoned: Callable[[], bool], request: HttpRequest, *, action: str) -> Response:
        """Send a request; there is nothing to wait for."""
        return self.send(request, action=action)

    def close(self) -> None:
        """Close nothing."""


class DrivenClient(Client):
    """A client of the fake.

    Attributes:
        fault: What happens to one of its calls.
        killed: Whether the process has ended; then nothing is called any more.
        writes: Actions that change something, in their order.
    """

    def __init__(self, cloud: FakeCloud, fault: Fault | None = None) -> None:
        settings = Settings(REGION, endpoint=ENDPOINT)
        super().__init__(settings, credentials=Credentials("fake", "fake"), clock=FakeTime(cloud))
        self._transport.close()
        self._transport = InProcess(cloud)
        self.fault = fault
        self.killed = False
        self.writes: list[str] = []
        self._left = fault.after if fault else -1

    def account_id(self, contact: Contact | None = None) -> str | None:
        return ACCOUNT

    def send(self, call: Call, contact: Contact | None = None, *, retry: bool = True) -> dict[str, Any]:
        if self.killed:
            raise Killed
        writes = not call.action.name.startswith(READS)
        kind = self._due(writes=writes)
        if kind == "killed":
            self.killed = True
            raise Killed
        if kind == "refused":
            raise _refusal(call)
        if writes:
            self.writes.append(call.action.name)
        response = super().send(call, contact, retry=retry)
        if kind == "killed after":
            self.killed = True
            raise Killed
        if kind == "lost":
            raise NetworkError("The response was lost.", endpoint=ENDPOINT, action=call.action.name, sent=True)
        return response

    def _due(self, *, writes: bool) -> str:
        if self.fault is None or not (writes or "killed" in self.fault.kind):
            return ""
        self._left -= 1
        return self.fault.kind if self._left == -1 else ""


class DrivenSession(Session):
    """A session with such a client."""

    def __init__(self, cloud: FakeCloud, version: str, fault: Fault | None = None) -> None:
        super().__init__(Settings(REGION, endpoint=ENDPOINT), version)
        self.driven = DrivenClient(cloud, fault)

    def client(self, recorded_region: str) -> Client:
        return self.driven


def _refusal(call: Call) -> InvalidRequestError:
    return InvalidRequestError(
        "Refused for the test.",
        code="Refused",
        http_status=400,
        request_id="REQUEST",
        action=call.action.name,
        version=call.action.version,
    )


def quick_cloud(clock: FakeClock) -> FakeCloud:
    """Return a fake in which nothing takes long."""
    return FakeCloud(clock, verify_signatures=False, durations=_QUICK, limits=Limits(queues_per_cluster=50))


class World:
    """One fake with a cluster that is nobody's of this program.

    Args:
        cloud: The fake; a quick one with a clock of its own when left out.
    """

    def __init__(self, cloud: FakeCloud | None = None) -> None:
        self.cloud = cloud or quick_cloud(ManualClock())
        self._client = DrivenClient(self.cloud)
        self.foreign = self._foreign_cluster()

    def call(self, action: str, cluster: str, /, **parameters: Any) -> None:
        """Do something as somebody else, in 2024-07-30."""
        self._client.for_version("2024-07-30").call(action, {"ClusterId": cluster, **parameters})
        self.cloud.advance(100)

    def _foreign_cluster(self) -> str:
        parameters = {
            "ClusterName": "base",
            "ClusterVpcId": "vpc-1",
            "ClusterVSwitchId": "vsw-1",
            "ClusterCredentials": {"Password": "Str0ng-Password"},
            "Manager": {"ManagerNode": {"InstanceType": "ecs.c7.xlarge"}},
        }
        response = self._client.for_version("2024-07-30").call("CreateCluster", parameters)
        self.cloud.advance(300)
        return str(response["ClusterId"])

    def clusters(self) -> dict[str, Things]:
        """Return what stands on each cluster once everything has settled."""
        self.cloud.advance(100)
        region = self.cloud._state.region(ACCOUNT, REGION)
        return {cluster.id: _things(cluster) for cluster in region.clusters.values()}


def _things(cluster: Cluster) -> Things:
    groups: dict[str, dict[str, Any]] = {"Queue": cluster.queues, "UserSet": cluster.users, "Volume": cluster.mounts}
    things = {(kind, key): _record(each) for kind, group in groups.items() for key, each in group.items()}
    return things | {("NodeGroup", node.hostname): _record(node) for node in cluster.compute_nodes()}


def _record(thing: Any) -> str:
    """Return a record but for its time: 2018-04-12 writes the scaling of all queues at once, as it found it."""
    values = {name: value for name, value in vars(thing).items() if name != "updated_at"}
    return json.dumps(values, default=_plain)


def _plain(value: Any) -> Any:
    return vars(value) if is_dataclass(value) else repr(value)
