"""Sending requests over a pool of connections, and telling apart how that can fail."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    ContentDecodingError,
    ProxyError,
    ReadTimeout,
    RequestException,
    SSLError,
)
from urllib3.exceptions import MaxRetryError, NewConnectionError

from pulumi_ehpc.api.envelope import Request
from pulumi_ehpc.errors import NetworkError

__all__ = ["Answer", "Transport", "new_session"]

_POOL_SIZE: Final = 64
"""Connections kept open to a host: as many as there may be threads."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def new_session(*, loopback: bool) -> requests.Session:
    """A session for many threads: pooled, without cookies, and without retries of its own.

    Proxies of the environment are honoured, except for an endpoint on this machine.
    """
    logging.getLogger("urllib3.connectionpool").addFilter(_hide_query)
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=_POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = not loopback
    return session


class Transport:
    """Sends requests.

    Args:
        session: The session to send with.
        connect_timeout: Seconds to wait for a connection.
        read_timeout: Seconds to wait for the next byte of an answer.
    """

    def __init__(self, session: requests.Session, *, connect_timeout: float, read_timeout: float) -> None:
        self._session = session
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout

    def send(self, request: Request, *, action: str) -> Answer:
        """Send a request and read the whole answer, whatever its status.

        Raises:
            NetworkError: No whole answer came. Its text does not hold the address, which may hold secrets.
        """
        failure: RequestException
        try:
            response = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=(self._connect_timeout, self._read_timeout),
                allow_redirects=False,
                # Else requests would replace our Authorization header by what a netrc file has for the host.
                auth=_keep_headers,
            )
            return Answer(response.status_code, response.headers, response.content)
        except RequestException as error:
            failure = error
        # Raised outside of the handler: the library's error quotes the whole address and must not be its context.
        raise self._describe(failure, request, action)

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _describe(self, failure: RequestException, request: Request, action: str) -> NetworkError:
        what, advice, sent = self._explain(failure)
        return NetworkError(
            f"{action}: {what} ({request.base_url}).",
            endpoint=request.base_url,
            action=action,
            sent=sent,
            next_step=advice,
        )

    def _explain(self, failure: RequestException) -> tuple[str, str, bool]:
        """Say what happened, what to do about it, and whether the request may have arrived."""
        reason = failure.args[0].reason if failure.args and isinstance(failure.args[0], MaxRetryError) else None
        if isinstance(failure, ConnectTimeout):
            return f"no connection within {self._connect_timeout:g} seconds", _CHECK_NETWORK, False
        if isinstance(failure, ReadTimeout):
            return f"no answer within {self._read_timeout:g} seconds", _LOOK_FIRST, True
        if isinstance(failure, ProxyError):
            return "the proxy did not let the connection through", _CHECK_PROXY, False
        if isinstance(failure, SSLError):
            return "the connection could not be secured (TLS)", _CHECK_TLS, True
        if isinstance(reason, NewConnectionError):
            cause = reason.__cause__ or reason.__context__
            if isinstance(cause, socket.gaierror):
                return "the host name is not known", _CHECK_REGION, False
            return "no connection could be made", _CHECK_NETWORK, False
        if isinstance(failure, (ChunkedEncodingError, ContentDecodingError)):
            return "the answer broke off", _LOOK_FIRST, True
        if isinstance(failure, ConnectionError):
            return "the connection was lost", _LOOK_FIRST, True
        return f"the request could not be sent ({type(failure).__name__})", _CHECK_NETWORK, True


_CHECK_NETWORK: Final = "Check the network and the endpoint with `ehpc doctor`."
_CHECK_PROXY: Final = "Check HTTPS_PROXY and NO_PROXY."
_CHECK_REGION: Final = "Check ehpc:region, ehpc:endpoint and the name service of this machine."
_CHECK_TLS: Final = "Check the endpoint's certificate; behind a proxy that reads TLS, set REQUESTS_CA_BUNDLE."
_LOOK_FIRST: Final = "The service may have acted nevertheless: look before you repeat."


def _hide_query(record: logging.LogRecord) -> bool:
    """urllib3 logs whole addresses at DEBUG, and those of GET actions may hold passwords."""
    if isinstance(record.args, tuple):
        record.args = tuple(arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args)
    return True


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
