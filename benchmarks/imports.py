"""How long a program waits for its imports, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Comparison, in_turn

_ROUNDS = 11


def measure() -> Iterator[Comparison]:
    """Compare importing this package with importing the SDK that it rests on."""
    _import("pulumi_ehpc")  # files into the system's cache, byte code onto the disk
    ours, base = in_turn(_ROUNDS, lambda: _import("pulumi_ehpc"), lambda: _import("pulumi"))
    yield Comparison("a process that imports pulumi_ehpc", "one that imports pulumi", ours, base)


def _import(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
