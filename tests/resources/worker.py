"""A run of its own in a process of its own, without an engine: creates or updates resources as it is told.

Reads a JSON object for each resource from its input, and writes what happens to its output, a JSON list for each event.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pulumi_ehpc.engine.persisted import session_for
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle
from pulumi_ehpc.lifecycle.operation import EngineContext
from pulumi_ehpc.registry import RESOURCE_TYPES


def say(event: str, what: str) -> None:
    """Write an event."""
    print(json.dumps([event, what]), flush=True)  # noqa: T201 - the output is what the process is for


def work(lifecycle: Lifecycle[Any], task: dict[str, Any], stack: str) -> None:
    """Create a resource; update it where the task has an id and what was declared before."""
    name = task["name"]
    engine = EngineContext(
        urn=f"urn:pulumi:{stack}::test::pulumi-python:dynamic/ehpc:{task['type']}::{name}",
        name=name,
        id=task.get("id", ""),
        progress=lambda message: say("progress", message),
        log=lambda message: say("log", message),
    )
    given, old = {**task["given"], "identity": stack * 16}, task.get("old") or {}
    inputs, violations = lifecycle.check(engine, old, given)
    assert not violations, violations
    if engine.id:
        lifecycle.update(engine, inputs, {**inputs, **old}, {})
    else:
        lifecycle.create(engine, inputs)


def main(endpoint: str, version: str, stack: str) -> None:
    """Work until there is no more input."""
    types = {each.name: each for each in RESOURCE_TYPES}
    session = session_for({"ehpc:endpoint": endpoint, "ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version})
    session.program.begin([], [])
    for line in sys.stdin:
        task = json.loads(line)
        try:
            work(Lifecycle(types[task["type"]], session), task, stack)
            say("done", task["name"])
        except EhpcError as error:
            say("failed", str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
