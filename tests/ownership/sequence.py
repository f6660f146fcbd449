"""One random sequence of programs and runs, from its seed to its end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from pulumi_ehpc.errors import EhpcError
from tests.ownership.engine import Engine, Options, Run
from tests.ownership.generator import Author, Outsider
from tests.ownership.oracle import Oracle
from tests.ownership.programs import Key, Program, in_words
from tests.ownership.service import Fault, World
from tests.ownership.steps import destroy, refresh, up

RECOVERIES = 3
"""Runs without faults that a program may need until everything is as declared."""


class BrokenError(AssertionError):
    """A rule of ownership was broken; the message tells the whole sequence in words."""


class LeftOutError(Exception):
    """What follows is left out: a queue cannot be deleted because of nodes in it; see ``_is_in_the_way``."""


@dataclass
class Sequence:
    """A sequence of runs of changing programs.

    Attributes:
        words: What happened so far.
    """

    version: str
    seed: int
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.version} {self.seed}")
        self._author, self._outsider = Author(self._random), Outsider(self._random)
        self._engine = Engine(World(), self.version)
        self._oracle = Oracle(self._engine)
        self._neighbour = Engine(self._engine.world, self.version, identity="another-identity")
        self._neighbours: set[Key] = set()

    def run(self) -> None:
        """Run to the end.

        Raises:
            BrokenError: A rule was broken.
        """
        with suppress(LeftOutError):
            self._run()

    def _run(self) -> None:
        program = self._author.first()
        for _ in range(self._random.randint(2, 5)):
            roll = self._random.random()
            if roll < 0.15:
                self._somebody_else()
            elif roll < 0.3:
                self._another_stack()
            self._up(program, self._some_options(program), self._author.fault())
            if self._random.random() < 0.6:
                program = self._recovered(program)
            if self._random.random() < 0.08:
                self._destroy(self._author.fault())
            program = self._author.edited(program)
        self._quiet(self._recovered(program))
        self._destroy(None)

    def _some_options(self, program: Program) -> Options:
        return self._author.options(program, [kept.name for kept in self._engine.state.values()])

    def _up(self, program: Program, options: Options, fault: Fault | None = None) -> Run:
        self.words.append(f"up {options}{f', {fault}' if fault else ''}: {in_words(program)}")
        self._oracle.begin(program)
        run = up(self._engine, program, options, fault)
        self.words.append(f"    {run}")
        self._check(self._oracle.broken(run, program, options, fault=fault is not None))
        self._refresh_if_needed()
        return run

    def _refresh_if_needed(self) -> None:
        """Refresh when an interrupted run did something that it did not learn of: no ``up`` sees that."""
        if self._oracle.drifted():
            self.words.append("refresh")
            refresh(self._engine)

    def _recovered(self, program: Program) -> Program:
        """Run until everything is as declared, taking the ways out that refusals name; return the program then."""
        left = RECOVERIES
        while left:
            run = self._up(program, Options(shuffled=self._random.randint(-1, 5)))
            if run.ok:
                return program
            before, program = program, with_ways_out(program, run)
            left -= program == before  # a refusal may show only when another one is gone
            if any("--refresh" in why for _, why in run.reasons):
                self.words.append("refresh")
                refresh(self._engine)
        run = self._up(program, Options())
        if self._is_in_the_way(run):
            raise LeftOutError
        self._check([] if run.ok else ["it does not come to an end"])
        return program

    def _is_in_the_way(self, run: Run) -> bool:
        """Tell whether a queue cannot be deleted because of nodes in it.

        On a cluster that is not this stack's an interrupted run may have left them: they are nobody's until somebody
        declares their group and adopts them.
        """
        return bool(run.reasons) and all("still has compute nodes" in why for _, why in run.reasons)

    def _quiet(self, program: Program) -> None:
        """Nothing is left to do: no call changes anything, and soon nothing differs."""
        for last in (False, True):
            run = self._up(program, Options())
            self._check([f"{run.writes} where nothing changed"] if run.writes else [])
            self._check([f"{run.changed} differ where nothing changed"] if last and run.changed else [])

    def _destroy(self, fault: Fault | None) -> None:
        self.words.append(f"destroy{f', {fault}' if fault else ''}")
        self._oracle.begin({})
        run = destroy(self._engine, fault)
        self.words.append(f"    {run}")
        # The engine forgets what is in the cluster before it deletes the cluster, and may stop in between.
        self._check(self._oracle.broken(run, {}, Options(), fault=not run.ok))
        self._refresh_if_needed()
        if fault is None:
            self._check([] if run.ok or self._is_in_the_way(run) else ["destroy fails"])

    def _somebody_else(self) -> None:
        oracle = self._oracle
        before, held = oracle.seen(), oracle.held()
        keys = {(*key[:2], f"{key[2][:-3]}") if key[1] == "NodeGroup" else key for key in before}
        act = self._outsider.act(held, keys)
        if act is None or (act[1][0] == "own" and not self._engine.own):
            return
        action, (place, _, key), parameters = act
        self.words.append(f"somebody else: {action} {key} on the {place} cluster")
        cluster = self._engine.own if place == "own" else self._engine.world.foreign
        try:
            self._engine.world.call(action, cluster, **parameters)
        except EhpcError as error:
            self.words.append(f"    {error}")
        now = oracle.seen()
        kept = {each: record for each, record in oracle.others.items() if each in now}
        oracle.others = kept | {each: now[each] for each in now if each not in before}

    def _another_stack(self) -> None:
        """Let another stack declare something on the shared cluster; it touches nothing that it did not make."""
        oracle, program = self._oracle, self._author.on_shared_cluster()
        before = oracle.seen()
        self.words.append(f"another stack: {in_words(program)}")
        self.words.append(f"    {up(self._neighbour, program)}")
        now = oracle.seen()
        touched = [key for key, record in before.items() if now.get(key) != record and key not in self._neighbours]
        self._check([f"another stack touched {key}" for key in touched])
        made = {key: record for key, record in now.items() if key not in before or key in self._neighbours}
        self._neighbours = set(made)
        oracle.others = {key: record for key, record in oracle.others.items() if key in now} | made
        self._refresh_if_needed()

    def _check(self, problems: list[str]) -> None:
        if problems:
            head = f"OWNERSHIP_SEED={self.seed} (API {self.version})"
            raise BrokenError("\n".join([head, *self.words, "BROKEN:", *problems]))


def with_ways_out(program: Program, run: Run) -> Program:
    """Return a program that takes the ways out that the refusals of a run name."""
    changed = dict(program)
    for name, why in run.reasons:
        if name in changed and "adopt_existing=True" in why:
            changed[name] = changed[name].with_args(adopt_existing=True)
        elif "is not known yet" in why:
            changed = {each: replace(declared, late=False) for each, declared in changed.items()}
        elif name in changed and "differ" in why and "Declare" in why:
            del changed[name]  # another name would do as well; the key is given up either way
    return changed
