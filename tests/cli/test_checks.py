from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

import pytest

from pulumi_ehpc.cli import doctor
from pulumi_ehpc.cli.doctor import HOST_PROGRAMS, Finding

INSTALLED = {program: f"/opt/pulumi/{program}" for program in ("pulumi", *HOST_PROGRAMS)}

NOTHING: dict[str, str] = {}


def printing(output: str | None) -> doctor.Run:
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


class TestProgramPython:
    def test_the_package_is_looked_for_in_the_python_that_programs_get(self) -> None:
        commands: list[Sequence[str]] = []

        def run(command: Sequence[str]) -> str:
            commands.append(command)
            return ""

        finding = doctor.check_program_python({"python3": "/venv/bin/python3"}.get, run)
        assert (finding.status, finding.found) == ("ok", "/venv/bin/python3")
        assert commands[0][0] == "/venv/bin/python3"

    def test_a_python_without_the_package_is_a_warning(self) -> None:
        finding = doctor.check_program_python({"python3": "/usr/bin/python3"}.get, printing(None))
        assert (finding.status, finding.found) == ("warn", "/usr/bin/python3 does not have pulumi-ehpc")

    def test_no_python(self) -> None:
        assert doctor.check_program_python(NOTHING.get, printing(None)).found == "no python3 on PATH"


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
