"""A real plugin process, driven as the engine drives it, against a fake."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime import rpc

from pulumi_ehpc._providers import ClusterProvider, QueueProvider
from pulumi_ehpc.fake import FakeCloud, FakeServer, ManualClock, ScaledClock
from tests.engine.calls import read_partial_failure
from tests.engine.plugin import TIMEOUT_SECONDS, Plugin, plain

pytestmark = pytest.mark.sdk

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.xlarge"},
    "password": "Str0ng-Password",
    "identity": "1f2e3d4c5b6a7988",
}
MANY = 12


def urn(name: str, type: str = "Cluster") -> str:
    return f"urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:{type}::{name}"


def settings(server: FakeServer) -> dict[str, str]:
    return {"ehpc:endpoint": server.endpoint, "ehpc:region": "cn-hangzhou"}


@pytest.fixture
def paused(tmp_path: Path) -> Iterator[tuple[Plugin, FakeServer]]:
    """A plugin and a fake whose time stands still, so that creates go on until it is moved."""
    with FakeServer(FakeCloud(ManualClock())) as server, Plugin(settings(server), tmp_path) as plugin:
        yield plugin, server


def wait_for_calls(server: FakeServer, action: str, count: int, operations: Sequence[Any] = ()) -> None:
    """Wait until so many calls of an action have been answered; none of the operations may have ended by then."""
    pause = threading.Event()
    for _ in range(TIMEOUT_SECONDS * 100):
        if len(server.cloud.calls(action)) >= count:
            return
        pause.wait(0.01)
    ended = [str(each.exception()) for each in operations if each.done()]
    called = len(server.cloud.calls(action))
    raise AssertionError(f"{action} was called {called} times and not {count} times; ended: {ended}")


def test_a_resource_from_create_to_delete(tmp_path: Path) -> None:
    cloud = FakeCloud(ScaledClock(scale=3000))
    with FakeServer(cloud) as server, Plugin(settings(server), tmp_path) as plugin:
        provider, name = ClusterProvider(), urn("hpc")
        inputs = plugin.checked(provider, name, {**HPC, "max_count": 100})
        assert (inputs["api_version"], inputs["region"], inputs["name"]) == ("2024-07-30", "cn-hangzhou", "hpc")

        created = plugin.create(provider, name, inputs).result()
        outputs = plain(created.properties)
        assert outputs["status"] == "running"
        assert created.id.startswith("ehpc-")
        progress = plugin.engine.wait_for(lambda line: "starting" in line.message)
        assert (progress.urn, progress.ephemeral) == (name, True)

        news = plugin.checked(provider, name, {**inputs, "max_count": 50})
        same = plugin.diff(provider, name, inputs, inputs, outputs)
        changed = plugin.diff(provider, name, inputs, news, outputs)
        moved = plugin.diff(provider, name, inputs, {**inputs, "vpc_id": "vpc-2"}, outputs)
        assert (same.changes, changed.changes) == (same.DIFF_NONE, changed.DIFF_UNKNOWN)
        assert (list(moved.replaces), moved.deleteBeforeReplace) == (["vpc_id"], True)

        outputs = plugin.update(provider, name, created.id, news, inputs, outputs)
        assert outputs["max_count"] == 50
        found = plugin.read(provider, name, created.id, news, outputs)
        assert found.id == created.id
        assert plain(found.inputs) == news

        plugin.delete(provider, name, created.id, news, outputs)
        assert plugin.read(provider, name, created.id, news, outputs).id == ""
        assert plugin.errors() == ""


def test_check_reports_every_violation_and_no_secret(paused: tuple[Plugin, FakeServer]) -> None:
    plugin, server = paused
    broken = {**HPC, "password": "weak", "max_count": 9999, "name": rpc.UNKNOWN}
    response = plugin.check(ClusterProvider(), urn("hpc"), broken, {})
    assert {failure.property for failure in response.failures} == {""}
    text = str(response.failures)
    assert "max_count = 9999" in text
    assert "password = [secret]" in text
    assert "weak'" not in text
    assert response.inputs["name"] == rpc.UNKNOWN
    assert server.cloud.calls() == []


def test_error_is_answered_as_its_message(paused: tuple[Plugin, FakeServer]) -> None:
    plugin, _ = paused
    provider, name = QueueProvider(), urn("work", "Queue")
    inputs = plugin.checked(provider, name, {"cluster": "ehpc-none", "identity": HPC["identity"]})
    with pytest.raises(grpc.RpcError) as caught:
        plugin.create(provider, name, inputs).result()
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "ClusterNotFound" in error.details()
    assert "Traceback" not in error.details()


def test_many_slow_creates_are_under_way_at_once(paused: tuple[Plugin, FakeServer]) -> None:
    """The SDK's own four threads would never bring the fifth create to its call."""
    plugin, server = paused
    provider = ClusterProvider()
    names = [urn(f"hpc{number}") for number in range(MANY)]
    creates = [plugin.create(provider, name, plugin.checked(provider, name, HPC)) for name in names]
    wait_for_calls(server, "CreateCluster", MANY)
    server.cloud.advance(300)
    assert len({create.result().id for create in creates}) == MANY


def test_cancel_ends_a_long_create_as_a_partial_failure(paused: tuple[Plugin, FakeServer]) -> None:
    plugin, server = paused
    provider, name = ClusterProvider(), urn("hpc")
    create = plugin.create(provider, name, plugin.checked(provider, name, HPC))
    wait_for_calls(server, "GetCluster", 1)
    plugin.cancel()
    with pytest.raises(grpc.RpcError) as caught:
        create.result()
    error: Any = caught.value
    assert "cancelled" in error.details()
    failure = read_partial_failure(dict(error.trailing_metadata())["grpc-status-details-bin"])
    assert failure.id.startswith("ehpc-")
    assert plain(failure.properties)["status"] == "creating"
    assert "password" not in plain(failure.properties)


