"""Two processes on one machine that change the same list at the same time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.resources.stack import Stack
from tests.resources.test_volume import DATA, mounts
from tests.stories.lossy import Barrier

SECONDS = 60
NODE = {"instance_type": "ecs.c7.large"}


class Worker:
    """A process that creates and updates resources.

    Args:
        events: Gets what it says, as its name, the event and a text.
    """

    def __init__(self, name: str, endpoint: str, version: str, folder: Path, events: Queue[Any]) -> None:
        folders = {"XDG_STATE_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
        keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "fake", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "fake"}
        foreign = ("EHPC_", "ALIBABA_CLOUD_", "PULUMI_")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.resources.worker", endpoint, version, name],
            env={**kept, **folders, **keys, "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._read, args=(events,), daemon=True)
        self._thread.start()

    def do(self, type_name: str, name: str, given: dict[str, Any], **update: Any) -> None:
        """Let it create a resource, or update one."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"type": type_name, "name": name, "given": given, **update}) + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self._thread.join()
        self.process.stdin.close()
        self.process.stdout.close()

    def _read(self, events: Queue[Any]) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event, text = json.loads(line)
            events.put((self.name, event, text))


class Race:
    """Two workers, and a barrier before the call with which each writes."""

    def __init__(self, stack: Stack, action: str, folder: Path) -> None:
        self.events: Queue[Any] = Queue()
        self.barrier = Barrier(
            stack.server.endpoint, action, lambda go_on: self.events.put(("barrier", "arrived", go_on))
        )
        self.barrier.__enter__()
        endpoint = self.barrier.endpoint
        self.first, self.second = (Worker(name, endpoint, stack.version, folder, self.events) for name in "ab")

    def end(self) -> None:
        for worker in (self.first, self.second):
            worker.end()
        self.barrier.open()
        self.barrier.__exit__(None, None, None)

    def next(self, *awaited: tuple[str, str]) -> tuple[str, Any]:
        """Return the next of some events, by who tells it and what it is, and its text."""
        while True:
            who, event, text = self.events.get(timeout=SECONDS)
            assert event != "failed" or (who, event) in awaited, text
            if (who, event) in awaited:
                return who, text

    def run(self, start: Callable[[Worker], None], other: Callable[[Worker], None]) -> str:
        """Let both write, after both have read what there is where nothing keeps the second from it.

        Returns:
            What the second one waits for; empty where it does not wait.
        """
        start(self.first)
        _, first = self.next(("barrier", "arrived"))
        other(self.second)
        who, second = self.next(("barrier", "arrived"), ("b", "progress"))
        self.barrier.open()
        first.set()
        self.next(("a", "done"))
        if who == "barrier":
            second.set()
        self.next(("b", "done"))
        return "" if who == "barrier" else str(second)


NewRace = Callable[[Stack, str], Race]


@pytest.fixture
def new_race(tmp_path: Path) -> Iterator[NewRace]:
    races: list[Race] = []

    def make(stack: Stack, action: str) -> Race:
        races.append(Race(stack, action, tmp_path))
        return races[-1]

    yield make
    for race in races:
        race.end()


def mount(cluster: str, directory: str) -> Callable[[Worker], None]:
    return lambda worker: worker.do("Volume", directory[1:], {**DATA, "cluster": cluster, "mount_directory": directory})


def test_neither_loses_the_other_s_mount(stack_2018: Stack, new_race: NewRace) -> None:
    cluster = stack_2018.foreign_cluster()
    race = new_race(stack_2018, "UpdateClusterVolumes")
    waited = race.run(mount(cluster, "/one"), mount(cluster, "/two"))
    assert {"/one", "/two"} <= mounts(stack_2018, cluster).keys()
    assert waited.startswith(f"changing {cluster}: waiting for process {race.first.process.pid} (Volume 'one', since ")


def test_neither_loses_the_other_s_part_of_the_autoscale_configuration(stack_2018: Stack, new_race: NewRace) -> None:
    cluster = stack_2018.foreign_cluster()
    given = {"cluster": cluster, "compute_nodes": [NODE], "max_count": 7}
    new_race(stack_2018, "SetAutoScaleConfig").run(
        lambda worker: worker.do("Queue", "one", {**given, "name": "one"}),
        lambda worker: worker.do("Queue", "two", {**given, "name": "two"}),
    )
    config = stack_2018.call("GetAutoScaleConfig", ClusterId=cluster)
    most = {queue["QueueName"]: queue["MaxNodesInQueue"] for queue in config["Queues"]["QueueInfo"]}
    assert (most["one"], most["two"]) == (7, 7)


def test_neither_loses_what_the_other_sets_of_a_queue(stack_2024: Stack, new_race: NewRace) -> None:
    """Of a queue that every cluster has, of which each declares something else."""
    cluster = stack_2024.foreign_cluster()
    given = {"cluster": cluster, "name": "comp", "adopt_existing": True}
    new_race(stack_2024, "UpdateQueue").run(
        lambda worker: worker.do("Queue", "comp", {**given, "max_count": 7}),
        lambda worker: worker.do("Queue", "comp", {**given, "enable_scale_in": True}),
    )
    queue = stack_2024.call("GetQueue", ClusterId=cluster, QueueName="comp")["Queue"]
    assert (queue["MaxCount"], queue["EnableScaleIn"]) == (7, True)


def test_process_that_is_killed_while_it_writes_keeps_nobody_waiting(stack_2018: Stack, new_race: NewRace) -> None:
    cluster = stack_2018.foreign_cluster()
    race = new_race(stack_2018, "UpdateClusterVolumes")
    mount(cluster, "/one")(race.first)
    _, go_on = race.next(("barrier", "arrived"))
    mount(cluster, "/two")(race.second)
    race.next(("b", "progress"))
    race.barrier.open()
    race.first.process.send_signal(signal.SIGKILL)
    race.next(("b", "done"))
    assert "/two" in mounts(stack_2018, cluster)
    go_on.set()
