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
MOVED = 1 / 6
"""How many resources are moved into a component by an edit."""
SCALE = 600
SEED = os.environ.get("OWNERSHIP_SEED")
SEEDS = [int(SEED)] if SEED else list(range(SEQUENCES))


class Story:
    """A sequence on the real engine: a program, an edited one with a fault or options, and its way to the end.

    In one of three another stack declares something on the shared cluster before, and has it as it was afterwards.
    """

    def __init__(self, bench: Workbench, neighbour: Workbench, version: str, seed: int) -> None:
        world = World(bench.server.cloud)
        self._engine = CliEngine(bench, world, version)
        self._neighbour = CliEngine(neighbour, world, version)
        self._oracle = Oracle(self._engine)
        self._random = Random(f"engine {seed}")
        self._author = Author(self._random)
        self.words: list[str] = [f"OWNERSHIP_SEED={seed}"]

    def run(self) -> None:
        """Run to the end.

        Raises:
            BrokenError: A rule was broken.
        """
        if self._random.random() < 1 / 3:
            self._beside_another_stack()
        else:
            self._alone()

    def _beside_another_stack(self) -> None:
        theirs = {name: each for name, each in self._author.first().items() if each.place == "foreign"}
        self.words.append(f"another stack: {in_words(theirs)}")
        self._check([] if self._neighbour.up(theirs, Options(), None).ok else ["it fails"])
        self._oracle.others.update(self._oracle.seen())
        self._alone()
        adopted = any(each in self._oracle.consented for each in self._oracle.others)
        if not adopted:
            self._check([f"the other stack: {name}" for name in self._neighbour.bench.steps()])
        self._check([] if self._neighbour.destroy().ok else ["the other stack cannot be destroyed"])

    def _alone(self) -> None:
        self._programs()
        self._oracle.begin({})
        self.words.append("destroy")
        run = self._engine.destroy()
        self._check([*self._oracle.broken(run, {}, Options(), fault=False), *([] if run.ok else [run.reasons[0][1]])])

    def _programs(self) -> None:
        program = self._author.first()
        self._up(program, Options())
        program = self._author.edited(program)
        self._engine.moved = {name for name in program if self._random.random() < MOVED}
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
        moved = f", in a component {sorted(self._engine.moved)}" if self._engine.moved else ""
        self.words.append(f"up {options}{f', {fault}' if fault else ''}: {in_words(program)}{moved}")
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
    bench, neighbour = (Workbench(tmp_path / name, server, {}) for name in ("bench", "neighbour"))
    for each in (bench, neighbour):
        each.prepare({"ehpc:endpoint": server.endpoint, "ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version})
    try:
        Story(bench, neighbour, version, seed).run()
    finally:
        bench.end_language_hosts()
