"""Handlers of many members that are declared together: the nodes of a group, the users of a set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import NotFound, Operation, ReadOutcome, ResourceState
from pulumi_ehpc.schema.properties import I

T = TypeVar("T")
M = TypeVar("M")
N = TypeVar("N")


@dataclass(frozen=True)
class Plan(Generic[M, N]):
    """How the members that are there become the members that are declared.

    Attributes:
        keep: Members that stay.
        remove: Members that go, before any comes.
        add: What is missing.
    """

    keep: Sequence[M]
    remove: Sequence[M]
    add: Sequence[N]


class MemberSetHandler(Handler[I], Generic[I, M, N]):
    """Many members (``M``); what is missing of them is an ``N``.

    Written once here: convergence in batches, a lost response of any batch, state after each batch, and a run that is
    cancelled between two of them. Create and update are the same.

    A subclass must set ``max_added`` and ``members``, and implement ``list_members``, ``plan``, ``add``, ``was_added``,
    ``remove``, ``record_members``, ``finish``, ``report`` and ``owned``. It should override ``keys_of``
    and ``note_lost``.

    Attributes:
        max_added: Members that one call may add.
        members: The members in words, such as ``nodes``.
    """

    max_added: ClassVar[int]
    members: ClassVar[str]

    @abstractmethod
    def list_members(self, op: Operation[I]) -> list[M]:
        """List the members that are there, in every state."""

    @abstractmethod
    def plan(self, op: Operation[I], present: Sequence[M]) -> Plan[M, N]:
        """Decide who stays, goes and comes."""

    @abstractmethod
    def add(self, op: Operation[I], batch: Sequence[N]) -> None:
        """Add a batch with one call."""

    def keys_of(self, op: Operation[I], batch: Sequence[N]) -> Collection[str]:
        """Return the natural keys under which a batch stands in the journal of intents."""
        return ()

    @abstractmethod
    def was_added(self, batch: Sequence[N], before: Sequence[M], now: Sequence[M]) -> bool:
        """Tell whether a batch whose response was lost is there."""

    def note_lost(self, op: Operation[I], members: Sequence[M], batch: Sequence[N]) -> None:
        """Note that the response to a batch was lost; what is looked for now may not be seen."""
        return

    @abstractmethod
    def remove(self, op: Operation[I], members: Sequence[M]) -> None:
        """Remove members and wait until they are gone."""

    @abstractmethod
    def record_members(self, op: Operation[I], members: Sequence[M], added: Sequence[N] = ()) -> list[M]:
        """Put the members into state, with the batch that was added to them; return all that are there now."""

    @abstractmethod
    def finish(self, op: Operation[I], plan: Plan[M, N], members: Sequence[M]) -> ResourceState:
        """Wait for the members, make those who stay what is declared, and record them."""

    @abstractmethod
    def report(self, op: Operation[I], members: Sequence[M]) -> ReadOutcome | NotFound:
        """Return outputs and declared values for the members that are there."""

    @abstractmethod
    def owned(self, op: Operation[I], members: Sequence[M]) -> Sequence[M]:
        """Return the members that delete removes."""

    def create(self, op: Operation[I]) -> ResourceState:
        """Make the members what is declared; what an interrupted run added is found and counted."""
        return self._converge(op, self.list_members(op))

    def _converge(self, op: Operation[I], present: list[M]) -> ResourceState:
        plan = self.plan(op, present)
        if plan.remove:
            self.remove(op, plan.remove)
        members = list(plan.keep)
        if members:
            self.record_members(op, members)
        state, done = f"0 of {len(plan.add)} {self.members} added", 0
        for batch in batches(plan.add, self.max_added):
            op.stop_if_cancelled(state)
            self._add(op, batch, members)
            members = self.record_members(op, members, batch)
            done += len(batch)
            state = f"{done} of {len(plan.add)} {self.members} added"
            op.engine.progress(state)
        return self.finish(op, plan, members)

    def update(self, op: Operation[I]) -> ResourceState:
        """Make the members what is declared."""
        return self._converge(op, self.list_members(op))

    def read(self, op: Operation[I]) -> ReadOutcome | NotFound:
        """Look at the members."""
        return self.report(op, self.list_members(op))

    def delete(self, op: Operation[I]) -> None:
        """Remove the members that this resource made."""
        self.remove(op, self.owned(op, self.list_members(op)))

    def _add(self, op: Operation[I], batch: Sequence[N], before: Sequence[M]) -> None:
        def was_added() -> bool:
            # First, because the look may fail.
            self.note_lost(op, before, batch)
            return self.was_added(batch, before, self.list_members(op))

        op.create_or_find(lambda: self.add(op, batch), was_added, self.keys_of(op, batch))


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in batches of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
