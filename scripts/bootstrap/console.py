"""Messages and progress of the set-up, on standard error: standard output belongs to ``make -s env``."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, TextIO

__all__ = ["CommandFailed", "Progress", "SetupError", "run", "say"]

_POLL_SECONDS = 0.2
_LAST_LINES = 8


class SetupError(Exception):
    """The set-up cannot go on. The message says what was tried and what to do."""


class CommandFailed(Exception):  # noqa: N818  (reads as an outcome: a command failed)
    """A command ended with an error. The message is the end of its output."""


def say(text: str) -> None:
    """Write one line for the person at the terminal."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class Progress:
    """One line on how far a long step is: rewritten in place on a terminal, elsewhere repeated now and then.

    Args:
        label: What is being done, for example ``Go build``.
        stream: Where to write; standard error when left out.
        clock: Seconds that only grow.
        interval_seconds: Time between two lines where lines cannot be rewritten.
    """

    def __init__(
        self,
        label: str,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        interval_seconds: float = 15.0,
    ) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._clock = clock
        self._interval = interval_seconds
        self._started = clock()
        self._shown_at = self._started
        self._in_place = self._stream.isatty()

    def __enter__(self) -> Progress:
        self._write(f"{self._label} ...")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        outcome = "done" if kind is None else "failed"
        self._write(f"{self._label}: {outcome} after {self._elapsed:.0f} s")
        if self._in_place:
            self._stream.write("\n")
        self._stream.flush()

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._started

    def show(self, text: str) -> None:
        """Show the progress. Cheap enough to be called all the time."""
        due = self._clock() - self._shown_at >= self._interval
        if self._in_place or due:
            self._shown_at = self._clock()
            self._write(f"{self._label}: {text}, {self._elapsed:.0f} s")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\033[K{text}" if self._in_place else f"{text}\n")
        self._stream.flush()


def run(
    command: Sequence[str],
    progress: Progress,
    describe: Callable[[str], str],
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Run a command to its end and keep the progress line alive.

    Args:
        command: Program and arguments.
        progress: The line to keep alive.
        describe: Turns a line of the command's output into progress, such as ``downloading, 3 modules``.
        folder: Working directory.
        environ: The command's environment; this process's own when left out.

    Raises:
        CommandFailed: The command could not be started or ended with an error.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise CommandFailed(f"{command[0]}: {error.strerror}") from error
    last = deque[str](maxlen=_LAST_LINES)
    text = "starting"
    with process:
        try:
            for line in _lines(process.stdout):
                if line is not None:
                    last.append(line)
                    text = describe(line)
                progress.show(text)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise CommandFailed("\n".join(last) or f"{command[0]} ended with status {process.returncode}")


def _lines(stream: IO[str] | None) -> Iterator[str | None]:
    """Yield the lines of a stream as they come, and None where there was none for a moment."""
    assert stream is not None
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            lines.put(line.rstrip())
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line
