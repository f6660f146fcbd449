"""The adapter to ``pulumi.dynamic``: from the engine's values to the lifecycle's, and no exception that gets away."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi import dynamic

from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.defects import describe_defect
from pulumi_ehpc.engine.masking import learn, mask
from pulumi_ehpc.engine.persisted import PersistedProvider, session_for
from pulumi_ehpc.engine.rpc_context import NEWS, RpcContext, current_rpc_context
from pulumi_ehpc.engine.values import SECRETS_KEY, from_engine, to_engine
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.checking import RECORDED
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle, PartialFailureError
from pulumi_ehpc.lifecycle.operation import EngineContext, NotFound
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.schema.secrecy import hide
from pulumi_ehpc.schema.unknowns import map_leaves


class Provider(PersistedProvider):
    """Base of the persisted provider classes of resource types.

    Where an operation fails, the engine gets an error and ignores what the method returns after its ``with`` block.
    """

    resource_type: ClassVar[ResourceType[Any]]

    def __init_subclass__(cls, resource_type: ResourceType[Any], **kwargs: Any) -> None:
        cls.resource_type = resource_type
        super().__init_subclass__(serves=resource_type.name, **kwargs)

    @property
    def lifecycle(self) -> Lifecycle[Any]:
        """The life of the resource type.

        Raises:
            EhpcError: A setting is wrong; every operation then fails with it, beginning with check.
        """
        return Lifecycle(self.resource_type, session_for(self.config))

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """See ``Lifecycle.check``."""
        with _Guarded(self.resource_type, "check") as rpc:
            secret = news.get(SECRETS_KEY) or ()
            known = from_engine(news)
            learn(rpc.urn, secret, known)
            given = {name: hide(value) if name in secret else value for name, value in known.items()}
            inputs, violations = self.lifecycle.check(_engine_context(rpc), from_engine(_olds), given)
            # Without a property's name the engine adds nothing of its own, such as the value of a secret.
            failures = [dynamic.CheckFailure("", str(violation)) for violation in violations]
            return dynamic.CheckResult(to_engine(inputs), failures)
        return dynamic.CheckResult(news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """See ``Lifecycle.diff``.

        ``changes=None`` lets the engine show each changed path; ``True`` is for what shows in outputs only.
        """
        with _Guarded(self.resource_type, "diff") as rpc:
            old, new, outputs = rpc.properties("old_inputs"), from_engine(_news), from_engine(_olds)
            difference = self.lifecycle.diff(_engine_context(rpc, _id), old, new, outputs)
            changes = None if difference and not difference.hidden else bool(difference)
            return dynamic.DiffResult(changes, list(difference.replaces), [], delete_before_replace=True)
        return dynamic.DiffResult(False, [], [])

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """See ``Lifecycle.create``."""
        with _Guarded(self.resource_type, "create") as rpc:
            state = self.lifecycle.create(_engine_context(rpc), from_engine(props))
            return dynamic.CreateResult(state.id, state.outputs)
        return dynamic.CreateResult("", {})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """See ``Lifecycle.update``."""
        with _Guarded(self.resource_type, "update") as rpc:
            old, new, outputs = rpc.properties("old_inputs"), from_engine(_news), from_engine(_olds)
            return dynamic.UpdateResult(self.lifecycle.update(_engine_context(rpc, _id), new, old, outputs).outputs)
        return dynamic.UpdateResult({})

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """See ``Lifecycle.read``."""
        with _Guarded(self.resource_type, "read") as rpc:
            found = self.lifecycle.read(_engine_context(rpc, id_), rpc.properties("inputs"), from_engine(props))
            if isinstance(found, NotFound):
                return dynamic.ReadResult("", {})
            return dynamic.ReadResult(id_, found.outputs, found.inputs)
        return dynamic.ReadResult(id_, {})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """See ``Lifecycle.delete``."""
        with _Guarded(self.resource_type, "delete") as rpc:
            self.lifecycle.delete(_engine_context(rpc, _id), rpc.properties("old_inputs"), from_engine(_props))


class _Guarded:
    """Yields the engine's request to an operation, and turns errors into responses.

    No exception gets away, or the engine would hang.
    """

    def __init__(self, resource_type: ResourceType[Any], verb: str) -> None:
        self._resource_type = resource_type
        self._verb = verb
        self._rpc = current_rpc_context()

    def __enter__(self) -> RpcContext:
        return self._rpc

    def __exit__(self, error_class: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, PartialFailureError):
            self._rpc.fail_partly(error.state.id, error.state.outputs, self._message(error.cause))
        elif error is not None:
            self._rpc.fail(self._message(error))
        return True

    def _message(self, error: BaseException) -> str:
        """Return what the user reads of an error; one that was not foreseen leaves its trace."""
        if isinstance(error, EhpcError):
            return mask(str(error), self._rpc)
        where = f"{self._verb} of {self._resource_type.name} '{self._rpc.name}'"
        return mask(describe_defect(error, where=where, secrets=self._secrets()), self._rpc)

    def _secrets(self) -> set[str]:
        """Return every secret string that the request carries."""
        known = self._resource_type.stored_properties
        strings: set[str] = set()
        for struct, values in self._rpc.everything.items():
            for name, value in values.items():
                # What a program gives under a misspelt name may be a secret as well.
                misspelt = struct == NEWS and name not in known and name not in RECORDED
                if misspelt or (name in known and known[name].secret):
                    map_leaves(value, lambda leaf: strings.add(leaf) if isinstance(leaf, str) else None)
        return strings


def _engine_context(rpc: RpcContext, id: str = "") -> EngineContext:
    return EngineContext(
        urn=rpc.urn,
        name=rpc.name,
        id=id,
        timeout_seconds=rpc.timeout_seconds,
        progress=lambda message: plugin_process.show(rpc.urn, mask(message, rpc)),
        log=lambda message: plugin_process.show(rpc.urn, mask(message, rpc), lasting=True),
        cancelled=lambda: plugin_process.CANCELLED.is_set() or not rpc.alive(),
    )
