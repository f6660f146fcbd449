"""Reading responses: the JSON body, or an error of the class that the error code belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from pulumi_ehpc.api.conforming import UnfitBodyError, conform
from pulumi_ehpc.api.spec import failure_of, next_step_of
from pulumi_ehpc.api.spec.redaction import masked, secret_values
from pulumi_ehpc.errors import ApiError, ServiceError

if TYPE_CHECKING:
    from pulumi_ehpc.api.call import Call
    from pulumi_ehpc.api.transport import Response

UNREADABLE: Final = "UnreadableResponse"
"""Code of the error that stands for a response which cannot be read."""

_MILLISECONDS: Final = re.compile(r"[0-9]{1,9}")

_ERROR_CLASSES: Final[Mapping[str, type[ApiError]]] = {each.__name__: each for each in ApiError.__subclasses__()}
"""Error classes by the names that ``failures.json`` gives them."""


def parse(response: Response, call: Call, *, now: datetime) -> dict[str, Any]:
    """Return the JSON body of a response, with plain values as the spec has them.

    Args:
        response: The response.
        call: The call it belongs to; secrets among its parameters are removed from the service's message.
        now: The time here, to measure clock skew.

    Raises:
        ApiError: The HTTP status is 300 or more, ``Success`` is false, or the body cannot be read: it is not a JSON
            object, or does not conform to the spec.
    """
    body = _json_object(response.body)
    if body is None:
        content_type = response.headers.get("Content-Type", "no content type").partition(";")[0]
        what = f"the response is not a JSON object ({content_type}, {len(response.body)} bytes)"
        raise _unreadable(what, response, call, "")
    request_id = _string(body, "RequestId")
    if response.status < 300 and _string(body, "Success").lower() != "false":
        try:
            return conform(body, call.action, needs=call.needs, offset=_offset(call.parameters))
        except UnfitBodyError as unfit:
            raise _unreadable(f"the response {unfit}", response, call, request_id) from None
    code = _string(body, "Code") or "Unsuccessful"
    skew = _describe_skew(clock_skew(response.headers, now))
    next_step = next_step_of(code, response.status).format(clock_skew=skew)
    error_class = _ERROR_CLASSES[failure_of(code, response.status)]
    raise _error(error_class, _message(body, call.parameters), code, response, call, request_id, next_step)


def _offset(sent: Mapping[str, Any]) -> int | None:
    """Return how many items come before the page that is asked for; None where that is not known."""
    number, size = str(sent.get("PageNumber") or 1), str(sent.get("PageSize") or "")
    if sent.get("NextToken") or not number.isdecimal():
        return None
    if number == "1":
        return 0
    return (int(number) - 1) * int(size) if size.isdecimal() else None


def _json_object(text: bytes) -> dict[str, Any] | None:
    """Return the object that a body holds; None for anything else, such as one that is nested without an end."""
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _unreadable(what: str, response: Response, call: Call, request_id: str) -> ApiError:
    next_step = (
        "Nothing is concluded from it. It may come from a proxy: check the endpoint and the proxy settings, "
        "then try again."
    )
    return _error(ServiceError, what, UNREADABLE, response, call, request_id, next_step)


def _error(
    error_class: type[ApiError], what: str, code: str, response: Response, call: Call, request_id: str, next_step: str
) -> ApiError:
    return error_class(
        what,
        code=code,
        http_status=response.status,
        request_id=request_id,
        action=call.action.name,
        version=call.action.version,
        retry_after=_retry_after(response.headers),
        next_step=next_step,
    )


def clock_skew(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how many seconds this clock is ahead of the service's (negative: behind); None without a date header."""
    try:
        there = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return (now - there.replace(tzinfo=there.tzinfo or timezone.utc)).total_seconds()


def _string(body: Mapping[str, Any], name: str) -> str:
    """Return a member as a string; some gateways write its name with a lowercase first letter."""
    value = body.get(name, body.get(name[0].lower() + name[1:]))
    return "" if value is None else str(value)


def _message(body: Mapping[str, Any], sent: Mapping[str, Any]) -> str:
    """Return the service's message without the secrets it may quote."""
    # The message about a wrong signature quotes the string that the server signed, with every parameter in it.
    message = _string(body, "Message").partition("string to sign is")[0] or "no message"
    message = masked(message, secret_values(sent))
    detail = body.get("AccessDeniedDetail")
    permission = detail.get("AuthAction") if isinstance(detail, Mapping) else None
    return f"{message} (missing permission {permission})" if permission else message


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait; ``x-acs-retry-after`` is in milliseconds, as the official SDK reads it."""
    value = headers.get("x-acs-retry-after", "")
    return int(value) / 1000 if _MILLISECONDS.fullmatch(value) and int(value) > 0 else None


def _describe_skew(skew: float | None) -> str:
    if skew is None:
        return "too far off"
    return f"{abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'}"
