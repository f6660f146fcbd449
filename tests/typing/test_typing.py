"""Programs, declarations and handlers that mypy accepts and refuses, with its strictest settings and no others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
CHECKED = sorted(str(file) for file in FOLDER.glob("*.py") if file.stem not in ("__init__", "test_typing"))


def test_accepted_and_refused() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", *CHECKED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(CHECKED) == 4
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def expecting_no_error(lines: list[str]) -> list[str]:
    return [line for line in lines if "# type: ignore[" not in line]


def test_refused_program_expects_errors() -> None:
    """Every statement of it must be an error, so the test above cannot pass for want of any."""
    statements = [line for line in (FOLDER / "refused.py").read_text().splitlines() if line.startswith("ehpc.")]
    assert len(statements) > 15
    assert expecting_no_error(statements) == []


def test_refused_declarations_expect_errors() -> None:
    _, _, refused = (FOLDER / "refused_declarations.py").read_text().partition("class Unfitting")
    statements = [line for line in refused.splitlines() if line.startswith("    ") and '"""' not in line]
    assert len(statements) > 10
    assert expecting_no_error(statements) == []
