"""Stores what the package that is installed leaves in a stack: ``python -m tests.compat.record RELEASE``.

This is how the stacks under ``stacks/`` came to be, and so it is history: what is there is never written again, because
then it would be what the newest release writes and would prove nothing. It is run again only to add the state that
another release writes, into a folder of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from pulumi_ehpc.api import spec
from tests.compat.stacks import CHILDREN, ENDPOINT, NOT_OWNED, STACKS, SteppingCloud, bench_with_children, workbench
from tests.stories.workbench import Workbench

UNREAD = ("created", "modified", "sourcePosition", "stackTrace")
"""What the engine notes of when and where a resource was declared; different on every machine and read by nobody."""


def record(release: str) -> None:
    """Run the program with every API version and store what it left."""
    for version in spec.VERSIONS:
        folder = STACKS / release / version
        folder.mkdir(parents=True)  # never over another
        cloud = SteppingCloud()
        with tempfile.TemporaryDirectory() as temporary, workbench(Path(temporary), cloud, version) as made:
            run = made.up("--parallel", "1")
            assert run.ok, run.text
            assert made.steps() == {}
            store(made, cloud, folder)


def record_not_owned(release: str) -> None:
    """Store stacks whose objects were there before: made by the program, forgotten, and found by it again."""
    for version in spec.VERSIONS:
        folder = NOT_OWNED / release / version
        folder.mkdir(parents=True)
        cloud = SteppingCloud()
        with tempfile.TemporaryDirectory() as temporary, bench_with_children(Path(temporary), cloud, version) as made:
            assert made.up("--parallel", "1").ok
            for name in CHILDREN:
                assert made.pulumi("state", "delete", made.state()[name]["urn"], "--yes").ok
            run = made.up("--parallel", "1")
            assert run.ok, run.text
            store(made, cloud, folder)


def store(made: Workbench, cloud: SteppingCloud, folder: Path) -> None:
    """Store the state of a stack, and the calls that made what it holds."""
    run = made.pulumi("stack", "export", "--file", str(folder / "state.json"))
    assert run.ok, run.text
    text = (folder / "state.json").read_text().replace(made.server.endpoint, ENDPOINT)
    write(folder / "state.json", lasting(json.loads(text)))
    write(folder / "calls.json", cloud.recorded)


def lasting(state: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is different in every run."""
    deployment = state["deployment"]
    deployment["manifest"]["time"] = "2026-01-01T00:00:00Z"
    for resource in deployment["resources"]:
        for name in UNREAD:
            resource.pop(name, None)
    return state


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    record(sys.argv[1])
    record_not_owned(sys.argv[1])
