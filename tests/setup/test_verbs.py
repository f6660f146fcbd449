from __future__ import annotations

import os

import pytest

from scripts.bootstrap import __main__ as bootstrap

VALUES = {"VIRTUAL_ENV": "/p/.venv", "PATH": "/p/.venv/bin:/bin"}


@pytest.fixture(autouse=True)
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that is set up."""
    monkeypatch.setattr(bootstrap, "set_up", lambda: VALUES)


def test_setup_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["setup"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert 'eval "$(make -s env)"' in captured.err


def test_env_prints_exports_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["env"]) == 0
    assert capsys.readouterr().out == "export VIRTUAL_ENV=/p/.venv\nexport PATH=/p/.venv/bin:/bin\n"


def test_run_becomes_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execvpe", lambda *call: calls.append(call))
    monkeypatch.setenv("KEPT", "yes")
    bootstrap.main(["run", "pytest", "-k", "a b"])
    ((program, arguments, environ),) = calls
    assert (program, arguments) == ("pytest", ["pytest", "-k", "a b"])
    assert (environ["KEPT"], environ["PATH"]) == ("yes", VALUES["PATH"])


@pytest.mark.parametrize("arguments", [[], ["run"], ["destroy"]])
def test_other_words_are_answered_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage:")
