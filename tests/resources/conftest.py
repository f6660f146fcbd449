"""Stacks for the tests of the resource types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.stack import Stack, stack_on

BOTH = ("2024-07-30", "2018-04-12")


@pytest.fixture(params=BOTH)
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A stack in each API version."""
    with stack_on(str(request.param)) as opened:
        yield opened


@pytest.fixture
def stack_2024() -> Iterator[Stack]:
    """A stack in API 2024-07-30."""
    with stack_on("2024-07-30") as opened:
        yield opened


@pytest.fixture
def stack_2018() -> Iterator[Stack]:
    """A stack in API 2018-04-12."""
    with stack_on("2018-04-12") as opened:
        yield opened
