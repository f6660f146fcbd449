"""One set-up at a time: checkouts share the user's cache folder, and `make -j` shares the checkout."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import Progress

__all__ = ["exclusive"]

_POLL_SECONDS = 0.5


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Hold a lock file, waiting for whoever holds it. The system lets go of it when a process dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        if not _take(handle.fileno()):
            with Progress(f"Waiting for another set-up ({file})") as progress:
                while not _take(handle.fileno()):
                    progress.show("still waiting")
                    time.sleep(_POLL_SECONDS)
        yield


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
