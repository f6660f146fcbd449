"""The adapter to the engine: its values in and out, and no exception that gets away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.output import Unknown as EngineUnknown
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from pulumi_ehpc._providers import ClusterProvider, QueueProvider
from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.provider import Provider
from pulumi_ehpc.engine.stack_settings import DEFAULT_CONCURRENCY
from pulumi_ehpc.errors import EhpcError, RefusedError, Violation
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle, PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, EngineContext, ReadOutcome, ResourceState
from pulumi_ehpc.schema.diff import Difference
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.engine.calls import PROVIDER, URN, Context, create_request, serve, struct, update_request

pytestmark = pytest.mark.sdk

METHODS: dict[str, Callable[[Provider], object]] = {
    "check": lambda provider: provider.check({}, {"cluster": "ehpc-1"}),
    "diff": lambda provider: provider.diff("the-id", {}, {}),
    "create": lambda provider: provider.create({}),
    "update": lambda provider: provider.update("the-id", {}, {}),
    "read": lambda provider: provider.read("the-id", {}),
    "delete": lambda provider: provider.delete("the-id", {}),
}


class StubLifecycle:
    """Stands in for the lifecycle; each method returns the same result, or raises it."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls.append(arguments)
            if isinstance(self.result, BaseException):
                raise self.result
            return self.result

        return call


def provider_with(monkeypatch: pytest.MonkeyPatch, result: Any) -> tuple[QueueProvider, StubLifecycle]:
    """A provider whose lifecycle returns or raises this."""
    lifecycle = StubLifecycle(result)
    monkeypatch.setattr(QueueProvider, "lifecycle", property(lambda _: lifecycle))
    return QueueProvider(), lifecycle


def request(method: str = "update") -> Any:
    """The engine's request for a method."""
    if method == "read":
        return provider_pb2.ReadRequest(urn=URN, inputs=struct({"__provider": PROVIDER, "max_count": 3}))
    return update_request({}, olds={}, old_inputs={"max_count": 3})


# -- what goes wrong -----------------------------------------------------------------------------------------------

