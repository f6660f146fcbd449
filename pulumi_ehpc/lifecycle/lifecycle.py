"""The life of a resource type, free of the engine: check, diff, create, read, update, delete.

``engine/provider.py`` adapts it to Pulumi; another adapter could stand beside it. Values come in and go out as plain
Python, with ``UNKNOWN`` where something is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from pulumi_ehpc.errors import EhpcError, NotFoundError, Violation
from pulumi_ehpc.lifecycle import checking
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import (
    NOT_FOUND,
    EngineContext,
    NotFound,
    Operation,
    Plain,
    ReadOutcome,
    ResourceState,
)
from pulumi_ehpc.lifecycle.ownership import marker
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.diff import Difference, as_declared, compare
from pulumi_ehpc.schema.properties import I, with_new_names
from pulumi_ehpc.schema.property import PropertyType

T = TypeVar("T")

_OWN_MAPS: Final = (PropertyType.STRING_MAP, PropertyType.KEYED_LIST)


class PartialFailureError(EhpcError):
    """The service accepted the object, but the operation did not finish; id and outputs stay in state."""

    def __init__(self, state: ResourceState, cause: EhpcError) -> None:
        super().__init__(str(cause))
        self.state = state


class Lifecycle(Generic[I]):
    """The life of one resource type in one session. State of older releases is read under today's names."""

    def __init__(self, resource_type: ResourceType[I], session: Session) -> None:
        self.resource_type = resource_type
        self.session = session

    # -- without network ------------------------------------------------------------------------------------------

    def check(self, engine: EngineContext, old: Plain, new: Plain) -> tuple[dict[str, Any], list[Violation]]:
        """Check declared values; see ``checking.check``."""
        return checking.check(self.resource_type, self.session, engine, self._today(old), new)

    def diff(self, old: Plain, new: Plain, outputs: Plain) -> Difference:
        """Compare the inputs in state with those the program gives; see ``schema.diff.compare``.

        An object that the service could not build is replaced once ``allow_replacement`` consents to it.
        """
        failed = self.resource_type.failed_status
        if failed and new.get("allow_replacement") is True and outputs.get("status") == failed:
            return Difference(replaces=("allow_replacement",), hidden=True)
        handler = self.resource_type.handler(str(old.get("api_version") or new.get("api_version")))
        return compare(self.resource_type.stored_properties, handler.changes, self._today(old), new)

    # -- with network ---------------------------------------------------------------------------------------------

    def create(self, engine: EngineContext, inputs: Plain) -> ResourceState:
        """Create the object.

        Raises:
            PartialFailureError: The service accepted it and then something failed.
            EhpcError: Nothing was made.
        """
        op = self._operation(engine, inputs, {}, {}, self.resource_type.timeouts.create_minutes)
        return self._finish(op, self._handler(inputs).create)

    def update(self, engine: EngineContext, inputs: Plain, old_inputs: Plain, outputs: Plain) -> ResourceState:
        """Make the object what is declared, after finishing what an interrupted create began.

        Raises:
            PartialFailureError: Something failed; what is known of the object stays in state.
        """
        op = self._operation(engine, inputs, old_inputs, outputs, self.resource_type.timeouts.update_minutes)
        self.session.require_region(inputs["region"], op.title)
        op.record(engine.id, op.outputs)
        return self._finish(op, self._handler(inputs).update)

    def read(self, engine: EngineContext, inputs: Plain, outputs: Plain) -> ReadOutcome | NotFound:
        """Look at the object.

        Raises:
            RefusedError: It was looked for in another region or with another account than its own.
        """
        op = self._operation(engine, inputs, inputs, outputs, self.resource_type.timeouts.update_minutes)
        found = self._unless_gone(op, inputs["region"], self._handler(inputs).read)
        if isinstance(found, NotFound):
            return found
        declared = self._today(inputs)
        kept = {
            name: found.inputs[name] if self._is_own_map(name) else as_declared(value, found.inputs[name])
            for name, value in declared.items()
            if value is not None and name in found.inputs
        }
        now = {**declared, **kept}
        return ReadOutcome({**op.outputs, **self._public(now), **found.outputs}, now)

    def delete(self, engine: EngineContext, inputs: Plain, outputs: Plain) -> None:
        """Delete the object and wait until it is gone.

        Raises:
            RefusedError: It was looked for in another region or with another account than its own.
        """
        op = self._operation(engine, inputs, inputs, outputs, self.resource_type.timeouts.delete_minutes)
        self._unless_gone(op, inputs["region"], self._handler(inputs).delete)

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _handler(self, inputs: Plain) -> Handler[I]:
        return self.resource_type.handler(inputs["api_version"])

    def _unless_gone(self, op: Operation[I], region: str, act: Callable[[Operation[I]], T]) -> T | NotFound:
        """Act on the object. That it is gone is believed only where it lives, and of the account it belongs to."""
        self.session.require_region(region, op.title)
        done: T | NotFound = NOT_FOUND
        try:
            done = act(op)
        except NotFoundError as error:
            if not self.resource_type.is_gone(error):
                raise
        if isinstance(done, NotFound):
            self.session.require_account(op.api.client, str(op.outputs.get("account_id") or ""), op.title)
        return done

    def _is_own_map(self, name: str) -> bool:
        """Tell whether the entries are the user's own, so that one that is there and not declared is drift."""
        return name in self.resource_type.properties and self.resource_type.properties[name].property_type in _OWN_MAPS

    def _finish(self, op: Operation[I], act: Callable[[Operation[I]], ResourceState]) -> ResourceState:
        try:
            state = act(op)
        except EhpcError as error:
            if op.accepted is None:
                raise
            raise PartialFailureError(self._complete(op, op.accepted), error) from None
        return self._complete(op, state)

    def _complete(self, op: Operation[I], state: ResourceState) -> ResourceState:
        """Add what the outputs of all types have: what was declared, without secrets, and where the object lives."""
        where = {
            "api_version": op.api.version,
            "region": op.api.client.settings.region,
            "account_id": op.outputs.get("account_id") or _account(op),
        }
        return ResourceState(state.id, {**self._public(op.inputs.values), **state.outputs, **where})

    def _public(self, inputs: Plain) -> dict[str, Any]:
        known = self.resource_type.stored_properties
        return {name: value for name, value in inputs.items() if name in known and not known[name].secret}

    def _today(self, values: Plain) -> dict[str, Any]:
        return with_new_names(self.resource_type.properties, values)

    def _operation(
        self, engine: EngineContext, inputs: Plain, old_inputs: Plain, outputs: Plain, minutes: int
    ) -> Operation[I]:
        client = self.session.client(str(inputs.get("region") or ""))
        given = {name: value for name, value in self._today(inputs).items() if value is not None}
        return Operation(
            resource_type=self.resource_type.name,
            engine=engine,
            inputs=self.resource_type.inputs.of(given),
            old_inputs=self.resource_type.inputs.of(self._today(old_inputs)),
            outputs=self._today(outputs),
            marker=marker(str(inputs.get("identity") or ""), engine.urn),
            api=client.for_version(inputs["api_version"]),
            timeout_seconds=engine.timeout_seconds or minutes * 60.0,
            lock=self.session.lock,
        )


def _account(op: Operation[Any]) -> str:
    try:
        return op.api.client.account_id() or ""
    except EhpcError:
        # Not worth losing a finished create for; an unknown account is recorded as such.
        return ""
