"""The runs of the modelled engine: ``Up`` and ``destroy``; see ``engine``."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle, PartialFailureError
from pulumi_ehpc.lifecycle.operation import EngineContext, NotFound, ResourceState
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.ownership.engine import Engine, Kept, Options, Run
from tests.ownership.preflight import claims_of, refusals
from tests.ownership.programs import CLUSTER, CLUSTER_ARGS, Declared, Program
from tests.ownership.service import DrivenSession, Fault, Killed
from tests.resources.stack import TYPES, registered


class StopError(Exception):
    """The run ends here."""


@dataclass
class Planned:
    """A resource that was checked and compared.

    Attributes:
        chain: What is done with it.
    """

    name: str
    chain: Callable[[], None]


class Process:
    """The plugin process of one run: checks, compares, and acts on one resource at a time."""

    def __init__(self, engine: Engine, fault: Fault | None) -> None:
        self.engine, self.run = engine, Run()
        self.session = DrivenSession(engine.world.cloud, engine.version, fault)

    def lifecycle(self, kept: Kept) -> Lifecycle[Any]:
        return Lifecycle(TYPES[kept.type_name], self.session)

    def context(self, kept: Kept) -> EngineContext:
        return EngineContext(urn=kept.urn, name=kept.name, id=kept.id, log=self.run.log.append)

    def delete(self, kept: Kept) -> bool:
        """Delete a resource; tell whether it is done."""
        act = self.lifecycle(kept).delete
        return self.act("delete", kept, lambda: act(self.context(kept), kept.inputs, kept.outputs))

    def act(self, verb: str, kept: Kept, operation: Callable[[], None]) -> bool:
        """Do a step; tell whether it ended well.

        Raises:
            Killed: The process ended.
        """
        self.run.steps.append(f"{verb} {kept.name}")
        try:
            operation()
        except Killed:
            raise
        except BaseException as error:
            if self.session.driven.killed:
                raise Killed from None
            self.run.reasons.append((kept.name, str(error)))
            cause = error.cause if isinstance(error, PartialFailureError) else error
            if not isinstance(cause, EhpcError):
                self.run.defects.append("".join(traceback.format_exception(cause)))
            return False
        return True

    def end(self) -> Run:
        """Return what came of it."""
        self.run.killed = self.session.driven.killed
        self.run.writes = self.session.driven.writes
        self.session.driven.close()
        return self.run


class Up(Process):
    """``pulumi up`` of a program."""

    def __init__(self, engine: Engine, program: Program, options: Options, fault: Fault | None) -> None:
        super().__init__(engine, fault)
        self.program, self.options = program, options
        self.urns = engine.urns(program)
        self.left_out: set[str] = set()

    def whole_run(self) -> Run:
        """Run to the end, as far as it comes."""
        try:
            self._begin()
            for wave in self._waves():
                self._do_wave(wave)
            self._delete_the_rest()
        except (Killed, StopError):
            pass
        return self.end()

    def _begin(self) -> None:
        claims = [claim.to_dict() for claim in claims_of(self.engine, self.program)]
        if not self.options.targets:
            before, self.engine.claims = self.engine.claims, claims
            self.session.program.begin(map(Claim.of, before), map(Claim.of, claims))
        refused = refusals(self.engine, self.program)
        if refused:
            self.run.reasons.extend(refused)
            raise StopError

    def _waves(self) -> list[list[str]]:
        """Return the resources in waves, each of which depends on those before it only."""
        waves: list[list[str]] = [[CLUSTER], [], []]
        for name, declared in self.program.items():
            wave = 2 if declared.queue else 1 if declared.place == "own" else 0
            waves[wave].append(name)
        return waves

    def _do_wave(self, names: list[str]) -> None:
        """Check and compare all, then do the steps; they run side by side in the real engine, so in any order."""
        names = [name for name in names if not self._is_left_out(name)]
        order = Random(self.options.shuffled)
        if self.options.shuffled >= 0:
            order.shuffle(names)
        planned = [self._plan(name) for name in names]
        if self.options.shuffled >= 0:
            order.shuffle(planned)
        self._do(planned)

    def _is_left_out(self, name: str) -> bool:
        needs = {self.engine.urn("Cluster", CLUSTER)} if name != CLUSTER else set()
        declared = self.program.get(name)
        needs = {CLUSTER} if declared and declared.place == "own" else set()
        needs |= {declared.queue} if declared and declared.queue else set()
        if self.options.leaves_out(name):
            return True
        unmade = {need for need in needs if self.urns[need] not in self.engine.state}
        if needs & self.left_out or unmade:
            self.left_out.add(name)
            if unmade:
                self.run.reasons.append((name, f"depends on {', '.join(unmade)}, which is not made"))
            return True
        return False

    def _do(self, planned: list[Planned | None]) -> None:
        for each in planned:
            if each is not None and each.name not in self.left_out:
                each.chain()

    def _failed(self, name: str) -> None:
        self.left_out.add(name)
        if not self.options.go_on:
            raise StopError

    # -- one resource ---------------------------------------------------------------------------------------------

    def _fresh(self, name: str) -> Kept:
        declared = self.program.get(name)
        if declared is None:
            return Kept("Cluster", name, self.urns[name], "", dict(CLUSTER_ARGS), {})
        needs = [CLUSTER] if declared.place == "own" else []
        needs += [declared.queue] if declared.queue else []
        urns = tuple(self.urns[need] for need in needs)
        return Kept(declared.type_name, name, self.urns[name], "", self._given(declared), {}, urns)

    def _given(self, declared: Declared) -> dict[str, Any]:
        cluster = self.engine.own if declared.place == "own" else self.engine.world.foreign
        given = {**registered(declared.type_name, declared.args), "cluster": cluster}
        if declared.queue:
            given["queue"] = self.engine.state[self.urns[declared.queue]].inputs["name"]
        return given

    def _check(self, fresh: Kept, old: dict[str, Any]) -> bool:
        given = {**fresh.inputs, "identity": self.engine.identity}
        inputs, violations = self.lifecycle(fresh).check(self.context(fresh), old, given)
        if violations:
            self.run.reasons.extend((fresh.name, str(violation)) for violation in violations)
            return False
        fresh.inputs = inputs
        return True

    def _plan(self, name: str) -> Planned | None:
        """Check and compare a resource, and return what is to be done with it."""
        fresh, old = self._fresh(name), self.engine.state.get(self.urns[name])
        given = dict(fresh.inputs)
        if not self._check(fresh, old.inputs if old else {}):
            self._failed(name)
            return None
        if old is None:
            return Planned(name, lambda: self._create(fresh))
        fresh.id = old.id
        found = self.lifecycle(old).diff(self.context(old), old.inputs, fresh.inputs, old.outputs)
        if found:
            self.run.changed.append(name)
        if found.replaces or old.pending:
            fresh.inputs = given
            return Planned(name, lambda: self._replace(old, fresh))
        if found or old.failed:
            return Planned(name, lambda: self._update(old, fresh))
        return Planned(name, lambda: self._keep(fresh, old.id, old.outputs))

    def _create(self, fresh: Kept) -> None:
        fresh.id = ""
        lifecycle = self.lifecycle(fresh)
        self._settle("create", fresh, None, lambda: lifecycle.create(self.context(fresh), fresh.inputs))

    def _update(self, old: Kept, fresh: Kept) -> None:
        update, context = self.lifecycle(fresh).update, self.context(old)
        self._settle("update", fresh, old, lambda: update(context, fresh.inputs, old.inputs, old.outputs))

    def _settle(self, verb: str, fresh: Kept, old: Kept | None, operation: Callable[[], ResourceState]) -> None:
        """Do a step and put what came of it into state."""

        def act() -> None:
            try:
                state = operation()
            except PartialFailureError as error:
                if not self.session.driven.killed:
                    kept = replace(fresh, inputs=old.inputs) if old is not None else fresh
                    self._keep(kept, error.state.id, error.state.outputs, failed=True)
                raise
            self._keep(fresh, state.id, state.outputs)

        if not self.act(verb, fresh, act):
            self._failed(fresh.name)

    def _keep(self, fresh: Kept, id: str, outputs: dict[str, Any], *, failed: bool = False) -> None:
        if self.session.driven.killed:
            raise Killed
        self.engine.state[fresh.urn] = replace(fresh, id=id, outputs=dict(outputs), failed=failed)

    def _replace(self, old: Kept, fresh: Kept) -> None:
        """Delete what depends on it and would be replaced, then the resource; then create it."""
        dependents = [kept.urn for kept in self.engine.state.values() if self._would_be_replaced(kept, old)]
        for kept in self.engine.in_order_of_delete([*dependents, old.urn]):
            if kept.pending:
                continue  # an earlier run has deleted it
            if not self.delete(kept):
                return self._failed(fresh.name)
            kept.pending = True
        fresh.id = ""
        if not self._check(fresh, {}):
            return self._failed(fresh.name)
        return self._create(fresh)

    def _would_be_replaced(self, kept: Kept, needed: Kept) -> bool:
        if needed.urn not in kept.needs or kept.pending or self.options.leaves_out(kept.name):
            return False
        new = {**kept.inputs, "queue": UNKNOWN}
        return bool(self.lifecycle(kept).diff(self.context(kept), kept.inputs, new, kept.outputs).replaces)

    # -- the end --------------------------------------------------------------------------------------------------

    def _delete_the_rest(self) -> None:
        gone = [urn for urn in self.engine.state if urn not in self.urns.values()]
        for kept in list(self.engine.in_order_of_delete(gone)):
            if self.options.leaves_out(kept.name):
                continue
            if not kept.pending and not self.delete(kept):
                if not self.options.go_on:
                    raise StopError
                continue
            del self.engine.state[kept.urn]


def up(engine: Engine, program: Program, options: Options | None = None, fault: Fault | None = None) -> Run:
    """Run ``pulumi up``."""
    return Up(engine, program, options or Options(), fault).whole_run()


def refresh(engine: Engine) -> Run:
    """Run ``pulumi refresh``: what is gone leaves the state, and what differs is in it."""
    process = Process(engine, None)
    for kept in list(engine.state.values()):
        lifecycle = process.lifecycle(kept)
        found = None if kept.pending else lifecycle.read(process.context(kept), kept.inputs, kept.outputs)
        if isinstance(found, NotFound):
            del engine.state[kept.urn]
        elif found is not None:
            kept.inputs, kept.outputs = found.inputs, found.outputs
    return process.end()


def destroy(engine: Engine, fault: Fault | None = None) -> Run:
    """Run ``pulumi destroy``."""
    process = Process(engine, fault)
    cluster = engine.urn("Cluster", CLUSTER)
    try:
        for kept in list(engine.in_order_of_delete(engine.state)):
            if cluster in kept.needs or kept.pending or process.delete(kept):
                del engine.state[kept.urn]
            else:
                break
    except Killed:
        pass
    return process.end()
