from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.bootstrap.shell import exports, variables

AWKWARD = '/home/o\'neil/my $HOME "code"'


def test_the_virtual_environment_comes_before_the_cli_and_both_before_the_rest() -> None:
    values = variables(Path("/p/.venv"), Path("/c/bin"), "/usr/bin:/bin")
    assert values["PATH"] == "/p/.venv/bin:/c/bin:/usr/bin:/bin"
    assert values["VIRTUAL_ENV"] == "/p/.venv"


def test_a_second_time_changes_nothing() -> None:
    once = variables(Path("/p/.venv"), Path("/c/bin"), "/usr/bin:/bin")
    assert variables(Path("/p/.venv"), Path("/c/bin"), once["PATH"]) == once


def test_the_current_folder_does_not_slip_into_path() -> None:
    assert variables(Path("/v"), Path("/c"), ":/bin:")["PATH"] == "/v/bin:/c:/bin"


@pytest.mark.parametrize("shell", [name for name in ("sh", "bash", "dash", "zsh") if shutil.which(name)])
def test_any_shell_takes_the_lines_as_they_were_meant(shell: str) -> None:
    values = variables(Path(AWKWARD), Path("/c d/bin"), "/usr/bin:/bin")
    script = 'eval "$EXPORTS"; printf "%s|%s" "$VIRTUAL_ENV" "$PATH"'
    output = subprocess.run(
        [shutil.which(shell) or shell, "-c", script],
        env={"EXPORTS": exports(values)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert output.stdout == f"{AWKWARD}|{AWKWARD}/bin:/c d/bin:/usr/bin:/bin"
