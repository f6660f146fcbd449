"""Generated names: what a resource is called where the program gives no name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from pulumi_ehpc.lifecycle.ownership import short_hash
from pulumi_ehpc.schema.unknowns import UNKNOWN

_MAX_PREFIX: Final = 8
_PREFIX_DIGITS: Final = 4


@dataclass(frozen=True)
class NamingContext:
    """What is known when names are generated.

    Attributes:
        name: The resource's logical name.
        urn: The engine's name of the resource.
        identity: The stack's identity; None while it is not known.
    """

    name: str
    urn: str
    identity: str | None


def logical_name(context: NamingContext) -> Any:
    """Return the resource's logical name."""
    return context.name


def hostname_prefix(context: NamingContext) -> Any:
    """Return a prefix for host names: readable, unique, at most 8 characters, such as ``fix3f2a-``."""
    if context.identity is None:
        return UNKNOWN
    letters = re.sub(r"[^a-z]", "", context.name.lower())[: _MAX_PREFIX - _PREFIX_DIGITS - 1] or "n"
    return f"{letters}{short_hash(context.identity, context.urn)[:_PREFIX_DIGITS]}-"
