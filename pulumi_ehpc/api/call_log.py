"""One structured log line for each attempt of a call: a JSON object, without secrets."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any, Final

from pulumi_ehpc.api.call import Call
from pulumi_ehpc.api.spec import redact
from pulumi_ehpc.errors import ApiError

_log: Final = logging.getLogger("pulumi_ehpc.api")


@dataclass
class CallLog:
    """What is logged about a call, updated through its attempts.

    Attributes:
        call: The call.
        attempt: Number of the attempt, from 1.
        milliseconds: Duration of the attempt, without waiting for the rate limit.
        status: HTTP status; 0 without a response.
        code: Error code; empty without an error.
        request_id: The service's id of the call.
    """

    call: Call
    attempt: int = 0
    milliseconds: int = 0
    status: int = 0
    code: str = ""
    request_id: str = ""

    def begin(self) -> None:
        """Record that the next attempt begins."""
        self.attempt += 1
        self.status, self.code, self.request_id, self.milliseconds = 0, "", "", 0

    def received(self, status: int, seconds: float) -> None:
        """Record that a response was received."""
        self.status = status
        self.milliseconds = round(seconds * 1000)

    def succeeded(self, request_id: str) -> None:
        """Log an attempt that succeeded."""
        self.request_id = request_id
        self._write(logging.DEBUG)

    def failed(self, error: BaseException) -> None:
        """Log an attempt that failed and is not retried."""
        self._record(error)
        self._write(logging.DEBUG)

    def retried(self, error: BaseException, seconds: float) -> None:
        """Log an attempt that failed and is retried after the given number of seconds."""
        self._record(error)
        self._write(logging.WARNING, retry_in_seconds=round(seconds, 3))

    def _record(self, error: BaseException) -> None:
        if isinstance(error, ApiError):
            self.code, self.request_id = error.code, error.request_id
        else:
            self.code = type(error).__name__

    def _write(self, level: int, **more: Any) -> None:
        if not _log.isEnabledFor(level):
            return
        line = {
            "action": self.call.action.name,
            "version": self.call.action.version,
            "milliseconds": self.milliseconds,
            "status": self.status,
            **({"code": self.code} if self.code else {}),
            "request_id": self.request_id,
            "attempt": self.attempt,
            **more,
            "parameters": redact(self.call.parameters),
        }
        _log.log(level, "%s", json.dumps(line, ensure_ascii=False))
