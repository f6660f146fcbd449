"""The checkout's virtual environment: locked dependencies and the package itself, editable."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from .console import CommandFailed, Progress, SetupError, run
from .lock import exclusive

__all__ = ["Environment"]


class Environment:
    """``.venv`` of a checkout.

    Args:
        root: The checkout.
        python: The interpreter to create it with, outside any virtual environment.
        version: That interpreter's version, for example ``3.11``.
    """

    def __init__(self, root: Path, python: str, version: str) -> None:
        self._root = root
        self._base_python = python
        self._version = version
        self._folder = root / ".venv"
        self._stamp = self._folder / "setup-stamp"

    @classmethod
    def of_checkout(cls, root: Path) -> Environment:
        """Return the environment of a checkout, to be created with the Python that runs this."""
        # A virtual environment's Python is a link to the one it was created with, which outlives it.
        base: str = getattr(sys, "_base_executable", sys.executable)
        return cls(root, base, "{}.{}".format(*sys.version_info[:2]))

    @property
    def folder(self) -> Path:
        """The environment's folder, for VIRTUAL_ENV."""
        return self._folder

    @property
    def bin(self) -> Path:
        """The folder to put first on PATH."""
        return self._folder / "bin"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.bin / "python"

    def is_ready(self) -> bool:
        """Tell whether the last set-up finished and nothing that it depends on has changed since."""
        return self.python.exists() and self._stamp.is_file() and self._stamp.read_text() == self._fingerprint()

    def ensure(self) -> None:
        """Create or update the environment, unless it is ready.

        Raises:
            SetupError: Python or pip reported an error.
        """
        if self.is_ready():
            return
        with exclusive(self._root / ".setup.lock"):
            if self.is_ready():
                return
            try:
                if not self._usable():
                    self._create()
                self._install()
            except CommandFailed as failure:
                raise SetupError(
                    f"The virtual environment {self._folder} could not be set up:\n{failure}\n"
                    "Repair what the lines above name, then run the same command again."
                ) from failure
            self._stamp.write_text(self._fingerprint())

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for part in (
            (self._root / "requirements" / "dev.txt").read_bytes(),
            (self._root / "pyproject.toml").read_bytes(),
            self._version.encode(),
            str(self._root).encode(),  # scripts of a virtual environment hold its path
        ):
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()

    def _usable(self) -> bool:
        """Tell whether what is there can be installed into: right Python, right place, with pip."""
        question = "import sys, pip; print('{}.{}'.format(*sys.version_info[:2]))"
        try:
            output = subprocess.run([self.python, "-c", question], capture_output=True, text=True, check=False)
        except OSError:
            return False
        return output.stdout.strip() == self._version and self._in_place()

    def _in_place(self) -> bool:
        activate = self.bin / "activate"
        return activate.is_file() and str(self._folder) in activate.read_text()

    def _create(self) -> None:
        with Progress(f"Virtual environment with Python {self._version}") as progress:
            run([self._base_python, "-m", "venv", "--clear", str(self._folder)], progress, lambda line: line)

    def _install(self) -> None:
        lock = self._root / "requirements" / "dev.txt"
        collected = 0

        def describe(line: str) -> str:
            nonlocal collected
            collected += line.startswith(("Collecting", "Requirement already satisfied"))
            return "installing" if line.startswith("Installing") else f"{collected} collected"

        pip = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        with Progress("Python packages") as progress:
            run([*pip, "--require-hashes", "-r", str(lock)], progress, describe)
            package = ["--no-deps", "--no-build-isolation", "--editable", str(self._root)]
            run([*pip, *package], progress, lambda _: "pulumi-ehpc itself")
        self._show_plugin_file()

    def _show_plugin_file(self) -> None:
        """Put pulumi-plugin.json where language hosts look for it: beside the metadata of the distribution.

        An editable package has no files there, and a ``pulumi-...`` distribution without that file is taken for one
        with a plugin to download: seconds for each run of the CLI. Python passes over a folder without
        ``__init__.py`` as long as it finds the real package on a later path.
        """
        beside_metadata = self._folder / "lib" / f"python{self._version}" / "site-packages" / "pulumi_ehpc"
        beside_metadata.mkdir(exist_ok=True)
        shutil.copyfile(self._root / "pulumi_ehpc" / "pulumi-plugin.json", beside_metadata / "pulumi-plugin.json")
