"""The engine's request behind a provider method: what the SDK's servicer has in hand and does not pass on.

``pulumi.dynamic`` drops the URN, the old inputs and the time-outs, and has no way to report "created, not finished".
All of it is in the stack frame that calls the provider. Where a release of the SDK hides the frame, progress and
time-outs go missing, but partial failure and old inputs cannot be done without, and their absence is an error.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.protobuf import struct_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from pulumi_ehpc.engine.values import PROVIDER_KEY, from_engine
from pulumi_ehpc.errors import EhpcError

NEWS: Final = "news"
"""Field of requests that holds what the program gives."""
_STRUCTS: Final = (NEWS, "olds", "properties", "inputs", "old_inputs")
"""Fields of requests that hold inputs or outputs."""


@dataclass(frozen=True)
class RpcContext:
    """The engine's request and its gRPC context."""

    request: Any
    context: Any

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return str(self.request.urn)

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def everything(self) -> dict[str, dict[str, Any]]:
        """All inputs and outputs that the request carries, old and new, by the request's names."""
        return {name: self.properties(name) for name in _STRUCTS if hasattr(self.request, name)}

    @property
    def timeout_seconds(self) -> float:
        """``custom_timeouts`` of the resource for this operation; 0 when it has none."""
        return float(getattr(self.request, "timeout", 0.0))

    def properties(self, name: str) -> dict[str, Any]:
        """Return a field of the request that holds inputs or outputs."""
        return from_engine(rpc.deserialize_properties(getattr(self.request, name), True))

    def alive(self) -> bool:
        """Return False once the engine has dropped the call."""
        return bool(self.context.is_active())

    def fail(self, message: str) -> None:
        """Respond with a message and nothing around it."""
        self.context.set_code(grpc.StatusCode.FAILED_PRECONDITION)
        self.context.set_details(message)

    def fail_partly(self, id: str, outputs: Mapping[str, Any], message: str) -> None:
        """Report "created, not finished": the engine keeps id and outputs and calls update next time."""
        given = self.request.news if hasattr(self.request, NEWS) else self.request.properties
        properties = struct_pb2.Struct()
        properties.update({key: value for key, value in outputs.items() if value is not None})
        properties[PROVIDER_KEY] = given[PROVIDER_KEY]
        failure = provider_pb2.ErrorResourceInitFailed(id=id, properties=properties, reasons=[message])
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
        status.details.add().Pack(failure)
        self.context.set_code(grpc.StatusCode.UNKNOWN)
        self.context.set_details(message)
        self.context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))


def current_rpc_context() -> RpcContext:
    """Find the engine's request above the caller.

    Raises:
        EhpcError: The SDK does not show it, so a failed create could not be recorded.
    """
    for frame, _ in traceback.walk_stack(sys._getframe(1)):
        context = frame.f_locals.get("context")
        if "request" in frame.f_locals and hasattr(context, "set_trailing_metadata"):
            return RpcContext(frame.f_locals["request"], context)
    raise EhpcError(
        "This release of the Pulumi SDK hides the engine's request, so a failed create could not be recorded.",
        next_step="Install a release of pulumi that `ehpc doctor` names as supported.",
    )
