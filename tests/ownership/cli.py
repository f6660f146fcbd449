"""The real CLI in the place of the modelled engine: programs, runs, kills and state."""

from __future__ import annotations

import re
import signal
import time
from dataclasses import dataclass, field
from typing import Any, Final

from tests.ownership.engine import Kept, Options, Run
from tests.ownership.programs import CLUSTER, CLUSTER_ARGS, Declared, Program
from tests.ownership.service import Fault, World
from tests.resources.stack import TYPES
from tests.stories.workbench import TIMEOUT_SECONDS, Workbench

_TOKEN: Final = "pulumi-python:dynamic/ehpc:"
_COMPONENT: Final = "test:index:Team"
_UNIT: Final = "unit"
"""Logical name of a component, in which some resources are declared."""
_LOOK_SECONDS: Final = 0.002
_HANGS_SECONDS: Final = 20.0
_FAILED: Final = re.compile(r"^ -- .*deleting failed", re.MULTILINE)
"""A delete that a replacement begins with has failed."""


@dataclass
class CliEngine:
    """One stack of the real engine, as the oracle asks for it.

    Attributes:
        moved: Logical names of resources that the program declares in a component.
    """

    bench: Workbench
    world: World
    version: str
    moved: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.state: dict[str, Kept] = {}

    @property
    def own(self) -> str:
        """The id of the stack's cluster; empty while it is not in state."""
        kept = self.state.get(self.urn("Cluster", CLUSTER))
        return kept.id if kept is not None else ""

    def urn(self, type_name: str, name: str) -> str:
        """Return the engine's name of a resource."""
        chain = f"{_COMPONENT}$" if name in self.moved else ""
        return f"urn:pulumi:dev::workbench::{chain}{_TOKEN}{type_name}::{name}"

    def up(self, program: Program, options: Options, fault: Fault | None) -> Run:
        """Run ``pulumi up``; a fault kills it at a call."""
        self.bench.declared = self._declared(program)
        arguments = ["--continue-on-error"] if options.go_on else []
        arguments += [f"--target={self._urn_of(program, name)}" for name in options.targets]
        arguments += [f"--exclude={self._urn_of(program, name)}" for name in options.excluded]
        run = Run()
        if fault is not None:
            run.killed = self._killed(fault, arguments)
        elif options.go_on:
            failed = self._going_on(arguments)
            run.reasons = [(name, failed) for name in program if failed]
        else:
            done = self.bench.up(*arguments)
            run.reasons = [] if done.ok else [(name, done.text) for name in program]
        self.read_state()
        return run

    def destroy(self) -> Run:
        """Run ``pulumi destroy``."""
        done = self.bench.destroy()
        self.read_state()
        return Run(reasons=[] if done.ok else [("", done.text)])

    def read_state(self) -> None:
        """Read the state that the engine has written."""
        kept = [_kept(each) for each in self.bench.resources() if _TOKEN in each["urn"]]
        self.state = {each.urn: each for each in kept if each.type_name in TYPES}

    def _declared(self, program: Program) -> dict[str, dict[str, Any]]:
        """Return a program as the workbench writes it; what is referred to comes first."""
        entries: dict[str, dict[str, Any]] = {CLUSTER: {"type": "Cluster", "args": dict(CLUSTER_ARGS)}}
        entries[_UNIT] = {"type": "Component", "args": {}}
        for name in sorted(program, key=lambda name: bool(program[name].queue)):
            options = {"options": {"parent": {"$ref": _UNIT}}} if name in self.moved else {}
            entries[name] = {**_entry(program[name], self.world.foreign), **options}
        return entries

    def _urn_of(self, program: Program, name: str) -> str:
        if name in program:
            return self.urn(program[name].type_name, name)
        return next(kept.urn for kept in self.state.values() if kept.name == name)

    def _going_on(self, arguments: list[str]) -> str:
        """Run on after errors; return what was printed if it failed.

        Where the delete that a replacement begins with fails, the engine does not end by itself, whatever the provider.
        So it is interrupted, as by Ctrl-C.
        """
        printed = self.bench.folder / "started.txt"
        printed.unlink(missing_ok=True)
        process = self.bench.start("up", "--yes", "--skip-preview", *arguments)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while process.poll() is None:
            assert time.monotonic() < deadline, "the run does not end"
            time.sleep(_LOOK_SECONDS)
            if time.monotonic() > deadline - TIMEOUT_SECONDS + _HANGS_SECONDS and _FAILED.search(printed.read_text()):
                process.send_signal(signal.SIGINT)
                process.wait(TIMEOUT_SECONDS)
        return printed.read_text() if process.returncode else ""

    def _killed(self, fault: Fault, arguments: list[str]) -> bool:
        """Start a run and kill it at a call; tell whether it had not ended before."""
        calls = len(self.world.cloud.calls()) + fault.after
        process = self.bench.start("up", "--yes", "--skip-preview", *arguments)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while process.poll() is None and len(self.world.cloud.calls()) <= calls:
            assert time.monotonic() < deadline, "the run does not end"
            time.sleep(_LOOK_SECONDS)
        ended = process.poll() is not None
        self.bench.kill(process)
        assert not self.bench.plugins(gone=True)
        self.bench.pulumi("cancel", "--yes")
        return not ended or process.returncode != 0


def _kept(exported: dict[str, Any]) -> Kept:
    return Kept(
        type_name=exported["urn"].split(_TOKEN)[1].split("::")[0],
        name=exported["urn"].rsplit("::", 1)[-1],
        urn=exported["urn"],
        id=exported.get("id", ""),
        inputs={name: value for name, value in exported.get("inputs", {}).items() if name != "__provider"},
        outputs=exported.get("outputs", {}),
        pending=bool(exported.get("pendingReplacement")),
    )


def _entry(declared: Declared, foreign: str) -> dict[str, Any]:
    own = {"$apply" if declared.late else "$ref": CLUSTER}
    cluster: Any = own if declared.place == "own" else foreign
    args: dict[str, Any] = {**declared.args, "cluster": cluster}
    if declared.queue:
        args["queue"] = {"$ref": declared.queue}
    return {"type": declared.type_name, "args": args}
