"""Handlers of one object with a natural key in a cluster: a queue by its name, a mount by its directory.

An object that exists already under a declared key: on a cluster of this stack the program has the last word, so it is
brought to what is declared and is this resource's from then on. On any other cluster it is refused, unless
``adopt_existing=True`` says that it may be changed and deleted as if this program had created it, or the journal of
intents shows that an interrupted run of this resource made it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.handing_over import givers_of, refuse_shared
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, NotFound, Operation, ReadOutcome, ResourceState
from pulumi_ehpc.schema.diff import Difference, as_declared, compare
from pulumi_ehpc.schema.properties import I, Inputs
from pulumi_ehpc.schema.property import Change

Found = Mapping[str, Any]
"""A living object in the service's own words."""


class NamedHandler(Handler[I], Generic[I]):
    """One object with a natural key.

    Written once here: what exists is taken or refused, a lost response is looked into, a vanished object is made again
    by update, and an object that is not owned is left in place by delete.

    A subclass must implement ``key_of``, ``describe``, ``find``, ``decode``, ``create_one``, ``update_one`` and
    ``delete_one``. It should override ``finish_create`` where more calls follow the creating one, ``adopt_one`` where
    adoption does something else than an update, ``belongs_to_service`` where the service makes such objects by itself,
    ``made_at`` where the service reports when an object was made, and ``exclusively`` where the API knows the whole
    list only.
    """

    @abstractmethod
    def key_of(self, inputs: I) -> str:
        """Return the natural key."""

    def id_of(self, inputs: I) -> str:
        """Return the id in state: cluster and natural key."""
        return f"{inputs.values['cluster']}:{self.key_of(inputs)}"

    @abstractmethod
    def describe(self, inputs: I) -> str:
        """Return the object in words, such as ``queue work``."""

    @abstractmethod
    def find(self, op: Operation[I]) -> Found | None:
        """Look for the object under its natural key."""

    @abstractmethod
    def decode(self, op: Operation[I], found: Found) -> dict[str, Any]:
        """Return the living object as declared values, as far as the service returns them."""

    @abstractmethod
    def create_one(self, op: Operation[I]) -> None:
        """Make the creating call."""

    def finish_create(self, op: Operation[I]) -> None:
        """Do what follows the creating call. The object is in state by now."""
        return

    def belongs_to_service(self, op: Operation[I], found: Found) -> bool:
        """Tell whether the service made the object by itself: it may be configured, and is never deleted."""
        return False

    def made_at(self, found: Found) -> str:
        """Return when the service made the object; empty where it does not report that."""
        return ""

    def adopt_one(self, op: Operation[I], found: Found) -> None:
        """Make an object that existed already what is declared. It is in state by now."""
        self.update_one(op, found)

    @abstractmethod
    def update_one(self, op: Operation[I], found: Found) -> None:
        """Make the living object what is declared."""

    @abstractmethod
    def delete_one(self, op: Operation[I], found: Found) -> None:
        """Delete the living object and wait until it is gone."""

    def exclusively(self, op: Operation[I]) -> AbstractContextManager[object]:
        """Return what keeps two operations on one cluster apart; nothing by default."""
        return nullcontext()

    def create(self, op: Operation[I]) -> ResourceState:
        """Create the object, or adopt one that exists."""
        with self.exclusively(op):
            found = self.find(op)
            if found is None:
                key = self.key_of(op.inputs)
                op.intents.drop((key,))
                op.create_or_find(lambda: self.create_one(op), lambda: self.find(op) is not None, (key,))
                state = self._record_owned(op)
                self.finish_create(op)
            else:
                self._refuse_or_take(op, found)
                state = self._record_owned(op)
                self.adopt_one(op, found)
        return state

    def read(self, op: Operation[I]) -> ReadOutcome | NotFound:
        """Look at the object."""
        found = self.find(op)
        if found is None:
            op.intents.drop((self.key_of(op.inputs),))
            return NOT_FOUND
        return ReadOutcome({"created": False} if op.only_read else {}, self.decode(op, found))

    def update(self, op: Operation[I]) -> ResourceState:
        """Change the object, or make it again where it has vanished."""
        found = self.find(op)
        if found is None:
            return self.create(op)
        owned = op.outputs.get("created", True)
        if op.inputs.values.get("adopt_existing") and not owned:
            with self.exclusively(op):
                self.adopt_one(op, found)
            op.intents.take((self.key_of(op.inputs),))
            owned = True
        else:
            self.update_one(op, found)
        return ResourceState(op.id, {"created": owned})

    def refuse_create(self, op: Operation[I]) -> None:
        """Refuse what exists under the key and may not be taken."""
        found = self.find(op)
        if found is not None:
            self._refuse_or_take(op, found)

    def held(self, inputs: I, outputs: Mapping[str, Any]) -> Iterable[str]:
        """Return the object's key, unless the object is not owned."""
        return () if outputs.get("created") is False else (self.key_of(inputs),)

    def delete(self, op: Operation[I]) -> None:
        """Delete the object, unless it is not owned."""
        if op.outputs.get("created") is False:
            op.engine.log(f"{self.describe(op.inputs)} was not made by this resource and is left in place")
            return
        with self.exclusively(op):
            found = self.find(op)
            if found is not None and self.belongs_to_service(op, found):
                op.engine.log(f"{self.describe(op.inputs)} was made by the service and is left in place")
            elif found is not None and self.key_of(op.inputs) in op.intents.of_others():
                op.engine.log(f"{self.describe(op.inputs)} was made by another resource since, and is left in place")
            elif found is not None:
                self.delete_one(op, found)

    def _record_owned(self, op: Operation[I]) -> ResourceState:
        # While nobody else works on the list: what others do next depends on whose the object is.
        op.program.holds(op.engine.urn, (self.key_of(op.inputs),))
        return op.record(self.id_of(op.inputs), {"created": True})

    def _refuse_or_take(self, op: Operation[I], found: Found) -> None:
        """Refuse an object that this resource may not take; else leave a lasting note that it does.

        Raises:
            RefusedError: It is not this stack's, or differs in what cannot change in place.
        """
        what, values = self.describe(op.inputs), op.inputs.values
        key = self.key_of(op.inputs)
        refuse_shared(op, (key,))
        adopts = bool(values.get("adopt_existing"))
        if adopts and not self.belongs_to_service(op, found):
            op.intents.take((key,))
            op.engine.log(f"{what} exists already and is adopted (adopt_existing)")
            return
        interrupted = key in op.intents.show({key: (self.made_at(found),)})
        if not (adopts or interrupted or op.in_own_cluster):
            raise not_ours(op, f"{what} exists already", (key,))
        decoded = self.decode(op, found)
        fixed = differing(op.inputs, decoded, self.changes).replaces
        if fixed:
            how = ", ".join(f"{name} is {decoded[name]!r} and not {values[name]!r}" for name in fixed)
            raise RefusedError(
                f"{op.title}: {what} exists already and differs in what cannot change in place: {how}. "
                "It was left as it is.",
                next_step="Declare it as it is, choose another name for this one, or delete the one that exists.",
            )
        by = " (an interrupted run of this resource made it)" if interrupted else ""
        op.engine.log(f"{what} exists already{by}: it is this resource's from now on")


