"""Benches for the tests of what all resource types share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lifecycle.bench import Bench

NewBench = Callable[..., Bench]


@pytest.fixture
def new_bench() -> Iterator[NewBench]:
    """Make benches that are closed after the test."""
    made: list[Bench] = []

    def make(base: Bench | None = None, **settings: Any) -> Bench:
        made.append(base.with_settings(**settings) if base is not None else Bench(**settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def bench(new_bench: NewBench) -> Bench:
    """A bench in the default API version."""
    return new_bench()
