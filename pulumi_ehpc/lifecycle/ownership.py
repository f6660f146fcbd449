"""Ownership markers: how a run finds what an earlier run made before it was killed, and only that.

A marker is a short hash of the stack's random identity and the resource's URN, so two people with the same project and
stack names on two backends never meet. The service allows letters, digits, ``-`` and ``_`` in descriptions, and so
does a marker.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

_PREFIX: Final = "pulumi-"
_DIGITS: Final = 12
MARKER_LENGTH: Final = len(_PREFIX) + _DIGITS + 1
"""Characters of a description that the marker and its separator need."""
DESCRIPTION_PATTERN: Final = r"[A-Za-z0-9_\-\u4e00-\u9fff]*"
"""What the service allows in descriptions."""
_MARKED: Final = re.compile(rf"_?{_PREFIX}[0-9a-f]{{{_DIGITS}}}$")


def marker(identity: str, urn: str) -> str:
    """Return the marker of a resource, such as ``pulumi-3f2a9c01b7de``."""
    return _PREFIX + short_hash(identity, urn)[:_DIGITS]


def with_marker(description: str | None, own: str) -> str:
    """Return a description that ends in the marker."""
    return f"{description}_{own}" if description else own


def without_marker(description: str) -> str:
    """Return a description without its marker."""
    return _MARKED.sub("", description)


def short_hash(identity: str, urn: str) -> str:
    """Return the hash behind markers and generated names, in hexadecimal."""
    return hashlib.sha256(f"{identity}\n{urn}".encode()).hexdigest()
