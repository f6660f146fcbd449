"""One structured log line for each attempt of a call: a JSON object, without secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_ehpc.api.spec import Action, redact
from pulumi_ehpc.errors import ApiError

__all__ = ["CallLog"]

_log: Final = logging.getLogger("pulumi_ehpc.api")


@dataclass
class CallLog:
    """What there is to say about a call, kept up to date through its attempts.

    Attributes:
        action: The action.
        parameters: Parameters as they were given.
        attempt: Number of the attempt, from 1.
        milliseconds: How long the attempt took, without waiting for the rate limit.
        status: HTTP status; 0 when no answer came.
        code: Error code; empty when there was none.
        request_id: The service's id of the call.
    """

    action: Action
    parameters: Mapping[str, Any] = field(repr=False)
    attempt: int = 0
    milliseconds: int = 0
    status: int = 0
    code: str = ""
    request_id: str = ""

    def begin(self) -> None:
        """Note that the next attempt begins."""
        self.attempt += 1
        self.status, self.code, self.request_id, self.milliseconds = 0, "", "", 0

    def answered(self, status: int, seconds: float) -> None:
        """Note that an answer came."""
        self.status = status
        self.milliseconds = round(seconds * 1000)

    def succeeded(self, request_id: str) -> None:
        """Write the line of an attempt that succeeded."""
        self.request_id = request_id
        self._write(logging.DEBUG)

    def failed(self, error: BaseException) -> None:
        """Write the line of an attempt that failed for good."""
        self._note(error)
        self._write(logging.DEBUG)

    def repeated(self, error: BaseException, seconds: float) -> None:
        """Write the line of an attempt that is repeated after so many seconds."""
        self._note(error)
        self._write(logging.WARNING, retry_in_seconds=round(seconds, 3))

    def _note(self, error: BaseException) -> None:
        if isinstance(error, ApiError):
            self.code, self.request_id = error.code, error.request_id
        else:
            self.code = type(error).__name__

    def _write(self, level: int, **more: Any) -> None:
        if not _log.isEnabledFor(level):
            return
        line = {
            "action": self.action.name,
            "version": self.action.version,
            "milliseconds": self.milliseconds,
            "status": self.status,
            **({"code": self.code} if self.code else {}),
            "request_id": self.request_id,
            "attempt": self.attempt,
            **more,
            "parameters": redact(self.parameters),
        }
        _log.log(level, "%s", json.dumps(line, ensure_ascii=False))
