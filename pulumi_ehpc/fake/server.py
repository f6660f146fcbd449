"""The fake over HTTP, served by cheroot."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Final

from cheroot.wsgi import Server

from pulumi_ehpc.fake.cloud import DEFAULT_KEY, FakeCloud

__all__ = ["FakeServer"]

_THREADS: Final = 32
_KEPT_CONNECTIONS: Final = 1000
_WAITING_CONNECTIONS: Final = 256
"""Connections that the system queues while all threads are busy; a full queue loses connections under load."""
_IDLE_SECONDS: Final = 120
"""How long an idle connection is kept; closing one just as a client uses it would lose the call."""
_STOP_CHECK_SECONDS: Final = 0.05  # how often cheroot looks whether it should stop


class FakeServer:
    """Serves a cloud over HTTP until it is stopped; a context manager.

    Args:
        cloud: The cloud to serve; a new one by default.
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.

    Raises:
        OSError: On start, when the address cannot be listened on.
    """

    def __init__(self, cloud: FakeCloud | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.cloud = cloud or FakeCloud()
        self._server: Any = Server(
            (host, port),
            self.cloud,
            numthreads=_THREADS,
            server_name="ehpc-fake",
            request_queue_size=_WAITING_CONNECTIONS,
            timeout=_IDLE_SECONDS,
        )
        self._server.keep_alive_conn_limit = _KEPT_CONNECTIONS
        self._server.shutdown_timeout = 1
        self._server.expiration_interval = _STOP_CHECK_SECONDS
        self._thread = threading.Thread(target=self._server.serve, name="ehpc-fake", daemon=True)

    @property
    def endpoint(self) -> str:
        """Where it listens, for example ``http://127.0.0.1:43210``."""
        host, port = self._server.bind_addr[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which the provider calls this server, whatever account the machine has."""
        key = next(iter(self.cloud.keys), DEFAULT_KEY)
        return {
            "EHPC_ENDPOINT": self.endpoint,
            "ALIBABA_CLOUD_REGION_ID": self.cloud.region,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": key.id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.secret,
            "ALIBABA_CLOUD_SECURITY_TOKEN": "",
        }

    def start(self) -> None:
        """Listen and serve in the background."""
        self._server.prepare()
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and release the port."""
        self._server.stop()
        self._thread.join()
        self._server.stats.clear()  # cheroot keeps these for the life of the process, and with them the whole cloud

    def __enter__(self) -> FakeServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
