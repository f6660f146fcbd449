"""The Python that a Pulumi project gets, twice: for its program, and for the process of its resources.

The language host starts the one, the script ``pulumi-resource-pulumi-python`` the other, and they read the options of
Pulumi.yaml in different ways (Pulumi 3.259.0: ``sdk/python/toolchain`` and ``sdk/python/dist``; its issue 7061).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from pulumi_ehpc.errors import ConfigurationError

Which = Callable[[str], "str | None"]
Run = Callable[[Sequence[str]], "str | None"]
"""Runs a command and returns its stripped output; None when it cannot be run or fails."""

FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
LOCKS: Final = {"uv.lock": "uv", "poetry.lock": "poetry"}
"""What the language host takes a project's toolchain from where Pulumi.yaml does not name it."""

BUILT_HOST: Final = "pulumi-language-python-host"
"""The language host that set-up builds with Go, which is older than its CLI."""

_ON_PATH: Final = (
    "Activate the virtual environment that has pulumi-ehpc, or name it in Pulumi.yaml (runtime.options.virtualenv)."
)
_BELOW_MAIN: Final = (
    "A relative path is looked for below `main` by the process of the resources, and beside Pulumi.yaml by the language"
    " host: name an absolute path, or activate the virtual environment and leave the option out."
)
_NAME_TOOLCHAIN: Final = (
    "Name it in Pulumi.yaml (runtime.options.toolchain): the process of the resources reads no lock."
)


@dataclass(frozen=True)
class Python:
    """A Python, and why it is that one.

    Attributes:
        path: The interpreter; empty where there is none.
        origin: Where it is from, for people.
        remedy: What to do if it is not there or does not have the package.
    """

    path: str
    origin: str
    remedy: str


@dataclass(frozen=True)
class Machine:
    """What the choice depends on beside the project.

    Attributes:
        which: Finds a program on PATH.
        run: Runs a command.
        environ: The environment.
    """

    which: Which
    run: Run
    environ: Mapping[str, str]

    def python(self) -> Python:
        """Return the Python of a project that names none."""
        named = self.environ.get("PULUMI_PYTHON_CMD")
        path = self.which(named) if named else self.which("python3") or self.which("python")
        return Python(path or "", "PULUMI_PYTHON_CMD" if named else "PATH", _ON_PATH)

    def poetry(self, folder: Path) -> Python:
        """Return the Python that Poetry has for a folder."""
        environment = self.run(["poetry", "--directory", str(folder), "env", "info", "--path"])
        remedy = "Run `poetry add` with a checkout of pulumi-ehpc, and `poetry install`."
        return Python(f"{environment}/bin/python" if environment else "", "Poetry", remedy)


@dataclass(frozen=True)
class Project:
    """A Pulumi project in Python.

    Attributes:
        root: The folder with Pulumi.yaml.
        program: The folder with the program, another one where Pulumi.yaml has ``main``.
        options: ``runtime.options`` of Pulumi.yaml.
    """

    root: Path
    program: Path
    options: Mapping[str, Any]

    @classmethod
    def around(cls, folder: Path) -> Project | None:
        """Return the project that a folder belongs to; None without one, or if its program is not in Python.

        Raises:
            ConfigurationError: Pulumi.yaml cannot be read.
        """
        file = _nearest(folder, *FILES)
        if file is None:
            return None
        try:
            settings = yaml.safe_load(file.read_bytes())
        except (OSError, yaml.YAMLError) as error:
            raise ConfigurationError(f"{file} cannot be read: {' '.join(str(error).split())}.") from None
        settings = settings if isinstance(settings, dict) else {}
        runtime = settings.get("runtime")
        runtime = runtime if isinstance(runtime, dict) else {"name": runtime}
        if runtime.get("name") != "python":
            return None
        main = file.parent / str(settings.get("main") or "")
        options = runtime.get("options")
        return cls(file.parent, main if main.is_dir() else main.parent, options if isinstance(options, dict) else {})

    def python_of_program(self, machine: Machine) -> Python:
        """Return the Python that the language host starts."""
        match self._toolchain():
            case "poetry":
                return machine.poetry(self.program)
            case "uv" if not self._virtualenv:
                beside = _nearest(self.program, "uv.lock") or _nearest(self.program, "pyproject.toml")
                folder = beside.parent if beside else self.program
                return _of_uv(folder / (machine.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv"))
        return self._named(self.root) or machine.python()

    def python_of_resources(self, machine: Machine) -> Python:
        """Return the Python of the process that handles the resources."""
        named = self._named(self.program)
        if named:
            return named if self.program == self.root else replace(named, remedy=_BELOW_MAIN)
        match self.options.get("toolchain"):
            case "uv":
                return _of_uv(self.program / ".venv")
            case "poetry":
                return machine.poetry(self.program)
        return replace(machine.python(), remedy=_ON_PATH if self._toolchain() == "pip" else _NAME_TOOLCHAIN)

    def needs_pip(self, machine: Machine) -> bool:
        """Tell whether the language host asks pip for the packages. For uv and Poetry newer ones read the lock."""
        return self._toolchain() not in LOCKS.values() or machine.which(BUILT_HOST) is not None

    @property
    def _virtualenv(self) -> str:
        return str(self.options.get("virtualenv") or "")

    def _toolchain(self) -> str:
        if "toolchain" in self.options:
            return str(self.options["toolchain"])
        return next((tool for lock, tool in LOCKS.items() if _nearest(self.program, lock)), "pip")

    def _named(self, folder: Path) -> Python | None:
        """Return the Python of the option ``virtualenv``, which is relative to a folder."""
        if not self._virtualenv:
            return None
        place = folder / self._virtualenv
        create = f"python3 -m venv {place} && {place}/bin/pip install CHECKOUT, which is the folder of pulumi-ehpc."
        return Python(str(place / "bin" / "python"), "virtualenv in Pulumi.yaml", create)


def _of_uv(place: Path) -> Python:
    return Python(str(place / "bin" / "python"), "uv", "Run `uv add pip` and `uv add` with a checkout of pulumi-ehpc.")


def _nearest(folder: Path, *names: str) -> Path | None:
    """Return the first of these files in a folder or the nearest folder above it."""
    files = (place / name for place in (folder, *folder.parents) for name in names)
    return next((file for file in files if file.is_file()), None)
