"""Sending HTTP requests over a connection pool, and classifying how that can fail."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests
from requests import exceptions
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from pulumi_ehpc.api.settings import MAX_CONNECTIONS
from pulumi_ehpc.api.signers import HttpRequest
from pulumi_ehpc.errors import NetworkError

_CONNECT_TIMEOUT_SECONDS: Final = 5.0
_ABANDON_CHECK_SECONDS: Final = 0.2
_ABANDON_AFTER_SECONDS: Final = 1.0
"""How long a call is waited for at least, also when nobody wants its response any more."""


@dataclass(frozen=True)
class Response:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def new_session(*, loopback: bool) -> requests.Session:
    """Return a session for many threads, with a connection pool and without cookies or retries.

    Proxies of the environment are used, except for an endpoint on this machine.
    """
    logging.getLogger("urllib3.connectionpool").addFilter(_hide_query)
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=MAX_CONNECTIONS, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = not loopback
    return session


class Transport:
    """Sends HTTP requests.

    Args:
        session: The session to send with.
        read_timeout: Seconds to wait for the next byte of a response.
    """

    def __init__(self, session: requests.Session, *, read_timeout: float) -> None:
        self._session = session
        self._read_timeout = read_timeout

    def send_unless(self, abandoned: Callable[[], bool], request: HttpRequest, *, action: str) -> Response:
        """Send a request, and do not wait for the response any longer when nobody wants it.

        The service may still carry out the call, so this is for calls that change nothing.

        Args:
            abandoned: Tells whether nobody wants the response any more.
            request: The request.
            action: The API action, for messages.

        Raises:
            NetworkError: As for ``send``, or the response is not wanted any more.
        """
        response: Future[Response] = Future()

        def send() -> None:
            try:
                response.set_result(self.send(request, action=action))
            except BaseException as error:
                response.set_exception(error)

        # A daemon: at the end of the process nobody waits for it, as would be the case with a pool's thread.
        threading.Thread(target=send, name=f"ehpc-{action}", daemon=True).start()
        waited = 0.0
        while not wait([response], _ABANDON_CHECK_SECONDS).done:
            waited += _ABANDON_CHECK_SECONDS
            if waited >= _ABANDON_AFTER_SECONDS and abandoned():
                message = f"{action}: cancelled before a response came ({request.base_url})."
                raise NetworkError(message, endpoint=request.base_url, action=action, sent=True)
        return response.result()

    def send(self, request: HttpRequest, *, action: str) -> Response:
        """Send a request and return the whole response, whatever its status.

        Raises:
            NetworkError: No whole response was received. The message does not contain the URL, which may hold secrets.
        """
        try:
            response = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=(_CONNECT_TIMEOUT_SECONDS, self._read_timeout),
                allow_redirects=False,
                # Otherwise requests would replace our Authorization header with the host's entry of a netrc file.
                auth=_keep_headers,
            )
            return Response(response.status_code, response.headers, response.content)
        except exceptions.RequestException as error:
            what, next_step, sent = self._explain(error)
        # Raised outside of the handler: the library's error quotes the whole URL and must not be the context.
        message = f"{action}: {what} ({request.base_url})."
        raise NetworkError(message, endpoint=request.base_url, action=action, sent=sent, next_step=next_step)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _explain(self, failure: exceptions.RequestException) -> tuple[str, str, bool]:
        """Return what happened, what to do about it, and whether the request may have arrived."""
        reason = failure.args[0].reason if failure.args and isinstance(failure.args[0], MaxRetryError) else None
        if isinstance(failure, exceptions.ConnectTimeout):
            return f"no connection within {_CONNECT_TIMEOUT_SECONDS:g} seconds", _CHECK_NETWORK, False
        if isinstance(failure, exceptions.ReadTimeout):
            return f"no response within {self._read_timeout:g} seconds", _LOOK_FIRST, True
        if isinstance(failure, exceptions.ProxyError):
            return "the proxy refused the connection", _CHECK_PROXY, False
        if isinstance(failure, exceptions.SSLError):
            return "the TLS handshake failed", _CHECK_TLS, True
        if isinstance(reason, NewConnectionError):
            cause = reason.__cause__ or reason.__context__
            if isinstance(cause, socket.gaierror):
                return "the host name cannot be resolved", _CHECK_REGION, False
            return "no connection could be made", _CHECK_NETWORK, False
        if isinstance(failure, (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError)):
            return "the response was cut off", _LOOK_FIRST, True
        if isinstance(failure, exceptions.ConnectionError):
            return "the connection was lost", _LOOK_FIRST, True
        return f"the request could not be sent ({type(failure).__name__})", _CHECK_NETWORK, True


_CHECK_NETWORK: Final = "Check the network and the endpoint with `ehpc doctor`."
_CHECK_PROXY: Final = "Check HTTPS_PROXY and NO_PROXY."
_CHECK_REGION: Final = "Check the region, the endpoint and the DNS of this machine."
_CHECK_TLS: Final = "Check the endpoint's certificate; behind a proxy that inspects TLS, set REQUESTS_CA_BUNDLE."
_LOOK_FIRST: Final = "The service may have carried out the call: check before you try again."


def _hide_query(record: logging.LogRecord) -> bool:
    """Remove query strings from urllib3's DEBUG lines: those of GET actions may hold passwords."""
    if isinstance(record.args, tuple):
        record.args = tuple(arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args)
    return True


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
