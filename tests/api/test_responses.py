"""Responses: JSON bodies, and errors of the right class with everything a person needs."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from email.utils import format_datetime
from typing import Any

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import responses, spec
from pulumi_ehpc.api.call import Call
from pulumi_ehpc.api.signing import percent_encode
from pulumi_ehpc.api.transport import Response
from tests.api.clocks import START
from tests.api.loopback import GOOD

ACTION = spec.action("GetCluster", "2024-07-30")
CALL = Call(ACTION, {}, {}, "https://example.com")
CANARY = 'Canary "P+ss\\wörd"'


def test_a_good_response_is_its_body() -> None:
    assert parse(GOOD) == GOOD


@pytest.mark.parametrize("success", [True, "true", "True", None])
def test_success_passes(success: Any) -> None:
    assert parse({**GOOD, "Success": success}) == {**GOOD, "Success": success}


@pytest.mark.parametrize("success", [False, "false", "False"])
def test_success_false_is_an_error_whatever_the_status(success: Any) -> None:
    with pytest.raises(errors.ServiceError) as raised:
        parse({"Success": success, "RequestId": "R-7"})
    assert (raised.value.code, raised.value.http_status, raised.value.request_id) == ("Unsuccessful", 200, "R-7")
    with pytest.raises(errors.ConflictError):
        parse({"Success": success, "Code": "ConflictOpt", "Message": "busy"})


def test_an_error_says_everything() -> None:
    with pytest.raises(errors.NotFoundError) as raised:
        parse({"Code": "ClusterNotFound", "Message": "The cluster does not exist.", "RequestId": "R-1"}, status=404)
    error = raised.value
    assert (error.code, error.http_status, error.request_id) == ("ClusterNotFound", 404, "R-1")
    assert (error.action, error.version) == ("GetCluster", "2024-07-30")
    assert str(error).startswith(
        "GetCluster failed: The cluster does not exist (ClusterNotFound, HTTP 404, request R-1). Check the cluster id"
    )
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_lowercase_names_are_understood() -> None:
    with pytest.raises(errors.InvalidRequestError) as raised:
        parse({"code": "InvalidParams", "message": "no", "requestId": "R-2"}, status=400)
    assert (raised.value.code, raised.value.message, raised.value.request_id) == ("InvalidParams", "no", "R-2")


@pytest.mark.parametrize("code", sorted(spec.error_codes()))
def test_every_documented_code_becomes_its_class(code: str) -> None:
    http = spec.error_codes()[code] or 400
    with pytest.raises(errors.ApiError) as raised:
        parse({"Code": code, "Message": "m"}, status=http)
    assert type(raised.value).__name__ == spec.failure_of(code, http)
    assert raised.value.next_step
    assert "{" not in raised.value.next_step


@pytest.mark.parametrize(
    ("seconds", "message"), [(90, "90 seconds behind the service's"), (-90, "90 seconds ahead of the service's")]
)
def test_the_clock_skew_is_shown(seconds: int, message: str) -> None:
    there = START.timestamp() + seconds
    date = format_datetime(START.fromtimestamp(there, START.tzinfo), usegmt=False)
    with pytest.raises(errors.AuthenticationError, match=message):
        parse({"Code": "InvalidTimeStamp.Expired", "Message": "expired"}, status=400, headers={"Date": date})


def test_a_wrong_clock_without_a_date() -> None:
    with pytest.raises(errors.AuthenticationError, match="too far off the service's"):
        parse({"Code": "InvalidTimeStamp.Expired"}, status=400, headers={"Date": "yesterday"})


def test_a_missing_permission_is_named() -> None:
    body = {"Code": "NoPermission", "Message": "denied", "AccessDeniedDetail": {"AuthAction": "ehpc:GetCluster"}}
    with pytest.raises(errors.AuthorizationError, match="missing permission ehpc:GetCluster"):
        parse(body, status=403)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2500", 2.5), ("0", None), ("-1", None), ("soon", None), ("", None), ("²", None), ("9" * 5000, None)],
)
def test_the_service_may_say_when_to_retry(header: str, seconds: float | None) -> None:
    with pytest.raises(errors.ThrottledError) as raised:
        parse({"Code": "Throttling.User"}, status=429, headers={"x-acs-retry-after": header})
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad Gateway</html>", b'{"RequestId": "R', b"[1]", b"\xff\xfe\x00", b"null"]
)
@pytest.mark.parametrize("status", [200, 404, 502])
def test_what_is_not_json_is_a_fault_of_the_service(body: bytes, status: int) -> None:
    with pytest.raises(errors.ServiceError, match="not a JSON object") as raised:
        responses.parse(Response(status, {"Content-Type": "text/html; x"}, body), CALL, now=START)
    assert raised.value.http_status == status
    assert raised.value.code == "UnreadableResponse"
    assert "text/html" in str(raised.value)


@pytest.mark.parametrize(
    "quoted",
    [
        CANARY,
        json.dumps(CANARY),
        json.dumps(CANARY, ensure_ascii=False),
        percent_encode(CANARY),
        percent_encode(percent_encode(CANARY)),
        percent_encode(json.dumps([{"Password": CANARY}], ensure_ascii=False)),
    ],
)
@pytest.mark.parametrize(
    "sent",
    [
        {"Password": CANARY},
        {"User": [{"Name": "a", "Password": CANARY}]},
        {"User": json.dumps([{"Password": CANARY}])},
    ],
    ids=str,
)
def test_secrets_that_the_service_quotes_are_removed(quoted: str, sent: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidRequestError) as raised:
        parse({"Code": "InvalidParams", "Message": f"bad: {quoted}"}, status=400, sent=sent)
    assert "[secret]" in raised.value.message
    assert "Canary" not in raised.value.message
    assert "ss" not in raised.value.message.replace("Password", "")


def test_the_servers_string_to_sign_is_not_shown() -> None:
    message = "Specified signature is not matched with our calculation. server string to sign is:GET&%2F&Password%3Dx"
    with pytest.raises(errors.AuthenticationError) as raised:
        parse({"Code": "SignatureDoesNotMatch", "Message": message}, status=400)
    assert "Password" not in str(raised.value)


def test_an_error_without_a_message() -> None:
    with pytest.raises(errors.ServiceError, match="no message"):
        parse({}, status=500)


def parse(
    body: Any, status: int = 200, headers: dict[str, str] | None = None, sent: dict[str, Any] | None = None
) -> dict[str, Any]:
    response = Response(status, headers or {}, json.dumps(body).encode())
    return responses.parse(response, replace(CALL, parameters=sent or {}), now=START)
