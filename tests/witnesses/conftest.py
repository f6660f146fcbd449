"""The official SDKs of both API versions, pointed at a fake over HTTP, with each signature they know."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

with warnings.catch_warnings():
    # The SDKs' own modules, on import only.
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    from alibabacloud_ehpc20180412.client import Client as Client2018
    from alibabacloud_ehpc20240730.client import Client as Client2024
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
    from alibabacloud_tea_openapi.models import Config

from pulumi_ehpc.fake import AccessKey, FakeCloud, FakeServer, ManualClock

KEY = AccessKey("witness", "witness-secret", "1234567890123456")
PASSWORD = "Str0ng-Password"
TYPE = "ecs.c7.xlarge"


@dataclass
class World:
    """A served cloud and an SDK client of each version."""

    cloud: FakeCloud
    endpoint: str
    v2018: Any
    v2024: Any

    def advance(self, seconds: float) -> None:
        """Let fake time pass."""
        self.cloud.advance(seconds)


def config(endpoint: str, **options: Any) -> Any:
    """An SDK configuration for a served fake."""
    given = {"access_key_id": KEY.id, "access_key_secret": KEY.secret, "region_id": "cn-hangzhou", **options}
    return Config(protocol="http", endpoint=endpoint.removeprefix("http://"), **given)


@pytest.fixture(params=["ACS3-HMAC-SHA256", "v2"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The same test once with each signature: version 3 in headers, version 1 in the query (which the SDK calls v2)."""
    cloud = FakeCloud(ManualClock(), [KEY], strict=True)
    with FakeServer(cloud) as server:
        given = config(server.endpoint, signature_algorithm=request.param)
        yield World(cloud, server.endpoint, Client2018(given), Client2024(given))


@dataclass(frozen=True)
class Refusal:
    """An error as the SDK reports it."""

    code: str
    status: int
    request_id: str


def refusal(call: Callable[[], object]) -> Refusal:
    """The error a call ends with."""
    with pytest.raises(AlibabaCloudException) as refused:
        call()
    error = refused.value
    return Refusal(error.code, error.status_code, error.request_id)


def plain(value: Any) -> Any:
    """Parse a JSON string."""
    return json.loads(value)
