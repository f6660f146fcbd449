"""Calls of provider methods as the SDK's servicer makes them, with the engine's request and context in the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf import struct_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2

T = TypeVar("T")
PROVIDER = "the-provider"
URN = "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:Queue::work"


@dataclass
class Context:
    """The gRPC context: what a method answers with it."""

    code: grpc.StatusCode | None = None
    details: str = ""
    trailing: Sequence[tuple[str, bytes]] = ()
    active: bool = True

    def set_code(self, code: grpc.StatusCode) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details

    def set_trailing_metadata(self, trailing: Sequence[tuple[str, bytes]]) -> None:
        self.trailing = trailing

    def is_active(self) -> bool:
        return self.active

    def partial_failure(self) -> provider_pb2.ErrorResourceInitFailed:
        """The partial failure that was answered."""
        return read_partial_failure(dict(self.trailing)["grpc-status-details-bin"])


def read_partial_failure(details: bytes) -> provider_pb2.ErrorResourceInitFailed:
    """Read a partial failure as the engine does."""
    status = status_pb2.Status.FromString(details)
    failure = provider_pb2.ErrorResourceInitFailed()
    assert status.code == grpc.StatusCode.UNKNOWN.value[0]
    assert status.details[0].Unpack(failure)
    return failure


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    """Write properties as the engine does."""
    made = struct_pb2.Struct()
    made.update(values)
    return made


def serve(request: Any, context: Any, method: Callable[[], T]) -> T:
    """Call a method as the servicer does; request and context are found in this frame."""
    return method()


def create_request(**properties: Any) -> provider_pb2.CreateRequest:
    return provider_pb2.CreateRequest(urn=URN, properties=struct({"__provider": PROVIDER, **properties}), timeout=90)


def update_request(
    news: dict[str, Any], *, olds: dict[str, Any], old_inputs: dict[str, Any]
) -> provider_pb2.UpdateRequest:
    return provider_pb2.UpdateRequest(
        id="the-id",
        urn=URN,
        olds=struct({"__provider": PROVIDER, **olds}),
        news=struct({"__provider": PROVIDER, **news}),
        old_inputs=struct({"__provider": PROVIDER, **old_inputs}),
    )
