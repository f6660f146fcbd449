"""Signed requests: what is where, and that it verifies."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest

from pulumi_ehpc.api import Keys, spec
from pulumi_ehpc.api.envelope import Request, acs3_request, v1_request
from pulumi_ehpc.api.signing import acs3_signature, parse_acs3_authorization, v1_signature
from tests.api.clocks import START

OLD, NEW = spec.VERSIONS
GET, POST = spec.action("AddUsers", OLD), spec.action("CreateUsers", NEW)
KEYS, TEMPORARY = Keys("LTAIid", "canary-secret"), Keys("STS.id", "canary-secret", "canary-token")
BASE = "https://ehpc.cn-hangzhou.aliyuncs.com"
PARAMETERS = {"ClusterId": "ehpc-1 +é", "User.1.Password": "p&w=ä"}


@pytest.mark.parametrize("keys", [KEYS, TEMPORARY])
@pytest.mark.parametrize("action", [GET, POST], ids=["GET", "POST"])
def test_an_acs3_request_verifies(action: spec.Action, keys: Keys) -> None:
    request = acs3_request(BASE, action, PARAMETERS, region="cn-hangzhou", keys=keys, now=START, nonce="n")
    key_id, signed, signature = parse_acs3_authorization(request.headers["authorization"])
    assert key_id == keys.key_id
    assert set(signed) == set(request.headers) - {"authorization"}
    assert hashlib.sha256(request.body).hexdigest() == request.headers["x-acs-content-sha256"]
    assert signature == acs3_signature(
        method=request.method,
        path="/",
        query=query_of(request),
        headers=request.headers,
        signed_headers=signed,
        payload_sha256=request.headers["x-acs-content-sha256"],
        secret=keys.secret,
    )


@pytest.mark.parametrize("keys", [KEYS, TEMPORARY])
@pytest.mark.parametrize("action", [GET, POST], ids=["GET", "POST"])
def test_a_v1_request_verifies(action: spec.Action, keys: Keys) -> None:
    request = v1_request(BASE, action, PARAMETERS, region="cn-hangzhou", keys=keys, now=START, nonce="n")
    received = query_of(request) + form_of(request)
    assert dict(received)["Signature"] == v1_signature(method=request.method, parameters=received, secret=keys.secret)
    assert dict(received).items() >= PARAMETERS.items()


def test_action_version_time_and_nonce_are_headers_of_acs3() -> None:
    request = acs3_request(BASE, GET, PARAMETERS, region="cn-hangzhou", keys=KEYS, now=START, nonce="n-1")
    assert (
        request.headers.items()
        >= {
            "host": "ehpc.cn-hangzhou.aliyuncs.com",
            "x-acs-action": "AddUsers",
            "x-acs-version": OLD,
            "x-acs-date": "2026-01-02T03:04:05Z",
            "x-acs-signature-nonce": "n-1",
            "x-acs-region-id": "cn-hangzhou",
        }.items()
    )
    assert dict(query_of(request)) == PARAMETERS


def test_action_version_time_and_nonce_are_parameters_of_v1() -> None:
    request = v1_request(BASE, POST, PARAMETERS, region="", keys=TEMPORARY, now=START, nonce="n-1")
    assert (
        dict(query_of(request)).items()
        >= {
            "Action": "CreateUsers",
            "Version": NEW,
            "Timestamp": "2026-01-02T03:04:05Z",
            "SignatureNonce": "n-1",
            "SignatureMethod": "HMAC-SHA1",
            "SecurityToken": "canary-token",
        }.items()
    )
    assert "x-acs-region-id" not in request.headers


def test_temporary_keys_send_their_token() -> None:
    request = acs3_request(BASE, GET, {}, region="", keys=TEMPORARY, now=START, nonce="n")
    assert request.headers["x-acs-security-token"] == "canary-token"
    assert request.headers["x-acs-accesskey-id"] == "STS.id"


@pytest.mark.parametrize("seal", [acs3_request, v1_request])
def test_parameters_of_post_are_not_in_the_address(seal: object) -> None:
    assert callable(seal)
    request = seal(BASE, POST, PARAMETERS, region="", keys=KEYS, now=START, nonce="n")
    assert dict(form_of(request)) == PARAMETERS
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "ehpc-1" not in request.url


def test_a_request_does_not_show_what_it_holds() -> None:
    request = acs3_request(BASE, GET, PARAMETERS, region="", keys=TEMPORARY, now=START, nonce="n")
    assert repr(request) == f"Request(GET {BASE})"


def query_of(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def form_of(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode(), keep_blank_values=True)
