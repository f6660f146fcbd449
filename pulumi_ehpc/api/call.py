"""A call of an action, and the log of its attempts: a line each, which is a JSON object without secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_ehpc.api.spec import Action
from pulumi_ehpc.api.spec.redaction import redact
from pulumi_ehpc.errors import ApiError

_log: Final = logging.getLogger("pulumi_ehpc.api")


@dataclass(frozen=True)
class Call:
    """One call, checked and encoded, ready to be sent.

    Attributes:
        action: The action.
        parameters: Parameters as given.
        encoded: Parameters as they are sent.
        base_url: Scheme and host to call.
        needs: Paths that the response must have, beside those that it always has.
    """

    action: Action
    parameters: Mapping[str, Any] = field(repr=False)
    encoded: Mapping[str, str] = field(repr=False)
    base_url: str
    needs: tuple[str, ...] = ()

    @property
    def idempotent(self) -> bool:
        """Whether making the call twice has the effect of making it once."""
        return self.action.reads or self.action.sets or "ClientToken" in self.encoded


@dataclass
class CallLog:
    """What is logged about a call, updated through its attempts.

    Attributes:
        call: The call.
        attempt: Number of the attempt, from 1.
        milliseconds: Duration of the attempt, without waiting for the rate limit.
        status: HTTP status; 0 without a response.
    """

    call: Call
    attempt: int = 0
    milliseconds: int = 0
    status: int = 0

    def begin(self) -> None:
        """Record that the next attempt begins."""
        self.attempt += 1
        self.milliseconds = self.status = 0

    def received(self, status: int, seconds: float) -> None:
        """Record that a response was received."""
        self.status = status
        self.milliseconds = round(seconds * 1000)

    def succeeded(self, request_id: str) -> None:
        """Log an attempt that succeeded."""
        self._write(logging.DEBUG, "", request_id)

    def failed(self, error: BaseException) -> None:
        """Log an attempt that failed and is not retried."""
        self._write(logging.DEBUG, *_code_and_request_id(error))

    def retried(self, error: BaseException, seconds: float) -> None:
        """Log an attempt that failed and is retried after the given number of seconds."""
        self._write(logging.WARNING, *_code_and_request_id(error), retry_in_seconds=round(seconds, 3))

    def _write(self, level: int, code: str, request_id: str, **more: Any) -> None:
        if not _log.isEnabledFor(level):
            return
        line = {
            "action": self.call.action.name,
            "version": self.call.action.version,
            "milliseconds": self.milliseconds,
            "status": self.status,
            **({"code": code} if code else {}),
            "request_id": request_id,
            "attempt": self.attempt,
            **more,
            "parameters": redact(self.call.parameters),
        }
        _log.log(level, "%s", json.dumps(line, ensure_ascii=False))


def _code_and_request_id(error: BaseException) -> tuple[str, str]:
    if isinstance(error, ApiError):
        return error.code, error.request_id
    return type(error).__name__, ""