def test_call_that_the_engine_drops_stops_working(paused: tuple[Plugin, FakeServer]) -> None:
    plugin, server = paused
    provider = ClusterProvider()
    names = [urn(f"hpc{number}") for number in range(40)]
    creates = [plugin.create(provider, name, plugin.checked(provider, name, HPC)) for name in names[:32]]
    wait_for_calls(server, "CreateCluster", 32, creates)
    for create in creates:
        create.cancel()
    # Every thread of the pool was taken; a thread that went on waiting would not take the next call.
    queue = plugin.checked(QueueProvider(), urn("work", "Queue"), {"cluster": "ehpc-1", "identity": "x"})
    assert queue["name"] == "work"


def test_process_ends_soon_after_its_engine(paused: tuple[Plugin, FakeServer]) -> None:
    plugin, server = paused
    provider, name = ClusterProvider(), urn("hpc")
    create = plugin.create(provider, name, plugin.checked(provider, name, HPC))
    wait_for_calls(server, "GetCluster", 1)
    plugin.kill_engine()
    assert plugin.process.wait(TIMEOUT_SECONDS) == 1
    with pytest.raises(grpc.RpcError):
        create.result()


def test_process_lives_on_when_only_the_connection_was_lost(paused: tuple[Plugin, FakeServer]) -> None:
    """A channel also goes idle after half an hour without a call; the engine is there all the same."""
    plugin, server = paused
    provider, name = ClusterProvider(), urn("hpc")
    create = plugin.create(provider, name, plugin.checked(provider, name, HPC))
    plugin.engine.wait_for(lambda line: "starting" in line.message)
    plugin.relay.cut()
    before = len(plugin.engine.messages)
    plugin.engine.wait_for(lambda _: len(plugin.engine.messages) > before)
    server.cloud.advance(300)
    assert create.result().id.startswith("ehpc-")
    assert plugin.relay.accepted > 1
    assert plugin.process.poll() is None


# -- defects -------------------------------------------------------------------------------------------------------

BREAKS = """
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle

def create(self, engine, inputs):
    raise LookupError(inputs["password"])

Lifecycle.create = create
"""


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Plugin]:
    """A plugin whose every create is a defect, with a log file."""
    (tmp_path / "sitecustomize.py").write_text(BREAKS)
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    environ = {"PYTHONPATH": path, "EHPC_LOG_FILE": str(tmp_path / "calls.log")}
    with Plugin({"ehpc:region": "cn-hangzhou"}, tmp_path, environ) as plugin:
        yield plugin


def test_defect_leaves_a_trace_in_two_files_and_none_on_stderr(broken: Plugin, tmp_path: Path) -> None:
    provider, name = ClusterProvider(), urn("hpc")
    inputs = broken.checked(provider, name, HPC)
    with pytest.raises(grpc.RpcError) as caught:
        broken.create(provider, name, inputs).result()
    error: Any = caught.value
    path = tmp_path / "pulumi-ehpc" / "defects.log"
    assert "create of Cluster 'hpc' failed by a defect of pulumi-ehpc: LookupError: [secret]" in error.details()
    assert str(path) in error.details()
    (line,) = map(json.loads, (tmp_path / "calls.log").read_text().splitlines())
    assert line["defect"] == "create of Cluster 'hpc'"
    for text in (path.read_text(), line["traceback"]):
        assert "Traceback" in text and "sitecustomize.py" in text
        assert str(HPC["password"]) not in text
    assert broken.errors() == ""


def test_without_a_log_file_nothing_goes_to_stderr(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(BREAKS)
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    with Plugin({"ehpc:region": "cn-hangzhou"}, tmp_path, {"PYTHONPATH": path}) as plugin:
        with pytest.raises(grpc.RpcError):
            plugin.create(ClusterProvider(), urn("hpc"), HPC).result()
        assert plugin.errors() == ""


HURRIED = """
import logging
from pulumi_ehpc.api.clock import Clock

logging.basicConfig()
Clock.sleep = lambda self, seconds: None
"""


def test_call_log_goes_to_its_file_and_never_to_stderr(tmp_path: Path) -> None:
    """Any module that the process loads may give the root logger a handler."""
    (tmp_path / "sitecustomize.py").write_text(HURRIED)
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    environ = {"PYTHONPATH": path, "EHPC_LOG_FILE": str(tmp_path / "calls.log")}
    dead = {"ehpc:endpoint": "http://127.0.0.1:9", "ehpc:region": "cn-hangzhou"}
    with Plugin(dead, tmp_path, environ) as plugin:
        provider, name = QueueProvider(), urn("work", "Queue")
        inputs = plugin.checked(provider, name, {"cluster": "ehpc-1", "identity": HPC["identity"]})
        with pytest.raises(grpc.RpcError):
            plugin.create(provider, name, inputs).result()
        assert plugin.errors() == ""
    lines = [json.loads(line) for line in (tmp_path / "calls.log").read_text().splitlines()]
    assert [line["attempt"] for line in lines if line["action"] != "GetCallerIdentity"] == [1, 2, 3, 4]


def test_log_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with Plugin({"ehpc:region": "cn-hangzhou"}, tmp_path, {"EHPC_LOG_FILE": str(tmp_path)}) as plugin:
        plugin.check(ClusterProvider(), urn("hpc"), HPC, {})
        message = plugin.engine.wait_for(lambda line: "EHPC_LOG_FILE is ignored" in line.message)
        assert (message.ephemeral, str(tmp_path) in message.message) == (False, True)