UNEXPECTED = [
    SystemExit(3),
    KeyboardInterrupt(),
    asyncio.CancelledError(),
    GeneratorExit(),
    MemoryError(),
    RecursionError("too deep"),
    KeyError("name"),
    ValueError("odd"),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.usefixtures("state_folder")
def test_no_exception_gets_away(monkeypatch: pytest.MonkeyPatch, method: str, error: BaseException) -> None:
    """The engine would wait for ever for the response."""
    provider, _ = provider_with(monkeypatch, error)
    context = Context()
    serve(request(method), context, lambda: METHODS[method](provider))
    assert context.code is grpc.StatusCode.FAILED_PRECONDITION
    assert context.details.startswith(f"{method} of Queue 'work' failed by a defect of pulumi-ehpc: ")
    assert type(error).__name__ in context.details
    assert "Traceback" not in context.details


@pytest.mark.parametrize("method", METHODS)
def test_known_error_is_answered_as_its_message(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    provider, _ = provider_with(monkeypatch, RefusedError("Declined.", next_step="Do that."))
    context = Context()
    serve(request(method), context, lambda: METHODS[method](provider))
    assert (context.code, context.details) == (grpc.StatusCode.FAILED_PRECONDITION, "Declined. Do that.")


@pytest.mark.parametrize("method", ["create", "update"])
def test_partial_failure_keeps_id_and_outputs(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    failed = PartialFailureError(ResourceState("ehpc-1", {"status": "creating"}), RefusedError("Not finished."))
    provider, _ = provider_with(monkeypatch, failed)
    context = Context()
    serve(request(method), context, lambda: METHODS[method](provider))
    assert context.details == "Not finished."
    assert context.partial_failure().id == "ehpc-1"
    assert context.partial_failure().properties["__provider"] == PROVIDER


@pytest.mark.parametrize("method", ["create", "update"])
@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_unexpected_partial_failure_keeps_the_id_and_leaves_a_trace(
    monkeypatch: pytest.MonkeyPatch, state_folder: Path, method: str, error: BaseException
) -> None:
    failed = PartialFailureError(ResourceState("ehpc-1", {"status": "creating"}), error)
    provider, _ = provider_with(monkeypatch, failed)
    context = Context()
    serve(request(method), context, lambda: METHODS[method](provider))
    assert context.partial_failure().id == "ehpc-1"
    assert context.partial_failure().reasons == [context.details]
    assert context.details.startswith(f"{method} of Queue 'work' failed by a defect of pulumi-ehpc: ")
    assert str(state_folder / "defects.log") in context.details
    assert type(error).__name__ in (state_folder / "defects.log").read_text()


@pytest.mark.parametrize("method", METHODS)
def test_outside_the_engine_nothing_is_done(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    provider, lifecycle = provider_with(monkeypatch, None)
    with pytest.raises(EhpcError, match="hides the engine's request"):
        METHODS[method](provider)
    assert lifecycle.calls == []


# -- values in and out ----------------------------------------------------------------------------------------------


def test_check_translates_unknowns_and_names_no_property(monkeypatch: pytest.MonkeyPatch) -> None:
    violations = [Violation("max_count", "9999", "must be less"), Violation("name", "'x y'", "must have no space")]
    provider, lifecycle = provider_with(monkeypatch, ({"cluster": UNKNOWN, "nodes": [UNKNOWN]}, violations))
    unknown = EngineUnknown()  # type: ignore[no-untyped-call]
    news = {"cluster": unknown, "__provider": PROVIDER}
    result = serve(request(), Context(), lambda: provider.check({"name": "old", "__provider": PROVIDER}, news))
    engine, old, given = lifecycle.calls[0]
    assert (engine.urn, engine.name) == (URN, "work")
    assert (old, given) == ({"name": "old"}, {"cluster": UNKNOWN})
    assert isinstance(result.inputs["cluster"], EngineUnknown)
    assert isinstance(result.inputs["nodes"][0], EngineUnknown)
    assert [(failure.property, failure.reason) for failure in result.failures] == [
        ("", "max_count = 9999: must be less"),
        ("", "name = 'x y': must have no space"),
    ]


@pytest.mark.parametrize(
    ("difference", "changes", "replaces"),
    [
        (Difference(), False, []),
        (Difference(updates=("max_count",)), None, []),
        (Difference(updates=("max_count",), replaces=("name",)), None, ["name"]),
        (Difference(replaces=("allow_replacement",), hidden=True), True, ["allow_replacement"]),
    ],
)
def test_diff_lets_the_engine_show_each_path(
    monkeypatch: pytest.MonkeyPatch, difference: Difference, changes: bool | None, replaces: list[str]
) -> None:
    provider, lifecycle = provider_with(monkeypatch, difference)
    result = serve(request(), Context(), lambda: provider.diff("the-id", {"created": True}, {"max_count": 4}))
    ((engine, *compared),) = lifecycle.calls
    assert (engine.id, compared) == ("the-id", [{"max_count": 3}, {"max_count": 4}, {"created": True}])
    assert (result.changes, result.replaces, result.delete_before_replace) == (changes, replaces, True)


def test_create_update_and_delete(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, lifecycle = provider_with(monkeypatch, ResourceState("ehpc-1", {"status": "running"}))
    created = serve(create_request(), Context(), lambda: provider.create({"max_count": 4}))
    updated = serve(request(), Context(), lambda: provider.update("the-id", {"created": True}, {"max_count": 4}))
    serve(request(), Context(), lambda: provider.delete("the-id", {"created": True}))
    assert (created.id, created.outs, updated.outs) == ("ehpc-1", {"status": "running"}, {"status": "running"})
    (create, inputs), (update, *updated_with), (delete, *deleted_with) = lifecycle.calls
    assert (create.id, create.timeout_seconds, inputs) == ("", 90.0, {"max_count": 4})
    assert (update.id, updated_with) == ("the-id", [{"max_count": 4}, {"max_count": 3}, {"created": True}])
    assert (delete.id, deleted_with) == ("the-id", [{"max_count": 3}, {"created": True}])


@pytest.mark.parametrize(
    ("found", "id", "outs", "inputs"),
    [
        (ReadOutcome({"status": "running"}, {"max_count": 9}), "the-id", {"status": "running"}, {"max_count": 9}),
        (NOT_FOUND, "", {}, None),
    ],
)
def test_read(monkeypatch: pytest.MonkeyPatch, found: Any, id: str, outs: Any, inputs: Any) -> None:
    provider, lifecycle = provider_with(monkeypatch, found)
    result = serve(request("read"), Context(), lambda: provider.read("the-id", {"created": True}))
    assert lifecycle.calls[0][1:] == ({"max_count": 3}, {"created": True})
    assert (result.id, result.outs, result.inputs) == (id, outs, inputs)


def test_dropped_call_cancels_the_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, lifecycle = provider_with(monkeypatch, ResourceState("ehpc-1", {}))
    context = Context()
    serve(create_request(), context, lambda: provider.create({}))
    engine: EngineContext = lifecycle.calls[0][0]
    assert not engine.cancelled()
    context.active = False
    assert engine.cancelled()


def test_cancelled_run_cancels_the_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, lifecycle = provider_with(monkeypatch, ResourceState("ehpc-1", {}))
    serve(create_request(), Context(), lambda: provider.create({}))
    monkeypatch.setattr(plugin_process, "CANCELLED", threading.Event())
    engine: EngineContext = lifecycle.calls[0][0]
    assert not engine.cancelled()
    plugin_process.CANCELLED.set()
    assert engine.cancelled()


# -- settings ------------------------------------------------------------------------------------------------------


def configure(provider: Any, monkeypatch: pytest.MonkeyPatch, **settings: str) -> list[int]:
    """Configure a provider; return the numbers of workers the process was prepared for."""
    prepared: list[int] = []
    monkeypatch.setattr(plugin_process, "prepare", prepared.append)
    raw = {f"ehpc:{name}": value for name, value in settings.items()}
    config = Config(raw_config={**raw, "ehpc:secret": "Canary", "other:key": "x"}, project_name="test")
    provider.configure(ConfigureRequest(config=config))
    return prepared


def test_settings_are_read_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = QueueProvider()
    assert configure(provider, monkeypatch, region="cn-beijing", concurrency="7") == [7]
    assert provider.config == {"ehpc:region": "cn-beijing", "ehpc:concurrency": "7"}
    assert isinstance(provider.lifecycle, Lifecycle)
    assert provider.lifecycle.session.settings.region == "cn-beijing"


def test_providers_of_one_configuration_share_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, cluster, other = QueueProvider(), ClusterProvider(), QueueProvider()
    configure(queue, monkeypatch, region="cn-hangzhou", apiVersion="2018-04-12")
    configure(cluster, monkeypatch, apiVersion="2018-04-12", region="cn-hangzhou")
    configure(other, monkeypatch, region="cn-beijing")
    assert queue.lifecycle.session is cluster.lifecycle.session
    assert queue.lifecycle.session is not other.lifecycle.session
    assert queue.lifecycle.session.api_version == "2018-04-12"


def test_wrong_settings_are_all_reported_by_the_first_check(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = ClusterProvider()
    assert configure(provider, monkeypatch, region="Hangzhou!", apiVersion="2020-01-01") == [DEFAULT_CONCURRENCY]
    context = Context()
    serve(request(), context, lambda: provider.check({}, {"name": rpc.UNKNOWN}))
    assert "ehpc:region = Hangzhou!" in context.details
    assert "ehpc:apiVersion = 2020-01-01" in context.details
