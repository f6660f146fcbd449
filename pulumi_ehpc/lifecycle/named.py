"""Handlers of one object with a natural key in a cluster: a queue by its name, a mount by its directory.

An object that exists already is adopted. Found and as declared: used and kept up to date, but left in place at delete.
Found and different: refused. In both cases, with ``adopt_existing=True``, it is changed and deleted as if this program
had created it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, NotFound, Operation, Plain, ReadOutcome, ResourceState
from pulumi_ehpc.schema.diff import as_declared, compare
from pulumi_ehpc.schema.properties import I, Inputs

Found = Mapping[str, Any]
"""A living object in the service's own words."""


class NamedHandler(Handler[I], Generic[I]):
    """One object with a natural key.

    Written once here: what exists is adopted or refused, a lost response is looked into, a vanished object is made
    again by update, and an object that was there before is left in place by delete.

    A subclass must implement ``id_of``, ``describe``, ``find``, ``decode``, ``create_one``, ``update_one`` and
    ``delete_one``. It should override ``finish_create`` where more calls follow the creating one, ``check_adoptable``
    and ``adopt_one`` where adoption is refused for more reasons or does something else than an update, and
    ``exclusively`` where the API knows the whole list only.
    """

    @abstractmethod
    def id_of(self, inputs: I) -> str:
        """Return the id in state."""

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

    def check_adoptable(self, op: Operation[I], found: Found) -> None:
        """Raise ``RefusedError`` for an object that can be nobody's."""
        return

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
                op.create_or_find(lambda: self.create_one(op), lambda: self.find(op) is not None)
                state = op.record(self.id_of(op.inputs), {"created": True})
                self.finish_create(op)
            else:
                self.check_adoptable(op, found)
                created = _adopt(op, self.describe(op.inputs), self.decode(op, found))
                state = op.record(self.id_of(op.inputs), {"created": created})
                self.adopt_one(op, found)
        return state

    def read(self, op: Operation[I]) -> ReadOutcome | NotFound:
        """Look at the object."""
        found = self.find(op)
        return NOT_FOUND if found is None else ReadOutcome({}, self.decode(op, found))

    def update(self, op: Operation[I]) -> ResourceState:
        """Change the object, or make it again where it has vanished."""
        found = self.find(op)
        if found is None:
            return self.create(op)
        self.update_one(op, found)
        return ResourceState(op.id, {"created": op.outputs.get("created", True)})

    def delete(self, op: Operation[I]) -> None:
        """Delete the object, unless it was there before."""
        if op.outputs.get("created") is False and not op.inputs.values.get("adopt_existing"):
            op.engine.log(f"{self.describe(op.inputs)} was there before this program and is left in place")
            return
        with self.exclusively(op):
            found = self.find(op)
            if found is not None:
                self.delete_one(op, found)


def differing(inputs: Inputs, found: Plain) -> tuple[str, ...]:
    """Name the declared properties that a living object has otherwise, as far as the service reports them."""
    declared = {name: value for name, value in inputs.values.items() if value is not None and name in found}
    seen = {name: as_declared(value, found[name]) for name, value in declared.items()}
    properties = {name: each for name, each in inputs.properties().items() if name in declared}
    difference = compare(properties, {}, seen, declared)
    return (*difference.updates, *difference.replaces)


def _adopt(op: Operation[I], what: str, found: Plain) -> bool:
    """Decide about an object that exists already, and tell whether this resource owns it, and so deletes it.

    Raises:
        RefusedError: It differs from what is declared.
    """
    values = op.inputs.values
    if values.get("adopt_existing"):
        op.engine.log(f"{what} exists already and is adopted (adopt_existing)")
        return True
    names = differing(op.inputs, found)
    if names:
        how = ", ".join(f"{name} is {found[name]!r} and not {values[name]!r}" for name in names)
        raise RefusedError(
            f"{op.title}: {what} exists already and differs: {how}. Nothing was changed.",
            next_step="Set adopt_existing=True if this program may change and delete it, or choose another one.",
        )
    op.engine.log(f"{what} exists already as declared: it is used, and will be left in place at delete")
    return False
