"""The page on testing: its files are a test suite that passes, on the real CLI where it starts one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.docs.__main__ import ROOT
from tests.stories.workbench import QUICK_PIP

PAGE = ROOT / "docs" / "testing.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# (\w+\.py)\n")


def written(folder: Path) -> Path:
    """Write the files of the page into a folder."""
    folder.mkdir()
    for block in BLOCK.findall(PAGE.read_text("utf-8")):
        named = NAMED.match(block)
        assert named, f"this block does not begin with the name of its file:\n{block}"
        assert not (folder / named[1]).exists(), f"two blocks are called {named[1]}"
        (folder / named[1]).write_text(block)
    return folder


def run(folder: Path, *arguments: str, **settings: str) -> str:
    """Run Python in a folder; return what it printed. Nothing of the caller's settings gets in."""
    foreign = ("PULUMI_", "ALIBABA_CLOUD_", "EHPC_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = {
        "PULUMI_HOME": str(folder.parent / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": os.pathsep.join([str(QUICK_PIP), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "XDG_STATE_HOME": str(folder.parent / "left"),
        **settings,
    }
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**kept, **own}, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout + done.stderr


def passed(folder: Path, name: str, **settings: str) -> None:
    """Run a file of tests, all of which must pass."""
    tests = re.findall(r"^(?:async )?def test_", (folder / name).read_text(), re.MULTILINE)
    printed = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", name, **settings)
    assert tests and f"{len(tests)} passed in" in printed, printed


@pytest.mark.sdk
def test_unit_tests_pass(tmp_path: Path) -> None:
    passed(written(tmp_path / "suite"), "test_units.py")


@pytest.mark.sdk
@pytest.mark.parametrize("runner", [("pytest", "-q", "test_with_unittest.py"), ("unittest",)])
def test_unit_tests_of_unittest_pass(tmp_path: Path, runner: tuple[str, ...]) -> None:
    printed = run(written(tmp_path / "suite"), "-m", *runner)
    assert "2 passed in" in printed or ("Ran 2 tests" in printed and "\nOK\n" in printed), printed


BY_IMPORT = """
import pulumi
from mocks import Mocks

pulumi.runtime.set_mocks(Mocks(), project="genomics", preview=False)
pulumi.runtime.set_all_config({"genomics:rootPassword": "Quick-start-1"})

import infrastructure

@pulumi.runtime.test
async def test_name() -> None:
    assert await infrastructure.work.name.future() == "work"

@pulumi.runtime.test
async def test_queue() -> None:
    assert await infrastructure.fixed.queue.future() == "work"
"""


@pytest.mark.sdk
@pytest.mark.parametrize(("nodes", "printed"), [(2, "2 passed in"), (-1, "count = -1: must be an integer")])
def test_program_that_declares_when_it_is_imported_can_be_tested(tmp_path: Path, nodes: int, printed: str) -> None:
    suite = written(tmp_path / "suite")
    program = f"from genomics import declare\n\n_, work, fixed = declare(nodes={nodes})\n"
    (suite / "infrastructure.py").write_text(program)
    (suite / "test_by_import.py").write_text(BY_IMPORT)
    assert printed in run(suite, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_by_import.py")


@pytest.mark.engine
@pytest.mark.parametrize("version", ["2024-07-30", "2018-04-12"])
def test_tests_on_the_fake_pass(tmp_path: Path, version: str) -> None:
    passed(written(tmp_path / "suite"), "test_on_the_fake.py", EHPC_API_VERSION=version)


def test_every_file_of_tests_is_run(tmp_path: Path) -> None:
    files = {path.name for path in written(tmp_path / "suite").glob("test_*.py")}
    assert files == {"test_units.py", "test_with_unittest.py", "test_on_the_fake.py"}


@pytest.mark.parametrize(
    ("old", "new", "failing"),
    [
        ('"genomics",', '"other",', {"test_names", "test_references", "test_inputs"}),
        ("queue=work", 'queue="comp"', {"test_references"}),
        ("max_count=50", "max_count=9999", {"test_names", "test_references", "test_outputs", "test_inputs"}),
    ],
)
def test_mistake_in_the_program_is_found(tmp_path: Path, old: str, new: str, failing: set[str]) -> None:
    suite = written(tmp_path / "suite")
    program = (suite / "genomics.py").read_text()
    assert program.count(old) == 1
    (suite / "genomics.py").write_text(program.replace(old, new))
    printed = run(suite, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "test_units.py")
    assert set(re.findall(r"^FAILED test_units\.py::(\w+)", printed, re.MULTILINE)) == failing
