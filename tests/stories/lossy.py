"""A proxy before the fake that loses the response to a call: the call is carried out, but nobody learns of it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import requests


class LossyProxy:
    """Forwards requests, and loses the response to the first call of each named action.

    Args:
        target: Address of the fake.
        actions: Actions whose first response is lost.
    """

    def __init__(self, target: str, actions: list[str]) -> None:
        self._left = set(actions)
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._forward("GET")

            def do_POST(self) -> None:
                self._forward("POST")

            def _forward(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                response = requests.request(
                    method, f"{target}{self.path}", headers=dict(self.headers), data=body or None, timeout=30
                )
                if proxy.loses(self.headers.get("x-acs-action", "")):
                    self.close_connection = True
                    return
                self.send_response(response.status_code)
                self.send_header("Content-Type", response.headers["Content-Type"])
                self.send_header("Content-Length", str(len(response.content)))
                self.end_headers()
                self.wfile.write(response.content)

            def log_message(self, format: str, *args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint(self) -> str:
        """The address where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def not_called(self) -> set[str]:
        """Actions that were not called."""
        return set(self._left)

    def loses(self, action: str) -> bool:
        """Tell whether this response is lost."""
        with self._lock:
            if action not in self._left:
                return False
            self._left.remove(action)
            return True

    def __enter__(self) -> LossyProxy:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
