"""Request signatures of Alibaba Cloud's RPC gateways, as pure functions.

Two of them are in use:

* ``ACS3-HMAC-SHA256`` (signature version 3): an ``Authorization`` header over method, path, query, headers and body.
* RPC signature version 1.0, ``HMAC-SHA1``: a ``Signature`` parameter over method and parameters.

Nothing here knows a clock, a nonce or the network, so that a client signs and the fake verifies with the same code.
Documented in "Request syntax and signature method V3" and "Request syntax and signature method V2 for RPC APIs" of the
Alibaba Cloud SDK guide.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote

ACS3_ALGORITHM: Final = "ACS3-HMAC-SHA256"
"""Name of signature version 3, and the first word of its ``Authorization`` header."""

V1_METHOD: Final = "HMAC-SHA1"
"""``SignatureMethod`` of signature version 1.0."""

_AUTHORIZATION = re.compile(
    rf"{ACS3_ALGORITHM}\s+Credential=(?P<key_id>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})\s*"
)


def percent_encode(value: str) -> str:
    """Percent-encode a string as UTF-8 by RFC 3986; letters, digits, ``-``, ``_``, ``.`` and ``~`` are kept."""
    return quote(value, safe="~")


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Percent-encode names and values and join them, as in a query string or a form."""
    return "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs)


def acs3_signature(
    *,
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    signed_headers: Sequence[str],
    payload_sha256: str,
    secret: str,
) -> str:
    """Compute an ACS3-HMAC-SHA256 signature.

    Args:
        method: HTTP method in uppercase.
        path: Path of the URL, percent-encoded; ``/`` for RPC actions.
        query: Decoded names and values of the query string, in any order.
        headers: Headers of the request; names in any case.
        signed_headers: Lowercase names of the headers to sign, in the order of the ``SignedHeaders`` list.
        payload_sha256: SHA-256 of the body in hexadecimal, as sent in ``x-acs-content-sha256``.
        secret: The access key's secret.

    Returns:
        64 hexadecimal digits.

    Raises:
        KeyError: A signed header is not among the headers.
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    header_lines = "".join(f"{name}:{values[name]}\n" for name in signed_headers)
    signed_names = ";".join(signed_headers)
    parts = (method, path, query_string(sorted(query)), header_lines, signed_names, payload_sha256)
    canonical_request = "\n".join(parts)
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ACS3_ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


def acs3_authorization(*, key_id: str, signature: str, signed_headers: Sequence[str]) -> str:
    """Return the ``Authorization`` header that carries an ACS3-HMAC-SHA256 signature."""
    return f"{ACS3_ALGORITHM} Credential={key_id},SignedHeaders={';'.join(signed_headers)},Signature={signature}"


def parse_acs3_authorization(header: str) -> tuple[str, tuple[str, ...], str]:
    """Parse an ``Authorization`` header.

    Returns:
        The access key id, the names of the signed headers in order, and the signature.

    Raises:
        ValueError: The header is not of the ACS3-HMAC-SHA256 form.
    """
    match = _AUTHORIZATION.fullmatch(header.strip())
    if match is None:
        raise ValueError(f"not an {ACS3_ALGORITHM} authorization header")
    return match["key_id"], tuple(match["headers"].split(";")), match["signature"]


def v1_signature(*, method: str, parameters: Iterable[tuple[str, str]], secret: str) -> str:
    """Compute an RPC signature of version 1.0 (HMAC-SHA1).

    Args:
        method: HTTP method in uppercase.
        parameters: Decoded names and values of every parameter, in query and form body, in any order. A ``Signature``
            among them is ignored, so that a received request can be verified as it is.
        secret: The access key's secret.

    Returns:
        28 characters of base64.
    """
    unsigned = [(name, value) for name, value in parameters if name != "Signature"]
    string_to_sign = f"{method}&%2F&{percent_encode(query_string(sorted(unsigned)))}"
    digest = hmac.new(f"{secret}&".encode(), string_to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
