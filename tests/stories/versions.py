"""In which API versions a story is told with the real CLI: in both where they differ in it, otherwise in one.

What a story shows of the engine or of the program is the same in both; ``tests/resources`` tries the handlers of both
without the CLI.
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


def in_turn(name: str, values: Sequence[Any]) -> pytest.MarkDecorator:
    """Try a story with each value of an argument, the first in one version, the next one in the other."""
    return pytest.mark.parametrize((name, "version"), list(zip(values, itertools.cycle([NEW, OLD]), strict=False)))
