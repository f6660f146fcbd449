"""What a change of each property does, for all nouns on one page."""

from __future__ import annotations

from pulumi_ehpc.lifecycle.noun import ROOMS
from pulumi_ehpc.lifecycle.rows import Change
from scripts.docs.blocks import Described, describe
from scripts.docs.facts import Property
from scripts.docs.markdown import table

__all__ = ["page"]

_INTRODUCTION = """\
# What a change does

`pulumi preview` says for every change whether it is made in place or needs a new object. This page has the rules behind
it, property by property; where the API versions differ, both are named.

- **in place**: the living object is changed.
- **replaces**: the service cannot change it, so the object is deleted and a new one is made, in this order, because
  names are unique in a cluster. A value that is not known before the run counts as changed.
- **steers the package only**: nothing is sent.

A block counts as one property: a change of `manager.image_id` is a change of `manager`. The resource option
`ignore_changes=["property"]` leaves what exists as it is."""
_CONSENT = (
    "A replaced {noun} takes everything in it along, so the preview fails and says what would be lost, until "
    "`allow_replacement=True` consents to it. A {noun} that ended in "
    "state `exception` is replaced as soon as `allow_replacement=True` is set."
)


def page() -> str:
    """Write the page."""
    parts = [_INTRODUCTION]
    for name, room in ROOMS.items():
        known = describe(name)
        parts.append(f"## [{name}](nouns/{room}.md)")
        if "allow_replacement" in known.noun.rows:
            parts.append(_CONSENT.format(noun=name.lower()))
        parts.append(_table(known))
    return "\n\n".join(parts)


def _table(known: Described) -> str:
    rows = ([f"`{one.name}`", one.change(), _instead(known, one)] for one in known.properties if one.written.given)
    return table(["property", "a change", "what to do instead"], rows)


def _instead(known: Described, one: Property) -> str:
    if Change.REPLACE not in one.changes().values():
        return ""
    consent = ["set `allow_replacement=True`"] if "allow_replacement" in known.noun.rows else []
    return ", or ".join([one.row.instead or "put the old value back", *consent])
