"""A small model of Pulumi's engine, which drives the lifecycles without a CLI.

The rules of the engine that it stands for (``Up`` and ``Destroy`` name them where they are followed):

* Before the first resource is registered, preflight looks at the whole program; its claims go to the identity.
* The identity is checked before anything else, with old and new claims, and its new inputs are in state from then on.
  With ``--target`` it is left out, as is everything else that is not named; with ``--exclude`` what is named.
* A resource is registered when what it depends on has been made. It is checked with the inputs in state, compared by
  inputs and outputs, and created, updated, replaced or kept; what is kept gets its new inputs all the same.
* A replacement deletes first, and before that the resources that depend on it and would be replaced by an unknown
  value in its place. What was deleted so far is pending: created at the next run, or forgotten.
* After a failure nothing more begins, unless ``--continue-on-error`` says so; then what depends on it is left out.
* What the program does not declare any more is deleted in the end, the last one first.
* A failed create leaves nothing in state, a partial failure id and outputs; a partly failed update keeps the old
  inputs. What failed partly is updated by the next run, changed or not.
* A killed run leaves in state what had ended before. The next run has a new process.
* ``destroy`` runs no program and checks nothing; what is ``deleted_with`` a cluster is forgotten with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.ownership.programs import CLUSTER, Program
from tests.ownership.service import World

IDENTITY_KEY = "identity"


@dataclass
class Kept:
    """A resource in state.

    Attributes:
        needs: URNs of the resources it depends on.
        failed: Whether the last operation failed partly.
        pending: Whether it is deleted, and its replacement was not created yet.
    """

    type_name: str
    name: str
    urn: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    needs: tuple[str, ...] = ()
    failed: bool = False
    pending: bool = False


@dataclass(frozen=True)
class Options:
    """Options of a run, and what becomes of it.

    Attributes:
        targets: Logical names after ``--target``.
        excluded: Logical names after ``--exclude``.
        go_on: ``--continue-on-error``.
        shuffled: Seed of the order of steps that do not depend on each other; -1 for the program's order.
    """

    targets: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    go_on: bool = False
    shuffled: int = -1

    @property
    def whole(self) -> bool:
        """Whether the run concerns the whole program."""
        return not self.targets and not self.excluded

    def leaves_out(self, name: str) -> bool:
        """Tell whether a resource is left out."""
        return (bool(self.targets) and name not in self.targets) or name in self.excluded

    def __str__(self) -> str:
        words = [*(f"--target {name}" for name in self.targets), *(f"--exclude {name}" for name in self.excluded)]
        return " ".join(words + ["--continue-on-error"] * self.go_on + [f"order {self.shuffled}"])


@dataclass
class Run:
    """What came of a run.

    Attributes:
        reasons: Why it failed, by logical name.
        log: Lasting messages.
        steps: What was done to what, in order.
        changed: Logical names of resources whose diff was not empty.
        writes: Calls that change something.
    """

    reasons: list[tuple[str, str]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    killed: bool = False

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return not self.killed and not self.reasons

    def __str__(self) -> str:
        end = "killed" if self.killed else "ended well" if self.ok else "failed"
        return "\n      ".join([f"{end}: {', '.join(self.steps)}", *(f"{name}: {why}" for name, why in self.reasons)])


@dataclass
class Engine:
    """One stack: its state, and the service it lives on."""

    world: World
    version: str
    identity: str = "1f2e3d4c5b6a7988"
    state: dict[str, Kept] = field(default_factory=dict)
    claims: list[dict[str, Any]] = field(default_factory=list)

    def urn(self, type_name: str, name: str) -> str:
        """Return the engine's name of a resource."""
        return f"urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:{type_name}::{name}"

    @property
    def own(self) -> str:
        """The id of the stack's cluster; empty while it is not in state."""
        kept = self.state.get(self.urn("Cluster", CLUSTER))
        return kept.id if kept is not None else ""

    def urns(self, program: Program) -> dict[str, str]:
        """Return the URN of each resource of a program, with the cluster."""
        named = {name: self.urn(declared.type_name, name) for name, declared in program.items()}
        return {CLUSTER: self.urn("Cluster", CLUSTER), **named}

    def in_order_of_delete(self, urns: Iterable[str]) -> Iterator[Kept]:
        """Yield resources so that each comes before what it depends on, the last one first."""
        left = [self.state[urn] for urn in self.state if urn in set(urns)]
        while left:
            needed = {need for kept in left for need in kept.needs}
            last = next(kept for kept in reversed(left) if kept.urn not in needed)
            left.remove(last)
            yield last
