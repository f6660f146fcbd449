"""Signed requests: what is where, and that it verifies."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest

from pulumi_ehpc.api import Credentials, spec
from pulumi_ehpc.api.call import Call
from pulumi_ehpc.api.signers import SIGNERS, HttpRequest, Signature, SigningContext
from pulumi_ehpc.api.signing import acs3_signature, parse_acs3_authorization, v1_signature
from tests.api.clocks import START

OLD, NEW = spec.VERSIONS
GET, POST = spec.action("AddUsers", OLD), spec.action("CreateUsers", NEW)
PERMANENT = Credentials("LTAIid", "canary-secret")
TEMPORARY = Credentials("STS.id", "canary-secret", "canary-token")
BASE = "https://ehpc.cn-hangzhou.aliyuncs.com"
PARAMETERS = {"ClusterId": "ehpc-1 +é", "User.1.Password": "p&w=ä"}


@pytest.mark.parametrize("credentials", [PERMANENT, TEMPORARY])
@pytest.mark.parametrize("action", [GET, POST], ids=["GET", "POST"])
def test_an_acs3_request_verifies(action: spec.Action, credentials: Credentials) -> None:
    request = sign("acs3", action, credentials)
    key_id, signed, signature = parse_acs3_authorization(request.headers["authorization"])
    assert key_id == credentials.access_key_id
    assert set(signed) == set(request.headers) - {"authorization"}
    assert hashlib.sha256(request.body).hexdigest() == request.headers["x-acs-content-sha256"]
    assert signature == acs3_signature(
        method=request.method,
        path="/",
        query=query_of(request),
        headers=request.headers,
        signed_headers=signed,
        payload_sha256=request.headers["x-acs-content-sha256"],
        secret=credentials.access_key_secret,
    )


@pytest.mark.parametrize("credentials", [PERMANENT, TEMPORARY])
@pytest.mark.parametrize("action", [GET, POST], ids=["GET", "POST"])
def test_a_v1_request_verifies(action: spec.Action, credentials: Credentials) -> None:
    request = sign("v1", action, credentials)
    received = query_of(request) + form_of(request)
    assert dict(received)["Signature"] == v1_signature(
        method=request.method, parameters=received, secret=credentials.access_key_secret
    )
    assert dict(received).items() >= PARAMETERS.items()


def test_action_version_time_and_nonce_are_headers_of_acs3() -> None:
    request = sign("acs3", GET, PERMANENT)
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
    request = sign("v1", POST, TEMPORARY, region="")
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


def test_temporary_credentials_send_their_token() -> None:
    request = sign("acs3", GET, TEMPORARY)
    assert request.headers["x-acs-security-token"] == "canary-token"
    assert request.headers["x-acs-accesskey-id"] == "STS.id"


@pytest.mark.parametrize("signature", ["acs3", "v1"])
def test_parameters_of_post_are_not_in_the_url(signature: Signature) -> None:
    request = sign(signature, POST, PERMANENT)
    assert dict(form_of(request)) == PARAMETERS
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "ehpc-1" not in request.url


def test_a_request_does_not_show_what_it_holds() -> None:
    request = sign("acs3", GET, TEMPORARY)
    assert repr(request) == f"HttpRequest(GET {BASE})"


def sign(
    signature: Signature, action: spec.Action, credentials: Credentials, region: str = "cn-hangzhou"
) -> HttpRequest:
    call = Call(action, PARAMETERS, PARAMETERS, BASE)
    return SIGNERS[signature](call, SigningContext(credentials, region, START, nonce="n-1"))


def query_of(request: HttpRequest) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def form_of(request: HttpRequest) -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode(), keep_blank_values=True)
