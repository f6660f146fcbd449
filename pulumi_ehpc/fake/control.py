"""The fake's own interface under ``/_fake/``: looking at it, and doing to it what no client of the service can.

No signature is needed. Snapshots, faults and a console will be further entries of the table of routes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Request, Response

from pulumi_ehpc.fake.clock import iso_seconds

if TYPE_CHECKING:
    from pulumi_ehpc.fake.cloud import FakeCloud

__all__ = ["CONTROL_PATH", "Control"]

CONTROL_PATH: Final = "/_fake/"


class ControlError(Exception):
    """A control request that cannot be done; the text says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Control:
    """Answers control requests on a cloud."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._routes: Mapping[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "health"): self._health,
            ("GET", "journal"): self._journal,
            ("GET", "state"): self._state,
            ("POST", "clock"): self._clock,
            ("POST", "outcome"): self._outcome,
            ("POST", "reset"): self._reset,
        }

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        try:
            body, status = self._handler(request)(request), 200
        except ControlError as error:
            body, status = {"error": str(error)}, error.status
        return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")

    def _handler(self, request: Request) -> Callable[[Request], Any]:
        name = request.path.removeprefix(CONTROL_PATH)
        if handler := self._routes.get((request.method, name)):
            return handler
        methods = [method for method, known in self._routes if known == name]
        if methods:
            raise ControlError(405, f"/_fake/{name} takes {' or '.join(methods)}")
        raise ControlError(404, f"known are {', '.join(sorted(known for _, known in self._routes))}")

    def _health(self, request: Request) -> dict[str, Any]:
        return {
            "status": "ok",
            "time": iso_seconds(self._cloud.clock.now()),
            "time_scale": self._cloud.clock.scale,
            "region": self._cloud.region,
        }

    def _journal(self, request: Request) -> list[dict[str, Any]]:
        return [entry.as_dict() for entry in self._cloud.calls(request.args.get("action"))]

    def _state(self, request: Request) -> dict[str, Any]:
        return self._cloud.snapshot()

    def _reset(self, request: Request) -> dict[str, Any]:
        self._cloud.reset()
        return {"time": iso_seconds(self._cloud.clock.now())}

    def _clock(self, request: Request) -> dict[str, Any]:
        seconds = _body(request).get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ControlError(400, 'the body has to be {"advance": seconds}')
        try:
            self._cloud.advance(seconds)
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return {"time": iso_seconds(self._cloud.clock.now())}

    def _outcome(self, request: Request) -> dict[str, Any]:
        body = _body(request)
        action, reason = body.get("action"), body.get("reason")
        if not isinstance(action, str) or body.get("outcome") != "exception":
            raise ControlError(400, 'the body has to be {"action": name, "outcome": "exception"}')
        try:
            self._cloud.fail_next(action, *([str(reason)] if reason else []))
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
