"""Random programs against the handlers: 500 sequences an API version, each replayed by its seed.

A sequence that breaks a rule is told in words, with its seed. To replay it::

    OWNERSHIP_SEED=42 pytest tests/ownership/test_random.py
"""

from __future__ import annotations

import os

import pytest

from tests.ownership.sequence import Sequence
from tests.resources.conftest import BOTH

SEQUENCES = 500
BATCH = 50
SEED = os.environ.get("OWNERSHIP_SEED")
BATCHES = [range(int(SEED), int(SEED) + 1)] if SEED else [range(n, n + BATCH) for n in range(0, SEQUENCES, BATCH)]


@pytest.mark.no_cover  # it would take three times as long
@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_nothing_is_lost_or_taken(seeds: range, version: str) -> None:
    for seed in seeds:
        Sequence(version, seed).run()
