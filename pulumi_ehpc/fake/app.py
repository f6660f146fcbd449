"""One application for both API versions: each request passes through the same few steps, in this order.

::

    identify        the action, its version and the HTTP method
    authenticate    the access key that signed the request
    decode          the parameters, as a tree
    check           the parameters, against the spec data
    perform         the action on the state, after everything due has happened

The first step that raises a ResponseError ends the call with that error response. Every call is journalled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug.wrappers import Request, Response

from pulumi_ehpc.api import spec
from pulumi_ehpc.fake.auth import AccessKey, Authenticator
from pulumi_ehpc.fake.checks import check_parameters, check_response
from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.journal import JournalEntry
from pulumi_ehpc.fake.models.rules import check_client_token
from pulumi_ehpc.fake.operations import OPERATIONS, Call
from pulumi_ehpc.fake.operations.sts import STS_ACTION, STS_VERSION, get_caller_identity
from pulumi_ehpc.fake.state import State
from pulumi_ehpc.fake.wire import WireRequest, decode

__all__ = ["Application"]

GENERATIONS: Final = {version: number for number, version in enumerate(spec.VERSIONS, 1)}
"""The product generation behind each API version."""

_JSON: Final = "application/json;charset=utf-8"


@dataclass
class Exchange:
    """A request on its way through the steps, and what they found."""

    wire: WireRequest
    request_id: str
    action: spec.Action | None = None
    key: AccessKey | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    response: Mapping[str, Any] = field(default_factory=dict)


class Application:
    """Handles API requests; all state is in ``state``.

    Args:
        state: What the actions work on.
        authenticator: Verifies signatures.
        default_region: Region of requests that name none.
        strict: Check every response against the spec.
    """

    def __init__(self, state: State, authenticator: Authenticator, default_region: str, *, strict: bool) -> None:
        self._state = state
        self._authenticator = authenticator
        self._default_region = default_region
        self._strict = strict
        self._steps: tuple[Callable[[Exchange], None], ...] = (
            self._identify,
            self._authenticate,
            self._decode,
            self._check,
            self._perform,
        )

    def handle(self, request: Request) -> Response:
        """Handle a request and journal it."""
        wire = WireRequest.read(request)
        with self._state.lock:
            exchange = Exchange(wire, self._state.ids.request(), parameters=dict(wire.own_parameters()))
            try:
                for step in self._steps:
                    step(exchange)
            except ResponseError as error:
                return self._failure(exchange, error)
            return self._success(exchange)

    # Steps

    def _identify(self, exchange: Exchange) -> None:
        wire = exchange.wire
        if wire.method not in ("GET", "POST"):
            raise ResponseError("UnsupportedHTTPMethod")
        if wire.path != "/":
            raise ResponseError("InvalidAction.NotFound")
        for name, value in (("Action", wire.action), ("Version", wire.version)):
            if not value:
                raise ResponseError("Missing{parameter}", parameter=name)
        if wire.values.get("Format", "JSON").upper() != "JSON":
            raise ResponseError("InvalidParameter.Format", "The fake writes JSON only.")
        if wire.version == STS_VERSION:
            if wire.action != STS_ACTION:
                raise ResponseError("InvalidAction.NotFound")
        elif wire.version not in spec.VERSIONS:
            raise ResponseError("InvalidVersion")
        elif wire.action not in spec.actions(wire.version):
            raise ResponseError("InvalidAction.NotFound")
        else:
            exchange.action = spec.action(wire.action, wire.version)

    def _authenticate(self, exchange: Exchange) -> None:
        exchange.key = self._authenticator.authenticate(exchange.wire)

    def _decode(self, exchange: Exchange) -> None:
        if exchange.action is not None:
            decoded = decode(exchange.action, exchange.wire, self._state.assumptions)
            exchange.parameters, exchange.ignored = decoded.parameters, decoded.unknown

    def _check(self, exchange: Exchange) -> None:
        action = exchange.action
        if action is None:
            return
        if action.name not in OPERATIONS[action.version]:
            raise ResponseError("FakeNotImplemented", action=action.name, version=action.version)
        if exchange.ignored and self._state.assumptions.unknown_parameters_refused:
            raise invalid(exchange.ignored[0], "The action has no such parameter.")
        check_parameters(action, exchange.parameters)

    def _perform(self, exchange: Exchange) -> None:
        action, key = exchange.action, exchange.key
        assert key is not None
        if action is None:
            exchange.response = get_caller_identity(key)
            return
        self._state.run_due()
        region = self._state.region(key.account, exchange.wire.region(self._default_region))
        call = Call(
            action=action.name,
            generation=GENERATIONS[action.version],
            parameters=exchange.parameters,
            request_id=exchange.request_id,
            region=region,
        )
        exchange.response = _perform_once(call, OPERATIONS[action.version][action.name])
        if self._state.assumptions.empty_lists_left_out:
            exchange.response = _without_empty_lists(exchange.response)
        if self._strict:
            check_response(action, {**exchange.response, "RequestId": exchange.request_id})

    # Responses

    def _success(self, exchange: Exchange) -> Response:
        self._journal(exchange, 200, "")
        response = _json_response({"RequestId": exchange.request_id, **exchange.response}, 200, exchange.request_id)
        if exchange.ignored:
            response.headers["x-fake-ignored-parameters"] = ",".join(exchange.ignored)
        return response

    def _failure(self, exchange: Exchange, error: ResponseError) -> Response:
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
            time=self._state.time,
            action=exchange.wire.action,
            version=exchange.wire.version,
            parameters=exchange.parameters,
            status=status,
            code=code,
            request_id=exchange.request_id,
        )
        self._state.journal.add(entry)


def _perform_once(call: Call, operation: Callable[[Call], dict[str, Any]]) -> Mapping[str, Any]:
    """Perform a call, or return the response that its client token was given before."""
    token = call.get("ClientToken")
    if not token:
        return operation(call)
    check_client_token(token)
    others = {name: value for name, value in call.parameters.items() if name != "ClientToken"}
    fingerprint = hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()
    known = call.region.tokens.find(call.action, token, fingerprint)
    if known is not None:
        return known
    response = operation(call)
    call.region.tokens.store(call.action, token, fingerprint, response)
    return response


def _without_empty_lists(response: Any) -> Any:
    if isinstance(response, Mapping):
        return {name: _without_empty_lists(member) for name, member in response.items() if member != []}
    if isinstance(response, list):
        return [_without_empty_lists(element) for element in response]
    return response


def _json_response(body: Mapping[str, Any], status: int, request_id: str) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(content, status, {"x-acs-request-id": request_id, "x-fake": "ehpc"}, content_type=_JSON)
