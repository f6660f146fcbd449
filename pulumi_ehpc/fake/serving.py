"""Serving a fake from the command line: from options to a running server, until a signal ends it."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence

from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.auth import AccessKey
from pulumi_ehpc.fake.clock import SystemClock
from pulumi_ehpc.fake.cloud import DEFAULT_KEY, FakeCloud
from pulumi_ehpc.fake.server import FakeServer

__all__ = ["OptionError", "serve_until_stopped"]


class OptionError(Exception):
    """An option cannot be followed; the text says why and holds no secret."""


def serve_until_stopped(
    *,
    host: str,
    port: int,
    time_scale: float,
    access_keys: Sequence[str],
    verify_signatures: bool,
    region: str,
    seed: int,
    assume: Sequence[str],
) -> None:
    """Serve until SIGINT or SIGTERM. Prints one line of JSON first: endpoint, region, time scale, key ids, process id.

    Raises:
        OptionError: An option is wrong or the port is taken.
    """
    try:
        cloud = FakeCloud(
            SystemClock(time_scale),
            [AccessKey.parse(text) for text in access_keys] or [DEFAULT_KEY],
            region,
            assumptions=_assumptions(assume),
            seed=seed,
            verify_signatures=verify_signatures,
        )
    except ValueError as error:
        raise OptionError(str(error)) from None
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    server = FakeServer(cloud, host, port)
    try:
        server.start()
    except (OSError, OverflowError) as error:
        raise OptionError(f"cannot listen on {host} port {port}: {error}") from None
    try:
        if not _is_loopback(host):
            sys.stderr.write(
                f"warning: {host} can be reached from other machines; the fake is made for this one alone\n"
            )
        sys.stdout.write(json.dumps(_announcement(server, time_scale)) + "\n")
        sys.stdout.flush()
        stopped.wait()
    finally:
        server.stop()


def _announcement(server: FakeServer, time_scale: float) -> dict[str, object]:
    return {
        "endpoint": server.endpoint,
        "region": server.cloud.region,
        "time_scale": time_scale,
        "access_key_ids": [key.id for key in server.cloud.keys],
        "pid": os.getpid(),
    }


def _assumptions(texts: Sequence[str]) -> Assumptions:
    switches = {}
    for text in texts:
        name, _, value = text.partition("=")
        if value not in ("true", "false"):
            raise ValueError("an assumption is written NAME=true or NAME=false")
        switches[name] = value == "true"
    return Assumptions().changed(switches)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
