"""What preflight does before the first resource is registered, for programs as data."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

from pulumi_ehpc.lifecycle.checking import check, clash
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.operation import EngineContext
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.ownership.engine import Engine
from tests.ownership.programs import CLUSTER, Declared, Program
from tests.ownership.service import DrivenSession
from tests.resources.stack import TYPES, registered


def claims_of(engine: Engine, program: Program) -> list[Claim]:
    """Return what the program claims, as far as it is known before the run."""
    return [_claim(engine, name, declared) for name, declared in program.items()]


def refusals(engine: Engine, program: Program) -> list[tuple[str, str]]:
    """Return the resources that cannot stand beside each other, and why."""
    refused = []
    for first, second in combinations(claims_of(engine, program), 2):
        if first.cluster and first.cluster == second.cluster:
            resource_type = TYPES[second.resource_type]
            refused += [(second.name, str(violation)) for violation in clash(resource_type, second, first)]
    return refused


def _claim(engine: Engine, name: str, declared: Declared) -> Claim:
    resource_type, urn = TYPES[declared.type_name], engine.urn(declared.type_name, name)
    session = DrivenSession(engine.world.cloud, engine.version)
    context = EngineContext(urn=urn, name=name)
    inputs, _ = check(resource_type, session, context, {}, _given(engine, declared), exists=False)
    session.driven.close()
    claim = resource_type.claim(urn, inputs)
    if declared.late:
        return claim
    own = engine.urn("Cluster", CLUSTER) if declared.place == "own" else engine.world.foreign
    return replace(claim, cluster=own)


def _given(engine: Engine, declared: Declared) -> dict[str, Any]:
    given: dict[str, Any] = {**registered(declared.type_name, declared.args), "identity": UNKNOWN, "cluster": UNKNOWN}
    if declared.queue:
        given["queue"] = UNKNOWN
    if declared.late:
        given[TYPES[declared.type_name].key] = UNKNOWN
    return given
