"""How long check and diff of a large set of users take; they run one at a time in the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import Comparison, in_turn
from pulumi_ehpc.api import Settings
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle
from pulumi_ehpc.lifecycle.operation import EngineContext
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.user_set.resource_type import USER_SET

_USERS = 1000
_ROUNDS = 25


def measure() -> Iterator[Comparison]:
    """Compare with writing and reading the same values as JSON once."""
    lifecycle = Lifecycle(USER_SET, Session(Settings("cn-hangzhou"), "2024-07-30"))
    team = EngineContext(urn="urn:pulumi:dev::bench::pulumi-python:dynamic/ehpc:UserSet::team", name="team")
    old, violations = lifecycle.check(team, {}, _registered(password="Benchmark-1"))
    assert not violations, "the users break no rule"
    new = _registered(password="Benchmark-2")

    def act() -> None:
        tidied, violations = lifecycle.check(team, old, new)
        assert not violations and lifecycle.diff(team, old, tidied, {}).updates == ("passwords",)

    seconds, base = in_turn(_ROUNDS, act, lambda: json.loads(json.dumps(new)))
    what, over = f"check and diff of {_USERS:,} users", "the same values through JSON"
    yield Comparison(what, over, seconds, base, f"{1 / seconds:.0f} a second")


def _registered(*, password: str) -> dict[str, Any]:
    """Return the users as the engine hands them to check: names and groups apart from passwords."""
    names = [f"user{number:04}" for number in range(_USERS)]
    return {
        "cluster": "ehpc-hz-benchmark",
        "users": dict.fromkeys(names, "users"),
        "passwords": dict.fromkeys(names, password),
        "identity": "0011223344556677",
    }
