"""Dotted paths into nested objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def dig(value: Any, path: str) -> Any:
    """Return the value at a dotted path, such as ``ClusterInfo.Status``; None where the path ends early."""
    for name in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
