"""Marks: how a run finds what an earlier run made before it was killed, and only that.

A mark is a short hash of the stack's random identity and the resource's URN, so two people with the same project and
stack names on two backends never meet. The service allows letters, digits, ``-`` and ``_`` in descriptions, and so
does a mark.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

__all__ = ["DESCRIPTION_PATTERN", "MARK_ROOM", "Filled", "described", "hostname_prefix", "mark", "own_words"]

_ROOT = "pulumi-"
_DIGITS = 12
MARK_ROOM = len(_ROOT) + _DIGITS + 1
"""Characters of a description that the mark and its separator need."""
DESCRIPTION_PATTERN = r"[A-Za-z0-9_\-\u4e00-\u9fff]*"
"""What the service allows in descriptions."""
_MARKED = re.compile(rf"_?{_ROOT}[0-9a-f]{{{_DIGITS}}}$")
_PREFIX_LENGTH = 8
_PREFIX_DIGITS = 4


@dataclass(frozen=True)
class Filled:
    """What is known when names are generated.

    The resource and its stack's identity (None while it is not known yet).
    """

    name: str
    urn: str
    identity: str | None


def mark(identity: str, urn: str) -> str:
    """Return the mark of a resource, such as ``pulumi-3f2a9c01b7de``."""
    return _ROOT + _hash(identity, urn)[:_DIGITS]


def described(description: str | None, own_mark: str) -> str:
    """Return a description that ends in the mark."""
    return f"{description}_{own_mark}" if description else own_mark


def own_words(description: str) -> str:
    """Return a description without its mark."""
    return _MARKED.sub("", description)


def hostname_prefix(identity: str, urn: str, name: str) -> str:
    """Return a prefix for the host names of a group: readable, unique, at most 8 characters, such as ``fix3f2a-``."""
    letters = re.sub(r"[^a-z]", "", name.lower())[: _PREFIX_LENGTH - _PREFIX_DIGITS - 1] or "n"
    return f"{letters}{_hash(identity, urn)[:_PREFIX_DIGITS]}-"


def _hash(identity: str, urn: str) -> str:
    return hashlib.sha256(f"{identity}\n{urn}".encode()).hexdigest()
