"""The plugin process: how many work at once, how it learns of Ctrl-C, notices its engine's death, and shows progress.

The engine starts ``python -m pulumi.dynamic ... ADDRESS``. The SDK gives that process four worker threads, ignores
``Cancel`` and outlives an engine that was killed. What is done about it here reaches into private names; each is
guarded, and where one is missing the process works as the SDK made it and reports that.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_ehpc.engine.masking import Masking

CANCELLED: Final = threading.Event()
"""Set when the engine cancels the run."""

LOG_FILE: Final = "EHPC_LOG_FILE"
"""Environment variable: a file that gets a line of JSON for every API call and every defect, without secrets."""

_RECONNECT_SECONDS: Final = 0.3
_CONNECT_SECONDS: Final = 0.5
_prepared = threading.Lock()
_at_end: Final[list[Callable[[], None]]] = []
_engine: engine_pb2_grpc.EngineStub | None = None


def prepare(workers: int) -> None:
    """Make the process ready, once: no tracebacks, more workers, attention to Cancel and to the engine's death.

    Args:
        workers: Threads to work with.
    """
    if not _prepared.acquire(blocking=False):
        return
    sys.tracebacklimit = 0
    address = sys.argv[-1] if sys.argv else ""
    if re.fullmatch(r"[\w.\[\]:-]+:\d+", address):
        _watch_engine(address)
    _notice_cancel()
    _log_to(os.environ.get(LOG_FILE))
    if not _raise_workers(workers):
        show("", "this release of the Pulumi SDK works on four resources at a time", lasting=True)


def show(urn: str, message: str, *, lasting: bool = False) -> None:
    """Show a message in the resource's line, or lastingly below it; without an engine it goes nowhere."""
    if _engine is None:
        return
    # Progress is a courtesy; the watch on the engine deals with its death.
    with suppress(grpc.RpcError):
        _engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=not lasting))


def at_end(act: Callable[[], None]) -> None:
    """Do something when the engine has ended its work; it says so by ``Cancel``, as when it is interrupted."""
    _at_end.append(act)


def _log_to(path: str | None) -> None:
    calls = logging.getLogger("pulumi_ehpc.api")
    # What this process writes on stderr, the engine shows: neither logging itself, which does so for want of a handler,
    # nor a handler that somebody gave to the root logger gets a line.
    calls.addHandler(logging.NullHandler())
    calls.propagate = False
    if not path:
        return
    try:
        file = logging.FileHandler(path, encoding="utf-8")
        file.addFilter(Masking())
        calls.addHandler(file)
        calls.setLevel(logging.DEBUG)
    except OSError as error:
        show("", f"{LOG_FILE} is ignored: {path} cannot be written ({error.strerror})", lasting=True)


def _watch_engine(address: str) -> None:
    """End this process soon after the engine's death; else it would go on creating beside the next run."""
    global _engine
    # The thread below keeps it: a channel that is collected as garbage stops telling its state.
    channel = grpc.insecure_channel(address)
    _engine = engine_pb2_grpc.EngineStub(channel)
    lost = threading.Event()
    connected = threading.Event()

    def watch(state: grpc.ChannelConnectivity) -> None:
        if state is grpc.ChannelConnectivity.READY:
            connected.set()
        elif connected.is_set():
            connected.clear()
            lost.set()

    def subscribe() -> None:
        channel.unsubscribe(watch)
        channel.subscribe(watch, try_to_connect=True)

    def judge() -> None:
        while True:
            lost.wait()
            lost.clear()
            # A channel is idle after half an hour without a call, too: connect again, and go on watching.
            subscribe()
            while not connected.wait(_RECONNECT_SECONDS):
                if not _listens(address):
                    os._exit(1)

    subscribe()
    threading.Thread(target=judge, name="ehpc-engine-watch", daemon=True).start()


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


class _CancelNotice:
    """Stands in for ``empty_pb2`` in the SDK's servicer, whose ``Cancel`` does nothing but ``empty_pb2.Empty()``."""

    def __getattr__(self, name: str) -> Any:
        return getattr(empty_pb2, name)

    def Empty(self) -> Any:  # noqa: N802 - the name the SDK calls
        if sys._getframe(1).f_code.co_name == "Cancel":
            CANCELLED.set()
            for act in _at_end:
                act()
        return empty_pb2.Empty()


def _notice_cancel() -> None:
    main: Any = sys.modules["__main__"]
    if hasattr(main, "empty_pb2") and hasattr(main, "DynamicResourceProviderServicer"):
        main.empty_pb2 = _CancelNotice()


class _NeverIdle:
    """Stands in for the pool's count of idle threads, which is too high after calls have queued up.

    The pool then takes busy threads for idle ones and never grows to its limit. Without a count it starts a thread for
    each call until the limit is reached.
    """

    def acquire(self, timeout: float | None = None) -> bool:
        """No thread is idle."""
        return False

    def release(self) -> None:
        """Nothing is counted."""


def _raise_workers(count: int) -> bool:
    """Let the SDK's thread pool grow to ``count`` threads; False when it cannot be found."""
    for innermost in sys._current_frames().values():
        for frame, _ in traceback.walk_stack(innermost):
            server = frame.f_locals.get("server")
            pool: Any = getattr(getattr(server, "_state", None), "thread_pool", None)
            if hasattr(pool, "_max_workers"):
                pool._max_workers = max(pool._max_workers, count)
                pool._idle_semaphore = _NeverIdle()
                return True
    return False
