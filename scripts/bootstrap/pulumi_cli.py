"""Find the Pulumi CLI, or install it. The routes, in order: PATH, the user's cache, the official release, Go."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import go_build, release
from .cache import PROGRAMS, CliFolder
from .console import SetupError, say
from .routes import RouteFailed

__all__ = ["OLDEST", "VERSION", "Route", "find", "routes"]

VERSION = "3.259.0"
"""The version that is downloaded or built; also named in go/cli/go.mod."""

OLDEST = (3, 216, 0)
"""The oldest CLI on PATH that will do: the first that shows what a refresh found in a resource's inputs."""

_VERSION_SECONDS = 20


@dataclass(frozen=True)
class Route:
    """A way to get the CLI.

    Attributes:
        name: Its name in messages.
        find: Returns the folder with the programs, or raises RouteFailed.
    """

    name: str
    find: Callable[[], Path]


def routes(environ: Mapping[str, str]) -> tuple[Route, ...]:
    """Return the routes for a user with this environment, the cheapest first."""
    folder = CliFolder.of_user(environ, VERSION)
    # What the shell has from an earlier set-up is the next route's, which tells a build that is out of date.
    elsewhere = [place for place in environ.get("PATH", "").split(os.pathsep) if place != str(folder.bin)]
    return (
        Route("PATH", lambda: on_path({"PATH": os.pathsep.join(elsewhere)})),
        Route("user's cache folder", lambda: in_cache(folder)),
        Route("official release", lambda: _filled(folder, lambda target: release.install(target, VERSION))),
        Route("build with Go", lambda: _filled(folder, lambda target: go_build.build(target, VERSION, environ))),
    )


def find(candidates: Sequence[Route]) -> Path:
    """Take the first route that works and return the folder to put on PATH.

    Raises:
        SetupError: None works. The message lists each.
    """
    failures: list[tuple[Route, RouteFailed]] = []
    for route in candidates:
        try:
            return route.find()
        except RouteFailed as failure:
            failures.append((route, failure))
            if not failure.expected:
                say(f"Pulumi CLI, {route.name}: {failure.found}")
    raise SetupError(_explain(failures))


def _explain(failures: Sequence[tuple[Route, RouteFailed]]) -> str:
    lines = ["The Pulumi CLI is needed and could not be found or installed. Fix one of these:"]
    for number, (route, failure) in enumerate(failures, start=1):
        found = failure.found.replace("\n", "\n       ")
        lines += [f"  {number}. {route.name}", f"     tried: {found}", f"     to do: {failure.remedy}"]
    return "\n".join(lines)


def on_path(environ: Mapping[str, str], version_of: Callable[[str], str] | None = None) -> Path:
    """Return the folder of a ``pulumi`` on PATH that is new enough and has its Python programs with it."""
    remedy = "install it from https://www.pulumi.com/docs/install/ and put its folder on PATH"
    places = {program: shutil.which(program, path=environ.get("PATH", "")) for program in PROGRAMS}
    pulumi = places["pulumi"]
    if pulumi is None:
        raise RouteFailed("no pulumi there", remedy, expected=True)
    missing = [program for program, place in places.items() if place is None]
    if missing:
        raise RouteFailed(f"{pulumi} is there, but not {', '.join(missing)}", f"complete the installation: {remedy}")
    reported = (version_of or _ask_version)(pulumi)
    version = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+).*", reported)
    if version is None:
        raise RouteFailed(f"{pulumi} does not report its version but: {reported or 'nothing'}", remedy)
    if tuple(int(number) for number in version.groups()) < OLDEST:
        oldest = ".".join(str(number) for number in OLDEST)
        raise RouteFailed(f"{pulumi} is {reported}, older than {oldest}", f"upgrade it to {oldest} or newer")
    return Path(pulumi).parent


def in_cache(folder: CliFolder) -> Path:
    """Return the folder of the CLI that an earlier set-up left in the user's cache."""
    if not folder.is_complete():
        raise RouteFailed(f"nothing in {folder.bin}", "nothing: the next two routes fill it", expected=True)
    return folder.bin


def _filled(folder: CliFolder, make: Callable[[Path], None]) -> Path:
    try:
        folder.fill(make)
    except OSError as error:
        remedy = "make the cache folder writable, or name another one in XDG_CACHE_HOME"
        raise RouteFailed(f"cannot write {folder.bin}: {error}", remedy) from error
    return folder.bin


def _ask_version(pulumi: str) -> str:
    environ = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        output = subprocess.run(
            [pulumi, "version"], env=environ, capture_output=True, text=True, check=False, timeout=_VERSION_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (output.stdout or output.stderr).strip()
