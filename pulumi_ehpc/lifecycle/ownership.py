"""Ownership markers and generated names: how a run finds what an earlier run made before it was killed, and only that.

A marker holds a short hash of the stack's random identity and the resource's URN, and so does a host name prefix: two
people with the same project and stack names on two backends never meet. The service allows letters, digits, ``-`` and
``_`` in descriptions, and so does a marker.
"""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass
from typing import Any, Final

from pulumi_ehpc.schema.unknowns import UNKNOWN

_PREFIX: Final = "pulumi-"
_DIGITS: Final = 12
MARKER_LENGTH: Final = len(_PREFIX) + _DIGITS + 1
"""Characters of a description that the marker and its separator need."""
DESCRIPTION_PATTERN: Final = r"[A-Za-z0-9_\-\u4e00-\u9fff]*"
"""What the service allows in descriptions."""
_MAX_HOSTNAME_PREFIX: Final = 8
_HOSTNAME_DIGITS: Final = 4
_BASE_36: Final = string.digits + string.ascii_lowercase
_MARKED: Final = re.compile(rf"_?{_PREFIX}[0-9a-f]{{{_DIGITS}}}$")


def marker(identity: str, urn: str) -> str:
    """Return the marker of a resource, such as ``pulumi-3f2a9c01b7de``."""
    return _PREFIX + _hash(identity, urn)[:_DIGITS]


def with_marker(description: str | None, own: str) -> str:
    """Return a description that ends in the marker."""
    return f"{description}_{own}" if description else own


def without_marker(description: str) -> str:
    """Return a description without its marker."""
    return _MARKED.sub("", description)


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
    """Return a prefix for host names: readable, unique, at most 8 characters, such as ``fixq7k2-``.

    The digits are of base 36, because dozens of groups of like names must get different ones.
    """
    if context.identity is None:
        return UNKNOWN
    letters = re.sub(r"[^a-z]", "", context.name.lower())[: _MAX_HOSTNAME_PREFIX - _HOSTNAME_DIGITS - 1] or "n"
    number = int(_hash(context.identity, context.urn), 16)
    digits = "".join(_BASE_36[number // 36**place % 36] for place in range(_HOSTNAME_DIGITS))
    return f"{letters}{digits}-"


def _hash(identity: str, urn: str) -> str:
    """Return the hash behind markers and generated names, in hexadecimal."""
    return hashlib.sha256(f"{identity}\n{urn}".encode()).hexdigest()
