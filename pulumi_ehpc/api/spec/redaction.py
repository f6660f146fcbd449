"""Hiding secrets in requests and responses before they are logged, recorded or shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_ehpc.wording import SECRET


@cache
def secret_names() -> frozenset[str]:
    """Return the names whose values are secret, wherever they appear in a request, a response or a header."""
    return frozenset(json.loads((files(__package__) / "secrets.json").read_text("utf-8")))


def redact(parameters: Any) -> Any:
    """Copy a tree with every secret replaced by ``[secret]``.

    Names are compared case-insensitively. A secret is found as a member of an object, as the last part of a flat key
    (``User.1.Password``), and inside a JSON string. A string that names a secret but is not valid JSON is hidden whole.

    Args:
        parameters: Any JSON value.

    Returns:
        A tree of the same shape.
    """
    if isinstance(parameters, Mapping):
        return {name: _redact_member(str(name), value) for name, value in parameters.items()}
    if isinstance(parameters, (list, tuple)):
        return [redact(element) for element in parameters]
    if _may_be_json(parameters) and any(name in parameters.lower() for name in _lower_names()):
        tree = _json_tree(parameters)
        return SECRET if tree is None else json.dumps(redact(tree), ensure_ascii=False, separators=(",", ":"))
    return parameters


def secret_values(parameters: Any) -> frozenset[str]:
    """Return the secrets in a tree, so that they can be removed from messages that may quote them."""
    if isinstance(parameters, Mapping):
        found = [_member_secrets(str(name), value) for name, value in parameters.items()]
    elif isinstance(parameters, (list, tuple)):
        found = [secret_values(element) for element in parameters]
    elif isinstance(tree := _json_tree(parameters), (dict, list)):
        found = [secret_values(tree)]
    else:
        found = []
    return frozenset().union(*found)


def _member_secrets(name: str, value: Any) -> frozenset[str]:
    if _is_secret(name):
        return frozenset([value]) if isinstance(value, str) and value else frozenset()
    return secret_values(value)


def _redact_member(name: str, value: Any) -> Any:
    return SECRET if value is not None and _is_secret(name) else redact(value)


def _is_secret(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _lower_names()


def _may_be_json(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[")


def _json_tree(value: Any) -> Any:
    """Return the object or list that a JSON string holds; None for anything else."""
    try:
        return json.loads(value) if _may_be_json(value) else None
    except ValueError:
        return None


@cache
def _lower_names() -> frozenset[str]:
    return frozenset(name.lower() for name in secret_names())
