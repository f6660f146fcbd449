from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_ehpc.cli.project import BUILT_HOST, Machine, Project

PROGRAMS = {"python3": "/usr/bin/python3"}
BARE = Machine(PROGRAMS.get, lambda _: None, {})


def project(root: Path, options: str = "{}", main: str = "") -> Project:
    """Write a project with its program in the folder ``main``."""
    (root / main).mkdir(parents=True, exist_ok=True)
    (root / "Pulumi.yaml").write_text(f"{{name: a, main: '{main}', runtime: {{name: python, options: {options}}}}}")
    found = Project.around(root / main)
    assert found is not None
    return found


def pythons(project: Project, machine: Machine = BARE) -> tuple[str, str]:
    return project.python_of_program(machine).path, project.python_of_resources(machine).path


class TestAround:
    def test_it_is_found_from_a_folder_below_it(self, tmp_path: Path) -> None:
        project(tmp_path, main="src")
        (tmp_path / "src" / "more").mkdir()
        assert Project.around(tmp_path / "src" / "more") == Project(tmp_path, tmp_path / "src", {})

    @pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"])
    def test_each_name_of_its_file(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text('{"name": "a", "runtime": "python"}')
        assert Project.around(tmp_path) == Project(tmp_path, tmp_path, {})

    def test_main_may_be_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "Pulumi.yaml").write_text("name: a\nruntime: python\nmain: src/program.py\n")
        assert Project.around(tmp_path) == Project(tmp_path, tmp_path / "src", {})

    @pytest.mark.parametrize("content", ["", "[]", "name: a", "name: a\nruntime: nodejs", "runtime: {name: go}"])
    def test_what_is_no_project_in_python(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "Pulumi.yaml").write_text(content)
        assert Project.around(tmp_path) is None


class TestPythons:
    def test_none_named_is_the_one_on_path(self, tmp_path: Path) -> None:
        assert pythons(project(tmp_path)) == ("/usr/bin/python3", "/usr/bin/python3")

    def test_pulumi_s_own_variable_names_another_one(self, tmp_path: Path) -> None:
        machine = Machine(
            {**PROGRAMS, "python3.13": "/opt/python3.13"}.get, lambda _: None, {"PULUMI_PYTHON_CMD": "python3.13"}
        )
        assert pythons(project(tmp_path), machine) == ("/opt/python3.13", "/opt/python3.13")

    def test_no_python_at_all(self, tmp_path: Path) -> None:
        none: dict[str, str] = {}
        assert pythons(project(tmp_path), Machine(none.get, lambda _: None, {})) == ("", "")

    @pytest.mark.parametrize("options", ["{virtualenv: venv}", "{toolchain: pip, virtualenv: venv/}"])
    def test_a_virtual_environment_beside_the_program(self, tmp_path: Path, options: str) -> None:
        assert pythons(project(tmp_path, options)) == (f"{tmp_path}/venv/bin/python",) * 2

    def test_a_relative_path_beside_another_folder_with_the_program_is_two_places(self, tmp_path: Path) -> None:
        expected = (f"{tmp_path}/venv/bin/python", f"{tmp_path}/src/venv/bin/python")
        assert pythons(project(tmp_path, "{virtualenv: venv}", main="src")) == expected

    def test_an_absolute_path_is_one(self, tmp_path: Path) -> None:
        assert pythons(project(tmp_path, "{virtualenv: /opt/venv}", main="src")) == ("/opt/venv/bin/python",) * 2

    def test_uv_beside_the_program(self, tmp_path: Path) -> None:
        assert pythons(project(tmp_path, "{toolchain: uv}")) == (f"{tmp_path}/.venv/bin/python",) * 2

    def test_uv_beside_its_lock_above_the_program(self, tmp_path: Path) -> None:
        (tmp_path / "uv.lock").touch()
        expected = (f"{tmp_path}/.venv/bin/python", f"{tmp_path}/src/.venv/bin/python")
        assert pythons(project(tmp_path, "{toolchain: uv}", main="src")) == expected

    def test_poetry_is_asked(self, tmp_path: Path) -> None:
        answers = {f"poetry --directory {tmp_path} env info --path": "/cache/env-1"}
        machine = Machine(PROGRAMS.get, lambda command: answers.get(" ".join(command)), {})
        assert pythons(project(tmp_path, "{toolchain: poetry}"), machine) == ("/cache/env-1/bin/python",) * 2
        assert pythons(project(tmp_path, "{toolchain: poetry}")) == ("", "")

    def test_a_lock_file_is_read_for_the_program_alone(self, tmp_path: Path) -> None:
        (tmp_path / "uv.lock").touch()
        found = project(tmp_path)
        assert pythons(found) == (f"{tmp_path}/.venv/bin/python", "/usr/bin/python3")
        assert "runtime.options.toolchain" in found.python_of_resources(BARE).remedy


@pytest.mark.parametrize(
    ("options", "built", "needed"),
    [
        ("{}", False, True),
        ("{virtualenv: venv}", True, True),
        ("{toolchain: uv}", False, False),
        ("{toolchain: uv}", True, True),
    ],
)
def test_pip_is_needed_for_itself_and_by_the_host_that_set_up_builds(
    tmp_path: Path, options: str, built: bool, needed: bool
) -> None:
    programs = {BUILT_HOST: f"/cache/{BUILT_HOST}"} if built else {}
    assert project(tmp_path, options).needs_pip(Machine(programs.get, lambda _: None, {})) is needed
