"""In which API versions a story is told with the real CLI: in both, or where the versions differ elsewhere, in one.

What a story shows of the engine or of the program is the same in both versions, and how the handlers of each version
fare is tried without the CLI, in ``tests/resources``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import pytest

NEW: Final = "2024-07-30"
OLD: Final = "2018-04-12"

in_new = pytest.mark.parametrize("version", [NEW])
in_old = pytest.mark.parametrize("version", [OLD])


def in_turn(name: str, values: Sequence[Any], ids: Sequence[str] | None = None) -> pytest.MarkDecorator:
    """Try a story with each value of an argument, the first in one version, the next one in the other."""
    versions = itertools.cycle([NEW, OLD])
    named = [f"{name}-{version}" for name, version in zip(ids or values, versions, strict=False)]
    pairs = list(zip(values, itertools.cycle([NEW, OLD]), strict=False))
    return pytest.mark.parametrize((name, "version"), pairs, ids=named)
