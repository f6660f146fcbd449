"""The RPC context: what the servicer has in hand, and the answer "created, not finished"."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2

from pulumi_ehpc.engine.rpc_context import RpcContext, current_rpc_context
from pulumi_ehpc.errors import EhpcError
from tests.engine.calls import PROVIDER, URN, Context, create_request, serve, struct, update_request

pytestmark = pytest.mark.sdk


def test_request_is_found_above_the_caller() -> None:
    request, context = create_request(), Context()

    def deeper() -> RpcContext:
        return current_rpc_context()

    rpc = serve(request, context, deeper)
    assert rpc.request is request
    assert rpc.context is context


def test_sdk_that_hides_the_request_fails_loudly() -> None:
    with pytest.raises(EhpcError, match=r"hides the engine's request.*ehpc doctor"):
        current_rpc_context()


def test_urn_name_and_timeout() -> None:
    rpc = RpcContext(create_request(), Context())
    assert (rpc.urn, rpc.name, rpc.timeout_seconds) == (URN, "work", 90.0)
    assert RpcContext(provider_pb2.ReadRequest(urn=URN), Context()).timeout_seconds == 0.0


def test_inputs_in_state() -> None:
    update = update_request({}, olds={}, old_inputs={"count": 3, "name": "x"})
    assert RpcContext(update, Context()).properties("old_inputs") == {"count": 3, "name": "x"}
    read = provider_pb2.ReadRequest(urn=URN, inputs=struct({"__provider": PROVIDER, "name": "x"}))
    assert RpcContext(read, Context()).properties("inputs") == {"name": "x"}


def test_everything_that_a_request_carries() -> None:
    update = RpcContext(update_request({"a": 1}, olds={"b": 2}, old_inputs={"c": 3}), Context())
    assert update.everything == {"news": {"a": 1}, "olds": {"b": 2}, "old_inputs": {"c": 3}}
    assert RpcContext(create_request(name="x"), Context()).everything == {"properties": {"name": "x"}}


@pytest.mark.parametrize("active", [True, False])
def test_dropped_call_is_noticed(active: bool) -> None:
    assert RpcContext(create_request(), Context(active=active)).alive() is active


def test_failure_is_the_message_alone() -> None:
    context = Context()
    RpcContext(create_request(), context).fail("It did not work.")
    assert (context.code, context.details) == (grpc.StatusCode.FAILED_PRECONDITION, "It did not work.")
    assert context.trailing == ()


@pytest.mark.parametrize(
    "request_", [create_request(password="Canary"), update_request({"password": "Canary"}, olds={}, old_inputs={})]
)
def test_partial_failure_reads_back_as_the_engine_reads_it(request_: Any) -> None:
    context = Context()
    outputs = {"status": "exception", "nodes": [{"id": "i-1"}], "count": 2, "left_out": None}
    RpcContext(request_, context).fail_partly("ehpc-1", outputs, "It ended in exception.")
    failure = context.partial_failure()
    assert (context.code, context.details) == (grpc.StatusCode.UNKNOWN, "It ended in exception.")
    assert failure.id == "ehpc-1"
    assert list(failure.reasons) == ["It ended in exception."]
    assert json_format.MessageToDict(failure.properties) == {
        "status": "exception",
        "nodes": [{"id": "i-1"}],
        "count": 2.0,
        "__provider": PROVIDER,
    }


def test_partial_failure_holds_no_inputs() -> None:
    """Inputs hold passwords; the engine keeps those that it has."""
    context = Context()
    RpcContext(create_request(password="Canary"), context).fail_partly("ehpc-1", {}, "why")
    assert not context.partial_failure().HasField("inputs")
    assert b"Canary" not in dict(context.trailing)["grpc-status-details-bin"]
