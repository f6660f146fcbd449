"""Hiding secrets in requests, responses and texts before they are logged, recorded or shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, quote_plus

from pulumi_ehpc.wording import SECRET


@cache
def secret_names() -> frozenset[str]:
    """Return the names, in lowercase, whose values are secret wherever they appear in a request, response or header."""
    names = json.loads((files(__package__) / "secrets.json").read_text("utf-8"))
    return frozenset(name.lower() for name in names)


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
    if _may_be_json(parameters) and any(name in parameters.lower() for name in secret_names()):
        tree = _json_tree(parameters)
        return SECRET if tree is None else json.dumps(redact(tree), ensure_ascii=False, separators=(",", ":"))
    return parameters


def secret_values(parameters: Any) -> Iterator[str]:
    """Yield the secrets in a tree, so that they can be masked in messages that may quote them."""
    if isinstance(parameters, Mapping):
        for name, value in parameters.items():
            if not _is_secret(str(name)):
                yield from secret_values(value)
            elif isinstance(value, str):
                yield value
    elif isinstance(parameters, (list, tuple)):
        for element in parameters:
            yield from secret_values(element)
    elif isinstance(tree := _json_tree(parameters), (dict, list)):
        yield from secret_values(tree)


def masked(text: str, secrets: Iterable[str]) -> str:
    """Replace secrets in a text, as they are or escaped as in Python, JSON or an address, by ``[secret]``."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    if not forms:
        return text
    # In one pass, the longest first: the rest of a longer secret would stay, and a mask must not be masked again.
    return re.sub("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)), SECRET, text)


def _forms(secret: str) -> set[str]:
    """Return a secret as it is, escaped, and percent-encoded once and twice."""
    plain = {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    once = {encode(form, safe="", errors="replace") for form in plain for encode in (quote, quote_plus)}
    return plain | once | {quote(form, safe="") for form in once}


def _redact_member(name: str, value: Any) -> Any:
    return SECRET if value is not None and _is_secret(name) else redact(value)


def _is_secret(name: str) -> bool:
    return name.rpartition(".")[2].lower() in secret_names()


def _may_be_json(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[")


def _json_tree(value: Any) -> Any:
    """Return the object or list that a JSON string holds; None for anything else."""
    try:
        return json.loads(value) if _may_be_json(value) else None
    except ValueError:
        return None
