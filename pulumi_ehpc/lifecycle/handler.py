"""The base of all handlers: a resource type in one API version."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.operation import NotFound, Operation, ReadOutcome, ResourceState
from pulumi_ehpc.schema.codec import FieldMap
from pulumi_ehpc.schema.properties import I
from pulumi_ehpc.schema.property import Change


class Handler(ABC, Generic[I]):
    """A resource type in one API version: how this version spells it and does it.

    A subclass must set ``version`` and ``maps``, and implement ``create``, ``read``, ``update`` and ``delete``. Most
    subclasses get these from ``NamedHandler`` (one object with a natural key) or ``MemberSetHandler`` (many members).

    It should override ``validate`` for rules over several properties, ``validate_new`` for what only creating needs,
    ``validate_change`` for changes that this version cannot make, and set ``changes`` where a change does something
    else than the declaration says.

    It must not keep anything in itself: one handler serves all resources of its type, many at once.

    Attributes:
        version: The API version.
        maps: Every field map with which declared properties reach the service. A property that none of them names in
            ``fields``, ``handled`` or ``unsupported`` belongs to other versions, or is for this package only
            (``change=IGNORE``).
        changes: What a change of a property does in this version, where the declaration says otherwise.
        needed: Optional properties that a new object needs all the same.
    """

    version: ClassVar[str]
    maps: ClassVar[tuple[FieldMap, ...]]
    changes: ClassVar[Mapping[str, Change]] = {}
    needed: ClassVar[tuple[str, ...]] = ()

    def validate(self, inputs: I) -> Iterable[Violation]:
        """Check rules over several properties. Broken and unknown values are left out of ``inputs``.

        Unknown secrets are not: a rule distinguishes one that is not known yet from one that is missing.
        """
        return ()

    def validate_new(self, inputs: I) -> Iterable[Violation]:
        """Check that what only creating needs is there. What exists may have been created without it.

        Of ``inputs`` only that is known: values may be broken or not known yet.
        """
        return ()

    def refuse_create(self, op: Operation[I]) -> None:
        """Raise ``RefusedError`` where create would, before the old half of a replacement is deleted."""
        return

    def held(self, inputs: I, outputs: Mapping[str, Any]) -> Iterable[str]:
        """Return the natural keys under which this resource owns something by its outputs, and so deletes it."""
        return ()

    def keys_there(self, op: Operation[I]) -> Iterable[str]:
        """List the natural keys under which something stands in a cluster, whoever made it. Must change nothing.

        Of ``op.inputs`` only the cluster is there. Where the key is a prefix of host names, the host names are listed.
        """
        return ()

    def validate_change(self, old: I, new: I) -> Iterable[Violation]:
        """Check for changes that this version cannot make."""
        return ()

    @abstractmethod
    def create(self, op: Operation[I]) -> ResourceState:
        """Create the object, or finish what a killed run began.

        Must call ``op.record`` as soon as the service has accepted it, or it would be billed and in no state.
        """

    @abstractmethod
    def read(self, op: Operation[I]) -> ReadOutcome | NotFound:
        """Look at the living object. Must change nothing."""

    @abstractmethod
    def update(self, op: Operation[I]) -> ResourceState:
        """Change the living object to what is declared. Must first finish what an interrupted create began."""

    @abstractmethod
    def delete(self, op: Operation[I]) -> None:
        """Delete the object and wait until it is gone. Must count an object that is gone already as deleted."""
