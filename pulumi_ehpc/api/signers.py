"""Signed HTTP requests for calls, with either signature.

Parameters of GET actions travel in the query string, those of POST actions as a form in the body: URLs end up in the
logs of proxies, and parameters may be passwords. The gateway accepts both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from pulumi_ehpc.api.call import Call
from pulumi_ehpc.api.credentials import Credentials
from pulumi_ehpc.api.signing import V1_METHOD, acs3_authorization, acs3_signature, query_string, v1_signature

Signature = Literal["acs3", "v1"]

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request. Its URL, headers and body may hold secrets and are never shown.

    Attributes:
        method: ``GET`` or ``POST``.
        base_url: Scheme and host, which may be shown.
        url: The whole URL.
        headers: Headers, with ``host`` among them, because it is signed.
        body: The body; empty for GET.
    """

    method: str
    base_url: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.base_url})"


@dataclass(frozen=True)
class SigningContext:
    """What an attempt is signed with.

    Attributes:
        credentials: Credentials to sign with.
        region: Region id for the gateway; empty for none.
        now: Time of the attempt, in UTC.
        nonce: A string never used before with these credentials.
    """

    credentials: Credentials
    region: str
    now: datetime
    nonce: str


def sign_acs3(call: Call, context: SigningContext) -> HttpRequest:
    """Sign with ACS3-HMAC-SHA256: action, version, time and nonce travel as headers."""
    action, credentials = call.action, context.credentials
    query, body = _query_and_body(call)
    headers = {
        "x-acs-action": action.name,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": _timestamp(context.now),
        "x-acs-signature-nonce": context.nonce,
        "x-acs-version": action.version,
        **_common_headers(call, context.region, body),
    }
    if credentials.security_token:
        headers["x-acs-accesskey-id"] = credentials.access_key_id
        headers["x-acs-security-token"] = credentials.security_token
    signed_headers = sorted(headers)
    signature = acs3_signature(
        method=action.method,
        path="/",
        query=query.items(),
        headers=headers,
        signed_headers=signed_headers,
        payload_sha256=headers["x-acs-content-sha256"],
        secret=credentials.access_key_secret,
    )
    headers["authorization"] = acs3_authorization(
        key_id=credentials.access_key_id, signature=signature, signed_headers=signed_headers
    )
    return HttpRequest(action.method, call.base_url, _url(call.base_url, query), headers, body)


def sign_v1(call: Call, context: SigningContext) -> HttpRequest:
    """Sign with RPC signature 1.0 (HMAC-SHA1): action, version, time and nonce travel as parameters."""
    action, credentials = call.action, context.credentials
    query, body = _query_and_body(call)
    query |= {
        "AccessKeyId": credentials.access_key_id,
        "Action": action.name,
        "Format": "JSON",
        "SignatureMethod": V1_METHOD,
        "SignatureNonce": context.nonce,
        "SignatureVersion": "1.0",
        "Timestamp": _timestamp(context.now),
        "Version": action.version,
    }
    if credentials.security_token:
        query["SecurityToken"] = credentials.security_token
    query["Signature"] = v1_signature(
        method=action.method, parameters={**call.encoded, **query}.items(), secret=credentials.access_key_secret
    )
    headers = _common_headers(call, context.region, body)
    return HttpRequest(action.method, call.base_url, _url(call.base_url, query), headers, body)


SIGNERS: Final[Mapping[Signature, Callable[[Call, SigningContext], HttpRequest]]] = {"acs3": sign_acs3, "v1": sign_v1}


def _query_and_body(call: Call) -> tuple[dict[str, str], bytes]:
    """Put the parameters where they travel: into the query string or the body."""
    if call.action.method == "GET":
        return dict(call.encoded), b""
    return {}, query_string(call.encoded.items()).encode()


def _common_headers(call: Call, region: str, body: bytes) -> dict[str, str]:
    headers = {"host": urlsplit(call.base_url).netloc, "accept": "application/json", "user-agent": "pulumi-ehpc"}
    if region:
        headers["x-acs-region-id"] = region
    if body:
        headers["content-type"] = _FORM
    return headers


def _url(base_url: str, query: Mapping[str, str]) -> str:
    return f"{base_url}/?{query_string(query.items())}" if query else f"{base_url}/"


def _timestamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
