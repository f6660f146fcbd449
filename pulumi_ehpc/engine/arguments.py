"""What a program gives to a constructor beside the values of properties: what is misplaced, misnamed or secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, Final

from pulumi import Output, ProviderResource, Resource, ResourceOptions

from pulumi_ehpc.engine.values import SECRETS_KEY
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.schema.property import Property
from pulumi_ehpc.wording import NOT_GIVEN, SECRET, shown

_OF_GET: Final = ("resource_name", "id", "opts")
_GET_TAKES: Final = "get takes resource_name, id and opts"


class Misused(ResourceOptions):
    """Options of a resource that was to be read and cannot be: they carry what is wrong to preflight."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(id="misused")
        self.violations = violations


class _Misnamed:
    """Stands for an Output that names a resource by the wrong thing, as messages describe it."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __repr__(self) -> str:
        return self._what


def misplaced(
    properties: Mapping[str, Property], resource_name: object, opts: object, more: Sequence[object]
) -> Iterator[Violation]:
    """Find what is wrong with the positional arguments: a name, engine options, and nothing else."""
    if not isinstance(resource_name, str) or not resource_name:
        yield _wrong_name(resource_name)
    if opts is not None and not isinstance(opts, ResourceOptions):
        rule = f"must be a pulumi.ResourceOptions; {_by_name(properties, opts)}"
        yield Violation("opts", _kind(opts), rule)
    elif isinstance(opts, Misused):
        yield from opts.violations
    provider: object = opts.provider if isinstance(opts, ResourceOptions) else None
    if not isinstance(provider, (ProviderResource, NoneType)):
        yield Violation("opts.provider", _kind(provider), "must be a provider")
    for number, value in enumerate(more, start=3):
        yield Violation(f"argument {number}", _kind(value), _by_name(properties, value))


def misplaced_in_get(given: Sequence[object], named: Mapping[str, object]) -> Iterator[Violation]:
    """Find what is wrong with the arguments of ``get``: a name, an id and engine options, and nothing else."""
    arguments = dict(zip(_OF_GET, given, strict=False))
    for number, value in enumerate(given[len(_OF_GET) :], start=len(_OF_GET) + 1):
        yield Violation(f"argument {number}", _kind(value), _GET_TAKES)
    for name, value in named.items():
        if name not in _OF_GET or name in arguments:
            yield Violation(name, _kind(value), _GET_TAKES)
        else:
            arguments[name] = value
    resource_name, id, opts = (arguments.get(name) for name in _OF_GET)
    if not isinstance(resource_name, str) or not resource_name:
        yield _wrong_name(resource_name or "")
    if id is None:
        yield Violation("id", NOT_GIVEN, f"is required; {_GET_TAKES}")
    if opts is not None and not isinstance(opts, ResourceOptions):
        yield Violation("opts", _kind(opts), "must be a pulumi.ResourceOptions")


def _wrong_name(given: object) -> Violation:
    rule = "must be a string that is not empty: the resource's name in the stack"
    return Violation("resource_name", NOT_GIVEN if given == "" else _kind(given), rule)


def derived(
    resource_type: ResourceType[Any], properties: Mapping[str, Property], given: Mapping[str, Any]
) -> Iterator[Violation]:
    """Find what is made of other arguments, and would be overwritten without a word.

    Args:
        resource_type: The resource type.
        properties: Those of its properties that a program gives.
        given: What it gives.
    """
    for name in resource_type.stored_properties:
        if name in given and name not in properties:
            yield Violation(name, SECRET, "is derived from other properties; leave it out")


Naming = Mapping[int, tuple[str, str, str]]
"""What identifies an Output -> the resource that it names, in words, the name of its type, and what it names it by."""


def naming(resources: Iterable[tuple[object, str]]) -> Naming:
    """Return the Outputs that name resources.

    Args:
        resources: The resources of the program, with the names of their types.
    """
    return {
        id(vars(resource).get(by)): (repr(resource), type_name, by)
        for resource, type_name in resources
        for by in ("id", "name")
    }


def misnamed(
    properties: Mapping[str, Property], inputs: Mapping[str, Any], settled: Mapping[str, Any], known: Naming
) -> dict[str, Any]:
    """Return what check sees in place of references by Outputs that name the wrong resource, or name it wrongly.

    Args:
        properties: The properties.
        inputs: What the program gives, Outputs and all.
        settled: The same with what the Outputs hold.
        known: The Outputs that name resources.
    """
    found: dict[str, Any] = {}
    for name, declared in properties.items():
        value = inputs.get(name)
        if not isinstance(value, Output):
            continue
        if isinstance(settled.get(name), Resource):
            found[name] = _Misnamed(f"an Output of {settled[name]!r}")
        if declared.reference and id(value) in known:
            title, *named = known[id(value)]
            if named != [declared.reference, declared.reference_by]:
                found[name] = _Misnamed(f"the {named[1]} of {title}")
    return found


def ready_to_register(properties: Mapping[str, Property], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that the engine gets in another form than preflight.

    What everybody may see of a keyed list is no secret there. Which inputs are is an input of its own, because the
    engine does not tell check.
    """
    public = {name: inputs[name] for name, declared in properties.items() if name in inputs and not declared.secret}
    changed: dict[str, Any] = {SECRETS_KEY: Output.from_input(_given_as_secrets(public))}
    for name, value in public.items():
        if isinstance(value, Output) and properties[name].key:
            changed[name] = Output.unsecret(value)
        elif isinstance(value, Output) and properties[name].reference:
            changed[name] = value.apply(_no_resource)
    return changed


def _no_resource(known: Any) -> Any:
    """Let check refuse an Output that turns out to hold a resource: the SDK would make its id of it, whatever it is."""
    return [repr(known)] if isinstance(known, Resource) else known


async def _given_as_secrets(inputs: Mapping[str, Any]) -> list[str] | None:
    return [name for name, value in inputs.items() if await _is_secret(value)] or None


async def _is_secret(value: Any) -> bool:
    if isinstance(value, Output):
        return bool(await value.is_secret())
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return any([await _is_secret(part) for part in parts])


def _kind(value: object) -> str:
    """Describe an argument; what it holds may be a secret."""
    return shown(value) if isinstance(value, Resource) else type(value).__name__


def _by_name(properties: Mapping[str, Property], value: object) -> str:
    # Of its class: an Output has every attribute that it is asked for.
    its_type = getattr(getattr(type(value), "resource_type", None), "name", "")
    meant = next((name for name, declared in properties.items() if its_type and declared.reference == its_type), "")
    return f"give properties by name, such as {meant or next(iter(properties))}=..."
