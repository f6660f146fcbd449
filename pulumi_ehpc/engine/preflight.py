"""Preflight: all resources of a program are looked at before the first is registered.

The engine stops at the first resource whose check fails, so a program with five mistakes would take five runs to
correct. Preflight runs when the program's text has run: it checks whatever is known by then, and reports every
violation of every resource at once. What is not known yet, and what needs the state, is left to the engine's check.

It also collects what the resources claim (``lifecycle/claims.py``), which the stack's identity carries to the plugin
process.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, ClassVar, Final, Protocol
from weakref import WeakKeyDictionary

from pulumi import Output, ProviderResource, ResourceOptions, RunError, get_project, get_stack
from pulumi.runtime.config import get_config
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor, get_root_resource

from pulumi_ehpc.engine.arguments import Naming, misnamed, naming
from pulumi_ehpc.engine.identity import Identity
from pulumi_ehpc.engine.links import carrying, looked_at, named
from pulumi_ehpc.engine.stack_settings import STACK_SETTINGS, StackSettings
from pulumi_ehpc.engine.values import from_engine
from pulumi_ehpc.errors import EhpcError, Violation
from pulumi_ehpc.lifecycle.checking import EXCLUSIVE_ELSEWHERE, check, clash
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.ids import wrong_id
from pulumi_ehpc.lifecycle.operation import EngineContext, Plain
from pulumi_ehpc.lifecycle.ownership import NamingContext
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.property import REQUIRED
from pulumi_ehpc.schema.secrecy import hide, is_hidden, reveal
from pulumi_ehpc.schema.unknowns import UNKNOWN, Unknown

_TURNS: Final = 50
"""Turns of the event loop in which values that need no engine become known."""
_PARENT_SECONDS: Final = 1.0
"""How long the URN of a resource's parent is waited for; one that depends on this program's clusters never comes."""
_STACK: Final = "pulumi:pulumi:Stack"
"""The type of the stack itself, which the engine leaves out of URNs."""
_OUTPUT: Final = "output:"
"""Begins what stands for a cluster whose id nothing here knows: resources that were given the same Output share it."""


class Declared(Protocol):
    """A resource of the program."""

    resource_type: ClassVar[ResourceType[Any]]

    @property
    def pulumi_resource_type(self) -> str:
        """The engine's name of its type."""


@dataclass
class _Entrant:
    """A resource that waits; ``checked`` are its inputs as check returns them."""

    resource: Declared
    name: str
    inputs: Mapping[str, Any]
    options: ResourceOptions
    misused: Sequence[Violation]
    urn: str = ""
    checked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def resource_type(self) -> ResourceType[Any]:
        return self.resource.resource_type

    @property
    def title(self) -> str:
        return f"{self.resource_type.name} '{self.name}'"


@dataclass
class _Report:
    """What is wrong with a program, a line for each violation; ``certain`` if not in one API version alone."""

    broken: list[str] = field(default_factory=list)
    certain: bool = False

    def add(self, entrant: _Entrant, violations: Iterable[Violation], *, certain: bool) -> None:
        self.broken.extend(f"  {entrant.title}: {violation}" for violation in violations)
        self.certain = self.certain or certain


