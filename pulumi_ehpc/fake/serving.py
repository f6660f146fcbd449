"""``ehpc fake serve``: serve a cloud until a signal stops it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Final

from pulumi_ehpc.fake.cloud import FakeCloud
from pulumi_ehpc.fake.server import FakeServer
from pulumi_ehpc.hosts import is_loopback

__all__ = ["ListenError", "serve_until_stopped"]


_POLL_SECONDS: Final = 0.1
"""How often a signal is looked for. Waiting for an event loses a signal that comes just before the wait begins."""


class ListenError(Exception):
    """The server cannot listen on its address; the message says why."""


def serve_until_stopped(cloud: FakeCloud, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; print one line of JSON first, with the endpoint, settings and process id.

    Raises:
        ListenError: The port is taken or the address is wrong.
    """
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signal_number, _: received.append(signal_number))
    server = FakeServer(cloud, host, port)
    try:
        server.start()
    except (OSError, OverflowError) as error:
        raise ListenError(f"cannot listen on {host} port {port}: {error}") from None
    try:
        if not is_loopback(host):
            sys.stderr.write(
                f"warning: {host} can be reached from other machines; the fake is meant for this machine only\n"
            )
        sys.stdout.write(json.dumps(_announcement(server)) + "\n")
        sys.stdout.flush()
        while not received:
            time.sleep(_POLL_SECONDS)
    finally:
        server.stop()


def _announcement(server: FakeServer) -> dict[str, object]:
    return {
        "endpoint": server.endpoint,
        "region": server.cloud.region,
        "time_scale": server.cloud.clock.scale,
        "access_key_ids": [key.id for key in server.cloud.keys],
        "pid": os.getpid(),
    }
