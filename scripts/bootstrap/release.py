"""The official release of the Pulumi CLI: downloaded, compared with the published checksum, unpacked."""

from __future__ import annotations

import hashlib
import http.client
import platform
import queue
import sys
import tarfile
import tempfile
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from .cache import PROGRAMS
from .console import Progress
from .routes import RouteFailed

__all__ = ["Download", "archive_name", "install", "open_url"]

SITE = "https://get.pulumi.com/releases/sdk"
KNOCK_SECONDS = 5.0
_READ_SECONDS = 30.0
_CHUNK = 1 << 20
_SYSTEMS = {"linux": "linux", "darwin": "darwin"}
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_REMEDY = "allow this machine to reach get.pulumi.com (proxies are taken from https_proxy)"


class Download(Protocol):
    """A response that can be read in parts."""

    def read(self, size: int = ..., /) -> bytes:
        """Return the next bytes, none at the end."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


def install(
    target: Path,
    version: str,
    *,
    fetch: Callable[[str, float], Download] | None = None,
    archive: str | None = None,
) -> None:
    """Put the programs of the official release into a folder.

    The small file of checksums is requested first and must arrive within seconds, so that a machine without internet
    access is not kept waiting.

    Args:
        target: An empty folder.
        version: For example ``3.259.0``.
        fetch: Opens an address, with a time limit in seconds for each wait; the real internet when left out.
        archive: File name of the release; the one for this machine when left out.

    Raises:
        RouteFailed: No release for this machine, no response, or not the bytes that were published.
    """
    fetch = fetch or open_url
    name = archive or archive_name(version, sys.platform, platform.machine())
    try:
        expected = _checksum(
            _within(KNOCK_SECONDS, lambda: _text(fetch, f"{SITE}/pulumi-{version}-checksums.txt")), name
        )
        with tempfile.TemporaryFile() as file:
            found = _download(fetch(f"{SITE}/{name}", _READ_SECONDS), file)
            if found != expected:
                raise RouteFailed(
                    f"{SITE}/{name} is not what was published (SHA-256 {found})", "try again; report it if it stays"
                )
            _unpack(file, target)
    except (OSError, http.client.HTTPException, tarfile.TarError) as error:
        reason = getattr(error, "reason", error) or type(error).__name__
        raise RouteFailed(f"{SITE}/{name}: {reason}", _REMEDY) from error


def archive_name(version: str, system: str, machine: str) -> str:
    """Return the release's file name for a machine as ``sys.platform`` and ``platform.machine()`` describe it."""
    try:
        return f"pulumi-v{version}-{_SYSTEMS[system]}-{_MACHINES[machine.lower()]}.tar.gz"
    except KeyError:
        raise RouteFailed(f"no release for {system} on {machine}", "use another route") from None


def open_url(url: str, seconds: float) -> Download:
    """Open an address of the real internet."""
    response: Download = urllib.request.urlopen(url, timeout=seconds)
    return response


def _text(fetch: Callable[[str, float], Download], url: str) -> str:
    response = fetch(url, KNOCK_SECONDS)
    try:
        return response.read(_CHUNK).decode()
    finally:
        response.close()


def _within(seconds: float, ask: Callable[[], str]) -> str:
    """Ask with a deadline for all of it: a socket's own time limit does not cover the look-up of the name."""
    responses: queue.SimpleQueue[str | OSError | http.client.HTTPException] = queue.SimpleQueue()

    def work() -> None:
        try:
            responses.put(ask())
        except (OSError, http.client.HTTPException) as error:
            responses.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        response = responses.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no response within {seconds:.0f} s") from None
    if isinstance(response, str):
        return response
    raise response


def _checksum(published: str, name: str) -> str:
    for line in published.splitlines():
        digest, _, file = line.partition(" ")
        if file.strip() == name:
            return digest
    raise RouteFailed(f"{SITE} publishes no checksum for {name}", "use another route")


def _download(response: Download, file: IO[bytes]) -> str:
    """Copy the response into the file and return its SHA-256."""
    digest = hashlib.sha256()
    try:
        with Progress("Pulumi CLI: downloading the official release") as progress:
            while chunk := response.read(_CHUNK):
                digest.update(chunk)
                progress.show(f"{file.tell() >> 20} MiB")
                file.write(chunk)
    finally:
        response.close()
    file.seek(0)
    return digest.hexdigest()


def _unpack(file: IO[bytes], target: Path) -> None:
    """Take the files out by their last name: nothing in an archive can lead outside the folder."""
    with tarfile.open(fileobj=file, mode="r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                place = target / Path(member.name).name
                place.write_bytes(content.read())
                place.chmod(0o755)
    missing = [program for program in PROGRAMS if not (target / program).is_file()]
    if missing:
        raise RouteFailed(f"the release lacks {', '.join(missing)}", "use another route")