def differing(inputs: Inputs, found: Found, changes: Mapping[str, Change]) -> Difference:
    """Compare declared properties with a living object, as far as the service reports them."""
    declared = {name: value for name, value in inputs.values.items() if value is not None and name in found}
    seen = {name: as_declared(value, found[name]) for name, value in declared.items()}
    properties = {name: each for name, each in inputs.properties().items() if name in declared}
    return compare(properties, changes, seen, declared)


def not_ours(op: Operation[I], what: str, keys: Collection[str]) -> RefusedError:
    """Return the refusal of something that exists and that nothing shows to be this resource's, with the ways out."""
    if not op.program.begun:
        return RefusedError(
            f"{op.title}: {what} on cluster {op.cluster}, and this run leaves out what shows whose it is. "
            "What exists was left as it is.",
            next_step="Run `pulumi up` without --target.",
        )
    givers = givers_of(op, keys)
    again = f"{givers} declared it before and does not now: run `pulumi up` again once that has removed it. Otherwise, "
    return RefusedError(
        f"{op.title}: {what} on cluster {op.cluster}, which this stack did not create, and nothing shows that this "
        "resource made it. What exists was left as it is.",
        next_step=f"{again if givers else ''}{'if' if givers else 'If'} the resource was renamed or moved in the "
        "program, give it aliases=[...]; if this program may change and delete what exists, set adopt_existing=True; "
        "else choose another name.",
    )
