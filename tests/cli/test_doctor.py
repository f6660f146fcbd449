from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from pulumi_ehpc.cli import doctor, main
from pulumi_ehpc.cli.doctor import HOST_PROGRAMS, Finding

PULUMI = """#!/bin/sh
case "$1" in
version) echo v3.259.0 ;;
config) echo '{"ehpc:apiVersion": {"value": "2018-04-12", "secret": false}, "ehpc:hidden": {"secret": true}}' ;;
-c) echo '["0.1.0", "3.272.0", ["pulumi>=3.268,<4"], true]' ;;
esac
"""
SECRET = "canary-of-the-secret"
KEY_ID = "canary-of-the-key-id"


class Refusing(BaseHTTPRequestHandler):
    """Refuses every request, as the service refuses one without a signature."""

    def do_GET(self) -> None:
        self.send_response(400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up a machine with the CLI and credentials and without settings."""
    for program in ("pulumi", "python3", *HOST_PROGRAMS):
        (tmp_path / program).write_text(PULUMI)
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(doctor, "_credential_link", lambda: "default/env")
    for name in ("ALIBABA_CLOUD_REGION_ID", "EHPC_API_VERSION", "EHPC_ENDPOINT", "EHPC_JOURNAL"):
        monkeypatch.delenv(name, raising=False)


def test_everything_is_checked_and_in_place(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHPC_ENDPOINT", endpoint)
    monkeypatch.setenv("ALIBABA_CLOUD_REGION_ID", "cn-hangzhou")
    result = CliRunner().invoke(main.app, ["doctor", "--json"])
    assert result.exit_code == 0
    findings = {row["name"]: row for row in json.loads(result.stdout)}
    assert list(findings) == [
        "Python",
        "packages",
        "Pulumi CLI",
        "language host",
        "Python of programs",
        "region",
        "API version",
        "address",
        "journal",
        "credentials",
        "endpoint",
        "clock",
    ]
    assert {row["status"] for row in findings.values()} == {"ok"}
    assert re.fullmatch(rf"{endpoint} responds in \d+ ms", findings["endpoint"]["found"])
    assert findings["API version"]["found"] == "2018-04-12 (stack config ehpc:apiVersion)"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_credentials_are_found_and_never_shown(options: list[str]) -> None:
    # In a process of its own: the library of the credential chain reads the environment when it is imported.
    variables = {"ALIBABA_CLOUD_ACCESS_KEY_ID": KEY_ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET}
    code = "import sys; from pulumi_ehpc.cli.main import main; main(sys.argv[1:])"
    result = subprocess.run(
        [sys.executable, "-c", code, "doctor", *options],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "found (env)" in result.stdout
    assert KEY_ID not in result.stdout + result.stderr
    assert SECRET not in result.stdout + result.stderr


def test_no_credentials_are_a_warning_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_credential_link", lambda: None)
    result = CliRunner().invoke(main.app, ["doctor"])
    assert result.exit_code == 0
    assert "\nwarn\tcredentials\tnone found\t" in result.stdout


def test_without_a_region_no_endpoint_is_called_and_that_is_only_a_warning() -> None:
    result = CliRunner().invoke(main.app, ["doctor"])
    assert result.exit_code == 0
    assert "\nwarn\tregion\tnot set\tSet it with" in result.stdout
    assert "endpoint" not in result.stdout


def test_an_endpoint_that_does_not_respond_is_a_failure(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        closed = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("EHPC_ENDPOINT", closed)
    result = CliRunner().invoke(main.app, ["doctor"])
    assert result.exit_code == 1
    assert re.search(r"\nfail\tendpoint\t.+\tCheck the network and the endpoint", result.stdout)


def test_no_pulumi_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    result = CliRunner().invoke(main.app, ["doctor"])
    assert result.exit_code == 1
    assert "fail\tPulumi CLI\tnot on PATH\t" in result.stdout


LONG = Finding("address", "warn", "word " * 40, "do " * 40)


def test_lines_for_programs_are_never_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.render([LONG], Console(file=io.StringIO(), width=20))
    (line,) = capsys.readouterr().out.splitlines()
    assert len(line) > 200


def test_on_a_narrow_terminal_words_stay_in_their_column() -> None:
    screen = io.StringIO()
    doctor.render([LONG], Console(file=screen, width=60, force_terminal=True, color_system=None))
    lines = screen.getvalue().splitlines()
    assert len(lines) > 4
    assert all(len(line) <= 60 for line in lines)
    assert all(line.startswith(" " * 15) for line in lines[1:])
