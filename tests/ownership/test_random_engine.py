"""Random programs on the real engine: 30 short sequences, each replayed by its seed.

To replay one::

    OWNERSHIP_SEED=7 pytest tests/ownership/test_random_engine.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from pulumi_ehpc.fake import FakeServer, ScaledClock
from tests.ownership.cli import CliEngine
from tests.ownership.engine import Options, Run
from tests.ownership.generator import Author
from tests.ownership.oracle import Oracle
from tests.ownership.programs import Program, in_words
from tests.ownership.sequence import RECOVERIES, BrokenError, with_ways_out
from tests.ownership.service import Fault, World, quick_cloud
from tests.resources.conftest import BOTH
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

SEQUENCES = 30
SCALE = 600
SEED = os.environ.get("OWNERSHIP_SEED")
SEEDS = [int(SEED)] if SEED else list(range(SEQUENCES))


class Story:
    """A sequence on the real engine: a program, an edited one with a fault or options, and its way to the end."""

    def __init__(self, bench: Workbench, version: str, seed: int) -> None:
        self._engine = CliEngine(bench, World(bench.server.cloud), version)
        self._oracle = Oracle(self._engine)
        self._random = Random(f"engine {seed}")
        self._author = Author(self._random)
        self.words: list[str] = [f"OWNERSHIP_SEED={seed}"]

    def run(self) -> None:
        program = self._author.first()
        self._up(program, Options())
        program = self._author.edited(program)
        roll = self._random.random()
        fault = Fault("killed", self._random.randint(0, 12)) if roll < 0.6 else None
        state = [kept.name for kept in self._engine.state.values()]
        self._up(program, Options() if fault else self._author.options(program, state), fault)
        for _ in range(RECOVERIES):
            run = self._up(program, Options())
            if run.ok:
                return
            program = with_ways_out(program, run)
        self._check([] if self._up(program, Options()).ok else ["it does not come to an end"])

    def _up(self, program: Program, options: Options, fault: Fault | None = None) -> Run:
        self.words.append(f"up {options}{f', {fault}' if fault else ''}: {in_words(program)}")
        self._oracle.begin(program)
        run = self._engine.up(program, options, fault)
        self.words.append(f"    {'ended well' if run.ok else 'killed' if run.killed else run.reasons[0][1]}")
        self._check(self._oracle.broken(run, program, options, fault=fault is not None))
        return run

    def _check(self, problems: list[str]) -> None:
        if problems:
            raise BrokenError("\n".join([*self.words, "BROKEN:", *problems]))


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """A fake in which nothing takes long."""
    with FakeServer(quick_cloud(ScaledClock(scale=SCALE))) as serving:
        yield serving


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_taken(seed: int, server: FakeServer, tmp_path: Path) -> None:
    version = BOTH[seed % 2]
    bench = Workbench(tmp_path / "bench", server, {})
    bench.prepare({"ehpc:endpoint": server.endpoint, "ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version})
    Story(bench, version, seed).run()
