"""Run a program without an engine and print what it would register: ``python -m tests.docs.mocked PROGRAM CONFIG``.

In a process of its own, because the SDK's mocks leave event loops behind. Preflight checks all declared values.
"""

from __future__ import annotations

import json
import runpy
import sys
from typing import Any

import pulumi
from pulumi.runtime import mocks


class Engine(mocks.Mocks):
    """Accepts every resource and remembers it."""

    def __init__(self) -> None:
        self.registered: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.registered[args.name] = {"type": args.typ, "identity": args.inputs.get("identity")}
        nodes = {"nodes": [{"id": "i-1", "hostname": "fixed001", "ip": "10.0.0.1"}]}
        return f"{args.name}-id", {**args.inputs, **(nodes if args.typ.endswith(":NodeGroup") else {})}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError("the examples call no functions")


def main(program: str, config: str) -> int:
    """Run; return the exit status."""
    engine = Engine()
    pulumi.runtime.set_all_config(json.loads(config))
    mocks.set_mocks(engine)
    try:
        mocks.test(lambda: runpy.run_path(program) and None)()  # type: ignore[no-untyped-call]
    except pulumi.RunError as error:
        sys.stdout.write(str(error))
        return 1
    sys.stdout.write(json.dumps(engine.registered))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
