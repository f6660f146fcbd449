"""What a change of each property does, for all resource types on one page."""

from __future__ import annotations

from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.property import Change
from scripts.docs.facts import PropertyFacts
from scripts.docs.markdown import table
from scripts.docs.objects import Described, describe, package_of

__all__ = ["page"]

_INTRODUCTION = """\
# What a change does

`pulumi preview` shows for every change whether the resource is updated in place or replaced. This page lists it
property by property. Where the API versions differ, both are named.

- **in place**: the existing object is changed.
- **replaces**: the service cannot change it. The object is deleted, and then a new one is created. In this order,
  because names are unique in a cluster; the resource option `delete_before_replace=False` is refused. A value that is
  not known during the preview counts as changed.
- **not sent**: the property is for this package only. The service never sees it.

A nested object counts as one property: a change of `manager.image_id` is a change of `manager`. To leave an existing
object as it is although the program differs, use the resource option `ignore_changes=["property"]`."""
_CONSENT = (
    "Replacing a {name} deletes {loses}. So the preview fails and lists what would be deleted, unless "
    "`allow_replacement=True` is set. A {name} whose `status` is `{failed}` is replaced as soon as it is set."
)


def page() -> str:
    """Write the page."""
    parts = [_INTRODUCTION]
    for resource_type in RESOURCE_TYPES:
        known = describe(resource_type.name)
        parts.append(f"## [{resource_type.name}](resources/{package_of(resource_type)}.md)")
        if resource_type.replacement_loses:
            words = {"loses": resource_type.replacement_loses, "failed": resource_type.failed_status}
            parts.append(_CONSENT.format(name=resource_type.name.lower(), **words))
        parts.append(_table(known))
    return "\n\n".join(parts)


def _table(known: Described) -> str:
    remedies = any(map(_remedy, known.properties))
    rows = ([f"`{facts.name}`", facts.change(), *([_remedy(facts)] if remedies else [])] for facts in known.properties)
    return table(["property", "a change", *(["instead of replacing"] if remedies else [])], rows)


def _remedy(facts: PropertyFacts) -> str:
    return facts.declared.remedy if Change.REPLACE in facts.changes().values() else ""
