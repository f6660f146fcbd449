from __future__ import annotations

import sys
import venv
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from pulumi_ehpc.cli import doctor
from pulumi_ehpc.cli.doctor import HOST_PROGRAMS, Finding
from pulumi_ehpc.cli.project import Machine, Python, Run
from pulumi_ehpc.cli.pulumi_cli import run_command

INSTALLED = {program: f"/opt/pulumi/{program}" for program in ("pulumi", *HOST_PROGRAMS)}

NOTHING: dict[str, str] = {}


def printing(output: str | None) -> Run:
    return lambda _: output


@pytest.mark.parametrize(("version", "status"), [((3, 9, 18), "fail"), ((3, 10, 0), "ok"), ((3, 13, 1), "ok")])
def test_python(version: tuple[int, int, int], status: str) -> None:
    finding = doctor.check_python(version, "/usr/bin/python3")
    assert finding.status == status
    assert finding.found == f"{'.'.join(map(str, version))} (/usr/bin/python3)"


class TestSdk:
    NEEDS = ("pulumi>=3.268,<4", "requests>=2.31")

    @pytest.mark.parametrize("version", ["3.268.0", "3.999.1"])
    def test_a_supported_sdk(self, version: str) -> None:
        assert doctor.check_sdk("0.1.0", version, self.NEEDS).status == "ok"

    @pytest.mark.parametrize("version", ["3.267.9", "4.0.0"])
    def test_another_sdk_is_refused_with_the_command_that_helps(self, version: str) -> None:
        finding = doctor.check_sdk("0.1.0", version, self.NEEDS)
        assert finding.status == "fail"
        assert version in finding.found
        assert "pip install 'pulumi<4,>=3.268'" in finding.remedy

    @pytest.mark.sdk
    def test_the_sdk_of_this_run_is_supported(self) -> None:
        needs = metadata.requires("pulumi-ehpc") or []
        assert doctor.check_sdk("0.1.0", metadata.version("pulumi"), needs).status == "ok"


class TestPulumiCli:
    def test_a_new_one(self) -> None:
        finding = doctor.check_pulumi_cli(INSTALLED.get, printing("v3.259.0"))
        assert finding == Finding("Pulumi CLI", "ok", "v3.259.0 (/opt/pulumi/pulumi)")

    @pytest.mark.parametrize("version", ["v3.215.0", "v2.24.1"])
    def test_an_old_one(self, version: str) -> None:
        finding = doctor.check_pulumi_cli(INSTALLED.get, printing(version))
        assert (finding.status, finding.remedy) == ("fail", "Upgrade it to 3.216 or newer.")

    def test_none(self) -> None:
        finding = doctor.check_pulumi_cli(NOTHING.get, printing(None))
        assert (finding.status, finding.found) == ("fail", "not on PATH")
        assert "make -s env" in finding.remedy

    def test_one_that_does_not_run(self) -> None:
        assert "does not run" in doctor.check_pulumi_cli(INSTALLED.get, printing(None)).found


class TestLanguageHost:
    def test_complete(self) -> None:
        assert doctor.check_language_host(INSTALLED.get).status == "ok"

    @pytest.mark.parametrize("program", HOST_PROGRAMS)
    def test_each_program_is_needed(self, program: str) -> None:
        finding = doctor.check_language_host({**INSTALLED, program: None}.get)
        assert finding.status == "fail"
        assert finding.found == f"not on PATH: {program}"


class TestPackages:
    HAS = '["0.1.0", "3.272.0", ["pulumi>=3.268,<4"], true]'
    PYTHON = Python(sys.executable, "PATH", "Activate it.")

    def check(self, output: str | None, *, python: Python = PYTHON, pip: bool = False) -> Finding:
        machine = Machine(NOTHING.get, printing(output), {})
        return doctor.check_packages("Python of programs", python, machine, pip=pip)

    def test_a_python_with_the_package(self) -> None:
        assert self.check(self.HAS) == Finding("Python of programs", "ok", f"{sys.executable} (PATH)")

    def test_the_package_is_looked_for_in_that_python_and_not_in_the_current_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for package in ("pulumi_ehpc", "pulumi"):
            (tmp_path / f"{package}.egg-info").mkdir()
            (tmp_path / f"{package}.egg-info" / "PKG-INFO").write_text(f"Name: {package}\nVersion: 9\n")
        monkeypatch.chdir(tmp_path)
        venv.create(tmp_path / "bare")
        machine = Machine(NOTHING.get, run_command, {})
        bare = replace(self.PYTHON, path=f"{tmp_path}/bare/bin/python")
        assert doctor.check_packages("Python", self.PYTHON, machine, pip=True).status == "ok"
        assert doctor.check_packages("Python", bare, machine).found == f"{bare.path} (PATH) does not have pulumi-ehpc"

    def test_a_python_without_the_package(self) -> None:
        finding = self.check(None)
        assert finding.found == f"{sys.executable} (PATH) does not have pulumi-ehpc"
        assert (finding.status, finding.remedy) == ("fail", "Activate it.")

    def test_a_python_that_is_not_there(self) -> None:
        python = Python("/no/such/venv/bin/python", "virtualenv in Pulumi.yaml", "Create it.")
        finding = self.check(None, python=python)
        assert finding.found == "/no/such/venv/bin/python (virtualenv in Pulumi.yaml) does not exist"

    def test_no_python(self) -> None:
        assert self.check(None, python=Python("", "Poetry", "Run it.")).found == "none (Poetry)"

    def test_a_pulumi_sdk_that_is_not_supported(self) -> None:
        finding = self.check('["0.1.0", "3.200.0", ["pulumi>=3.268,<4"], true]')
        assert finding.found.endswith("pulumi-ehpc 0.1.0, Pulumi SDK 3.200.0")
        assert (finding.status, "pip install 'pulumi<4,>=3.268'" in finding.remedy) == ("fail", True)

    @pytest.mark.parametrize(("pip", "status"), [(True, "fail"), (False, "ok")])
    def test_pip_is_needed_where_the_language_host_asks_it(self, pip: bool, status: str) -> None:
        assert self.check(self.HAS.replace("true", "false"), pip=pip).status == status


