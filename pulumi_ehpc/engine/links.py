"""References by name: what names a resource of the program as text comes after it, as if it were given the resource.

The engine then creates first, and deletes last, what is named. If it is replaced, and what names it has to be replaced
too, then that one is deleted before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, Protocol

from pulumi import ComponentResource, Output, ResourceOptions, log
from pulumi import Resource as EngineResource

from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.resource_type import ResourceType

_PATIENCE_SECONDS: Final = 20.0
"""How long the values of a resource that is declared later are waited for, once those of what names it are known."""


class Waiting(Protocol):
    """A resource of the program that waits for preflight."""

    resource: Any
    inputs: Mapping[str, Any]
    options: ResourceOptions

    @property
    def resource_type(self) -> ResourceType[Any]:
        """Its type."""

    @property
    def title(self) -> str:
        """The resource in messages."""


Claimed = Sequence[tuple[Waiting, Claim]]
"""The resources of the program in the order they are declared, and what each claims."""


def carrying(given: Any, resources: set[EngineResource]) -> Output[Any]:
    """Return a value as an Output that depends on some resources."""
    loop = asyncio.get_running_loop()
    nothing, known = loop.create_future(), loop.create_future()
    nothing.set_result(None)
    known.set_result(True)
    return Output.all(given, Output(resources, nothing, known)).apply(itemgetter(0))


async def named(program: Claimed, resource: object, name: str) -> set[EngineResource]:
    """Return the resource of the program that another one names, as a set; empty where it declares none.

    Args:
        program: What is declared.
        resource: The resource that names another.
        name: Its property that does so.
    """
    at = next((at for at, (entrant, _) in enumerate(program) if entrant.resource is resource), None)
    if at is None:
        return set()
    entrant, claim = program[at]
    wanted = entrant.resource_type.properties[name].reference
    for there, (other, its_claim) in enumerate(program):
        is_it = other.resource_type.name == wanted and claim.names.get(wanted) in (its_claim.keys or ())
        if is_it and other.options.id is None and _in_one_cluster(entrant, claim, other, its_claim):
            comes_first = there < at or await _does_not_wait(other, entrant)
            return {other.resource} if comes_first else set()
    return set()


def _in_one_cluster(one: Waiting, claim: Claim, other: Waiting, its_claim: Claim) -> bool:
    same_output = one.inputs.get(one.resource_type.within) is other.inputs.get(other.resource_type.within)
    return same_output or (bool(claim.cluster) and claim.cluster == its_claim.cluster)


async def _does_not_wait(later: Waiting, entrant: Waiting) -> bool:
    """Tell whether what is declared later can come first. It may wait itself, for the very resource that names it."""
    if any(each is entrant.resource for each in _awaited(later.options)):
        return False
    await asyncio.wait([_known(entrant)])
    known, _ = await asyncio.wait([_known(later)], timeout=_PATIENCE_SECONDS)
    if not known:
        log.warn(
            f"{entrant.title} names {later.title}, which waits for values of other resources, maybe for its own. So it "
            f"is not ordered after it. If it is to be, declare {later.title} first and give it as the resource."
        )
    return bool(known)


def _known(entrant: Waiting) -> asyncio.Future[Any]:
    """Return what is done once a resource can be registered."""
    awaited = [each.urn for each in _awaited(entrant.options)]
    done = asyncio.ensure_future(Output.all(*entrant.inputs.values(), *awaited).future())
    done.add_done_callback(looked_at)
    return done


def _awaited(options: ResourceOptions) -> Iterator[EngineResource]:
    """Yield the resources that the options of a resource make it wait for, as far as they are plain."""
    given = options.depends_on
    several = given if isinstance(given, (list, tuple)) else [given]
    if options.parent is not None:
        yield options.parent
    for each in several:
        if isinstance(each, EngineResource):
            yield from _with_children(each)


def _with_children(resource: EngineResource) -> Iterator[EngineResource]:
    """Yield a resource and, for a component, what is in it by now: whoever depends on it waits for all of that."""
    yield resource
    if isinstance(resource, ComponentResource):
        for child in tuple(resource._childResources):
            yield from _with_children(child)


def looked_at(done: asyncio.Future[Any]) -> None:
    """Take note of an error, which is reported where the value is used; asyncio complains of errors nobody looks at."""
    if not done.cancelled():
        done.exception()