class Preflight:
    """The resources of one running program that use one provider.

    Args:
        provider: The provider, unless it is the default one. It has settings of its own, which only its process knows.
        of_stack: For such a provider: the id of the stack's identity.
        identity: The one that the preflight before has made.

    Attributes:
        identity: The id of the stack's identity, which previews of a new stack do not know.
    """

    def __init__(
        self,
        provider: ProviderResource | None = None,
        of_stack: Output[str] | None = None,
        identity: Output[str] | None = None,
    ) -> None:
        config = {name: get_config(name) for name in STACK_SETTINGS if provider is None}
        self._config = {name: value for name, value in config.items() if value is not None}
        self._provider = provider
        self._waiting: list[_Entrant] = []
        self._report = _Report()
        self._any_secret = False
        self._claimed: list[tuple[_Entrant, Claim]] = []
        self._gathered = asyncio.ensure_future(self._gather())
        self._gathered.add_done_callback(looked_at)
        self._had_identity = identity is not None
        self.identity: Output[str] = identity or self._identify(of_stack)

    @property
    def over(self) -> bool:
        """Whether what is declared now has a preflight of its own: all that entered has been looked at, and is sound.

        Under mocks that is so after a failure too: it is the next test that declares something.
        """
        if isinstance(get_monitor(), MockMonitor):
            return self._gathered.done()
        return _came(self._gathered) and not self._report.broken

    @property
    def identified(self) -> bool:
        """Whether there is an identity: its resources have been looked at, or those of one before."""
        return self._had_identity or _came(self._gathered)

    def enter(
        self,
        resource: Declared,
        name: str,
        inputs: Mapping[str, Any],
        options: ResourceOptions,
        misused: Sequence[Violation] = (),
    ) -> Output[Mapping[str, Any]]:
        """Add a resource; the Output is known once all resources of the program have passed.

        It holds what check adds to the inputs of a new resource, which mocks do not show: they run no check.

        Args:
            resource: The resource.
            name: Its logical name.
            inputs: What the program gives, Outputs and all.
            options: Its engine options.
            misused: What is wrong with the other arguments of its constructor.
        """
        entrant = _Entrant(resource, name, inputs, options, misused)
        self._waiting.append(entrant)
        return Output.from_input(self._pass(entrant))

    def _identify(self, of_stack: Output[str] | None) -> Output[str]:
        claims: Output[list[dict[str, Any]]] = Output.from_input(self._claims())
        return Identity(claims.apply(self._kept), self._provider, of_stack).id

    def following(self, resource: Declared, name: str, given: Any) -> Output[Any]:
        """Return a reference by name that depends on the resource it names, where the program declares that one."""
        return Output.from_input(self._following(resource, name, given))

    async def _following(self, resource: Declared, name: str, given: Any) -> Any:
        await self._claims()
        return carrying(given, await named(self._claimed, resource, name))

    def _kept(self, claims: list[dict[str, Any]]) -> Output[list[dict[str, Any]]]:
        return Output.secret(claims) if self._any_secret else Output.from_input(claims)

    async def _pass(self, entrant: _Entrant) -> Mapping[str, Any]:
        await self._claims()
        known = await self.identity.is_known()
        if self._report.broken and not known:
            raise RunError(self._refusal_of_values())
        context = NamingContext(entrant.name, entrant.urn, await self.identity.future() or "")
        generated = entrant.resource_type.generated
        checked = {name: entrant.checked.get(name) for name in self.adds(entrant.resource_type)}
        return {
            name: generated[name](context) if name in generated and isinstance(value, Unknown) else value
            for name, value in checked.items()
        }

    def adds(self, resource_type: ResourceType[Any]) -> list[str]:
        """Return the inputs that check adds to a new resource: names, defaults, and what the stack's settings say."""
        properties = resource_type.properties.items()
        own = [name for name, each in properties if each.generated or each.default not in (None, REQUIRED)]
        return own if self._provider is not None else [*own, "api_version", "region"]

    async def _claims(self) -> Any:
        return await asyncio.shield(self._gathered)

    async def _gather(self) -> list[dict[str, Any]]:
        """Check every resource, and return what they claim."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        await self._name_all()
        clusters = self._clusters()
        naming_outputs = naming((entrant.resource, entrant.resource_type.name) for entrant in self._waiting)
        claims = self._claimed
        try:
            settings = StackSettings.resolve(self._config, os.environ)
            for entrant in self._waiting:
                claims.append((entrant, await self._examine(settings, entrant, clusters, naming_outputs)))
        except EhpcError as error:
            raise RunError(str(error)) from None
        for (_, first), (entrant, second) in combinations(claims, 2):
            if first.cluster and first.cluster == second.cluster:
                clashes = list(clash(entrant.resource_type, second, first))
                self._report.add(entrant, clashes, certain=bool(clashes))
        if self._report.certain:
            # Here, before there are claims to make the identity with: it is not created either.
            raise RunError(self._refusal_of_values())
        return [_to_state(claim).to_dict() for _, claim in claims]

    def _refusal_of_values(self) -> str:
        broken = self._report.broken
        count = f"{len(broken)} declared values break" if len(broken) > 1 else "A declared value breaks"
        # A further preflight follows resources that were registered, and so does a further provider's.
        first = self._provider is None and not self._had_identity
        changed = " No E-HPC resource was created or changed." if first else ""
        return "\n".join([f"{count} a rule.{changed}", *broken])

    async def _examine(
        self, settings: StackSettings, entrant: _Entrant, clusters: Mapping[int, str], naming_outputs: Naming
    ) -> Claim:
        """Check a resource, and return what it claims."""
        self._report.add(entrant, entrant.misused, certain=bool(entrant.misused))
        if entrant.options.id is not None:
            # It is only read, so it claims nothing. An id that is known later is looked at when it is read.
            given_id = await self._settled(entrant.options.id, hidden=True)
            if not entrant.misused and not isinstance(given_id, Unknown):
                wrong = list(wrong_id(entrant.resource_type, given_id))
                self._report.add(entrant, wrong, certain=bool(wrong))
            return Claim(entrant.resource_type.name, entrant.urn, entrant.name, cluster="", keys=())
        # What is declared to be a secret is never part of a claim.
        hidden = {name for name, each in entrant.resource_type.stored_properties.items() if each.secret}
        resource_type = entrant.resource_type
        given = {
            name: _by_number(resource_type, name, await self._settled(value, hidden=name in hidden))
            for name, value in entrant.inputs.items()
        }
        given.update(misnamed(resource_type.properties, entrant.inputs, given, naming_outputs))
        checked, violations, everywhere = _check(settings, entrant, from_engine({**given, "identity": UNKNOWN}))
        entrant.checked = reveal(checked)
        if self._provider is None:
            self._report.add(entrant, violations, certain=bool(everywhere))
        claim = replace(resource_type.claim(entrant.urn, checked), name=entrant.name)
        if claim.keys is None and given.get(resource_type.key) is None:
            claim = replace(claim, keys=())  # it will be generated, and is no other resource's
        cluster = entrant.inputs.get(resource_type.within)
        where = clusters.get(id(cluster), f"{_OUTPUT}{id(cluster)}" if isinstance(cluster, Output) else "")
        if claim.exclusive and self._is_only_read(cluster):
            self._report.add(entrant, [EXCLUSIVE_ELSEWHERE], certain=True)
        if entrant.misused:
            claim = replace(claim, keys=(), prefix="")  # what it is called is a mistake as well
        return replace(claim, cluster=claim.cluster or where)

    def _is_only_read(self, cluster: Any) -> bool:
        """Tell whether a cluster is one that this program reads and does not make."""
        read = [each for each in self._waiting if not each.resource_type.key and each.options.id is not None]
        return any(cluster is vars(entrant.resource).get("id") for entrant in read)

    def _clusters(self) -> dict[int, str]:
        """Return the URN of each cluster that this program makes, by what identifies the Output of its id."""
        made = [each for each in self._waiting if not each.resource_type.key and each.options.id is None]
        return {id(vars(entrant.resource).get("id")): entrant.urn for entrant in made}

    async def _name_all(self) -> None:
        """Give each resource the URN that the engine will give it, where its parent's is known."""
        own = {id(entrant.resource) for entrant in self._waiting}
        parents = [entrant.options.parent for entrant in self._waiting]
        others = {id(parent): parent for parent in parents if parent is not None and id(parent) not in own}
        asked = {key: asyncio.ensure_future(parent.urn.future()) for key, parent in others.items()}
        for future in asked.values():
            future.add_done_callback(looked_at)
        if asked:
            await asyncio.wait(asked.values(), timeout=_PARENT_SECONDS)
        urns = {key: str(future.result() or "") for key, future in asked.items() if _came(future)}
        for entrant in self._waiting:
            parent = entrant.options.parent
            entrant.urn = _urn_below(entrant, None if parent is None else urns.get(id(parent), ""))
            urns[id(entrant.resource)] = entrant.urn

    async def _settled(self, value: Any, *, hidden: bool) -> Any:
        """Return a value with each Output in it replaced by what it holds, or by an unknown while that is not known."""
        if isinstance(value, Mapping):
            return {key: await self._settled(item, hidden=hidden) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [await self._settled(item, hidden=hidden) for item in value]
        if not isinstance(value, Output):
            return value
        all_three = asyncio.gather(value.future(with_unknowns=True), value.is_known(), value.is_secret())
        all_three.add_done_callback(looked_at)
        for _ in range(_TURNS):
            if all_three.done():
                held, known, secret = all_three.result()
                self._any_secret = self._any_secret or (secret and not hidden)
                held = UNKNOWN if held is None and not known else held
                return hide(held) if secret else held
            await asyncio.sleep(0)
        # Not cancelled: that would cancel what the engine's SDK itself waits for.
        return UNKNOWN


_preflights: Final[WeakKeyDictionary[object, dict[ProviderResource | None, Preflight]]] = WeakKeyDictionary()


def preflight_of_stack(provider: ProviderResource | None) -> Preflight:
    """Return the preflight of the program that runs now, making it and the stack's identity with the first resource.

    Programs of several stacks, or tests with mocks of their own, may run in one process; each has its own connection.
    """
    connection = get_monitor()
    if connection is None or get_root_resource() is None:
        raise RunError(
            "Resources of pulumi_ehpc can be declared only while a program runs: use `pulumi preview` or `pulumi up`."
        )
    preflights = _preflights.setdefault(connection, {})
    of_stack = _current(preflights, None, None)
    return of_stack if provider is None else _current(preflights, provider, of_stack.identity)


def _current(
    preflights: dict[ProviderResource | None, Preflight],
    provider: ProviderResource | None,
    of_stack: Output[str] | None,
) -> Preflight:
    """Return the preflight that resources can enter; what is declared when it is over has one of its own."""
    last = preflights.get(provider)
    if last is None or last.over:
        identity = last.identity if last is not None and last.identified else None
        preflights[provider] = Preflight(provider, of_stack, identity)
    return preflights[provider]


def _check(
    settings: StackSettings, entrant: _Entrant, inputs: Plain
) -> tuple[dict[str, Any], list[Violation], list[Violation]]:
    """Check by the API version that is set; return the inputs, what is wrong, and what is wrong in every version.

    A living object keeps the version that made it, which only the state knows, and needs nothing of what only creating
    needs. So what is wrong in the set version alone, or for a new object alone, is no reason yet to stop the program;
    the engine's check decides.
    """
    resource_type, engine = entrant.resource_type, EngineContext(urn=entrant.urn, name=entrant.name)

    def checked(version: str, *, exists: bool) -> tuple[dict[str, Any], list[Violation]]:
        return check(resource_type, Session(settings.client, version), engine, {}, inputs, exists=exists)

    tidied, violations = checked(settings.api_version, exists=entrant.options.id is not None)
    everywhere = violations
    for version in (settings.api_version, *resource_type.handlers):
        if everywhere:
            there = {violation.property for violation in checked(version, exists=True)[1]}
            everywhere = [violation for violation in everywhere if violation.property in there]
    return tidied, violations, everywhere


def _by_number(resource_type: ResourceType[Any], name: str, value: Any) -> Any:
    """Let messages name the entries of a keyed list by their numbers where their keys are secret."""
    declared = resource_type.properties.get(name)
    if declared is None or not declared.key or not isinstance(value, Mapping) or not is_hidden(value):
        return value
    return {hide(key, label=f"[{index}]"): item for index, (key, item) in enumerate(value.items())}


def _to_state(claim: Claim) -> Claim:
    """Return a claim without what only this process knows."""
    return replace(claim, cluster="") if claim.cluster.startswith(_OUTPUT) else claim


def _urn_below(entrant: _Entrant, parent_urn: str | None) -> str:
    """Return a resource's URN below its parent, or below none; empty while the parent's is not known."""
    if parent_urn == "":
        return ""
    above = "" if parent_urn is None else parent_urn.split("::")[2]
    chain = "" if above in ("", _STACK) else f"{above}$"
    kind = f"{chain}{entrant.resource.pulumi_resource_type}"
    return f"urn:pulumi:{get_stack()}::{get_project()}::{kind}::{entrant.name}"


def _came(future: asyncio.Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
