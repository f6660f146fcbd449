"""The index of the nouns, and how to read their pages."""

from __future__ import annotations

import inspect

from pulumi_ehpc.lifecycle.noun import ROOMS
from scripts.docs.blocks import Described, describe
from scripts.docs.facts import NEWEST_FIRST
from scripts.docs.markdown import prose, table

__all__ = ["page"]

_READING = """\
## How to read the pages

A page has the properties of its noun, then how each API version spells them, the blocks inside, the outputs, and what
the steps do.

- **value**: shape and limits. Where the API versions differ, both are named. Blocks may be given as their class or as a
  dict with the same keys. Words such as `post_paid` may be written in any case.
- **default**: `required`, a value of this package's, or the one that the service takes. Empty: nothing is sent, and the
  service decides.
- **a change**: see [what a change does](../update-policy.md).
- **In the API**: the actions and the parameter that a property becomes, with `[]` after lists. `refused` properties are
  reported by `pulumi preview`, with the reason; `not sent` ones steer this package.
- **What the steps do**: with the actions that a step may call, which are the permissions it needs. Besides, every run
  calls `GetCallerIdentity` of STS once.

Every broken rule of a program is reported at once, before anything is made. What the service itself refuses:
[errors](../errors.md)."""


def page() -> str:
    """Write the page."""
    rows = (
        [f"[`{name}`]({room}.md)", _first_sentence(known), *(_makers(known, version) for version in NEWEST_FIRST)]
        for name, room in ROOMS.items()
        for known in [describe(name)]
    )
    return "\n\n".join(
        [
            "# The nouns",
            table(["noun", "what it is", *(f"made by ({version})" for version in NEWEST_FIRST)], rows),
            _READING,
        ]
    )


def _first_sentence(known: Described) -> str:
    return prose(inspect.getdoc(known.declared) or "").split("\n")[0]


def _makers(known: Described, version: str) -> str:
    actions = dict.fromkeys(fields.action for fields in known.noun.dialects[version].MAPS)
    return ", ".join(f"`{action}`" for action in actions)
