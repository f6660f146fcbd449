"""Build the Pulumi CLI from Go modules, for machines that can reach nothing else.

The folders ``go/cli`` and ``go/language_host`` hold a locked module each. ``go/cli`` also has the starter of the
language host, which takes that one's place. Two scripts belong to the programs; they come from the CLI's SDK module.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .console import CommandFailed, Progress, run
from .routes import RouteFailed

__all__ = ["OLDEST_GO", "build"]

OLDEST_GO = (1, 21)
"""The first Go that fetches a newer toolchain by itself when go.mod asks for one."""

_STARTER = "pulumi-language-python"
_MODULES = Path(__file__).parent / "go"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
_REMEDY = "read the lines above; Go modules must be reachable (go env GOPROXY)"


def build(target: Path, version: str, environ: Mapping[str, str]) -> None:
    """Put the programs, built from source, into a folder. Takes minutes where Go's caches are cold.

    Args:
        target: An empty folder.
        version: The CLI's version, for example ``3.259.0``; the one that go/cli/go.mod locks.
        environ: The user's environment; GOPROXY and the like are respected.

    Raises:
        RouteFailed: There is no Go or the build failed.
    """
    go = _find_go(environ)
    # No C compiler is asked for, and an enclosing go.work must not change what is built.
    environ = {**environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        _build_module(go, _MODULES / "language_host", "language host", target, version, environ)
        (target / _STARTER).rename(target / f"{_STARTER}-host")
        _build_module(go, _MODULES / "cli", "CLI", target, version, environ)
    except CommandFailed as failure:
        raise RouteFailed(f"go build failed:\n{failure}", _REMEDY) from failure
    source = Path(_ask(go, ["list", "-m", "-f", "{{.Dir}}", _SDK], environ, _MODULES / "cli"))
    for script in _SCRIPTS:
        place = target / Path(script).name
        shutil.copyfile(source / script, place)
        place.chmod(0o755)


def _find_go(environ: Mapping[str, str]) -> str:
    remedy = "install Go (https://go.dev/dl/) and put its bin folder on PATH"
    go = shutil.which("go", path=environ.get("PATH", ""))
    if go is None:
        raise RouteFailed("no go on PATH", remedy)
    reported = _ask(go, ["version"], environ)
    version = re.search(r"go(\d+)\.(\d+)", reported)
    if version and tuple(int(number) for number in version.groups()) < OLDEST_GO:
        raise RouteFailed(f"{go} is {reported}", f"too old: {remedy}")
    return go


def _build_module(go: str, module: Path, what: str, target: Path, version: str, environ: Mapping[str, str]) -> None:
    packages = 0
    downloads = 0
    compiled = 0

    def downloading(line: str) -> str:
        nonlocal downloads, packages
        if line.startswith("go: downloading"):
            downloads += 1
        else:
            packages += 1
        return f"downloading, {downloads} modules"

    def compiling(line: str) -> str:
        nonlocal compiled
        compiled += 1
        return f"compiling, {compiled} of {packages} packages"

    with Progress(f"Pulumi CLI: building the {what} with Go (once; minutes)") as progress:
        run([go, "list", "-mod=readonly", "-deps", "tool"], progress, downloading, folder=module, environ=environ)
        flags = [
            "-mod=readonly",
            "-buildvcs=false",
            "-v",
            "-ldflags",
            f"-s -w -X {_SDK}/go/common/version.Version=v{version}",
        ]
        run([go, "build", *flags, "-o", f"{target}/", "tool"], progress, compiling, folder=module, environ=environ)


def _ask(go: str, arguments: list[str], environ: Mapping[str, str], folder: Path | None = None) -> str:
    try:
        output = subprocess.run([go, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reported = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise RouteFailed(f"go {' '.join(arguments)}: {reported.strip()}", _REMEDY) from error
    return output.stdout.strip()
