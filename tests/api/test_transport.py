"""Sending: connections are reused, and every failure is classified without showing the URL."""

from __future__ import annotations

import socket
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import responses

from pulumi_ehpc.api.signers import HttpRequest
from pulumi_ehpc.api.transport import Transport, new_session
from pulumi_ehpc.errors import NetworkError
from tests.api.loopback import Loopback, Reply

CANARY = "canary-password"


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport(new_session(loopback=True), read_timeout=5)
    yield transport
    transport.close()


def test_a_response_is_returned_whatever_its_status(transport: Transport) -> None:
    with Loopback(Reply({"Code": "X"}, status=503, headers={"x-acs-retry-after": "10"})) as server:
        response = transport.send(request_to(server.endpoint), action="GetCluster")
    assert (response.status, response.body) == (503, b'{"Code": "X"}')
    assert response.headers["X-ACS-Retry-After"] == "10"


def test_redirects_are_not_followed(transport: Transport) -> None:
    with Loopback(Reply(status=302, headers={"Location": "http://127.0.0.1:1/"})) as server:
        assert transport.send(request_to(server.endpoint), action="GetCluster").status == 302


def test_cookies_are_not_kept(transport: Transport) -> None:
    with Loopback(Reply(headers={"Set-Cookie": "a=b"})) as server:
        for _ in range(2):
            transport.send(request_to(server.endpoint), action="GetCluster")
    assert "cookie" not in server.received[1].headers


def test_a_netrc_file_does_not_replace_the_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login u password p\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    transport = Transport(new_session(loopback=False), read_timeout=5)
    with Loopback() as server:
        transport.send(request_to(server.endpoint, headers={"authorization": "ours"}), action="GetCluster")
    transport.close()
    assert server.received[0].headers["authorization"] == "ours"


def test_proxies_are_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Loopback(Reply({"from": "proxy"})) as proxy, Loopback(Reply({"from": "server"})) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        monkeypatch.setenv("http_proxy", proxy.endpoint)
        direct = Transport(new_session(loopback=True), read_timeout=5)
        through_proxy = Transport(new_session(loopback=False), read_timeout=5)
        assert b"server" in direct.send(request_to(server.endpoint), action="A").body
        assert b"proxy" in through_proxy.send(request_to("http://ehpc.example.invalid"), action="A").body
        direct.close()
        through_proxy.close()


def refused() -> NetworkError:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return fail(f"http://127.0.0.1:{unused.getsockname()[1]}")


def unknown_host() -> NetworkError:
    return fail("http://ehpc.example.invalid")


def broken_off() -> NetworkError:
    with Loopback(Reply({"RequestId": "R" * 100}, cut=50)) as server:
        return fail(server.endpoint)


def lost() -> NetworkError:
    with socket.create_server(("127.0.0.1", 0)) as server:
        session = new_session(loopback=True)
        session.mount("http://", Hangup())
        return fail(f"http://127.0.0.1:{server.getsockname()[1]}", session)


def silent() -> NetworkError:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return fail(f"http://127.0.0.1:{server.getsockname()[1]}", read_timeout=0.05)


def not_tls() -> NetworkError:
    with Loopback() as server:
        return fail(server.endpoint.replace("http:", "https:"))


def no_proxy() -> NetworkError:
    session = new_session(loopback=True)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        session.proxies = {"https": f"http://127.0.0.1:{unused.getsockname()[1]}"}
        return fail("https://ehpc.example.invalid", session)


def never_connected() -> NetworkError:
    return fail_as(requests.exceptions.ConnectTimeout(f"http://x/?Password={CANARY}"))


def anything_else() -> NetworkError:
    return fail_as(requests.exceptions.InvalidURL(f"http://x/?Password={CANARY}"))


FAILURES: list[tuple[Callable[[], NetworkError], str, bool]] = [
    (refused, "no connection could be made", False),
    (unknown_host, "the host name cannot be resolved", False),
    (never_connected, "no connection within 5 seconds", False),
    (no_proxy, "the proxy refused the connection", False),
    (silent, "no response within 0.05 seconds", True),
    (broken_off, "the response was cut off", True),
    (lost, "the connection was lost", True),
    (not_tls, "the TLS handshake failed", True),
    (anything_else, "could not be sent (InvalidURL)", True),
]


@pytest.mark.parametrize(("failure", "message", "sent"), FAILURES, ids=[case[0].__name__ for case in FAILURES])
def test_failures_are_classified(failure: Callable[[], NetworkError], message: str, sent: bool) -> None:
    error = failure()
    assert message in str(error)
    assert error.sent is sent
    assert error.next_step.endswith(".")
    assert error.action == "AddUsers"
    assert CANARY not in "".join(traceback.format_exception(error))
    assert error.__context__ is None


class Hangup(requests.adapters.HTTPAdapter):
    """Loses the connection after the request was sent."""

    def send(self, *args: object, **kwargs: object) -> requests.Response:
        raise requests.exceptions.ConnectionError(f"http://x/?Password={CANARY}")


def fail(base_url: str, session: requests.Session | None = None, read_timeout: float = 5) -> NetworkError:
    session = session or new_session(loopback=True)
    transport = Transport(session, read_timeout=read_timeout)
    with pytest.raises(NetworkError) as raised:
        transport.send(request_to(base_url), action="AddUsers")
    transport.close()
    return raised.value


def fail_as(error: Exception) -> NetworkError:
    with responses.RequestsMock() as mock:
        mock.get("http://ehpc.example.invalid/", body=error)
        return fail("http://ehpc.example.invalid")


def request_to(base_url: str, headers: dict[str, str] | None = None) -> HttpRequest:
    return HttpRequest("GET", base_url, f"{base_url}/?Password={CANARY}", headers or {}, b"")
