"""The index of the resource types, and how to read their pages."""

from __future__ import annotations

import inspect

from pulumi_ehpc.registry import RESOURCE_TYPES
from scripts.docs.facts import NEWEST_FIRST
from scripts.docs.markdown import prose, table
from scripts.docs.objects import Described, describe, package_of

__all__ = ["page"]

_READING = """\
## How to read the pages

A page lists the properties of a resource type, how each API version spells them, the objects inside, the outputs, the
resource options that matter for it, and the API actions that are called.

- **type**: type and limits. Where the API versions differ, both are named. An object is given as its class or as a dict
  with the same keys. Words such as `post_paid` may be written in any case.
- **default**: `required`, a default of this package, or the default that the API documents ("by the service"). Where
  the column is empty, nothing is sent and the service decides.
- **a change**: what a change of the property does; see [What a change does](../update-policy.md).
- **In the API**: the actions and the parameter that a property becomes, with `[]` after lists. `pulumi preview` reports
  a property that the API version does not support, and says what to do instead.
- **Actions**: an access policy must allow them. In addition, every run calls `GetCallerIdentity` of STS once, which
  needs no permission.

`pulumi preview` reports all mistakes of a program at once, before anything is created. What the service itself refuses
is listed in [Errors](../errors.md)."""


def page() -> str:
    """Write the page."""
    rows = (
        [
            f"[`{resource_type.name}`]({package_of(resource_type)}.md)",
            _first_sentence(known),
            *(_written_by(known, version) for version in NEWEST_FIRST),
        ]
        for resource_type in RESOURCE_TYPES
        for known in [describe(resource_type.name)]
    )
    head = ["resource type", "what it is", *(f"created and updated by ({version})" for version in NEWEST_FIRST)]
    return "\n\n".join(["# Resource types", table(head, rows), _READING])


def _first_sentence(known: Described) -> str:
    return prose(inspect.getdoc(known.resource) or "").split("\n")[0]


def _written_by(known: Described, version: str) -> str:
    handler = known.resource_type.handlers.get(version)
    if handler is None:
        return "not in this version"
    return ", ".join(f"`{action}`" for action in dict.fromkeys(fields.parameters.action for fields in handler.maps))
