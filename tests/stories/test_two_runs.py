"""Two stacks that change the same list of one cluster at the same time, in API 2018-04-12."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from tests.stories.conftest import NewBench
from tests.stories.lossy import Barrier
from tests.stories.workbench import TIMEOUT_SECONDS, Workbench, kill

pytestmark = pytest.mark.engine

VERSION = "2018-04-12"


def foreign_cluster(bench: Workbench) -> str:
    """Return a running cluster that no stack creates."""
    with bench.client() as client:
        api = client.for_version("2024-07-30")
        response = api.call(
            "CreateCluster",
            {
                "ClusterName": "base",
                "ClusterVpcId": "vpc-1",
                "ClusterVSwitchId": "vsw-1",
                "ClusterCredentials": {"Password": "Str0ng-Password"},
                "Manager": {"ManagerNode": {"InstanceType": "ecs.c7.xlarge"}},
            },
        )
    bench.server.cloud.advance(300)
    return str(response["ClusterId"])


def directories(bench: Workbench, cluster: str) -> set[str]:
    """Return where something is mounted."""
    with bench.client() as client:
        volumes = client.for_version(VERSION).call("GetClusterVolumes", {"ClusterId": cluster})["Volumes"]
    return {volume["LocalDirectory"] for volume in volumes["VolumeInfo"]}


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_second_run_waits_for_the_first_and_can_be_interrupted(new_bench: NewBench, tmp_path: Path) -> None:
    first = new_bench(VERSION)
    second = new_bench(VERSION, server=first.server)
    cluster = foreign_cluster(first)
    for bench, name in ((first, "one"), (second, "two")):
        storage = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": f"/{name}"}
        bench.declared = {name: {"type": "Volume", "args": {"cluster": cluster, **storage}}}
        bench.environ = {"XDG_STATE_HOME": str(tmp_path / "user-state")}
    arrived: Queue[Event] = Queue()
    started: list[subprocess.Popen[bytes]] = []
    with Barrier(first.server.endpoint, "UpdateClusterVolumes", arrived.put) as barrier:
        try:
            for bench in (first, second):
                bench.configure("ehpc:endpoint", barrier.endpoint)
            started.append(first.start("up", "--yes", "--skip-preview"))
            go_on = arrived.get(timeout=TIMEOUT_SECONDS)
            started.append(second.start("up", "--yes", "--skip-preview"))
            writing, waiting = started
            said = second.folder / "started.txt"
            wait_until(lambda: f"changing {cluster}: waiting for process" in said.read_text())
            waiting.send_signal(signal.SIGINT)
            assert waiting.wait(timeout=TIMEOUT_SECONDS) != 0
            assert "cancelled while the state was waiting for process" in said.read_text()
            barrier.open()
            go_on.set()
            assert writing.wait(timeout=TIMEOUT_SECONDS) == 0
            run = second.up()
            assert run.ok, run.text
        finally:
            for process in started:
                kill(process)
    assert {"/one", "/two"} <= directories(first, cluster)
