from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_ehpc.registry import RESOURCE_TYPES
from scripts.docs.__main__ import ROOT
from scripts.docs.objects import package_of
from scripts.docs.resources import EXAMPLES

SETTINGS = {
    "ehpc:region": "cn-hangzhou",
    "project:password": "Example-root-1",
    "project:alicePassword": "Example-alice-1",
    "project:bobPassword": "Example-bob-1",
}


def run(program: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program under mocks; nothing of the caller's settings gets in."""
    foreign = ("PULUMI_", "ALIBABA_CLOUD_", "EHPC_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    command = [sys.executable, "-m", "tests.docs.mocked", str(program), json.dumps(settings)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("name", "package", "version"),
    [(known.name, package_of(known), version) for known in RESOURCE_TYPES for version in known.handlers],
)
def test_the_example_of_a_resource_type_runs(name: str, package: str, version: str) -> None:
    program = EXAMPLES / f"{package}.py"
    ran = run(program, {**SETTINGS, "ehpc:apiVersion": version})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    made = json.loads(ran.stdout)
    ((logical_name, registered),) = ((key, one) for key, one in made.items() if one["type"].endswith(f":{name}"))
    assert registered["identity"] == "identity-id"
    assert f'ehpc.{name}(\n    "{logical_name}"' in program.read_text("utf-8")


def test_the_example_of_what_exists_already_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "existing.md").read_text("utf-8"), re.DOTALL)
    program = tmp_path / "program.py"
    program.write_text(example)
    ran = run(program, SETTINGS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {"theirs", "work", "mine"} <= set(json.loads(ran.stdout))


def test_an_example_that_breaks_a_rule_is_found(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text((EXAMPLES / "queue.py").read_text("utf-8").replace("max_count=50", "max_count=-1"))
    ran = run(program, SETTINGS)
    assert ran.returncode == 1
    assert "max_count = -1: must be an integer from 0 to 5000" in ran.stdout


def test_every_resource_type_has_an_example() -> None:
    assert {file.stem for file in EXAMPLES.glob("[!_]*.py")} == {package_of(known) for known in RESOURCE_TYPES}
