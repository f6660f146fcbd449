"""Measure and print a table: ``make bench``. It takes a minute; times depend on the machine, ratios much less."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable

from benchmarks import calls, engine, imports, users
from benchmarks.measure import Comparison


def main() -> int:
    """Measure; return the exit status."""
    if shutil.which("pulumi") is None:
        sys.stderr.write("The pulumi CLI is not on PATH; `make bench` brings it.\n")
        return 1
    found: list[Comparison] = []
    for measured in (imports, calls, users, engine):
        sys.stderr.write(f"measuring {measured.__name__.rpartition('.')[2]} ...\n")
        found.extend(measured.measure())
    sys.stdout.write(f"{_table(found)}\n\n{_machine()}\n")
    return 0


def _table(found: Iterable[Comparison]) -> str:
    lines = [
        ("", "ratio", "this", "other", "compared with"),
        *(
            (one.what, f"{one.ratio:.2f}", _time(one.seconds), _time(one.base_seconds), one.over + _noted(one))
            for one in found
        ),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        f"{what:<{widths[0]}}  {ratio:>{widths[1]}}  {this:>{widths[2]}}  {other:>{widths[3]}}  {over}"
        for what, ratio, this, other, over in lines
    )


def _noted(one: Comparison) -> str:
    return f" ({one.note})" if one.note else ""


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.1f} ms" if seconds >= 0.01 else f"{seconds * 1000:.2f} ms"


def _machine() -> str:
    cli = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=True).stdout.strip()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"Medians on {cores} cores, Python {platform.python_version()}, pulumi {cli}."


if __name__ == "__main__":
    sys.exit(main())
