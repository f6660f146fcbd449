"""The adapter to the engine: its words in and out, and no exception that gets away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.output import Unknown as EngineUnknown
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from pulumi_ehpc._providers import ClusterProvider, IdentityProvider, QueueProvider
from pulumi_ehpc.errors import EhpcError, RefusedError, Violation
from pulumi_ehpc.lifecycle import plugin
from pulumi_ehpc.lifecycle.diff import Difference
from pulumi_ehpc.lifecycle.provider import Provider
from pulumi_ehpc.lifecycle.request import GONE, Found, Made, PartialFailureError
from pulumi_ehpc.lifecycle.steps import Steps, Work
from pulumi_ehpc.lifecycle.unknown import UNKNOWN
from tests.lifecycle.calls import PROVIDER, URN, Context, create_request, serve, struct, update_request

pytestmark = pytest.mark.sdk

METHODS: dict[str, Callable[[Provider], object]] = {
    "check": lambda made: made.check({}, {"cluster": "ehpc-1"}),
    "diff": lambda made: made.diff("the-id", {}, {}),
    "create": lambda made: made.create({}),
    "update": lambda made: made.update("the-id", {}, {}),
    "read": lambda made: made.read("the-id", {}),
    "delete": lambda made: made.delete("the-id", {}),
}


class Answering:
    """Stands in for the steps; answers each with what it is told, or raises it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, step: str) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            self.asked.append(arguments)
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer

        return answer


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> tuple[QueueProvider, Answering]:
    """A provider whose steps answer this."""
    steps = Answering(answer)
    monkeypatch.setattr(QueueProvider, "steps", property(lambda _: steps))
    return QueueProvider(), steps


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
def test_no_exception_gets_away(monkeypatch: pytest.MonkeyPatch, method: str, error: BaseException) -> None:
    """The engine would wait for ever for the answer."""
    made, _ = answering(monkeypatch, error)
    context = Context()
    serve(request(method), context, lambda: METHODS[method](made))
    assert context.code is grpc.StatusCode.FAILED_PRECONDITION
    assert context.details.startswith(f"{type(error).__name__} in pulumi-ehpc")
    assert "Traceback" not in context.details


