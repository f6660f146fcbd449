"""A small client for tests, which signs and encodes requests by itself and sends them without a network."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from werkzeug.test import Client

from pulumi_ehpc.api.signing import acs3_authorization, acs3_signature, v1_signature
from pulumi_ehpc.fake import FakeCloud

V2018 = "2018-04-12"
V2024 = "2024-07-30"
FORM = "application/x-www-form-urlencoded"
HOST = "ehpc.test"


class CallFailedError(Exception):
    """An error response."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{body.get('Code')}: {body.get('Message')}")
        self.status = status
        self.body = body
        self.code = body.get("Code")
        self.message = str(body.get("Message"))


class Caller:
    """Calls actions of a cloud, with parameters in the query: flattened for 2018-04-12, as JSON for 2024-07-30."""

    def __init__(
        self, cloud: FakeCloud, key_id: str = "fake", secret: str = "fake", signature: Literal["acs3", "v1"] = "acs3"
    ) -> None:
        self.cloud = cloud
        self.key_id = key_id
        self.secret = secret
        self.signature = signature
        self.headers: dict[str, str] = {}
        self.last_headers: Mapping[str, str] = {}
        self._http = Client(cloud)

    def v2018(self, action: str, /, **parameters: Any) -> dict[str, Any]:
        """Call an action of 2018-04-12."""
        return self.send(action, V2018, flatten(parameters))

    def v2024(self, action: str, /, **parameters: Any) -> dict[str, Any]:
        """Call an action of 2024-07-30."""
        return self.send(action, V2024, as_json(parameters))

    def send(
        self,
        action: str,
        version: str,
        query: Mapping[str, str],
        *,
        form: Mapping[str, str] | None = None,
        method: str = "",
    ) -> dict[str, Any]:
        """Send one signed request."""
        body = urlencode(form).encode() if form else b""
        method = method or ("POST" if form else "GET")
        if self.signature == "acs3":
            headers = self._acs3(action, version, method, query, body)
        else:
            headers, query = {"host": HOST}, self._v1(action, version, method, query, body)
        if form:
            headers["content-type"] = FORM
        return self.raw(method, query, headers, body)

    def raw(
        self, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes = b"", path: str = "/"
    ) -> dict[str, Any]:
        """Send a request unchanged."""
        response = self._http.open(
            path,
            method=method,
            query_string=urlencode(query),
            headers=dict(headers),
            data=body,
            base_url=f"http://{HOST}",
        )
        self.last_headers = {name.lower(): value for name, value in response.headers.items()}
        content: dict[str, Any] = json.loads(response.get_data())
        if response.status_code >= 400:
            raise CallFailedError(response.status_code, content)
        return content

    def _acs3(self, action: str, version: str, method: str, query: Mapping[str, str], body: bytes) -> dict[str, str]:
        payload = hashlib.sha256(body).hexdigest()
        headers = {
            "host": HOST,
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": timestamp(),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": payload,
            **self.headers,
        }
        return self.sign_acs3(method, query, headers, payload)

    def sign_acs3(self, method: str, query: Mapping[str, str], headers: dict[str, str], payload: str) -> dict[str, str]:
        """Add the Authorization header."""
        signed = sorted(headers)
        signature = acs3_signature(
            method=method,
            path="/",
            query=query.items(),
            headers=headers,
            signed_headers=signed,
            payload_sha256=payload,
            secret=self.secret,
        )
        authorization = acs3_authorization(key_id=self.key_id, signature=signature, signed_headers=signed)
        return {**headers, "authorization": authorization}

    def _v1(self, action: str, version: str, method: str, query: Mapping[str, str], body: bytes) -> dict[str, str]:
        common = {
            "Action": action,
            "Version": version,
            "Format": "JSON",
            "AccessKeyId": self.key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid.uuid4().hex,
            "Timestamp": timestamp(),
            **query,
        }
        everything = (*common.items(), *parse_qsl(body.decode(), keep_blank_values=True))
        return {**common, "Signature": v1_signature(method=method, parameters=everything, secret=self.secret)}


def timestamp(moment: float | None = None) -> str:
    """Format a time as requests have it; now by default."""
    now = datetime.now(timezone.utc) if moment is None else datetime.fromtimestamp(moment, timezone.utc)
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


def flatten(value: Any, prefix: str = "") -> dict[str, str]:
    """Flatten a tree: ``User.1.Name``."""
    if isinstance(value, Mapping):
        members = value.items()
    elif isinstance(value, (list, tuple)):
        members = {str(index): element for index, element in enumerate(value, 1)}.items()
    else:
        return {prefix: str(value)}
    return {
        key: string
        for name, member in members
        for key, string in flatten(member, f"{prefix}.{name}" if prefix else name).items()
    }


def as_json(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Encode each parameter as one string; trees as JSON."""
    return {
        name: json.dumps(value) if isinstance(value, (dict, list, tuple)) else str(value)
        for name, value in parameters.items()
    }
