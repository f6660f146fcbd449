"""Proxies before the fake that lose responses: the call is carried out, but nobody learns of it.

They close the connection, or answer with another body. One holds calls back before they are carried out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import requests
from typing_extensions import Self


class LossyProxy:
    """Forwards requests, and loses the response to the first call of each named action.

    Args:
        target: Address of the fake.
        actions: Actions whose first response is lost.
        instead: What is answered in its place; the connection is closed where it is None.
        after: Action that must have been called before any response is lost.
    """

    def __init__(self, target: str, actions: Iterable[str], instead: bytes | None = None, *, after: str = "") -> None:
        self._left = set(actions)
        self._awaited = after
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._forward("GET")

            def do_POST(self) -> None:
                self._forward("POST")

            def _forward(self, method: str) -> None:
                proxy.arrives(self.headers.get("x-acs-action", ""))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                response = requests.request(
                    method, f"{target}{self.path}", headers=dict(self.headers), data=body or None, timeout=30
                )
                content: bytes | None = response.content
                if proxy.loses(self.headers.get("x-acs-action", "")):
                    content = instead
                if content is None:
                    self.close_connection = True
                    return
                self.send_response(response.status_code)
                self.send_header("Content-Type", response.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

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

    def arrives(self, action: str) -> None:
        """Do something before a call is carried out."""

    def loses(self, action: str) -> bool:
        """Tell whether this response is lost."""
        with self._lock:
            if action == self._awaited:
                self._awaited = ""
            if self._awaited or action not in self._left:
                return False
            self._left.remove(action)
            return True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class HoldingProxy(LossyProxy):
    """Holds back the response to the first call of each action, so that a run can be killed while it waits.

    Attributes:
        reached: Set once all the calls have been carried out.
        released: Lets the responses get lost.
    """

    def __init__(self, target: str, actions: Iterable[str]) -> None:
        super().__init__(target, actions)
        self.reached = threading.Event()
        self.released = threading.Event()

    def loses(self, action: str) -> bool:
        lost = super().loses(action)
        if lost:
            if not self.not_called:
                self.reached.set()
            self.released.wait()
        return lost


class Barrier(LossyProxy):
    """Holds back calls of an action before they are carried out.

    Args:
        target: Address of the fake.
        action: The action.
        arrived: Called for each call that is held back, with what lets it go on.
    """

    def __init__(self, target: str, action: str, arrived: Callable[[threading.Event], object]) -> None:
        super().__init__(target, ())
        self._action = action
        self._arrived = arrived
        self._open = threading.Event()

    def open(self) -> None:
        """Hold nothing back from now on."""
        self._open.set()

    def arrives(self, action: str) -> None:
        if action == self._action and not self._open.is_set():
            go_on = threading.Event()
            self._arrived(go_on)
            go_on.wait()


class BlindingProxy(LossyProxy):
    """Loses every response to some actions, and to every look after the first of them.

    Args:
        target: Address of the fake.
        looks: Actions by which one looks for what an action made, by that action.

    Attributes:
        blind: Whether it still loses them.
    """

    def __init__(self, target: str, looks: Mapping[str, Collection[str]]) -> None:
        super().__init__(target, looks)
        self._looks = looks
        self.blind = True

    def loses(self, action: str) -> bool:
        lost = super().loses(action)
        called = self._looks.keys() - self.not_called if self.blind else set()
        return lost or any(action in (made, *self._looks[made]) for made in called)


class DeadProxy(LossyProxy):
    """Loses every response while it is dead, and does not even pass the requests on.

    Attributes:
        dead: Set while it is dead.
    """

    def __init__(self, target: str, instead: bytes | None = None) -> None:
        super().__init__(target, (), instead)
        self.dead = threading.Event()

    def loses(self, action: str) -> bool:
        return self.dead.is_set()