@pytest.mark.parametrize("method", METHODS)
def test_known_error_is_its_own_text(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    made, _ = answering(monkeypatch, RefusedError("Declined.", next_step="Do that."))
    context = Context()
    serve(request(method), context, lambda: METHODS[method](made))
    assert (context.code, context.details) == (grpc.StatusCode.FAILED_PRECONDITION, "Declined. Do that.")


@pytest.mark.parametrize("method", ["create", "update"])
def test_partial_failure_keeps_id_and_outputs(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    failed = PartialFailureError(Made("ehpc-1", {"status": "creating"}), RefusedError("Not finished."))
    made, _ = answering(monkeypatch, failed)
    context = Context()
    serve(request(method), context, lambda: METHODS[method](made))
    assert context.details == "Not finished."
    assert context.failure().id == "ehpc-1"
    assert context.failure().properties["__provider"] == PROVIDER


@pytest.mark.parametrize("method", METHODS)
def test_outside_the_engine_nothing_is_done(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    made, steps = answering(monkeypatch, None)
    with pytest.raises(EhpcError, match="hides the engine's request"):
        METHODS[method](made)
    assert steps.asked == []


# -- words in and out ----------------------------------------------------------------------------------------------


def test_check_translates_unknowns_and_names_no_property(monkeypatch: pytest.MonkeyPatch) -> None:
    violations = [Violation("max_count", "9999", "must be less"), Violation("name", "'x y'", "must have no space")]
    made, steps = answering(monkeypatch, ({"cluster": UNKNOWN, "nodes": [UNKNOWN]}, violations))
    unknown = EngineUnknown()  # type: ignore[no-untyped-call]
    news = {"cluster": unknown, "__provider": PROVIDER}
    result = serve(request(), Context(), lambda: made.check({"name": "old", "__provider": PROVIDER}, news))
    work, olds, given = steps.asked[0]
    assert (work.urn, work.name) == (URN, "work")
    assert (olds, given) == ({"name": "old"}, {"cluster": UNKNOWN})
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
    made, steps = answering(monkeypatch, difference)
    result = serve(request(), Context(), lambda: made.diff("the-id", {"created": True}, {"max_count": 4}))
    assert steps.asked == [({"max_count": 3}, {"max_count": 4}, {"created": True})]
    assert (result.changes, result.replaces, result.delete_before_replace) == (changes, replaces, True)


def test_create_update_and_delete(monkeypatch: pytest.MonkeyPatch) -> None:
    made, steps = answering(monkeypatch, Made("ehpc-1", {"status": "running"}))
    created = serve(create_request(), Context(), lambda: made.create({"max_count": 4}))
    updated = serve(request(), Context(), lambda: made.update("the-id", {"created": True}, {"max_count": 4}))
    serve(request(), Context(), lambda: made.delete("the-id", {"created": True}))
    assert (created.id, created.outs, updated.outs) == ("ehpc-1", {"status": "running"}, {"status": "running"})
    (work, inputs), (again, *values), (last, *left) = steps.asked
    assert (work.id, work.timeout_seconds, inputs) == ("", 90.0, {"max_count": 4})
    assert (again.id, values) == ("the-id", [{"max_count": 4}, {"max_count": 3}, {"created": True}])
    assert (last.id, left) == ("the-id", [{"max_count": 3}, {"created": True}])


@pytest.mark.parametrize(
    ("found", "id", "outs", "inputs"),
    [
        (Found({"status": "running"}, {"max_count": 9}), "the-id", {"status": "running"}, {"max_count": 9}),
        (GONE, "", {}, None),
    ],
)
def test_read(monkeypatch: pytest.MonkeyPatch, found: Any, id: str, outs: Any, inputs: Any) -> None:
    made, steps = answering(monkeypatch, found)
    result = serve(request("read"), Context(), lambda: made.read("the-id", {"created": True}))
    assert steps.asked[0][1:] == ({"max_count": 3}, {"created": True})
    assert (result.id, result.outs, result.inputs) == (id, outs, inputs)


def test_dropped_call_cancels_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    made, steps = answering(monkeypatch, Made("ehpc-1", {}))
    context = Context()
    serve(create_request(), context, lambda: made.create({}))
    work: Work = steps.asked[0][0]
    assert not work.cancelled()
    context.active = False
    assert work.cancelled()


# -- settings ------------------------------------------------------------------------------------------------------


def configure(made: Any, monkeypatch: pytest.MonkeyPatch, **settings: str) -> list[int | None]:
    """Configure a provider; return the numbers of workers the process was prepared for."""
    prepared: list[int | None] = []
    monkeypatch.setattr(plugin, "prepare", prepared.append)
    raw = {f"ehpc:{name}": value for name, value in settings.items()}
    config = Config(raw_config={**raw, "ehpc:secret": "Canary", "other:key": "x"}, project_name="test")
    made.configure(ConfigureRequest(config=config))
    return prepared


def test_settings_are_read_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    made = QueueProvider()
    assert configure(made, monkeypatch, region="cn-beijing", concurrency="7") == [7]
    assert made.config == {"ehpc:region": "cn-beijing", "ehpc:concurrency": "7"}
    assert isinstance(made.steps, Steps)
    assert made.steps.session.settings.client.region == "cn-beijing"


def test_wrong_settings_are_told_by_the_first_check(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ClusterProvider()
    assert configure(made, monkeypatch, region="Hangzhou!") == [None]
    context = Context()
    serve(request(), context, lambda: made.check({}, {"name": rpc.UNKNOWN}))
    assert "ehpc:region = Hangzhou!" in context.details


# -- the stack's identity ------------------------------------------------------------------------------------------


def test_identity_is_random_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made = IdentityProvider()
    assert configure(made, monkeypatch, concurrency="9") == [9]
    ids = {made.create({}).id for _ in range(10)}
    assert len(ids) == 10
    assert all(len(id) == 16 and int(id, 16) >= 0 for id in ids)
    assert made.read("abc", {}).id == "abc"
    assert made.diff("abc", {}, {"any": 1}).changes is False
    assert made.check({}, {}).failures == []
