"""Check: the inputs to keep, and everything that is wrong with them. No network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.operation import EngineContext, Plain
from pulumi_ehpc.lifecycle.ownership import NamingContext
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.diff import compare
from pulumi_ehpc.schema.properties import I
from pulumi_ehpc.schema.property import REPLACE, Property, PropertyType
from pulumi_ehpc.schema.secrecy import entry_path, hide
from pulumi_ehpc.schema.unknowns import Unknown, has_unknown
from pulumi_ehpc.schema.validation import Validator
from pulumi_ehpc.wording import NOT_GIVEN, SECRET, shown

RECORDED: Final = ("api_version", "region", "identity")
"""Inputs that check writes when the object is created and keeps for its life."""

EXCLUSIVE_ELSEWHERE: Final = Violation(
    "exclusive",
    "True",
    "cannot be set on a cluster that this program only reads: users that are not this stack's would be removed; leave "
    "it out, or declare the users where the cluster is created",
)


def check(
    resource_type: ResourceType[I], session: Session, engine: EngineContext, old: Plain, new: Plain, *, exists: bool
) -> tuple[dict[str, Any], list[Violation]]:
    """Check declared values.

    Args:
        resource_type: The resource type.
        session: The stack's settings.
        engine: The resource.
        old: Inputs in state; empty for a new resource.
        new: Inputs the program gives; secrets are hidden (``schema/secrecy.py``).
        exists: Whether the object exists, and so needs nothing of what only creating it needs.

    Returns:
        The inputs to keep, tidied and with recorded and generated values, secrets still hidden; and every broken rule.
    """
    current = {"api_version": session.api_version, "region": session.settings.region, "identity": new.get("identity")}
    recorded = {name: old.get(name) or value for name, value in current.items()}
    version = str(recorded["api_version"])
    if version not in resource_type.handlers:
        there = " and ".join(resource_type.handlers)
        rule = f"has no {resource_type.name}, which is in API {there}; set ehpc:apiVersion"
        return {**new, **recorded}, [Violation("api_version", repr(version), rule)]
    handler = resource_type.handlers[version]
    given = {name: value for name, value in new.items() if name not in RECORDED}
    identity = None if isinstance(recorded["identity"], Unknown) else recorded["identity"]
    given.update(_generated(resource_type, NamingContext(engine.name, engine.urn, identity), old, given))
    validator = Validator(version, () if exists else handler.needed)
    tidied = validator.validate(resource_type.properties, handler.maps, given)
    validator.add(_of_other_versions(resource_type, version, given))
    broken = _broken(tidied, validator.violations, resource_type.stored_properties)
    sound = _sound(tidied, broken, resource_type.stored_properties)
    validator.add(handler.validate(resource_type.inputs.of(sound)))
    if not exists:
        validator.add(handler.validate_new(resource_type.inputs.of(tidied)))
    if old:
        validator.add(_without_consent(resource_type, version, old, tidied, broken))
        validator.add(handler.validate_change(resource_type.inputs.of(old), resource_type.inputs.of(sound)))
    validator.add(_wrong_region(resource_type, session, old))
    return {**tidied, **recorded}, validator.violations


def _generated(resource_type: ResourceType[I], context: NamingContext, old: Plain, given: Plain) -> dict[str, Any]:
    """Return names that were not given. One that cannot change in place is kept, so that it never replaces anything."""
    return {
        name: (resource_type.properties[name].change is REPLACE and old.get(name)) or make(context)
        for name, make in resource_type.generated.items()
        if given.get(name) is None
    }


def _of_other_versions(resource_type: ResourceType[I], version: str, given: Plain) -> Iterator[Violation]:
    """Refuse a property that the field maps of other API versions have and those of this one do not mention."""
    unsupported = {name for fields in resource_type.handlers[version].maps for name in fields.unsupported}
    for name, declared in resource_type.properties.items():
        versions = resource_type.versions_of(name)
        if versions and version not in versions and name not in unsupported and given.get(name) not in (None, [], {}):
            rule = f"is not supported by API {version}: it belongs to {' and '.join(versions)}; leave it out"
            yield Violation(name, shown(given[name], secret=declared.secret or bool(declared.secret_maps)), rule)


def _without_consent(
    resource_type: ResourceType[I], version: str, old: Plain, new: Plain, broken: Collection[str]
) -> Iterator[Violation]:
    """Refuse a replacement that needs consent and has none."""
    if not resource_type.replacement_loses or new.get("allow_replacement"):
        return
    stored = resource_type.stored_properties.items()
    known = {name: each for name, each in stored if name not in broken and not has_unknown(new.get(name))}
    for name in compare(known, resource_type.handlers[version].changes, old, new).replaces:
        remedy = f"{known[name].remedy}, " if known[name].remedy else ""
        yield Violation(
            name,
            shown(new.get(name), secret=known[name].secret),
            f"cannot change on a living {resource_type.name.lower()}: replacing it deletes "
            f"{resource_type.replacement_loses}; {remedy}leave it as it is with "
            f'ResourceOptions(ignore_changes=["{name}"]), or set allow_replacement=True to replace it all the same',
        )


def _wrong_region(resource_type: ResourceType[I], session: Session, old: Plain) -> Iterator[Violation]:
    recorded, current = old.get("region"), session.settings.region
    if recorded and current and recorded != current:
        rule = f"this {resource_type.name} lives in {recorded}; set it back: pulumi config set ehpc:region {recorded}"
        yield Violation("ehpc:region", repr(current), rule)


def _broken(values: Plain, violations: Sequence[Violation], properties: Mapping[str, Property]) -> set[str]:
    """Return the properties with broken values; not keyed lists, of which only an entry is broken."""
    broken = {re.split(r"[.\[]", violation.property)[0] for violation in violations}
    return broken - {name for name, each in properties.items() if each.key and isinstance(values.get(name), Mapping)}


def _sound(values: Plain, broken: Collection[str], properties: Mapping[str, Property]) -> dict[str, Any]:
    """Leave out what is unknown or broken already: rules over several properties see well-formed values only.

    Unknown secrets stay: rules distinguish one that is not known yet from one that is missing.
    """
    return {
        name: value
        for name, value in values.items()
        if name not in broken and (properties[name].secret or not isinstance(value, Unknown))
    }


def renamed(former: Claim | None, inputs: Plain) -> Iterator[Violation]:
    """Refuse what seems to be another resource under a new name: that one would be deleted with all that is in it."""
    if former is not None and not inputs.get("allow_replacement"):
        yield Violation(
            "opts.aliases",
            NOT_GIVEN,
            f"it seems to be {former.title} under another name, which is not declared any more and would be deleted if "
            f"it exists: {former.loses}; if it was renamed or moved, give it aliases=[...], and if it is to be another "
            "one, set allow_replacement=True",
        )


def clashes(resource_type: ResourceType[I], claim: Claim, program: Program) -> Iterator[Violation]:
    """Find other resources of the program that act on the same objects of the same cluster."""
    for other in program.beside(claim):
        yield from clash(resource_type, claim, other)


def clash(resource_type: ResourceType[I], claim: Claim, other: Claim) -> Iterator[Violation]:
    """Compare two claims in one cluster."""
    same_type = claim.resource_type == other.resource_type
    secret = claim.secret or other.secret
    where = f"{other.title} of the same cluster"
    if same_type and (claim.exclusive or other.exclusive):
        rule = f"cannot stand beside {where}: the exclusive one removes what the other declares"
        yield Violation("exclusive", str(claim.exclusive), rule)
    elif same_type and (shared := set(claim.keys or ()) & set(other.keys or ())):
        key = min(shared)
        is_map = resource_type.properties[resource_type.key].property_type is PropertyType.KEYED_LIST
        name = entry_path(resource_type.key, hide(key) if secret else key) if is_map else resource_type.key
        yield Violation(name, shown(key, secret=secret), f"is taken by {where}; it must be unique there")
    elif claim.prefix and claim.prefix == other.prefix:
        value = shown(claim.prefix, secret=secret)
        yield Violation(resource_type.prefix, value, f"is taken by {where}; it must be unique there")
    elif claim.prefix and other.prefix and _one_begins_with_the_other(claim.prefix, other.prefix):
        with_what = SECRET if secret else other.prefix
        rule = f"clashes with {with_what} of {where}: neither may begin with the other"
        yield Violation(resource_type.prefix, shown(claim.prefix, secret=secret), rule)


def _one_begins_with_the_other(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
