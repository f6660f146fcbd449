"""How long a call of the client takes, against a server that responds at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import requests

from benchmarks.measure import Comparison, in_turn
from pulumi_ehpc.api import Client, Credentials, Settings

_ROUNDS = 15
_CALLS = 40
_VERSION = "2024-07-30"


def measure() -> Iterator[Comparison]:
    """Compare a checked, signed, limited and logged call with a bare request on a kept connection."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.programs.respond"], stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None, "it was asked for"
            yield _compare(server.stdout.readline().decode().strip())
        finally:
            server.terminate()


def _compare(endpoint: str) -> Comparison:
    settings = Settings("cn-hangzhou", endpoint=endpoint)
    with Client(settings, credentials=Credentials("fake", "fake")) as client, requests.Session() as session:
        session.trust_env = False
        api = client.for_version(_VERSION)

        def call() -> None:
            for _ in range(_CALLS):
                api.call("ListClusters", {"PageSize": 10})

        def send() -> None:
            for _ in range(_CALLS):
                session.post(endpoint, params={"PageSize": 10}, timeout=10).json()

        in_turn(1, call, send)  # connections
        ours, base = in_turn(_ROUNDS, call, send)
    return Comparison("a call of the client", "a bare request", ours / _CALLS, base / _CALLS)
