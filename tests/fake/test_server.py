"""The fake over HTTP, from Python and from the command line."""

from __future__ import annotations

import gc
import json
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from pulumi_ehpc.fake import AccessKey, FakeCloud, FakeServer, ManualClock

SERVE = [sys.executable, "-c", "from pulumi_ehpc.cli.fake import app; app()", "serve"]
TIMEOUT = 30


@contextmanager
def run_serve(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    process = subprocess.Popen([*SERVE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_environment_names_endpoint_region_and_a_key_that_is_accepted() -> None:
    expected = {"ALIBABA_CLOUD_REGION_ID": "cn-beijing", "ALIBABA_CLOUD_SECURITY_TOKEN": ""}
    key = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "mine", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret"}
    with FakeServer(FakeCloud(ManualClock(), [AccessKey("mine", "secret")], "cn-beijing")) as server:
        assert server.environment == {"EHPC_ENDPOINT": server.endpoint, **expected, **key}
    with FakeServer(FakeCloud(ManualClock(), [], verify_signatures=False)) as server:
        assert server.environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] == "fake"


def test_server_serves_until_it_is_stopped() -> None:
    with FakeServer(FakeCloud(ManualClock())) as server:
        endpoint = server.endpoint
        assert requests.get(f"{endpoint}/_fake/health", timeout=TIMEOUT).json()["status"] == "ok"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{endpoint}/_fake/health", timeout=TIMEOUT)


def test_connections_are_kept() -> None:
    with FakeServer(FakeCloud(ManualClock())) as server, requests.Session() as session:
        for _ in range(3):
            response = session.get(f"{server.endpoint}/_fake/health", timeout=TIMEOUT)
            assert response.headers.get("Connection", "keep-alive").lower() == "keep-alive"
            assert response.headers["Content-Type"] == "application/json"


def test_nothing_is_kept_of_a_server_that_was_stopped() -> None:
    cloud = FakeCloud(ManualClock())
    kept = weakref.ref(cloud)
    with FakeServer(cloud) as server:
        requests.get(f"{server.endpoint}/_fake/journal", timeout=TIMEOUT)
    del cloud, server
    gc.collect()
    assert kept() is None


def test_many_servers_share_nothing() -> None:
    with FakeServer() as one, FakeServer(FakeCloud(keys=[AccessKey("other", "key")])) as two:
        requests.get(f"{one.endpoint}/?Action=ListClusters&Version=2018-04-12", timeout=TIMEOUT)
        assert (len(one.cloud.calls()), len(two.cloud.calls())) == (1, 0)
        assert one.endpoint != two.endpoint


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_prints_its_endpoint_and_stops_cleanly(number: signal.Signals) -> None:
    with run_serve("--time-scale", "120", "--access-key", "id:hush:42", "--region", "cn-beijing") as (process, first):
        assert first == {
            "endpoint": first["endpoint"],
            "region": "cn-beijing",
            "time_scale": 120.0,
            "access_key_ids": ["id"],
            "pid": process.pid,
        }
        health = requests.get(f"{first['endpoint']}/_fake/health", timeout=TIMEOUT).json()
        assert (health["region"], health["time_scale"]) == ("cn-beijing", 120.0)
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err) == (0, "", "")


def test_no_auth_accepts_unsigned_requests() -> None:
    with run_serve("--no-auth", "--assume", "unknown_parameters_refused=true") as (_, first):
        url = f"{first['endpoint']}/?Action=ListClusters&Version=2024-07-30"
        assert requests.get(url, timeout=TIMEOUT).json()["TotalCount"] == 0
        assert requests.get(f"{url}&PageSiz=1", timeout=TIMEOUT).status_code == 400


def test_command_warns_when_others_can_reach_it() -> None:
    with run_serve("--host", "0.0.0.0") as (process, first):
        assert str(first["endpoint"]).startswith("http://0.0.0.0:")
        process.terminate()
        _, err = process.communicate(timeout=TIMEOUT)
    assert err.startswith("warning: 0.0.0.0 can be reached")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--access-key", "id-and-hush"], "ID:SECRET"),
        (["--time-scale", "0"], "time scale"),
        (["--assume", "nonsense=true"], "no such assumption: nonsense"),
        (["--assume", "add_nodes_answers_ids=no"], "NAME=true"),
        (["--port", "70000"], "cannot listen"),
        (["--host", "host.invalid"], "cannot listen"),
    ],
)
def test_command_refuses_bad_options_in_one_line(options: list[str], message: str) -> None:
    done = subprocess.run([*SERVE, *options], capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().count("\n") == 0


def test_error_of_a_port_in_use_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*SERVE, "--port", port], capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr


def test_importing_the_command_does_not_load_the_fake() -> None:
    heavy = ("cheroot", "werkzeug", "pulumi_ehpc.fake")
    code = f"import sys, pulumi_ehpc.cli.fake; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT, check=True)
    assert done.stdout.strip() == "[]"
