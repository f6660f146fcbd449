"""The adapter to ``pulumi.dynamic``: from the engine's values to the lifecycle's, and no exception that gets away."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pulumi.output import Unknown as EngineUnknown

from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.defects import describe_defect
from pulumi_ehpc.engine.persisted import PersistedProvider
from pulumi_ehpc.engine.rpc_context import NEWS, PROVIDER_KEY, RpcContext, current_rpc_context
from pulumi_ehpc.engine.stack_settings import DEFAULT_CONCURRENCY, STACK_SETTINGS, StackSettings
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.checking import RECORDED
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle, PartialFailureError
from pulumi_ehpc.lifecycle.operation import EngineContext, NotFound
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.unknowns import UNKNOWN, Unknown, map_leaves

T = TypeVar("T")


class Provider(PersistedProvider):
    """Base of the persisted provider classes of resource types.

    In the plugin process ``configure`` gives an instance its settings.
    """

    resource_type: ClassVar[ResourceType[Any]]
    config: dict[str, str]

    def __init_subclass__(cls, resource_type: ResourceType[Any], **kwargs: Any) -> None:
        cls.resource_type = resource_type
        super().__init_subclass__(serves=resource_type.name, **kwargs)

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's settings and make the process ready."""
        self.config = configured(req)

    @property
    def lifecycle(self) -> Lifecycle[Any]:
        """The life of the resource type.

        Raises:
            EhpcError: A setting is wrong; every operation then fails with it, beginning with check.
        """
        return Lifecycle(self.resource_type, _session(self.config))

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """See ``Lifecycle.check``."""

        def act(rpc: RpcContext) -> CheckResult:
            inputs, violations = self.lifecycle.check(_engine_context(rpc), _from_engine(_olds), _from_engine(news))
            # Without a property's name the engine adds nothing of its own, such as the value of a secret.
            return CheckResult(_to_engine(inputs), [CheckFailure("", str(violation)) for violation in violations])

        return self._guarded("check", act, CheckResult(news, []))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """See ``Lifecycle.diff``.

        ``changes=None`` lets the engine show each changed path; ``True`` is for what shows in outputs only.
        """

        def act(rpc: RpcContext) -> DiffResult:
            old, new, outputs = _from_engine(rpc.old_inputs), _from_engine(_news), _from_engine(_olds)
            difference = self.lifecycle.diff(old, new, outputs)
            changes = None if difference and not difference.hidden else bool(difference)
            return DiffResult(changes, list(difference.replaces), [], delete_before_replace=True)

        return self._guarded("diff", act, DiffResult(False, [], []))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """See ``Lifecycle.create``."""

        def act(rpc: RpcContext) -> CreateResult:
            state = self.lifecycle.create(_engine_context(rpc), _from_engine(props))
            return CreateResult(state.id, state.outputs)

        return self._guarded("create", act, CreateResult("", {}))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """See ``Lifecycle.update``."""

        def act(rpc: RpcContext) -> UpdateResult:
            old, new, outputs = _from_engine(rpc.old_inputs), _from_engine(_news), _from_engine(_olds)
            return UpdateResult(self.lifecycle.update(_engine_context(rpc, _id), new, old, outputs).outputs)

        return self._guarded("update", act, UpdateResult({}))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """See ``Lifecycle.read``."""

        def act(rpc: RpcContext) -> ReadResult:
            found = self.lifecycle.read(_engine_context(rpc, id_), _from_engine(rpc.inputs), _from_engine(props))
            return ReadResult("", {}) if isinstance(found, NotFound) else ReadResult(id_, found.outputs, found.inputs)

        return self._guarded("read", act, ReadResult(id_, {}))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """See ``Lifecycle.delete``."""

        def act(rpc: RpcContext) -> None:
            self.lifecycle.delete(_engine_context(rpc, _id), _from_engine(rpc.old_inputs), _from_engine(_props))

        self._guarded("delete", act, None)

    def _guarded(self, verb: str, act: Callable[[RpcContext], T], failed: T) -> T:
        """Run an operation; turn errors into responses. ``failed`` is returned beside an error status and ignored."""
        rpc = current_rpc_context()
        try:
            return act(rpc)
        except PartialFailureError as error:
            rpc.fail_partly(error.state.id, error.state.outputs, str(error))
        except EhpcError as error:
            rpc.fail(str(error))
        except BaseException as error:
            where = f"{verb} of {self.resource_type.name} '{rpc.name}'"
            rpc.fail(describe_defect(error, where=where, secrets=self._secrets(rpc)))
        return failed

    def _secrets(self, rpc: RpcContext) -> set[str]:
        """Return every secret string that the request carries."""
        known = self.resource_type.stored_properties
        strings: set[str] = set()
        for struct, values in rpc.everything.items():
            for name, value in values.items():
                # What a program gives under a misspelt name may be a secret as well.
                misspelt = struct == NEWS and name not in known and name not in RECORDED
                if misspelt or (name in known and known[name].secret):
                    map_leaves(value, lambda leaf: strings.add(leaf) if isinstance(leaf, str) else None)
        return strings


_sessions: Final[dict[tuple[tuple[str, str], ...], Session]] = {}
_sessions_guard: Final = threading.Lock()


def configured(req: ConfigureRequest) -> dict[str, str]:
    """Return the settings of a configure request, after making the process ready for work."""
    config = {key: value for key in STACK_SETTINGS if (value := req.config.get(key)) is not None}
    try:
        workers = StackSettings.resolve(config, os.environ).concurrency
    except EhpcError:
        workers = DEFAULT_CONCURRENCY  # the first check reports what is wrong
    plugin_process.prepare(workers)
    return config


def _session(config: Mapping[str, str]) -> Session:
    """Return this process's session for a configuration; all resource types share it."""
    key = tuple(sorted(config.items()))
    with _sessions_guard:
        if key not in _sessions:
            settings = StackSettings.resolve(config, os.environ)
            _sessions[key] = Session(settings.client, settings.api_version)
        return _sessions[key]


def _engine_context(rpc: RpcContext, id: str = "") -> EngineContext:
    return EngineContext(
        urn=rpc.urn,
        name=rpc.name,
        id=id,
        timeout_seconds=rpc.timeout_seconds,
        progress=lambda message: plugin_process.show(rpc.urn, message),
        log=lambda message: plugin_process.show(rpc.urn, message, lasting=True),
        cancelled=lambda: plugin_process.CANCELLED.is_set() or not rpc.alive(),
    )


def _from_engine(values: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the engine's unknowns, and drop what is not a property."""
    kept = {key: value for key, value in values.items() if key != PROVIDER_KEY}
    return {
        key: map_leaves(value, lambda leaf: UNKNOWN if isinstance(leaf, EngineUnknown) else leaf)
        for key, value in kept.items()
    }


def _to_engine(values: Mapping[str, Any]) -> dict[str, Any]:
    """Put the engine's unknowns back."""
    return {
        key: map_leaves(value, lambda leaf: EngineUnknown() if isinstance(leaf, Unknown) else leaf)  # type: ignore[no-untyped-call]
        for key, value in values.items()
    }
