"""Programs that mypy accepts and refuses, with its strictest settings and none of this project's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ACCEPTED, REFUSED = Path(__file__).with_name("accepted.py"), Path(__file__).with_name("refused.py")
PROGRAMS = (str(ACCEPTED), str(REFUSED))
ROOT = Path(__file__).parent.parent.parent


def test_programs() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", *PROGRAMS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_refused_program_expects_errors() -> None:
    """Without its comments every statement of it is an error, so the test above cannot pass for want of any."""
    statements = [line for line in REFUSED.read_text().splitlines() if line.startswith("ehpc.")]
    assert len(statements) > 15
    assert [line for line in statements if "# type: ignore[" not in line] == []
