"""The Pulumi CLI in the user's cache folder: one folder per version."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from .lock import exclusive

__all__ = ["PROGRAMS", "CliFolder"]

PROGRAMS = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
)
"""What a Python program with dynamic resources needs: the CLI, the language host, its starter, the resource host."""


class CliFolder:
    """Where one version of the CLI is kept for all checkouts of a user.

    Args:
        cache: Folder that holds one folder per version.
        version: For example ``3.259.0``.
    """

    def __init__(self, cache: Path, version: str) -> None:
        self._cache = cache
        self._home = cache / f"pulumi-v{version}"

    @classmethod
    def of_user(cls, environ: Mapping[str, str], version: str) -> CliFolder:
        """Return the folder below ``$XDG_CACHE_HOME``, or below ``~/.cache`` where that is not set."""
        base = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(base.absolute() / "pulumi-ehpc", version)

    @property
    def bin(self) -> Path:
        """The folder to put on PATH."""
        return self._home / "bin"

    def is_complete(self) -> bool:
        """Tell whether every program is there. Folders appear whole, so being there is enough.

        A folder with these programs alone is a build of release 0.1.0, whose language host passes over the option
        ``virtualenv`` of a project. A newer build has the host and its starter, a release the hosts of all languages.
        """
        found = {path.name for path in self.bin.glob("*")}
        return found > set(PROGRAMS)

    def fill(self, make: Callable[[Path], None]) -> None:
        """Let ``make`` put the programs into an empty folder, then move that into place in one step.

        If another process was quicker, ``make`` is not called.

        Raises:
            OSError: The cache folder cannot be written.
        """
        with exclusive(self._cache / ".lock"):
            if self.is_complete():
                return
            for left_over in self._cache.glob(".partial-*"):
                shutil.rmtree(left_over)
            with tempfile.TemporaryDirectory(prefix=".partial-", dir=self._cache) as partial:
                home = Path(partial) / "home"
                (home / "bin").mkdir(parents=True)
                make(home / "bin")
                if self._home.exists():
                    self._home.rename(Path(partial) / "replaced")  # runs of the CLI may be under way: no gap
                home.rename(self._home)
