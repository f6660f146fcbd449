"""The environment in which ``pulumi``, ``ehpc`` and the package work."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

__all__ = ["exports", "variables"]


def variables(virtual_env: Path, pulumi_bin: Path, path: str) -> dict[str, str]:
    """Return what to set.

    The virtual environment comes first on PATH: that is where language hosts look for the Python of a project that
    names none. PULUMI_PYTHON_CMD is left alone; of a project that names one they would look for it inside that folder.

    Args:
        virtual_env: The virtual environment's folder.
        pulumi_bin: The folder of the Pulumi CLI.
        path: PATH as it is now. Folders that move to the front are taken out further back.
    """
    first = [str(virtual_env / "bin"), str(pulumi_bin)]
    rest = [folder for folder in path.split(os.pathsep) if folder and folder not in first]
    return {
        "VIRTUAL_ENV": str(virtual_env),
        "PATH": os.pathsep.join([*first, *rest]),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def exports(values: Mapping[str, str]) -> str:
    """Return lines for ``eval`` in any POSIX shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
