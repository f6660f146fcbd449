"""The life of a resource type, free of the engine: check, diff, create, read, update, delete.

``engine/provider.py`` adapts it to Pulumi; another adapter could stand beside it. Values come in and go out as plain
Python, with ``UNKNOWN`` where something is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Generic, TypeVar

from pulumi_ehpc.errors import EhpcError, NotFoundError, RefusedError, Violation
from pulumi_ehpc.lifecycle import checking
from pulumi_ehpc.lifecycle.announcing import also_replaced, much_removed, taken_over
from pulumi_ehpc.lifecycle.claims import keys_of
from pulumi_ehpc.lifecycle.handing_over import handed_over
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.ids import inputs_of_id, wrong_id
from pulumi_ehpc.lifecycle.journal import Intents
from pulumi_ehpc.lifecycle.named import differing
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
from pulumi_ehpc.lifecycle.program import Replaced
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.lifecycle.vanished import not_there, vanished
from pulumi_ehpc.schema.diff import Difference, as_declared, compare
from pulumi_ehpc.schema.properties import I, as_today
from pulumi_ehpc.schema.property import PropertyType
from pulumi_ehpc.schema.secrecy import reveal
from pulumi_ehpc.schema.unknowns import has_unknown
from pulumi_ehpc.wording import listed

T = TypeVar("T")

_OWN_MAPS: Final = (PropertyType.STRING_MAP, PropertyType.KEYED_LIST)


class PartialFailureError(EhpcError):
    """The service accepted the object, but the operation did not finish; id and outputs stay in state.

    Attributes:
        state: What stays in state.
        cause: Why it did not finish; no ``EhpcError`` where that was not foreseen.
    """

    def __init__(self, state: ResourceState, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.state = state
        self.cause = cause


class Lifecycle(Generic[I]):
    """The life of one resource type in one session. State of older releases is read under today's names."""

    def __init__(self, resource_type: ResourceType[I], session: Session) -> None:
        self.resource_type = resource_type
        self.session = session

    # -- without network ------------------------------------------------------------------------------------------

    def check(self, engine: EngineContext, old: Plain, new: Plain) -> tuple[dict[str, Any], list[Violation]]:
        """Check declared values; see ``checking.check``. Secrets are hidden in ``new``, and plain in the result."""
        checked, violations = checking.check(
            self.resource_type, self.session, engine, self._today(old), new, exists=bool(old)
        )
        inputs = reveal(checked)
        if self.resource_type.key:
            program, claim = self.session.program, self.resource_type.claim(engine.urn, checked)
            program.declare(claim, inputs)
            violations.extend(checking.clashes(self.resource_type, claim, program))
            before = self.resource_type.claim(engine.urn, self._today(old))
            for note in (*taken_over(program, claim, before), *much_removed(program, claim, before)):
                if program.is_news(engine.urn, note):
                    engine.log(note)
        elif not old:
            violations.extend(checking.renamed(self.session.program.renamed_to(engine.urn), inputs))
        elif violations:
            for note in also_replaced(self.session.program, engine.urn):
                engine.log(note)
        if violations:
            self.session.program.fails()
        return inputs, violations

    def diff(self, engine: EngineContext, old: Plain, new: Plain, outputs: Plain) -> Difference:
        """Compare the inputs in state with those the program gives; see ``schema.diff.compare``.

        An object that the service could not build is replaced once ``allow_replacement`` consents to it. What was
        handed over or may be adopted now asks for an update, although no declared value says so.
        """
        self._learn(engine, old, outputs, in_state=True)
        difference = self._compare(engine, old, new, outputs)
        if difference.replaces:
            self.session.program.replaced(engine.urn, Replaced(engine.id, old, outputs))
        return difference

    # -- with network ---------------------------------------------------------------------------------------------

    def create(self, engine: EngineContext, inputs: Plain) -> ResourceState:
        """Create the object.

        Raises:
            PartialFailureError: The service accepted it and then something failed.
            EhpcError: Nothing was made.
        """
        # The engine may begin with a delete by which another resource is replaced, and not wait for its end.
        self.session.program.wait_while_deleted(engine.urn, engine.cancelled)
        op = self._operation(engine, inputs, {}, {}, self.resource_type.timeouts.create_minutes)
        old = self.session.program.replaced_without_delete(engine.urn)
        if old is not None and self._is_in_the_way(engine, old, inputs):
            raise RefusedError(
                f"{op.title}: its replacement would be created before the old one is deleted, take over the same "
                "object and lose it then. The old one was left as it is.",
                next_step="Leave delete_before_replace at its default, in transformations as well. Where "
                "retain_on_delete keeps the old one, set it to False on this resource and run `pulumi up` first.",
            )
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
            EhpcError: A program reads it by its id for the first time, and it does not exist.
        """
        if "api_version" not in inputs or "account_id" not in outputs:
            # The engine checks nothing that a program only reads, and older releases recorded no account of it.
            return self._read_only(engine, outputs)
        op = self._operation(engine, inputs, inputs, outputs, self.resource_type.timeouts.update_minutes)
        if not self.resource_type.key:
            self.session.program.own_cluster(engine.urn, engine.id)
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
        known = {"account_id": self._account(op)} if op.outputs.get("account_id") == "" else {}
        return ReadOutcome({**op.outputs, **self._public(now), **found.outputs, **known}, now)

    def delete(self, engine: EngineContext, inputs: Plain, outputs: Plain) -> None:
        """Delete the object and wait until it is gone.

        Raises:
            RefusedError: It was looked for in another region or with another account than its own.
        """
        op = self._operation(engine, inputs, inputs, outputs, self.resource_type.timeouts.delete_minutes)
        self._refuse_if_create_would(engine, inputs)
        if not self.resource_type.key:
            self._refuse_with_declared_in_it(op)
        if not handed_over(op, self.resource_type, inputs):
            with self.session.program.deleting(engine.urn):
                self._unless_gone(op, inputs["region"], self._handler(inputs).delete)
            op.intents.drop(keys_of(inputs.get(self.resource_type.key)) or ())
        self.session.program.deleted(engine.urn)

    def keys_there(self, cluster_id: str, *, api_version: str, region: str) -> list[str]:
        """List the natural keys of this type under which something stands in a cluster, whoever made it."""
        inputs = {self.resource_type.within: cluster_id, "api_version": api_version, "region": region}
        op = self._operation(EngineContext(urn="", name=""), inputs, {}, {}, minutes=1)
        return sorted(self._handler(inputs).keys_there(op))

    def _read_only(self, engine: EngineContext, outputs: Plain) -> ReadOutcome | NotFound:
        """Look at what a program only reads (``get``, ``ResourceOptions(id=...)``), of which only the id is known.

        Raises:
            EhpcError: The id has another form; or the program reads it now, and it does not exist.
        """
        # A program that runs passes on its arguments in place of outputs.
        recorded = outputs if "api_version" in outputs else {}
        here = {"api_version": self.session.api_version, "region": self.session.settings.region}
        here = {name: recorded.get(name) or value for name, value in here.items()}
        for violation in wrong_id(self.resource_type, engine.id):
            raise EhpcError(f"{self.resource_type.name} '{engine.name}': {violation}.")
        inputs = {**inputs_of_id(self.resource_type, engine.id), **here}
        minutes = self.resource_type.timeouts.update_minutes
        op = self._operation(engine, inputs, inputs, recorded, minutes)
        op.only_read = True
        found = self._unless_gone(op, here["region"], self._handler(inputs).read)
        if isinstance(found, NotFound):
            if not recorded:
                raise not_there(op, self.resource_type, self._handler(inputs), self._account(op))
            return found
        seen = {name: value for name, value in {**inputs, **found.inputs}.items() if value is not None}
        where = {**here, "account_id": recorded.get("account_id") or self._account(op)}
        return ReadOutcome({**self._public(seen), **found.outputs, **where}, {})

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _is_in_the_way(self, engine: EngineContext, old: Replaced, inputs: Plain) -> bool:
        """Tell whether the old half of a replacement still is what the new one would find under its own key.

        Without a delete in this process it may be gone all the same: an earlier run deleted it and was interrupted.
        """
        names = (name for name in (self.resource_type.within, self.resource_type.key) if name)
        if any(old.inputs.get(name) != inputs.get(name) for name in names):
            return False
        minutes = self.resource_type.timeouts.create_minutes
        op = self._operation(replace(engine, id=old.id), old.inputs, old.inputs, old.outputs, minutes)
        handler = self._handler(old.inputs)
        found = self._unless_gone(op, old.inputs["region"], handler.read)
        if isinstance(found, NotFound) or not self.resource_type.key:
            return not isinstance(found, NotFound)
        return bool(differing(self.resource_type.inputs.of(inputs), found.inputs, handler.changes).replaces)

    def _handler(self, inputs: Plain) -> Handler[I]:
        return self.resource_type.handler(inputs["api_version"])

    def _refuse_if_create_would(self, engine: EngineContext, inputs: Plain) -> None:
        """Refuse to delete the old half of a replacement where the new one could not be created under its new key."""
        new = self.session.program.inputs_after_replacement(engine.urn)
        which = (self.resource_type.key, self.resource_type.within)
        moved = any(keys_of(new.get(name)) != keys_of(inputs.get(name)) for name in which if name in new)
        if moved and not has_unknown(new.get(self.resource_type.within)):
            context = replace(engine, id="", log=lambda message: None)
            minutes = self.resource_type.timeouts.create_minutes
            self._handler(new).refuse_create(self._operation(context, new, {}, {}, minutes))

    def _refuse_with_declared_in_it(self, op: Operation[I]) -> None:
        """Refuse to delete a cluster in which the running program declares something by the cluster's id."""
        there = [claim.title for claim in self.session.program.standing_in(op.id)]
        if there:
            raise RefusedError(
                f"{op.title} ({op.id}) is not deleted: the program declares {listed(sorted(there))} in it.",
                next_step="Take them out of the program as well, or keep the cluster in it.",
            )

    def _compare(self, engine: EngineContext, old: Plain, new: Plain, outputs: Plain) -> Difference:
        failed = self.resource_type.failed_status
        if failed and new.get("allow_replacement") is True and outputs.get("status") == failed:
            return Difference(replaces=("allow_replacement",), hidden=True)
        handler = self.resource_type.handler(str(old.get("api_version") or new.get("api_version")))
        found = compare(self.resource_type.stored_properties, handler.changes, self._today(old), new)
        if not found and (self._takes_back(engine, new, outputs) or self._adopts_now(handler, new, outputs)):
            return Difference(updates=("handed_over",), hidden=True)
        return found

    def _takes_back(self, engine: EngineContext, new: Plain, outputs: Plain) -> bool:
        """Tell whether something that was handed over is declared by nobody now, so that this resource removes it."""
        cluster, name = str(new.get(self.resource_type.within) or ""), self.resource_type.name
        left = outputs.get("handed_over") or ()
        return any(not self.session.program.is_declared_elsewhere(engine.urn, name, cluster, key) for key in left)

    def _adopts_now(self, handler: Handler[I], new: Plain, outputs: Plain) -> bool:
        """Tell whether ``adopt_existing`` was added to what is in state and not owned."""
        if new.get("adopt_existing") is not True:
            return False
        held = handler.held(self.resource_type.inputs.of(new), outputs)
        return not set(keys_of(new.get(self.resource_type.key)) or ()) <= set(held)

    def _learn(self, engine: EngineContext, inputs: Plain, outputs: Plain, *, in_state: bool = False) -> None:
        """Tell the others in this process which cluster is this stack's, and which keys are this resource's."""
        if not self.resource_type.key:
            self.session.program.own_cluster(engine.urn, engine.id)
            return
        handler = self._handler(inputs)
        held = tuple(handler.held(self.resource_type.inputs.of(self._today(inputs)), outputs))
        tell = self.session.program.held_in_state if in_state else self.session.program.holds
        tell(engine.urn, held)

    def _unless_gone(self, op: Operation[I], region: str, act: Callable[[Operation[I]], T]) -> T | NotFound:
        """Act on the object. That it is gone is believed only where it lives, and of the account it belongs to."""
        self.session.require_region(region, op.title)
        done: T | NotFound = NOT_FOUND
        try:
            done = act(op)
        except NotFoundError as error:
            if not self.resource_type.is_gone(error):
                raise
            self._require_known_account(op)
        if isinstance(done, NotFound):
            self._require_account(op)
        return done

    def _account(self, op: Operation[I]) -> str:
        return self.session.account_id(op.api, op.engine.log)

    def _require_account(self, op: Operation[I]) -> None:
        recorded = str(op.outputs.get("account_id") or "")
        contents = not self.resource_type.key
        self.session.require_account(op.api, recorded, op.title, op.engine.log, contents=contents)

    def _require_known_account(self, op: Operation[I]) -> None:
        """Refuse to believe that a cluster is gone where its account is not on record: it may be another one's.

        What a program only reads has no such record, and no state to lose.
        """
        if op.outputs.get("account_id") != "":
            return
        everything = "" if self.resource_type.key else " --target-dependents"
        raise RefusedError(
            f"{op.title} was not found, but its account could not be established when it was created, so it may belong "
            "to another one than these credentials do. It stays in state.",
            next_step="Use the credentials it was made with; `pulumi refresh` then records the account. If it is gone "
            f"for certain: pulumi state delete '{op.engine.urn}'{everything}",
        )

    def _is_own_map(self, name: str) -> bool:
        """Tell whether the entries are the user's own, so that one that is there and not declared is drift."""
        return name in self.resource_type.properties and self.resource_type.properties[name].property_type in _OWN_MAPS

    def _finish(self, op: Operation[I], act: Callable[[Operation[I]], ResourceState]) -> ResourceState:
        """Act on the object. Once the service has accepted it, nothing that fails may lose its id, whatever it is."""
        self.session.program.begins(op.engine.urn, creates=not op.engine.id)
        try:
            return self._complete(op, act(op))
        except BaseException as error:
            self.session.program.fails()
            cause = self._explained(op, error)
            if op.accepted is not None:
                raise PartialFailureError(self._complete(op, op.accepted), cause) from None
            if cause is not error:
                raise cause from None
            raise
        finally:
            if op.accepted is not None:
                engine = replace(op.engine, id=op.accepted.id)
                self._learn(engine, op.inputs.values, op.accepted.outputs)
            self.session.program.stops(op.engine.urn)

    def _explained(self, op: Operation[I], error: BaseException) -> BaseException:
        """Return what to say of an error: that all is gone is said only of the account that it belongs to."""
        if not isinstance(error, NotFoundError) or not self.resource_type.is_gone(error):
            return error
        try:
            self._require_account(op)
        except Exception as refusal:
            return refusal
        return vanished(op, error, account_id=self._account(op))

    def _complete(self, op: Operation[I], state: ResourceState) -> ResourceState:
        """Add what the outputs of all types have: what was declared, without secrets, and where the object lives."""
        where = {
            "api_version": op.api.version,
            "region": op.api.client.settings.region,
            "account_id": op.outputs.get("account_id") or self._account(op),
        }
        return ResourceState(state.id, {**self._public(op.inputs.values), **state.outputs, **where})

    def _public(self, inputs: Plain) -> dict[str, Any]:
        known = self.resource_type.stored_properties
        return {name: value for name, value in inputs.items() if name in known and not known[name].secret}

    def _today(self, values: Plain) -> dict[str, Any]:
        return as_today(self.resource_type.properties, values)

    def _operation(
        self, engine: EngineContext, inputs: Plain, old_inputs: Plain, outputs: Plain, minutes: int
    ) -> Operation[I]:
        client = self.session.client(str(inputs.get("region") or ""))
        given = {name: value for name, value in self._today(inputs).items() if value is not None}
        own_marker = marker(str(inputs.get("identity") or ""), engine.urn)
        cluster = str(inputs.get(self.resource_type.within) or "")
        return Operation(
            resource_type=self.resource_type.name,
            engine=engine,
            inputs=self.resource_type.inputs.of(given),
            old_inputs=self.resource_type.inputs.of(self._today(old_inputs)),
            outputs=self._today(outputs),
            marker=own_marker,
            api=client.for_version(inputs["api_version"], tell=engine.progress, cancelled=engine.cancelled),
            timeout_seconds=engine.timeout_seconds or minutes * 60.0,
            locks=self.session.locks,
            cluster=cluster,
            program=self.session.program,
            intents=Intents(
                journal=self.session.journal,
                marker=own_marker,
                resource_type=self.resource_type.name,
                urn=engine.urn,
                cluster=cluster,
                needed=not self.session.program.is_own(cluster),
                log=engine.log,
            ),
        )
