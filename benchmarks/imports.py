"""How long a program waits for its imports, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Comparison, in_turn

_ROUNDS = 11
_OURS = "from pulumi_ehpc import Cluster"


def measure() -> Iterator[Comparison]:
    """Compare importing a resource class of this package with importing the SDK that it rests on."""
    _run(_OURS)  # files into the system's cache, byte code onto the disk
    ours, base = in_turn(_ROUNDS, lambda: _run(_OURS), lambda: _run("import pulumi"))
    yield Comparison("a process that imports a resource class", "one that imports pulumi", ours, base)


def _run(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)
