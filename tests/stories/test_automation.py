"""What a run reports under the Automation API: each error once, and that nothing was changed only where it is so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.stories.conftest import NewBench
from tests.stories.versions import in_old
from tests.stories.workbench import TIMEOUT_SECONDS, Workbench

pytestmark = pytest.mark.engine

SCRIPT = Path(__file__).with_name("automated.py")
UNCHANGED = "No E-HPC resource was created or changed."


def up(bench: Workbench) -> str:
    """Run an up that fails; return the diagnostics of its error."""
    bench._write()
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=bench.folder / "project",
        env={**bench.environment, "PULUMI_PYTHON_CMD": sys.executable},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    bench.printed.append(done.stdout + done.stderr)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr[done.stderr.index("Diagnostics:") :]


@in_old
def test_violation_that_preflight_finds(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.declared["hpc"]["args"]["max_count"] = 99_999
    text = up(bench)
    # The SDK hands the error of an inline program to the engine as well, which says it again behind words of its own.
    assert text.count(f"    error: A declared value breaks a rule. {UNCHANGED}\n") == 1, text
    assert "+ 1 created" in text, "the stack itself"
    assert [name for name in bench.state() if "workbench" not in name] == []
    assert bench.calls() == []


def test_violation_that_shows_when_the_cluster_exists(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.declared["data"]["args"]["mount_directory"] = {"$apply": "hpc"}
    text = up(bench)
    assert text.count("mount_directory = 'ehpc-") == 1, text
    assert "changed" not in text
    assert bench.clusters() != []


def test_create_that_fails_half_way(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    action = "CreateNodes" if version == "2024-07-30" else "AddNodes"
    outcome = {"action": action, "outcome": "exception"}
    requests.post(f"{bench.server.endpoint}/_fake/outcome", json=outcome, timeout=10).raise_for_status()
    text = up(bench)
    assert text.count("NodeGroup 'fixed': 0 of 2 nodes running, 2 in exception.") == 1, text
    assert "changed" not in text


def test_refused_resource_beside_others_that_were_created(new_bench: NewBench) -> None:
    other = new_bench()
    assert other.up().ok
    bench = new_bench(server=other.server)
    bench.declared["work"]["args"]["cluster"] = other.state()["hpc"]["id"]
    del bench.declared["fixed"]
    text = up(bench)
    assert text.count("Queue 'work': queue work exists already on cluster ") == 1, text
    assert "What exists was left as it is." in text
    assert "Nothing" not in text and UNCHANGED not in text
    assert len(bench.clusters()) == 2


def test_resource_that_is_declared_after_others_were_created(new_bench: NewBench) -> None:
    bench = new_bench()
    program = bench.folder / "project" / "__main__.py"
    program.write_text(f"{program.read_text()}\n{LATE}")
    del bench.declared["fixed"], bench.declared["work"]
    text = up(bench)
    assert "error: A declared value breaks a rule.\n      Queue 'late': max_count = 99999: must be" in text, text
    assert UNCHANGED not in text
    assert len(bench.clusters()) == 1


LATE = """
declared["hpc"].id.apply(lambda known: ehpc.Queue("late", cluster=known, max_count=99999))
"""
