"""Values that a program marked as secret, in a form that no message can show.

Secrecy travels with the value: what ``hide`` returns compares, sorts and matches like the value itself, but ``str``,
``repr`` and f-strings write it as ``[secret]``. So no rule can show one by mistake. Only ``check`` sees such values;
``reveal`` gives back the plain ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.schema.unknowns import Unknown
from pulumi_ehpc.wording import SECRET


class _Hidden:
    """Base of all hidden values."""

    label = SECRET

    def __repr__(self) -> str:
        return SECRET

    def __str__(self) -> str:
        return self.label

    def __format__(self, spec: str) -> str:
        return self.label


class _String(_Hidden, str):
    pass


class _Integer(_Hidden, int):
    pass


class _Float(_Hidden, float):
    pass


class _Boolean(_Hidden, int):
    """Python's own ``bool`` has no subclasses."""


class _Other(_Hidden):
    """What no property accepts, such as bytes."""

    def __init__(self, value: Any) -> None:
        self.value = value


def hide(value: Any, label: str = SECRET) -> Any:
    """Copy a tree with every value and every key hidden; what is missing or not known yet stays.

    Args:
        value: The value.
        label: What paths show of a string that is a key, such as ``[0]``.
    """
    if isinstance(value, Mapping):
        return {hide(key): hide(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [hide(item) for item in value]
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, str):
        hidden = _String(reveal(value))
        hidden.label = label
        return hidden
    if isinstance(value, _Hidden):
        return value
    if isinstance(value, bool):
        return _Boolean(value)
    if isinstance(value, int):
        return _Integer(value)
    return _Float(value) if isinstance(value, float) else _Other(value)


def reveal(value: Any) -> Any:
    """Copy a tree with every hidden value and key as it was."""
    if isinstance(value, Mapping):
        return {reveal(key): reveal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(item) for item in value]
    if isinstance(value, _String):
        return str.__str__(value)
    if isinstance(value, _Integer):
        return int(value)
    if isinstance(value, _Float):
        return float(value)
    if isinstance(value, _Boolean):
        return bool(value)
    return value.value if isinstance(value, _Other) else value


def is_hidden(value: Any) -> bool:
    """Tell whether a value is hidden, or any value or key in it."""
    if isinstance(value, Mapping):
        return any(is_hidden(key) or is_hidden(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(map(is_hidden, value))
    return isinstance(value, _Hidden)


def is_boolean(value: Any) -> bool:
    """Tell whether a value is a boolean, hidden or not."""
    return isinstance(value, (bool, _Boolean))


def as_secret_as(given: Any, value: Any) -> Any:
    """Hide what was made of a value where that one is hidden."""
    return hide(value) if isinstance(given, _Hidden) else value


def entry_path(path: str, key: Any) -> str:
    """Return the path of an entry of a map by its key, without showing a secret: ``users.alice``, ``users[secret]``."""
    if isinstance(key, _Hidden):
        return f"{path}{key}"
    return f"{path}.{key}" if key else f"{path}[{key!r}]"
