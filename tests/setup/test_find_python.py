"""``scripts/bootstrap.sh`` on machines with all kinds of Pythons."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = "import sys; print('bootstrap', sys.argv[1:])\n"


class Machine:
    """A checkout with a bootstrap that only reports, on a machine with the Pythons a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "check out"
        self.bin = folder / "bin"
        (self.checkout / "scripts" / "bootstrap").mkdir(parents=True)
        for package in ("scripts", "scripts/bootstrap"):
            (self.checkout / package / "__init__.py").touch()
        (self.checkout / "scripts" / "bootstrap" / "__main__.py").write_text(REPORT)
        shutil.copy(ROOT / "scripts" / "bootstrap.sh", self.checkout / "scripts")
        self.bin.mkdir()
        for tool in ("sh", "dirname", "sed", "head", "cat"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def put(self, name: str, script: str) -> Path:
        place = self.bin / name
        place.write_text(f"#!/bin/sh\n{script}\n")
        place.chmod(0o755)
        return place

    def put_good(self, name: str) -> Path:
        return self.put(name, f'echo "by {name}" >&2; exec "{sys.executable}" "$@"')

    def put_old(self, name: str) -> Path:
        old = "import sys; sys.version_info = (3, 8, 10, 'final', 0); exec(sys.argv.pop(1))"
        return self.put(name, f'shift; exec "{sys.executable}" -c "{old}" "$@"')

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(self.checkout / "scripts" / "bootstrap.sh"), *arguments],
            env={"PATH": str(self.bin), **environ},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_python3_is_taken_and_arguments_are_handed_on(machine: Machine) -> None:
    machine.put_good("python3")
    output = machine.run("run", "a b", "$HOME")
    assert output.stdout == "bootstrap ['run', 'a b', '$HOME']\n"


def test_when_python3_is_too_old_a_newer_one_beside_it_is_found(machine: Machine) -> None:
    machine.put_old("python3")
    machine.put_good("python3.12")
    output = machine.run("setup")
    assert output.stdout == "bootstrap ['setup']\n"
    assert "by python3.12" in output.stderr


def test_the_virtual_environment_s_own_python_comes_first(machine: Machine) -> None:
    machine.put_good("python3")
    (machine.checkout / ".venv" / "bin").mkdir(parents=True)
    machine.put_good("venv-python").rename(machine.checkout / ".venv" / "bin" / "python")
    assert "by venv-python" in machine.run("setup").stderr


def test_a_python_that_is_named_is_the_only_one_tried(machine: Machine) -> None:
    machine.put_good("python3")
    mine = machine.put_good("mine")
    assert "by mine" in machine.run("setup", PYTHON=str(mine)).stderr
    output = machine.run("setup", PYTHON="/no/such/python")
    assert output.returncode == 1
    assert "/no/such/python" in output.stderr
    assert "python3.13" not in output.stderr


def test_without_a_suitable_python_one_message_lists_what_was_tried_and_what_to_do(machine: Machine) -> None:
    machine.put_old("python3")
    machine.put("python3.11", "echo 'has no venv module (apt install python3.11-venv)' >&2; exit 1")
    output = machine.run("setup")
    assert output.returncode == 1
    assert output.stdout == ""
    assert "python3: is Python 3.8, too old" in output.stderr
    assert "python3.11: has no venv module (apt install python3.11-venv)" in output.stderr
    assert "python3.13:" in output.stderr
    assert output.stderr.rstrip().endswith("or name one: make PYTHON=/path/to/python3")
