"""A server on this machine that records requests and sends prepared responses."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    at: float
    peer: int = 0

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    @property
    def parameters(self) -> dict[str, str]:
        return dict(self.query + self.form)


GOOD: Final = {
    "RequestId": "R-1",
    "ClusterId": "c",
    "ClusterStatus": "running",
    "ClusterInfo": {"Id": "c", "Status": "running"},
    "Queue": {"QueueName": "q"},
}
"""A body that every action takes for a response of its own."""


@dataclass(frozen=True)
class Reply:
    """A response; ``cut`` is the number of bytes at its end that are not sent before the connection closes."""

    body: Any = field(default_factory=lambda: GOOD)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Loopback:
    """Sends the given replies in turn, and the last one from then on."""

    def __init__(self, *replies: Reply, reply: Callable[[Received], Reply] | None = None) -> None:
        self.received: list[Received] = []
        self._replies = list(replies) or [Reply()]
        self._reply = reply
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def endpoint(self) -> str:
        return f"http://{self.address}"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Loopback:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, received: Received) -> Reply:
        with self._lock:
            self.received.append(received)
            if self._reply is not None:
                return self._reply(received)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10
            # Headers and body in one packet, or each response waits for a delayed acknowledgement.
            wbufsize = -1

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = parse_qsl(url.query, keep_blank_values=True)
                reply = outer._take(
                    Received(self.command, url.path, query, headers, body, time.monotonic(), self.client_address[1])
                )
                self.send_response_only(reply.status)
                if "Content-Type" not in reply.headers:
                    self.send_header("Content-Type", "application/json")
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.raw)))
                self.end_headers()
                self.wfile.write(reply.raw[: len(reply.raw) - reply.cut])
                self.close_connection = self.close_connection or bool(reply.cut)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
