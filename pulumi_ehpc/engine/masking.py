"""Hiding in messages what a program gave as secrets, also where no property says that it is one.

The program says so to ``check`` alone (``values.SECRETS_KEY``); what fails or is reported later in the same process is
masked by that. Checks need no masking: the values they see cannot be shown (``schema/secrecy.py``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pulumi_ehpc.api.spec.redaction import masked
from pulumi_ehpc.engine.rpc_context import RpcContext
from pulumi_ehpc.wording import SECRET

_SHORT: Final = 4
"""Strings with fewer characters are masked as whole words only, as numbers are: within others they would spoil them."""
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_given_as_secrets: Final[dict[str, frozenset[str]]] = {}


def learn(urn: str, names: Collection[str]) -> None:
    """Learn which properties of a resource the program gave as secrets."""
    _given_as_secrets[urn] = frozenset(names)


def mask(message: str, rpc: RpcContext) -> str:
    """Replace what was given as a secret by ``[secret]``."""
    names = _given_as_secrets.get(rpc.urn)
    if not names:
        return message
    everything = rpc.everything.values()
    found = {leaf for values in everything for name in names for leaf in _leaves(values.get(name)) if leaf}
    words = {leaf for leaf in found if len(leaf) < _SHORT or _NUMBER.fullmatch(leaf)}
    text = masked(message, found - words)
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
