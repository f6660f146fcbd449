"""Locks that keep read-modify-write calls on one thing apart: those of this process and of others on this machine.

Whoever reads a list, changes it and sends all of it back loses what somebody else wrote in between. So threads of this
process take turns at a lock of the process, and the one whose turn it is takes a lock on a file in the user's state
folder. The operating system releases that when its process ends, in whatever way. A second file beside it says who
holds it. Other machines, and other users of this one, are not kept away.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.api.waiters import Wait
from pulumi_ehpc.errors import WaitTimeoutError
from pulumi_ehpc.wording import duration

HELD_FOR_SECONDS: Final = 300.0
"""How long one holder is waited for. A change takes seconds; a bad connection can make minutes of them."""
_LOOK_SECONDS: Final = 0.05
_PROGRESS_SECONDS: Final = 1.0
_SERVICE: Final = "aliyuncs.com"


@dataclass(frozen=True)
class _Holder:
    """Who holds a lock.

    Attributes:
        who: In words.
        since: When this process saw that first, by its own clock; None where it cannot tell one holder from the next.
        process: Id of its process; None where that is not known.
    """

    who: str
    since: float | None = None
    process: int | None = None


_THREAD: Final = _Holder("another resource of this run", since=math.inf)
"""Its calls have limits of their own, so it is waited for without one."""


@dataclass
class _Lock:
    """A lock of this process.

    Attributes:
        threads: What its threads wait at.
        depth: How often the thread whose turn it is has taken it.
        note: What the file said last of the process that holds the lock.
        noticed: When this process saw that first. All threads that wait share it, so that their limits do not add up.
    """

    threads: threading.RLock = field(default_factory=threading.RLock)
    depth: int = 0
    note: str = ""
    noticed: float = 0.0


class Locks:
    """Locks by name. Safe to use from many threads and processes.

    Args:
        folder: Where the files are; None for locks of this process alone.
        held_for_seconds: How long one holder is waited for; a new holder has as long again.
        clock: The clock.
    """

    def __init__(
        self, folder: Path | None, *, held_for_seconds: float = HELD_FOR_SECONDS, clock: Clock | None = None
    ) -> None:
        self._folder = folder
        self._held_for_seconds = held_for_seconds
        self._clock = clock or Clock()
        self._locks: dict[str, _Lock] = {}
        self._reported = threading.Lock()

    @contextmanager
    def hold(self, name: str, title: str, wait: Wait, log: Callable[[str], None]) -> Iterator[None]:
        """Hold a lock; who has it already may take it again.

        That the folder cannot be used is no reason to fail: it is said, once, and the lock is this process's alone.

        Args:
            name: Name of the lock.
            title: Who takes it, for those who wait.
            wait: How to wait: its time limit, what shows progress, and what tells that the run was cancelled.
            log: Leaves a lasting message.

        Raises:
            WaitTimeoutError: Another process holds it for too long; the message names that process.
            WaitCancelledError: The run was cancelled.
        """
        # One step for all threads: each gets the lock that came first.
        lock = self._locks.setdefault(name, _Lock())
        self._wait(lambda: None if lock.threads.acquire(timeout=_LOOK_SECONDS) else _THREAD, wait)
        lock.depth += 1
        try:
            if lock.depth > 1 or self._folder is None:
                yield
            else:
                with self._file(lock, self._folder / hashlib.sha256(name.encode()).hexdigest()[:32], title, wait, log):
                    yield
        finally:
            lock.depth -= 1
            lock.threads.release()

    @contextmanager
    def _file(self, lock: _Lock, path: Path, title: str, wait: Wait, log: Callable[[str], None]) -> Iterator[None]:
        """Hold the lock on a file, where the folder can be used."""
        file, note = FileLock(path.with_suffix(".lock"), mode=0o600), path.with_suffix(".json")
        if not self._take(lock, file, note, wait, log):
            yield
            return
        try:
            # Without a note those who wait cannot name the holder; that is all.
            with suppress(OSError):
                self._write(note, title)
            yield
        finally:
            with suppress(OSError):
                note.unlink()
            file.release()

    def _take(self, lock: _Lock, file: FileLock, note: Path, wait: Wait, log: Callable[[str], None]) -> bool:
        """Wait for the lock on a file; return False where the folder cannot be used."""
        try:
            note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._wait(lambda: self._try(lock, file, note), wait)
        except (OSError, NotImplementedError) as error:
            self._report(note.parent, error, log)
            return False
        return True

    def _try(self, lock: _Lock, file: FileLock, note: Path) -> _Holder | None:
        """Take the lock on the file, or tell who has it."""
        try:
            file.acquire(timeout=0)
        except Timeout:
            text = _read(note)
            if text != lock.note:
                lock.note, lock.noticed = text, self._clock.monotonic()
            self._clock.sleep(_LOOK_SECONDS)
            return _holder(text, lock.noticed)
        lock.note = ""
        return None

    def _wait(self, attempt: Callable[[], _Holder | None], wait: Wait) -> None:
        """Try until nobody holds the lock any more."""
        start = shown = self._clock.monotonic()
        while (holder := attempt()) is not None:
            state, now = f"waiting for {holder.who}", self._clock.monotonic()
            wait.raise_if_cancelled(state)
            held = now - (start if holder.since is None else holder.since)
            if held >= self._held_for_seconds or now - start >= wait.timeout_seconds:
                raise _given_up(holder, max(held, now - start), wait.label)
            if wait.progress is not None and now - shown >= _PROGRESS_SECONDS:
                wait.progress(state, now - start)
                shown = now

    def _write(self, note: Path, title: str) -> None:
        content = {"process": os.getpid(), "title": title, "since": self._clock.now().isoformat()}
        with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file)

    def _report(self, folder: Path, error: Exception, log: Callable[[str], None]) -> None:
        if not self._reported.acquire(blocking=False):
            return
        reason = getattr(error, "strerror", None) or type(error).__name__
        log(
            f"The locks in {folder} cannot be used ({reason}): another run on this machine that changes the same list "
            "at the same time is not kept from overwriting what this one writes. Make the folder writable."
        )


def lock_name(base_url: str, what: str) -> str:
    """Return the name of the lock on something.

    It is the same for all accounts. Ids of clusters are unique at the service, whichever of its endpoints is called,
    and whether or not a region is set beside an endpoint.

    Args:
        base_url: Scheme and host that are called.
        what: Id of what is changed.
    """
    host = urlsplit(base_url).hostname or ""
    return f"{_SERVICE if host.endswith(f'.{_SERVICE}') else base_url}\n{what}"


def _read(note: Path) -> str:
    """Return what the holder of a lock wrote of itself; empty while that cannot be read."""
    try:
        return note.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _holder(note: str, noticed: float) -> _Holder:
    try:
        content = json.loads(note)
        process, title, since = int(content["process"]), str(content["title"]), str(content["since"])
    except (ValueError, TypeError, KeyError):
        return _Holder("another process")
    return _Holder(f"process {process} ({title}, since {since[11:19]} UTC)", noticed, process)


def _given_up(holder: _Holder, seconds: float, label: str) -> WaitTimeoutError:
    if holder is _THREAD:
        next_step = "Allow more time (custom_timeouts), or run `pulumi up` again."
    elif holder.process is None:
        next_step = "If the other run is stopped or hangs, let it go on or end it; then run `pulumi up` again."
    else:
        next_step = (
            f"If process {holder.process} is stopped or hangs, let it go on (`kill -CONT {holder.process}`), or end it "
            f"(`kill {holder.process}`); then run `pulumi up` again."
        )
    return WaitTimeoutError(
        f"{label}: still waiting after {duration(seconds)} for {holder.who}, which holds the lock.",
        state="locked",
        next_step=next_step,
    )
