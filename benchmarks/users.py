"""How long check and diff of a large set of users take; they run one at a time in the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import Comparison, in_turn
from pulumi_ehpc.lifecycle.noun import noun
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.lifecycle.steps import Steps, Work

_USERS = 1000
_ROUNDS = 25


def measure() -> Iterator[Comparison]:
    """Compare with writing and reading the same values as JSON once."""
    steps = Steps(noun("UserSet"), Session({"ehpc:region": "cn-hangzhou"}, {}))
    work = Work(urn="urn:pulumi:dev::bench::pulumi-python:dynamic/ehpc:UserSet::team", name="team")
    olds, violations = steps.check(work, {}, _declared(password="Benchmark-1"))
    assert not violations, "the users break no rule"
    news = _declared(password="Benchmark-2")

    def act() -> None:
        tidied, broken = steps.check(work, olds, news)
        assert not broken and steps.diff(olds, tidied, {}).updates == ("passwords",)

    seconds, base = in_turn(_ROUNDS, act, lambda: json.loads(json.dumps(news)))
    what, over = f"check and diff of {_USERS:,} users", "the same values through JSON"
    yield Comparison(what, over, seconds, base, f"{1 / seconds:.0f} a second")


def _declared(*, password: str) -> dict[str, Any]:
    names = [f"user{number:04}" for number in range(_USERS)]
    return {
        "cluster": "ehpc-hz-benchmark",
        "users": dict.fromkeys(names, "users"),
        "passwords": dict.fromkeys(names, password),
        "identity": "0011223344556677",
    }
