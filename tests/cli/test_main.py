from __future__ import annotations

from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from pulumi_ehpc.cli import doctor, main
from pulumi_ehpc.errors import ConfigurationError, InputError, Violation

VERBS = {"doctor", "fake", "owners", "version"}


def commands() -> dict[str, str]:
    """Return every command line that has a help page, ``""``, ``fake``, ``fake serve`` ..., with its help."""
    found: dict[str, str] = {}

    def collect(path: str, command: Any) -> None:
        found[path] = command.help or ""
        for name, child in getattr(command, "commands", {}).items():
            collect(f"{path} {name}".strip(), child)

    collect("", get_command(main.app))
    return found


def test_the_verbs_are_known() -> None:
    assert {line for line in commands() if line and " " not in line} == VERBS


@pytest.mark.parametrize(("line", "help_text"), commands().items())
def test_every_command_explains_itself(line: str, help_text: str) -> None:
    result = CliRunner().invoke(main.app, [*line.split(), "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert len(help_text.split()) > 5
    assert help_text.split()[0] in result.stdout


@pytest.mark.parametrize("line", ["", "doctor", "owners", "version"])
def test_help_teaches_with_an_example(line: str) -> None:
    result = CliRunner().invoke(main.app, [*line.split(), "-h"], env={"COLUMNS": "200"})
    assert f"ehpc {line or 'doctor'}" in result.stdout.partition("Usage:")[2].partition("\n")[2]


def run(*arguments: str) -> object:
    """Run ``ehpc`` and return what it hands to ``sys.exit``."""
    with pytest.raises(SystemExit) as caught:
        main.main(list(arguments))
    return caught.value.code


def test_the_version_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == "ehpc 0.1.0\n"


def test_the_versions_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("version") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["pulumi-ehpc", "pulumi", "Python"]


def test_wrong_usage_ends_with_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctr") == 2
    assert "doctor" in capsys.readouterr().err, "the nearest verb is named"


class TestErrors:
    def fail_with(self, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> object:
        def examine(environ: object) -> list[object]:
            raise error

        monkeypatch.setattr(doctor, "examine", examine)
        return run("doctor")

    def test_an_error_of_this_package_is_one_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        error = ConfigurationError("No region is set.", next_step="Set ehpc:region.")
        assert self.fail_with(error, monkeypatch) == "ehpc: No region is set. Set ehpc:region."

    def test_every_violation_is_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        error = InputError("Two mistakes.", [Violation("a", "1", "too small"), Violation("b", "9", "too big")])
        message = str(self.fail_with(error, monkeypatch))
        assert message.splitlines() == ["ehpc: Two mistakes.", "  - a = 1: too small", "  - b = 9: too big"]

    def test_ctrl_c_is_quiet(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.fail_with(KeyboardInterrupt(), monkeypatch) == 130
        assert capsys.readouterr().err == ""

    def test_a_command_may_end_with_a_status_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.fail_with(typer.Exit(7), monkeypatch) == 7

    def test_an_unexpected_error_is_a_message_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("EHPC_TRACEBACK", raising=False)
        message = str(self.fail_with(ZeroDivisionError("division by zero"), monkeypatch))
        assert message.startswith("ehpc: ZeroDivisionError: division by zero\n")
        assert "EHPC_TRACEBACK=1" in message

    def test_the_traceback_is_shown_on_request(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EHPC_TRACEBACK", "1")
        monkeypatch.setattr(doctor, "examine", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            main.main(["doctor"])
