"""Values as the engine writes them and as lifecycle reads them: unknown ones, and the engine's own entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi.output import Unknown as EngineUnknown

from pulumi_ehpc.schema.unknowns import UNKNOWN, Unknown, map_leaves

PROVIDER_KEY: Final = "__provider"
"""Entry beside the properties: the pickled provider."""
SECRETS_KEY: Final = "__secrets"
"""Entry beside the properties that only check sees: names of those that the program gave as secrets.

The engine takes the mark of a secret off before it calls a dynamic provider.
"""


def from_engine(values: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the engine's unknowns, and drop what is not a property."""
    known: dict[str, Any] = map_leaves(values, lambda leaf: UNKNOWN if isinstance(leaf, EngineUnknown) else leaf)
    return {name: value for name, value in known.items() if name not in (PROVIDER_KEY, SECRETS_KEY)}


def to_engine(values: Mapping[str, Any]) -> dict[str, Any]:
    """Put the engine's unknowns back."""
    unknown = EngineUnknown()  # type: ignore[no-untyped-call]
    put: dict[str, Any] = map_leaves(values, lambda leaf: unknown if isinstance(leaf, Unknown) else leaf)
    return put
