"""A client with a manual clock, and the server that it calls."""

from __future__ import annotations

import random
from typing import Any

from pulumi_ehpc.api import Client, Credentials, Settings, spec
from tests.api.clocks import ManualClock
from tests.api.loopback import Loopback, Received, Reply

OLD, NEW = spec.VERSIONS
CREDENTIALS = Credentials("LTAIid", "canary-secret", "canary-token")
FAULT = Reply({"Code": "InternalError", "Message": "m", "RequestId": "R-f"}, status=500)
THROTTLED = Reply({"Code": "Throttling.User", "Message": "m", "RequestId": "R-t"}, status=429)
GONE = Reply({"Code": "ClusterNotFound", "Message": "m", "RequestId": "R-g"}, status=404)

Case = tuple[str, dict[str, Any], str]
"""Action, parameters and API version of a call."""

READ: Case = ("GetCluster", {"ClusterId": "c"}, NEW)


class Bench:
    """A client, its clock, and the server it calls."""

    def __init__(self, *replies: Reply, **options: Any) -> None:
        self.server = Loopback(*replies)
        self.clock = ManualClock()
        settings = options.pop("settings", None) or Settings("cn-hangzhou", endpoint=self.server.endpoint)
        defaults = {"credentials": CREDENTIALS, "clock": self.clock, "rng": random.Random(1), "read_timeout": 5.0}
        self.client = Client(settings, **{**defaults, **options})
        self.v2018, self.v2024 = self.client.for_version(OLD), self.client.for_version(NEW)

    def __enter__(self) -> Bench:
        self.server.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.client.close()
        self.server.__exit__(*exc)

    def call(self, case: Case = READ) -> dict[str, Any]:
        action, parameters, version = case
        return self.client.for_version(version).call(action, parameters)

    @property
    def received(self) -> list[Received]:
        return self.server.received
