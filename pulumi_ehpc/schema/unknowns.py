"""Values that are not known yet, as lifecycle and handlers see them, whatever the engine's own marker looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final


class Unknown:
    """Stands for a value that another resource's creation will give."""

    def __repr__(self) -> str:
        """Show as previews do."""
        return "[not known yet]"


UNKNOWN: Final = Unknown()


def has_unknown(value: Any) -> bool:
    """Tell whether a value is unknown, or holds an unknown one at any depth."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def is_plain(value: Any) -> bool:
    """Tell whether a value is known and made of strings, numbers, booleans, lists and maps only."""
    if isinstance(value, Mapping):
        return all(is_plain(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, (str, int, float))


def map_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """Copy a tree with ``change`` applied to every leaf."""
    if isinstance(value, Mapping):
        return {key: map_leaves(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [map_leaves(item, change) for item in value]
    return change(value)
