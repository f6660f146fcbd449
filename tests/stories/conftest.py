"""Workbenches, each with a fake of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_ehpc.fake import AccessKey, Assumptions, FakeCloud, FakeServer, ScaledClock
from tests.stories.workbench import Workbench

SCALE = 600
"""Fake seconds per real second: a cluster takes half a second."""
CANARIES = ("Canary-root-1", "Canary-alice-1", "Canary-alice-2", "Canary-bob-1", "Canary-carol-1")
"""Every password that the programs use."""

NewBench = Callable[..., Workbench]


def environment() -> dict[str, dict[str, Any]]:
    """Return a program with all resource types."""
    hpc = {"$ref": "hpc"}
    return {
        "hpc": {
            "type": "Cluster",
            "args": {
                "description": "Team_one",
                "vpc_id": "vpc-1",
                "vswitch_id": "vsw-1",
                "scheduler": "slurm",
                "manager": {"instance_type": "ecs.c7.xlarge"},
                "password": {"$secret": CANARIES[0]},
                "tags": {"team": "one"},
                "max_count": 100,
                "enable_scale_in": True,
                "shared_storages": [
                    {"file_system_id": "fs-home", "mount_target": "fs-home.example", "mount_directory": "/home"}
                ],
            },
        },
        "work": {
            "type": "Queue",
            "args": {
                "cluster": hpc,
                "compute_nodes": [{"instance_type": "ecs.c7.2xlarge"}],
                "enable_scale_out": True,
                "max_count": 50,
            },
        },
        "fixed": {
            "type": "NodeGroup",
            "args": {"cluster": hpc, "queue": {"$ref": "work"}, "instance_type": "ecs.c7.large", "count": 2},
        },
        "team": {
            "type": "UserSet",
            "args": {
                "cluster": hpc,
                "users": [
                    {"name": "alice.chen", "group": "wheel", "password": {"$secret": CANARIES[1]}},
                    {"name": "bob.smith", "password": {"$secret": CANARIES[3]}},
                ],
            },
        },
        "data": {
            "type": "Volume",
            "args": {
                "cluster": hpc,
                "file_system_id": "fs-data",
                "mount_target": "fs-data.example",
                "mount_directory": "/data",
            },
        },
    }


@pytest.fixture(params=["2024-07-30", "2018-04-12"])
def version(request: pytest.FixtureRequest) -> str:
    """Each API version."""
    return str(request.param)


@pytest.fixture
def new_bench(tmp_path: Path) -> Iterator[NewBench]:
    """Create workbenches; afterwards none of their files, journals and outputs may contain a password."""
    benches: list[Workbench] = []
    servers: list[FakeServer] = []

    def make(
        version: str = "2024-07-30",
        *,
        assumptions: Assumptions | None = None,
        server: FakeServer | None = None,
        scale: float = SCALE,
    ) -> Workbench:
        if server is None:
            keys = (AccessKey("fake", "fake"), AccessKey("other", "other", account="2000000000000002"))
            server = FakeServer(FakeCloud(clock=ScaledClock(scale=scale), keys=keys, assumptions=assumptions))
            server.start()
            servers.append(server)
        bench = Workbench(tmp_path / f"bench{len(benches)}", server, environment())
        settings = {"ehpc:endpoint": server.endpoint, "ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version}
        bench.prepare(settings)
        benches.append(bench)
        return bench

    yield make
    try:
        for bench in benches:
            assert_no_password(bench)
    finally:
        for bench in benches:
            bench.end_language_hosts()
        for server in servers:
            server.stop()


def assert_no_password(bench: Workbench) -> None:
    """Look for every password in everything that a workbench left behind."""
    (bench.folder / "project" / "declared.json").unlink(missing_ok=True)
    left = {str(path): path.read_bytes() for path in bench.files()}
    left["journal"] = requests.get(f"{bench.server.endpoint}/_fake/journal", timeout=10).content
    left["the state of the fake"] = requests.get(f"{bench.server.endpoint}/_fake/state", timeout=10).content
    left["printed"] = "\n".join(bench.printed).encode()
    for where, content in left.items():
        for canary in CANARIES:
            assert canary.encode() not in content, f"{where} contains a password"
            assert json.dumps(canary).encode() not in content, f"{where} contains a password"
