"""Preflight: all resources of a program are checked before the first is registered.

The engine stops at the first resource whose check fails, so a program with five mistakes would take five runs to
correct. Preflight runs when the program's text has run: it checks whatever is known by then, and reports every
violation of every resource at once. What is not known yet, and what needs the state, is left to the engine's check.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from pulumi import Output, RunError
from pulumi.runtime.config import get_config
from pulumi.runtime.settings import get_root_resource

from pulumi_ehpc.engine.identity import Identity
from pulumi_ehpc.engine.stack_settings import STACK_SETTINGS, StackSettings
from pulumi_ehpc.engine.values import from_engine
from pulumi_ehpc.errors import EhpcError, Violation
from pulumi_ehpc.lifecycle.checking import check
from pulumi_ehpc.lifecycle.operation import EngineContext, Plain
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.unknowns import UNKNOWN
from pulumi_ehpc.wording import shown

_TURNS: Final = 50
"""Turns of the event loop in which values that need no engine become known."""


@dataclass(frozen=True)
class _Entrant:
    """A resource that waits."""

    resource_type: ResourceType[Any]
    name: str
    inputs: Mapping[str, Any]

    @property
    def title(self) -> str:
        return f"{self.resource_type.name} '{self.name}'"

    @property
    def cluster(self) -> object:
        """What distinguishes its cluster from others: the id, or the very Output that will hold it."""
        cluster = self.inputs.get("cluster")
        return cluster if isinstance(cluster, str) else id(cluster)


@dataclass
class Preflight:
    """The resources of one running program.

    Attributes:
        config: The stack's configuration of this package, as its plugin process will get it.
        identity: The id of the stack's identity, which previews of a new stack do not know.
    """

    config: Mapping[str, str]
    identity: Output[str]
    _waiting: list[_Entrant] = field(default_factory=list)
    _passed: asyncio.Task[None] | None = None

    def enter(self, resource_type: ResourceType[Any], name: str, inputs: Mapping[str, Any]) -> Output[None]:
        """Add a resource; the Output is known once all resources of the program have passed.

        Args:
            resource_type: The resource type.
            name: The resource's logical name.
            inputs: What the program gives, Outputs and all.
        """
        self._waiting.append(_Entrant(resource_type, name, inputs))
        return Output.from_input(self._pass())

    async def _pass(self) -> None:
        if self._passed is None:
            self._passed = asyncio.ensure_future(self._check_all())
        await asyncio.shield(self._passed)

    async def _check_all(self) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        certain = not await self.identity.is_known()
        broken: list[str] = []
        try:
            settings = StackSettings.resolve(self.config, os.environ)
            taken: dict[tuple[object, str, str], str] = {}
            for entrant in self._waiting:
                known = from_engine({key: await _settled(value) for key, value in entrant.inputs.items()})
                checked, violations, everywhere = _check(settings, entrant, known)
                clashes = list(_clashes(entrant, checked, taken))
                broken.extend(f"  {entrant.title}: {violation}" for violation in (*violations, *clashes))
                certain = certain or bool(everywhere or clashes)
        except EhpcError as error:
            raise RunError(str(error)) from None
        if broken and certain:
            count = f"{len(broken)} declared values break" if len(broken) > 1 else "A declared value breaks"
            raise RunError("\n".join([f"{count} a rule. Nothing was changed.", *broken]))


_preflights: Final[WeakKeyDictionary[object, Preflight]] = WeakKeyDictionary()


def preflight_of_stack() -> Preflight:
    """Return the preflight of the program that runs now, making it and the stack's identity with the first resource.

    Programs of several stacks may run in one process, each with its own root resource.
    """
    root = get_root_resource()
    if root is None:
        raise RunError(
            "Resources of pulumi_ehpc can be declared only while a program runs: use `pulumi preview` or `pulumi up`."
        )
    if root not in _preflights:
        config = {name: value for name in STACK_SETTINGS if (value := get_config(name)) is not None}
        _preflights[root] = Preflight(config, Identity().id)
    return _preflights[root]


def _check(
    settings: StackSettings, entrant: _Entrant, inputs: Plain
) -> tuple[dict[str, Any], list[Violation], list[Violation]]:
    """Check by the API version that is set; return the inputs, what is wrong, and what is wrong in every version.

    A living object keeps the version that made it, which only the state knows. So what is wrong in the set version
    alone is no reason yet to stop the program; the engine's check decides.
    """
    resource_type, engine = entrant.resource_type, EngineContext(urn="", name=entrant.name)

    def checked(version: str) -> tuple[dict[str, Any], list[Violation]]:
        return check(resource_type, Session(settings.client, version), engine, {}, inputs)

    tidied, violations = checked(settings.api_version)
    everywhere = violations
    for version in resource_type.handlers:
        if version != settings.api_version and everywhere:
            there = {violation.property for violation in checked(version)[1]}
            everywhere = [violation for violation in everywhere if violation.property in there]
    return tidied, violations, everywhere


def _clashes(entrant: _Entrant, inputs: Plain, taken: dict[tuple[object, str, str], str]) -> Iterator[Violation]:
    """Find another resource of the same cluster with the same unique property; both would act on the same objects."""
    for name in entrant.resource_type.unique:
        value = inputs.get(name)
        if isinstance(value, str):
            first = taken.setdefault((entrant.cluster, name, value), entrant.title)
            if first != entrant.title:
                yield Violation(name, shown(value), f"is taken by {first} of the same cluster; it must be unique there")


async def _settled(value: Any) -> Any:
    """Return a value with each Output in it replaced by what it holds, or by an unknown while that is not known."""
    if isinstance(value, Mapping):
        return {key: await _settled(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [await _settled(item) for item in value]
    if not isinstance(value, Output):
        return value
    both = asyncio.gather(value.future(with_unknowns=True), value.is_known())
    both.add_done_callback(_looked_at)
    for _ in range(_TURNS):
        if both.done():
            held, known = both.result()
            return UNKNOWN if held is None and not known else held
        await asyncio.sleep(0)
    # Not cancelled: that would cancel what the engine's SDK itself waits for.
    return UNKNOWN


def _looked_at(done: asyncio.Future[Any]) -> None:
    """Take note of an error, which is reported where the value is used; asyncio complains of errors nobody looks at."""
    if not done.cancelled():
        done.exception()
