"""The frame: what the servicer has in hand, and the answer "made, but not finished"."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2

from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.frame import Frame, current_frame
from tests.lifecycle.calls import PROVIDER, URN, Context, create_request, serve, struct, update_request

pytestmark = pytest.mark.sdk


def test_request_is_found_above_the_caller() -> None:
    request, context = create_request(), Context()

    def deeper() -> Frame:
        return current_frame()

    frame = serve(request, context, deeper)
    assert frame.request is request
    assert frame.context is context


def test_sdk_that_hides_the_request_fails_loudly() -> None:
    with pytest.raises(EhpcError, match=r"hides the engine's request.*ehpc doctor"):
        current_frame()


def test_urn_name_and_time_out() -> None:
    frame = Frame(create_request(), Context())
    assert (frame.urn, frame.name, frame.timeout_seconds) == (URN, "work", 90.0)
    assert Frame(provider_pb2.ReadRequest(urn=URN), Context()).timeout_seconds == 0.0


def test_inputs_in_state() -> None:
    update = update_request({}, olds={}, old_inputs={"count": 3, "name": "x"})
    assert Frame(update, Context()).old_inputs == {"count": 3, "name": "x"}
    read = provider_pb2.ReadRequest(urn=URN, inputs=struct({"__provider": PROVIDER, "name": "x"}))
    assert Frame(read, Context()).inputs == {"name": "x"}


@pytest.mark.parametrize("active", [True, False])
def test_dropped_call_is_noticed(active: bool) -> None:
    assert Frame(create_request(), Context(active=active)).alive() is active


def test_failure_is_the_message_alone() -> None:
    context = Context()
    Frame(create_request(), context).fail("It did not work.")
    assert (context.code, context.details) == (grpc.StatusCode.FAILED_PRECONDITION, "It did not work.")
    assert context.trailing == ()


@pytest.mark.parametrize(
    "request_", [create_request(password="Canary"), update_request({"password": "Canary"}, olds={}, old_inputs={})]
)
def test_partial_failure_reads_back_as_the_engine_reads_it(request_: Any) -> None:
    context = Context()
    outputs = {"status": "exception", "nodes": [{"id": "i-1"}], "count": 2, "left_out": None}
    Frame(request_, context).fail_partly("ehpc-1", outputs, "It ended in exception.")
    failure = context.failure()
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
    Frame(create_request(password="Canary"), context).fail_partly("ehpc-1", {}, "why")
    assert not context.failure().HasField("inputs")
    assert b"Canary" not in dict(context.trailing)["grpc-status-details-bin"]
