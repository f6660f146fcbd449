"""Where a project of one's own may have its virtual environment, and that `ehpc doctor` says what the engine does."""

from __future__ import annotations

import json
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.conftest import NewBench
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

PROGRAM = """
import sys
import pulumi
import pulumi_ehpc as ehpc

pulumi.export("python", sys.executable)
ehpc.Cluster(
    "hpc",
    vpc_id="vpc-1",
    vswitch_id="vsw-1",
    scheduler="slurm",
    manager=ehpc.ManagerArgs(instance_type="ecs.c7.xlarge"),
    password=pulumi.Output.secret("Not-a-canary-1"),
)
"""
WRONG_PYTHON = "#!/bin/sh\necho 'the Python on PATH was started' >&2\nexit 9\n"
POETRY = """#!/bin/sh
case "$*" in
*--version*) echo 'Poetry (version 2.5.1)' ;;
*'env info --path') echo '{}' ;;
*) exit 1 ;;
esac
"""


@dataclass(frozen=True)
class Place:
    """A project and where its virtual environment is.

    Attributes:
        options: ``runtime.options`` of Pulumi.yaml; ``{}`` in it stands for the folder of the project.
        environment: The virtual environment, below the folder of the project.
        main: The folder of the program.
        files: Files that the project has besides.
        activated: Whether the virtual environment is first on PATH.
    """

    options: dict[str, str]
    environment: str = "venv"
    main: str = "."
    files: tuple[str, ...] = ()
    activated: bool = False


PLACES = {
    "relative": Place({"virtualenv": "venv"}),
    "pip": Place({"virtualenv": "venv/", "toolchain": "pip"}),
    "absolute": Place({"virtualenv": "{}/venv"}, main="src"),
    "uv": Place({"toolchain": "uv"}, ".venv", files=("uv.lock",)),
    "poetry": Place({"toolchain": "poetry"}, "elsewhere/of-poetry", files=("poetry.lock",)),
    "activated": Place({}, activated=True),
}


def create_environment(folder: Path, *, without: str = "") -> None:
    """Create a virtual environment that has the packages of this one, or all but one of them."""
    venv.create(folder, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if package.name != without:
            (packages / package.name).symlink_to(package)


def settle(bench: Workbench, place: Place) -> Path:
    """Write the project and return its folder. The Python on PATH is one that must not be started."""
    folder = bench.folder / "project"
    (folder / place.main).mkdir(exist_ok=True)
    (folder / "__main__.py").unlink()
    (folder / place.main / "__main__.py").write_text(PROGRAM)
    options = {name: value.format(folder) for name, value in place.options.items()}
    settings = {"name": "workbench", "main": place.main, "runtime": {"name": "python", "options": options}}
    (folder / "Pulumi.yaml").write_text(json.dumps(settings))
    for name in place.files:
        (folder / name).write_text("version = 1\n")
    programs = bench.folder / "bin"
    programs.mkdir()
    environment = folder / place.environment
    scripts = {"python3": WRONG_PYTHON, "python": WRONG_PYTHON, "uv": "#!/bin/sh\necho uv 0.13.9\n"}
    for name, script in {**scripts, "poetry": POETRY.format(environment)}.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    first = f"{environment}/bin:" if place.activated else ""
    bench.environ["PATH"] = f"{first}{programs}:{bench.environment['PATH']}"
    return folder


@pytest.mark.parametrize("name", PLACES)
def test_program_and_resources_get_the_virtual_environment(new_bench: NewBench, name: str) -> None:
    bench = new_bench()
    folder = settle(bench, PLACES[name])
    create_environment(folder / PLACES[name].environment)
    ran = bench.pulumi("preview")
    assert ran.ok, ran.text
    assert f'python: "{folder}/{PLACES[name].environment}/bin/python' in ran.text
    said = bench.ehpc("doctor")
    assert said.returncode == 0, said.stdout
    assert f"ok\tPython of programs\t{folder}/{PLACES[name].environment}/bin/python" in said.stdout
    assert "Python of resources" not in said.stdout


def test_a_relative_path_beside_main_is_not_found_for_the_resources(new_bench: NewBench) -> None:
    bench = new_bench()
    folder = settle(bench, Place({"virtualenv": "venv"}, main="src"))
    create_environment(folder / "venv")
    assert f"{folder}/src/venv" in bench.pulumi("preview").text
    said = bench.ehpc("doctor")
    assert said.returncode == 1
    assert f"ok\tPython of programs\t{folder}/venv/bin/python" in said.stdout
    assert f"fail\tPython of resources\t{folder}/src/venv/bin/python" in said.stdout


def test_without_pip_the_error_says_so_and_doctor_too(new_bench: NewBench) -> None:
    bench = new_bench()
    folder = settle(bench, PLACES["relative"])
    bench.environ["PYTHONPATH"] = ""
    create_environment(folder / "venv", without="pip")
    ran = bench.pulumi("preview")
    assert not ran.ok
    assert "pip" in ran.text
    said = bench.ehpc("doctor")
    assert said.returncode == 1
    assert f"fail\tPython of programs\t{folder}/venv/bin/python (virtualenv in Pulumi.yaml) has no pip" in said.stdout


def test_an_environment_of_uv_that_is_not_there_is_named(new_bench: NewBench) -> None:
    bench = new_bench()
    folder = settle(bench, PLACES["uv"])
    ran = bench.pulumi("preview")
    assert not ran.ok
    assert f"{folder}/.venv" in ran.text
    said = bench.ehpc("doctor")
    assert said.returncode == 1
    assert f"fail\tPython of programs\t{folder}/.venv/bin/python (uv) does not exist\tRun `uv" in said.stdout


def test_a_virtual_environment_without_the_package_fails_and_doctor_says_how_to_install_it(new_bench: NewBench) -> None:
    bench = new_bench()
    folder = settle(bench, PLACES["relative"])
    venv.create(folder / "venv", symlinks=True)
    assert "No module named 'pulumi'" in bench.pulumi("preview").text
    said = bench.ehpc("doctor")
    assert said.returncode == 1
    assert f"{folder}/venv/bin/pip install" in said.stdout
