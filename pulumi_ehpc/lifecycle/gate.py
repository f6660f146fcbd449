"""The gate before the engine: every noun of a program is checked before the first one is registered.

The engine stops at the first resource whose check fails, so a program with five mistakes would be mended in five
rounds. The gate opens when the program's text has run: it checks whatever is known by then, and tells every broken
rule of every noun at once. What is not known yet, and what needs the state, is left to the check in the engine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pulumi import Config, Output, RunError
from pulumi.output import Unknown as EngineUnknown
from pulumi.runtime.settings import get_root_resource

from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.unknown import UNKNOWN, replaced

if TYPE_CHECKING:
    from pulumi_ehpc.errors import Reason

__all__ = ["Gate", "gate_of_stack"]

_TURNS = 50
"""Turns of the event loop in which values that need no engine become known."""


@dataclass
class Gate:
    """The nouns of one running program.

    Attributes:
        settings: The stack's settings for this package, as its provider process will get them.
    """

    settings: Mapping[str, str]
    _waiting: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    _opened: asyncio.Task[None] | None = None

    def enter(self, noun: str, name: str, inputs: Mapping[str, Any]) -> Output[None]:
        """Register a noun; the Output is known once all nouns of the program have passed."""
        self._waiting.append((noun, name, inputs))
        return Output.from_input(self._pass())

    async def _pass(self) -> None:
        if self._opened is None:
            self._opened = asyncio.ensure_future(self._open())
        await asyncio.shield(self._opened)

    async def _open(self) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        broken: list[str] = []
        try:
            for noun, name, inputs in self._waiting:
                known = {key: await _settled(value) for key, value in inputs.items()}
                broken.extend(f"  {noun} '{name}': {reason}" for reason in self._reasons(noun, name, known))
        except EhpcError as error:
            raise RunError(str(error)) from None
        if broken:
            count = f"{len(broken)} declared values break" if len(broken) > 1 else "A declared value breaks"
            raise RunError("\n".join([f"{count} a rule. Nothing was changed.", *broken]))

    def _reasons(self, name_of_noun: str, name: str, inputs: Mapping[str, Any]) -> list[Reason]:
        from pulumi_ehpc.lifecycle.noun import noun
        from pulumi_ehpc.lifecycle.session import Session
        from pulumi_ehpc.lifecycle.steps import Steps, Work

        steps = Steps(noun(name_of_noun), Session(self.settings, os.environ))
        _, reasons = steps.check(Work(urn="", name=name), {}, inputs)
        return reasons


_gates: WeakKeyDictionary[object, Gate] = WeakKeyDictionary()


def gate_of_stack() -> Gate:
    """Return the gate of the program that runs now. Programs of several stacks may run in one process."""
    root = get_root_resource()
    if root is None:
        raise RunError("Resources of pulumi_ehpc are made while a program runs: use `pulumi preview` or `pulumi up`.")
    if root not in _gates:
        config = Config("ehpc")
        names = ("region", "apiVersion", "endpoint", "maxQps", "concurrency")
        _gates[root] = Gate({f"ehpc:{name}": value for name in names if (value := config.get(name)) is not None})
    return _gates[root]


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
