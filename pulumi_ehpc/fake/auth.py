"""Access keys, and request signatures of both kinds, verified as the gateway does."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Final

from pulumi_ehpc.api.signing import ACS3_ALGORITHM, acs3_signature, parse_acs3_authorization, v1_signature
from pulumi_ehpc.fake.errors import ResponseError
from pulumi_ehpc.fake.wire import WireRequest

__all__ = ["DEFAULT_ACCOUNT", "AccessKey", "Authenticator"]

DEFAULT_ACCOUNT: Final = "1000000000000001"
"""Account of keys that name none."""

MAX_SKEW_SECONDS: Final = 15 * 60
_TIMESTAMP: Final = "%Y-%m-%dT%H:%M:%SZ"
_KEY_PATTERN = re.compile(r"(?P<id>[^:\s]+):(?P<secret>[^:\s]+)(?::(?P<account>\d+))?")
_SIGNED_ALWAYS: Final = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)


@dataclass(frozen=True)
class AccessKey:
    """An access key that the fake accepts."""

    id: str
    secret: str = field(repr=False)
    account: str = DEFAULT_ACCOUNT

    @classmethod
    def parse(cls, value: str) -> AccessKey:
        """Parse ``ID:SECRET`` or ``ID:SECRET:ACCOUNT``.

        Raises:
            ValueError: The string has another format. The message does not repeat it.
        """
        match = _KEY_PATTERN.fullmatch(value)
        if match is None:
            raise ValueError("an access key is written ID:SECRET or ID:SECRET:ACCOUNT, with an account of digits")
        return cls(match["id"], match["secret"], match["account"] or DEFAULT_ACCOUNT)


class Authenticator:
    """Verifies requests.

    Timestamps come from the caller, so they are compared with real time, whatever the fake's clock says.

    Args:
        keys: The keys to accept.
        wall_clock: Real time in seconds since the epoch.
        verify: False accepts every request.
    """

    def __init__(self, keys: Iterable[AccessKey], wall_clock: Callable[[], float], *, verify: bool = True) -> None:
        self._keys = {key.id: key for key in keys}
        self._wall_clock = wall_clock
        self._verify = verify
        self._nonces: dict[tuple[str, str], float] = {}
        self._nonces_in_order: deque[tuple[str, str]] = deque()

    def authenticate(self, wire: WireRequest) -> AccessKey:
        """Return the key that signed a request.

        Raises:
            ResponseError: The gateway's error: the key is missing or unknown, the time is off, the nonce was used, or
                the signature is wrong.
        """
        if not self._verify:
            key_id = _claimed_key_id(wire)
            return self._keys.get(key_id, AccessKey(key_id or "anonymous", ""))
        if wire.headers.get("authorization", "").startswith(ACS3_ALGORITHM):
            return self._verify_acs3(wire)
        return self._verify_v1(wire)

    def _verify_acs3(self, wire: WireRequest) -> AccessKey:
        try:
            key_id, signed, signature = parse_acs3_authorization(wire.headers["authorization"])
        except ValueError:
            raise ResponseError("IncompleteSignature") from None
        key = self._key(key_id)
        token = ("x-acs-security-token",) if "x-acs-security-token" in wire.headers else ()
        if missing := [name for name in (*_SIGNED_ALWAYS, *token) if name not in signed or name not in wire.headers]:
            raise ResponseError("IncompleteSignature", f"Not signed: {', '.join(missing)}.")
        self._check_time(wire.headers["x-acs-date"])
        payload = hashlib.sha256(wire.body).hexdigest()
        try:
            expected = acs3_signature(
                method=wire.method,
                path=wire.path,
                query=wire.query,
                headers=wire.headers,
                signed_headers=signed,
                payload_sha256=payload,
                secret=key.secret,
            )
        except KeyError:
            raise ResponseError("IncompleteSignature", "A signed header is not there.") from None
        self._compare(expected, signature)
        self._compare(payload, wire.headers["x-acs-content-sha256"])
        self._use_nonce(key.id, wire.headers["x-acs-signature-nonce"])
        return key

    def _verify_v1(self, wire: WireRequest) -> AccessKey:
        for name in ("AccessKeyId", "Signature", "Timestamp", "SignatureNonce", "SignatureMethod", "SignatureVersion"):
            if not wire.values.get(name):
                raise ResponseError("Missing{parameter}", parameter=name)
        key = self._key(wire.values["AccessKeyId"])
        if (wire.values["SignatureMethod"], wire.values["SignatureVersion"]) != ("HMAC-SHA1", "1.0"):
            raise ResponseError("IncompleteSignature", "Known are HMAC-SHA1 in version 1.0 and ACS3-HMAC-SHA256.")
        self._check_time(wire.values["Timestamp"])
        expected = v1_signature(method=wire.method, parameters=(*wire.query, *wire.form), secret=key.secret)
        self._compare(expected, wire.values["Signature"])
        self._use_nonce(key.id, wire.values["SignatureNonce"])
        return key

    def _key(self, key_id: str) -> AccessKey:
        if key_id not in self._keys:
            raise ResponseError("InvalidAccessKeyId.NotFound")
        return self._keys[key_id]

    def _check_time(self, timestamp: str) -> None:
        try:
            moment = datetime.strptime(timestamp, _TIMESTAMP).replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            raise ResponseError("InvalidTimeStamp.Format") from None
        if abs(self._wall_clock() - moment) > MAX_SKEW_SECONDS:
            raise ResponseError("InvalidTimeStamp.Expired")

    def _compare(self, expected: str, given: str) -> None:
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise ResponseError("SignatureDoesNotMatch")

    def _use_nonce(self, key_id: str, nonce: str) -> None:
        now = self._wall_clock()
        while self._nonces_in_order and now - self._nonces[self._nonces_in_order[0]] > 2 * MAX_SKEW_SECONDS:
            del self._nonces[self._nonces_in_order.popleft()]
        used = (key_id, nonce)
        if used in self._nonces:
            raise ResponseError("SignatureNonceUsed")
        self._nonces[used] = now
        self._nonces_in_order.append(used)


def _claimed_key_id(wire: WireRequest) -> str:
    try:
        return parse_acs3_authorization(wire.headers.get("authorization", ""))[0]
    except ValueError:
        return wire.values.get("AccessKeyId", "")
