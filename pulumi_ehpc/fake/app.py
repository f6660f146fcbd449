"""One application for both API versions: each request goes through the same few steps, in this order.

::

    identify        which action of which version, over which HTTP method
    authenticate    whose key signed it
    decode          its parameters, as a tree
    check           against the spec data
    perform         on the state, after everything due has happened

The first step that raises a ServiceError ends the call with that answer; every call is journalled. Faults to order and
other trouble belong between ``check`` and ``perform``, where a call is known to be good.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Request, Response

from pulumi_ehpc.api import spec
from pulumi_ehpc.fake.auth import AccessKey
from pulumi_ehpc.fake.checks import check_parameters, check_reply
from pulumi_ehpc.fake.clock import iso_seconds
from pulumi_ehpc.fake.errors import ServiceError, invalid
from pulumi_ehpc.fake.journal import JournalEntry
from pulumi_ehpc.fake.models.rules import check_client_token
from pulumi_ehpc.fake.operations import OPERATIONS, Call
from pulumi_ehpc.fake.operations.sts import STS_ACTION, STS_VERSION, get_caller_identity
from pulumi_ehpc.fake.wire import WireRequest, decode

if TYPE_CHECKING:
    from pulumi_ehpc.fake.cloud import FakeCloud

__all__ = ["Application"]

GENERATIONS: Final = {version: number for number, version in enumerate(spec.VERSIONS, 1)}
"""The product generation behind each API version."""

_JSON: Final = "application/json;charset=utf-8"


@dataclass
class Exchange:
    """A request on its way through the steps."""

    wire: WireRequest
    request_id: str
    action: spec.Action | None = None
    key: AccessKey | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    reply: Mapping[str, Any] = field(default_factory=dict)


class Application:
    """Answers API requests on a cloud's state. It keeps nothing itself."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._steps: tuple[Callable[[Exchange], None], ...] = (
            self._identify,
            self._authenticate,
            self._decode,
            self._check,
            self._perform,
        )

    def answer(self, request: Request) -> Response:
        """Answer a request and journal it."""
        wire = WireRequest.read(request)
        with self._cloud.lock:
            exchange = Exchange(wire, self._cloud.ids.request(), parameters=dict(wire.own_parameters()))
            try:
                for step in self._steps:
                    step(exchange)
            except ServiceError as error:
                return self._failure(exchange, error)
            return self._success(exchange)

    # Steps

    def _identify(self, exchange: Exchange) -> None:
        wire = exchange.wire
        if wire.method not in ("GET", "POST"):
            raise ServiceError("UnsupportedHTTPMethod")
        if wire.path != "/":
            raise ServiceError("InvalidAction.NotFound")
        for name, value in (("Action", wire.action), ("Version", wire.version)):
            if not value:
                raise ServiceError("Missing{parameter}", parameter=name)
        if wire.values.get("Format", "JSON").upper() != "JSON":
            raise ServiceError("InvalidParameter.Format", "The fake writes JSON only.")
        if wire.version == STS_VERSION:
            if wire.action != STS_ACTION:
                raise ServiceError("InvalidAction.NotFound")
        elif wire.version not in spec.VERSIONS:
            raise ServiceError("InvalidVersion")
        elif wire.action not in spec.actions(wire.version):
            raise ServiceError("InvalidAction.NotFound")
        else:
            exchange.action = spec.action(wire.action, wire.version)

    def _authenticate(self, exchange: Exchange) -> None:
        exchange.key = self._cloud.authenticator.authenticate(exchange.wire)

    def _decode(self, exchange: Exchange) -> None:
        if exchange.action is not None:
            decoded = decode(exchange.action, exchange.wire, self._cloud.assumptions)
            exchange.parameters, exchange.ignored = decoded.parameters, decoded.unknown

    def _check(self, exchange: Exchange) -> None:
        action = exchange.action
        if action is None:
            return
        if action.name not in OPERATIONS[action.version]:
            raise ServiceError("FakeNotImplemented", action=action.name, version=action.version)
        if exchange.ignored and self._cloud.assumptions.unknown_parameters_refused:
            raise invalid(exchange.ignored[0], "The action has no such parameter.")
        check_parameters(action, exchange.parameters)

    def _perform(self, exchange: Exchange) -> None:
        action, key = exchange.action, exchange.key
        assert key is not None
        if action is None:
            exchange.reply = get_caller_identity(key)
            return
        self._cloud.run_due()
        region = self._cloud.region_state(key.account, exchange.wire.region(self._cloud.region))
        call = Call(
            action=action.name,
            generation=GENERATIONS[action.version],
            parameters=exchange.parameters,
            request_id=exchange.request_id,
            region=region,
        )
        exchange.reply = _perform_once(call, OPERATIONS[action.version][action.name])
        if self._cloud.strict:
            check_reply(action, {**exchange.reply, "RequestId": exchange.request_id})

    # Answers

    def _success(self, exchange: Exchange) -> Response:
        self._journal(exchange, 200, "")
        response = _json_response({"RequestId": exchange.request_id, **exchange.reply}, 200, exchange.request_id)
        if exchange.ignored:
            response.headers["x-fake-ignored-parameters"] = ",".join(exchange.ignored)
        return response

    def _failure(self, exchange: Exchange, error: ServiceError) -> Response:
        self._journal(exchange, error.http, error.code)
        body = {
            "RequestId": exchange.request_id,
            "HostId": exchange.wire.host,
            "Code": error.code,
            "Message": error.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}&product=EHPC",
        }
        return _json_response(body, error.http, exchange.request_id)

    def _journal(self, exchange: Exchange, status: int, code: str) -> None:
        entry = JournalEntry(
            time=iso_seconds(self._cloud.clock.now()),
            action=exchange.wire.action,
            version=exchange.wire.version,
            parameters=exchange.parameters,
            status=status,
            code=code,
            request_id=exchange.request_id,
        )
        self._cloud.journal.add(entry)


def _perform_once(call: Call, operation: Callable[[Call], dict[str, Any]]) -> Mapping[str, Any]:
    """Perform a call, or give the answer again that its client token was given before."""
    token = call.get("ClientToken")
    if not token:
        return operation(call)
    check_client_token(token)
    others = {name: value for name, value in call.parameters.items() if name != "ClientToken"}
    fingerprint = hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()
    known = call.region.tokens.answer(call.action, token, fingerprint)
    if known is not None:
        return known
    reply = operation(call)
    call.region.tokens.remember(call.action, token, fingerprint, reply)
    return reply


def _json_response(body: Mapping[str, Any], status: int, request_id: str) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, {"x-acs-request-id": request_id, "x-fake": "ehpc"}, content_type=_JSON)
