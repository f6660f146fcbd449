"""Stacks for the tests of what all nouns share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nouns.stack import Stack, stack_on


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A stack in the default API version."""
    with stack_on("2024-07-30") as made:
        yield made
