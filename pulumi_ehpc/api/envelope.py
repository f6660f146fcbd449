"""A signed HTTP request around encoded parameters, for either signature.

Parameters of GET actions travel in the query string, those of POST actions as a form in the body: addresses end up in
the logs of proxies, and parameters may be passwords. The gateway reads both alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from pulumi_ehpc.api.credentials import Keys
from pulumi_ehpc.api.signing import (
    V1_METHOD,
    acs3_authorization,
    acs3_signature,
    percent_encode,
    v1_signature,
)
from pulumi_ehpc.api.spec import Action

__all__ = ["SEALS", "Request", "Signature", "acs3_request", "v1_request"]

Signature = Literal["acs3", "v1"]

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """What is sent. Its address, headers and body may hold secrets and are never shown.

    Attributes:
        method: ``GET`` or ``POST``.
        base_url: Scheme and host, which may be shown.
        url: The whole address.
        headers: Headers; ``host`` among them, as it is signed.
        body: The body; empty for GET.
    """

    method: str
    base_url: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Request({self.method} {self.base_url})"


def acs3_request(
    base_url: str,
    action: Action,
    parameters: Mapping[str, str],
    *,
    region: str,
    keys: Keys,
    now: datetime,
    nonce: str,
) -> Request:
    """Sign with ACS3-HMAC-SHA256: action, version, time and nonce travel as headers.

    Args:
        base_url: Scheme and host.
        action: The action.
        parameters: Its encoded parameters.
        region: Region id for the gateway; empty for none.
        keys: Keys to sign with.
        now: Time of the request, in UTC.
        nonce: A text never used before with these keys.
    """
    query, body = _split(action, parameters)
    headers = {
        "host": urlsplit(base_url).netloc,
        "x-acs-action": action.name,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": _timestamp(now),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": action.version,
        **_common_headers(region, body),
    }
    if keys.token:
        headers |= {"x-acs-accesskey-id": keys.key_id, "x-acs-security-token": keys.token}
    signed_headers = sorted(headers)
    signature = acs3_signature(
        method=action.method,
        path="/",
        query=query.items(),
        headers=headers,
        signed_headers=signed_headers,
        payload_sha256=headers["x-acs-content-sha256"],
        secret=keys.secret,
    )
    headers["authorization"] = acs3_authorization(
        key_id=keys.key_id, signature=signature, signed_headers=signed_headers
    )
    return Request(action.method, base_url, _url(base_url, query), headers, body)


def v1_request(
    base_url: str,
    action: Action,
    parameters: Mapping[str, str],
    *,
    region: str,
    keys: Keys,
    now: datetime,
    nonce: str,
) -> Request:
    """Sign with RPC signature 1.0 (HMAC-SHA1): action, version, time and nonce travel as parameters.

    Arguments are those of ``acs3_request``.
    """
    query, body = _split(action, parameters)
    query |= {
        "AccessKeyId": keys.key_id,
        "Action": action.name,
        "Format": "JSON",
        "SignatureMethod": V1_METHOD,
        "SignatureNonce": nonce,
        "SignatureVersion": "1.0",
        "Timestamp": _timestamp(now),
        "Version": action.version,
    }
    if keys.token:
        query["SecurityToken"] = keys.token
    query["Signature"] = v1_signature(
        method=action.method, parameters={**parameters, **query}.items(), secret=keys.secret
    )
    headers = {"host": urlsplit(base_url).netloc, **_common_headers(region, body)}
    return Request(action.method, base_url, _url(base_url, query), headers, body)


SEALS: Final[Mapping[Signature, Callable[..., Request]]] = {"acs3": acs3_request, "v1": v1_request}


def _split(action: Action, parameters: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """Put parameters where they travel: query or body."""
    if action.method == "GET":
        return dict(parameters), b""
    return {}, _join(parameters.items()).encode()


def _common_headers(region: str, body: bytes) -> dict[str, str]:
    headers = {"accept": "application/json", "user-agent": "pulumi-ehpc"}
    if region:
        headers["x-acs-region-id"] = region
    if body:
        headers["content-type"] = _FORM
    return headers


def _url(base_url: str, query: Mapping[str, str]) -> str:
    return f"{base_url}/?{_join(query.items())}" if query else f"{base_url}/"


def _join(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs)


def _timestamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
