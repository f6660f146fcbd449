"""Reading answers: a tree, or an error of the class that its code belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pulumi_ehpc import errors
from pulumi_ehpc.api.signing import percent_encode
from pulumi_ehpc.api.spec import REDACTED, Action, failure_of, next_step_of, secret_values
from pulumi_ehpc.errors import ApiError, ServiceError

if TYPE_CHECKING:
    from pulumi_ehpc.api.transport import Answer

__all__ = ["clock_skew", "read"]


def read(answer: Answer, action: Action, *, sent: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Read an answer.

    Args:
        answer: The answer.
        action: The action that was called.
        sent: Parameters of the call; secrets among them are taken out of the service's message.
        now: The time here, to tell how far off the clock is.

    Raises:
        ApiError: HTTP status 400 or more, or ``Success`` is not true, or the answer is not a JSON object.
    """
    try:
        tree = json.loads(answer.body)
    except ValueError:
        tree = None
    if not isinstance(tree, dict):
        raise _unreadable(answer, action)
    if answer.status >= 300 or _text(tree, "Success").lower() == "false":
        raise _api_error(answer, action, tree, sent, now)
    return tree


def clock_skew(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the clock here is ahead of the service's (negative: behind); None when an answer has no date."""
    try:
        there = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return (now - there.replace(tzinfo=there.tzinfo or timezone.utc)).total_seconds()


def _api_error(
    answer: Answer, action: Action, tree: Mapping[str, Any], sent: Mapping[str, Any], now: datetime
) -> ApiError:
    code = _text(tree, "Code") or "Unsuccessful"
    kind: type[ApiError] = getattr(errors, failure_of(code, answer.status))
    return kind(
        _message(tree, sent),
        code=code,
        http_status=answer.status,
        request_id=_text(tree, "RequestId"),
        action=action.name,
        version=action.version,
        retry_after=_retry_after(answer.headers),
        next_step=next_step_of(code, answer.status).format(clock_skew=_skew_text(clock_skew(answer.headers, now))),
    )


def _unreadable(answer: Answer, action: Action) -> ServiceError:
    content_type = answer.headers.get("Content-Type", "no content type").partition(";")[0]
    return ServiceError(
        f"the answer is not a JSON object ({content_type}, {len(answer.body)} bytes)",
        code="UnreadableAnswer",
        http_status=answer.status,
        request_id="",
        action=action.name,
        version=action.version,
        retry_after=_retry_after(answer.headers),
        next_step="A proxy may have answered in place of the service: check the endpoint and the proxy settings.",
    )


def _text(tree: Mapping[str, Any], name: str) -> str:
    """A member as text, under its name or with a lower-case first letter, as some gateways answer."""
    value = tree.get(name, tree.get(name[0].lower() + name[1:]))
    return "" if value is None else str(value)


def _message(tree: Mapping[str, Any], sent: Mapping[str, Any]) -> str:
    """What the service says, without the secrets it may quote."""
    # A refused signature is answered with the text the server signed, that is with every parameter.
    message = _text(tree, "Message").partition("string to sign is")[0] or "no message"
    for secret in sorted(secret_values(sent), key=len, reverse=True):
        for form in _written_forms(secret):
            message = message.replace(form, REDACTED)
    detail = tree.get("AccessDeniedDetail")
    permission = detail.get("AuthAction") if isinstance(detail, Mapping) else None
    return f"{message} (missing permission {permission})" if permission else message


def _written_forms(secret: str) -> list[str]:
    """A secret as it is, as in JSON text, and percent-encoded once and twice; the longest first."""
    plain = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    once = {percent_encode(form) for form in plain}
    twice = {percent_encode(form) for form in once}
    return sorted(plain | once | twice, key=len, reverse=True)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait; ``x-acs-retry-after`` has milliseconds, as the official SDK takes it."""
    text = headers.get("x-acs-retry-after", "")
    return int(text) / 1000 if text.isascii() and text.isdigit() and int(text) > 0 else None


def _skew_text(skew: float | None) -> str:
    if skew is None:
        return "too far off"
    return f"{abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'}"
