"""The gate before the engine: every noun of a program is checked before the first one is registered.

The engine stops at the first resource whose check fails, so a program with five mistakes would be mended in five
rounds. The gate opens when the program's text has run: it checks whatever is known by then, and tells every broken
rule of every noun at once. What is not known yet, and what needs the state, is left to the check in the engine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from pulumi import Config, Output, RunError
from pulumi.output import Unknown as EngineUnknown
from pulumi.runtime.settings import get_root_resource

from pulumi_ehpc.errors import EhpcError, Violation
from pulumi_ehpc.lifecycle.unknown import UNKNOWN, replaced

__all__ = ["Gate", "gate_of_stack"]

_TURNS = 50
"""Turns of the event loop in which values that need no engine become known."""


@dataclass(frozen=True)
class _Entrant:
    """A noun that waits."""

    noun: str
    name: str
    inputs: Mapping[str, Any]
    unique: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.noun} '{self.name}'"

    @property
    def cluster(self) -> object:
        """What tells its cluster from others: the id, or the very Output that will hold it."""
        cluster = self.inputs.get("cluster")
        return cluster if isinstance(cluster, str) else id(cluster)


@dataclass
class Gate:
    """The nouns of one running program.

    Attributes:
        settings: The stack's settings for this package, as its provider process will get them.
        identity: The id of the stack's identity, which previews of a new stack do not know.
    """

    settings: Mapping[str, str]
    identity: Output[str]
    _waiting: list[_Entrant] = field(default_factory=list)
    _opened: asyncio.Task[None] | None = None

    def enter(self, noun: str, name: str, inputs: Mapping[str, Any], unique: tuple[str, ...]) -> Output[None]:
        """Register a noun; the Output is known once all nouns of the program have passed.

        Args:
            noun: For example ``Queue``.
            name: The resource's logical name.
            inputs: What the program gives, Outputs and all.
            unique: Properties that no other resource of the same cluster may have alike.
        """
        self._waiting.append(_Entrant(noun, name, inputs, unique))
        return Output.from_input(self._pass())

    async def _pass(self) -> None:
        if self._opened is None:
            self._opened = asyncio.ensure_future(self._open())
        await asyncio.shield(self._opened)

    async def _open(self) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        new_stack = not await self.identity.is_known()
        broken: list[str] = []
        certain = new_stack
        try:
            taken: dict[tuple[object, str, str], str] = {}
            for entrant in self._waiting:
                known = {key: await _settled(value) for key, value in entrant.inputs.items()}
                checked, violations, elsewhere = self._check(entrant, known)
                clashes = list(_alike(entrant, checked, taken))
                broken.extend(f"  {entrant.title}: {violation}" for violation in (*violations, *clashes))
                certain = certain or bool(elsewhere or clashes)
        except EhpcError as error:
            raise RunError(str(error)) from None
        if broken and certain:
            count = f"{len(broken)} declared values break" if len(broken) > 1 else "A declared value breaks"
            raise RunError("\n".join([f"{count} a rule. Nothing was changed.", *broken]))

    def _check(
        self, entrant: _Entrant, inputs: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[Violation], list[Violation]]:
        """Check by the API version that is set, and tell what is wrong in every version.

        A living object keeps the version that made it, which only the state knows. So what is wrong in the set version
        alone is no reason yet to stop the program; the engine's check decides.
        """
        from pulumi_ehpc.lifecycle.noun import noun
        from pulumi_ehpc.lifecycle.session import Session
        from pulumi_ehpc.lifecycle.steps import Steps, Work

        room, work = noun(entrant.noun), Work(urn="", name=entrant.name)
        tidied, violations = Steps(room, Session(self.settings, os.environ)).check(work, {}, inputs)
        broken = {violation.property: violation for violation in violations}
        for version in room.dialects:
            if version != tidied["api_version"] and broken:
                other = Session({**self.settings, "ehpc:apiVersion": version}, os.environ)
                there = {violation.property for violation in Steps(room, other).check(work, {}, inputs)[1]}
                broken = {name: reason for name, reason in broken.items() if name in there}
        return tidied, violations, list(broken.values())


_gates: WeakKeyDictionary[object, Gate] = WeakKeyDictionary()


def gate_of_stack(identity: Output[str]) -> Gate:
    """Return the gate of the program that runs now. Programs of several stacks may run in one process."""
    root = get_root_resource()
    if root not in _gates:
        config = Config("ehpc")
        names = ("region", "apiVersion", "endpoint", "maxQps", "concurrency")
        _gates[root] = Gate(
            {f"ehpc:{name}": value for name in names if (value := config.get(name)) is not None}, identity
        )
    return _gates[root]


def _alike(
    entrant: _Entrant, inputs: Mapping[str, Any], taken: dict[tuple[object, str, str], str]
) -> Iterator[Violation]:
    """Find another resource of the same cluster with the same unique property; both would act on the same objects."""
    for name in entrant.unique:
        value = inputs.get(name)
        if isinstance(value, str):
            first = taken.setdefault((entrant.cluster, name, value), entrant.title)
            if first != entrant.title:
                yield Violation(name, repr(value), f"is taken by {first} of the same cluster; it must be unique there")


async def _settled(value: Any) -> Any:
    """Return a value with each Output in it replaced by what it holds, or ``UNKNOWN`` while that is not known."""
    if isinstance(value, Mapping):
        return {key: await _settled(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [await _settled(item) for item in value]
    if not isinstance(value, Output):
        return value
    held = asyncio.ensure_future(value.future(with_unknowns=True))
    held.add_done_callback(_looked_at)
    known = asyncio.ensure_future(value.is_known())
    known.add_done_callback(_looked_at)
    for _ in range(_TURNS):
        if held.done() and known.done():
            found = replaced(held.result(), lambda leaf: UNKNOWN if isinstance(leaf, EngineUnknown) else leaf)
            return UNKNOWN if found is None and not known.result() else found
        await asyncio.sleep(0)
    # Not cancelled: that would cancel what the engine's SDK itself waits for.
    return UNKNOWN


def _looked_at(done: asyncio.Future[Any]) -> None:
    """Take note of an error, which is reported where the value is used; asyncio complains of errors nobody looks at."""
    if not done.cancelled():
        done.exception()
