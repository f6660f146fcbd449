from __future__ import annotations

import io
import sys

import pytest

from scripts.bootstrap.console import CommandFailed, Progress, run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_on_a_terminal_the_line_is_rewritten_in_place() -> None:
    stream, clock = Terminal(), Clock()
    with Progress("Building", stream=stream, clock=clock) as progress:
        clock.now += 3
        progress.show("half")
        clock.now += 4
    assert stream.getvalue() == ("\r\033[KBuilding ...\r\033[KBuilding: half, 3 s\r\033[KBuilding: done after 7 s\n")


def test_elsewhere_a_line_comes_every_fifteen_seconds() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress("Building", stream=stream, clock=clock) as progress:
        for _ in range(40):
            clock.now += 1
            progress.show("on")
    assert stream.getvalue().splitlines() == [
        "Building ...",
        "Building: on, 15 s",
        "Building: on, 30 s",
        "Building: done after 40 s",
    ]


def test_a_failed_step_says_so() -> None:
    stream = io.StringIO()
    with pytest.raises(KeyError), Progress("Building", stream=stream, clock=Clock()):
        raise KeyError
    assert stream.getvalue().splitlines()[-1] == "Building: failed after 0 s"


class TestRun:
    def python(self, program: str) -> list[str]:
        return [sys.executable, "-c", program]

    def test_every_line_of_both_streams_is_described(self) -> None:
        lines: list[str] = []

        def describe(line: str) -> str:
            lines.append(line)
            return line

        program = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
        run(self.python(program), Progress("", stream=io.StringIO()), describe)
        assert lines == ["out", "err"]

    def test_a_failure_carries_the_end_of_the_output(self) -> None:
        program = "[print(n) for n in range(100)]; raise SystemExit(3)"
        with pytest.raises(CommandFailed, match=r"98\n99$") as caught:
            run(self.python(program), Progress("", stream=io.StringIO()), str)
        assert "50\n" not in str(caught.value)

    def test_a_silent_failure_has_a_text_all_the_same(self) -> None:
        with pytest.raises(CommandFailed, match="ended with status 3"):
            run(self.python("raise SystemExit(3)"), Progress("", stream=io.StringIO()), str)

    def test_a_program_that_is_not_there(self) -> None:
        with pytest.raises(CommandFailed, match="no-such-program: No such file"):
            run(["no-such-program"], Progress("", stream=io.StringIO()), str)

    def test_an_interrupted_command_does_not_live_on(self) -> None:
        def interrupt(line: str) -> str:
            raise KeyboardInterrupt

        program = "import time; print('started', flush=True); time.sleep(600)"
        with pytest.raises(KeyboardInterrupt):
            run(self.python(program), Progress("", stream=io.StringIO()), interrupt)
