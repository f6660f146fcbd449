"""Hiding in messages what a program gave as secrets, also where no property says that it is one.

The program says so to ``check`` alone (``values.SECRETS_KEY``); what fails, is reported or is logged later in the same
process is masked by that. Checks need no masking: the values they see cannot be shown (``schema/secrecy.py``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.api.spec.redaction import masked
from pulumi_ehpc.engine.rpc_context import RpcContext
from pulumi_ehpc.wording import SECRET

_SHORT: Final = 4
"""Strings with fewer characters are masked as whole words only, as numbers are: within others they would spoil them."""
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_values: Final[set[str]] = set()
"""What resources were given as secrets, as messages write it."""
_given_as_secrets: Final[dict[str, frozenset[str]]] = {}


def learn(urn: str, names: Collection[str], values: Mapping[str, Any]) -> None:
    """Learn which properties of a resource the program gave as secrets.

    Args:
        urn: The resource.
        names: The properties.
        values: What the program gives, with the values that are known.
    """
    _given_as_secrets[urn] = frozenset(names)
    _values.update(leaf for name in names for leaf in _leaves(values.get(name)) if leaf)


def mask(message: str, rpc: RpcContext) -> str:
    """Replace what was given as a secret by ``[secret]``."""
    names = _given_as_secrets.get(rpc.urn)
    if not names:
        return message
    everything = rpc.everything.values()
    return _masked(message, {leaf for each in everything for name in names for leaf in _leaves(each.get(name)) if leaf})


class Masking(logging.Filter):
    """Replaces in log records what any resource of this process was given as a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask a record."""
        record.msg, record.args = _masked(record.getMessage(), set(_values)), ()
        return True


def _masked(message: str, found: Collection[str]) -> str:
    words = {leaf for leaf in found if len(leaf) < _SHORT or _NUMBER.fullmatch(leaf)}
    text = masked(message, set(found) - words)
    for word in words:
        text = re.sub(rf"(?<!\w)(?<!\w[.-]){re.escape(word)}(?!\w|[.-]\w)", SECRET, text)
    return text


def _leaves(value: Any) -> Iterator[str]:
    """Yield the strings and numbers of a tree as messages write them; of a map its keys, too."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, float):
        yield repr(value)
        yield repr(value).removesuffix(".0")
    elif isinstance(value, str):
        yield value
