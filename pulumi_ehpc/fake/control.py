"""The fake's own interface under ``/_fake/``: inspect it, and do to it what no client of the service can.

No signature is needed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from werkzeug.wrappers import Request, Response

from pulumi_ehpc.fake.state import State

__all__ = ["CONTROL_PATH", "Control"]

CONTROL_PATH: Final = "/_fake/"


class ControlError(Exception):
    """A control request that is refused; the message says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """Handles control requests.

    Args:
        state: What they inspect and change.
        default_region: Region of API requests that name none, for ``health``.
    """

    def __init__(self, state: State, default_region: str) -> None:
        self._state = state
        self._default_region = default_region
        self._routes: Mapping[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "health"): self._health,
            ("GET", "journal"): self._journal,
            ("GET", "state"): self._snapshot,
            ("POST", "clock"): self._clock,
            ("POST", "outcome"): self._outcome,
            ("POST", "reset"): self._reset,
        }

    def handle(self, request: Request) -> Response:
        """Handle one request."""
        try:
            body, status = self._route(request)(request), 200
        except ControlError as error:
            body, status = {"error": str(error)}, error.status
        return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")

    def _route(self, request: Request) -> Callable[[Request], Any]:
        name = request.path.removeprefix(CONTROL_PATH)
        if route := self._routes.get((request.method, name)):
            return route
        methods = [method for method, known in self._routes if known == name]
        if methods:
            raise ControlError(405, f"/_fake/{name} takes {' or '.join(methods)}")
        raise ControlError(404, f"known are {', '.join(sorted(known for _, known in self._routes))}")

    def _health(self, request: Request) -> dict[str, Any]:
        return {
            "status": "ok",
            "time": self._state.time,
            "time_scale": self._state.clock.scale,
            "region": self._default_region,
        }

    def _journal(self, request: Request) -> list[dict[str, Any]]:
        return [entry.as_dict() for entry in self._state.journal.calls(request.args.get("action"))]

    def _snapshot(self, request: Request) -> dict[str, Any]:
        return self._state.snapshot()

    def _reset(self, request: Request) -> dict[str, Any]:
        self._state.reset()
        return {"time": self._state.time}

    def _clock(self, request: Request) -> dict[str, Any]:
        seconds = _body(request).get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ControlError(400, 'the body has to be {"advance": seconds}')
        try:
            self._state.advance(seconds)
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return {"time": self._state.time}

    def _outcome(self, request: Request) -> dict[str, Any]:
        body = _body(request)
        action, reason = body.get("action"), body.get("reason")
        if not isinstance(action, str) or body.get("outcome") != "exception":
            raise ControlError(400, 'the body has to be {"action": name, "outcome": "exception"}')
        try:
            self._state.fail_next(action, str(reason or ""))
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return {"action": action, "outcome": "exception"}


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ControlError(400, "the body has to be a JSON object")
    return body
