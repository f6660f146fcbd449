"""Splitting what one call cannot take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in batches of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