class TestProject:
    def check(self, folder: Path) -> list[Finding]:
        return list(doctor.check_project(folder, Machine({"python3": sys.executable}.get, printing(None), {})))

    def test_without_a_project_a_python_without_the_package_is_a_warning(self, tmp_path: Path) -> None:
        (finding,) = self.check(tmp_path)
        assert (finding.name, finding.status) == ("Python of programs", "warn")

    def test_in_a_project_it_is_a_failure(self, tmp_path: Path) -> None:
        (tmp_path / "Pulumi.yaml").write_text("{name: a, runtime: python}")
        (finding,) = self.check(tmp_path)
        assert (finding.name, finding.status) == ("Python of programs", "fail")

    def test_both_are_checked_where_they_differ(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        settings = "{name: a, main: src, runtime: {name: python, options: {virtualenv: venv}}}"
        (tmp_path / "Pulumi.yaml").write_text(settings)
        program, resources = self.check(tmp_path)
        assert program.found.startswith(f"{tmp_path}/venv/bin/python ")
        assert resources.found.startswith(f"{tmp_path}/src/venv/bin/python ")
        assert "absolute path" in resources.remedy

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "Pulumi.yaml").write_text("name: [")
        (finding,) = self.check(tmp_path)
        assert finding.status == "fail"
        assert f"{tmp_path}/Pulumi.yaml cannot be read: while parsing" in finding.found


class TestSettings:
    def found(self, config: dict[str, str], environ: dict[str, str]) -> dict[str, str]:
        return {finding.name: finding.found for finding in doctor.check_settings(config, environ)[1]}

    def test_each_value_shows_where_it_comes_from(self) -> None:
        found = self.found(
            {"ehpc:region": "cn-beijing"},
            {"ALIBABA_CLOUD_REGION_ID": "cn-hangzhou", "EHPC_API_VERSION": "2018-04-12", "EHPC_JOURNAL": "/ci/kept"},
        )
        assert found == {
            "region": "cn-beijing (stack config ehpc:region)",
            "API version": "2018-04-12 (EHPC_API_VERSION)",
            "address": "https://ehpc.cn-beijing.aliyuncs.com (of the region)",
            "journal": "/ci/kept (EHPC_JOURNAL)",
        }

    def test_another_endpoint(self) -> None:
        found = self.found({}, {"EHPC_ENDPOINT": "127.0.0.1:8080"})
        assert found["address"] == "http://127.0.0.1:8080 (EHPC_ENDPOINT)"

    def test_no_region_is_a_warning_and_then_there_is_no_address(self) -> None:
        chosen, findings = doctor.check_settings({}, {})
        assert chosen is not None
        assert {finding.name: finding.status for finding in findings} == {
            "region": "warn",
            "API version": "ok",
            "journal": "ok",
        }

    def test_every_invalid_value_is_named(self) -> None:
        chosen, (finding,) = doctor.check_settings({"ehpc:apiVersion": "1999-01-01", "ehpc:region": "?"}, {})
        assert chosen is None
        assert finding.status == "fail"
        assert "1999-01-01" in finding.found
        assert "ehpc:region" in finding.found


def test_credentials_are_named_by_where_they_are_from() -> None:
    assert doctor.check_credentials("default/cli_profile/static_ak").found == "found (cli_profile/static_ak)"


def test_no_credentials_are_a_warning_because_previews_need_none() -> None:
    finding = doctor.check_credentials(None)
    assert finding.status == "warn"
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in finding.remedy


@pytest.mark.parametrize(
    ("skew", "status", "found"),
    [
        (None, "ok", "not compared: the endpoint does not report its time"),
        (0.4, "ok", "agrees with the service's"),
        (60.0, "ok", "60 s ahead of the service"),
        (-61.0, "warn", "61 s behind the service"),
        (900.0, "warn", "900 s ahead of the service"),
        (901.0, "fail", "901 s ahead of the service"),
    ],
)
def test_the_clock(skew: float | None, status: str, found: str) -> None:
    finding = doctor.check_clock_skew(skew)
    assert (finding.status, finding.found) == (status, found)
    assert bool(finding.remedy) == (status != "ok")
