from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.bootstrap.console import SetupError
from scripts.bootstrap.environment import Environment

PYTHON = """#!/bin/sh
# Stands in for python: makes virtual environments of copies of itself, and writes down what it is asked to do.
echo "$*" >> "$CALLS"
case "$1 $2" in
"-m venv")
    rm -rf "$4"
    mkdir -p "$4/bin" "$4/lib/python3.11/site-packages"
    cp "$0" "$4/bin/python"
    echo "VIRTUAL_ENV=$4" > "$4/bin/activate" ;;
"-m pip") if [ -n "$FAIL" ]; then echo "ERROR: $FAIL"; exit 1; fi ;;
"-c "*) echo 3.11 ;;
esac
"""


class Checkout:
    """A checkout with an interpreter that only pretends."""

    def __init__(self, root: Path, calls: Path) -> None:
        self.root = root
        self._calls = calls
        (root / "requirements").mkdir(parents=True)
        (root / "requirements" / "dev.txt").write_text("a==1\nb==2\n")
        (root / "pyproject.toml").write_text("")
        (root / "pulumi_ehpc").mkdir()
        (root / "pulumi_ehpc" / "pulumi-plugin.json").write_text('{"resource": false}')
        self.python = root.parent / "python"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def set_up(self, version: str = "3.11") -> list[str]:
        """Set up and return what the interpreters were asked to do."""
        self._calls.write_text("")
        Environment(self.root, str(self.python), version).ensure()
        return self._calls.read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("FAIL", "")
    return Checkout(tmp_path / "check out", tmp_path / "calls")


def test_a_bare_checkout_gets_an_environment_the_lock_and_the_package(checkout: Checkout) -> None:
    venv, lock, package = checkout.set_up()
    assert venv == f"-m venv --clear {checkout.root}/.venv"
    assert "--require-hashes -r" in lock
    assert package.endswith(f"--no-deps --no-build-isolation --editable {checkout.root}")


def test_a_second_time_nothing_is_run(checkout: Checkout) -> None:
    checkout.set_up()
    assert checkout.set_up() == []


@pytest.mark.parametrize("file", ["requirements/dev.txt", "pyproject.toml"])
def test_what_the_environment_rests_on_has_changed(checkout: Checkout, file: str) -> None:
    checkout.set_up()
    (checkout.root / file).write_text("c==3\n")
    calls = checkout.set_up()
    assert any("pip install" in call for call in calls)
    assert not any("venv" in call.split()[1:2] for call in calls), "the environment is kept"


def test_another_python_means_another_environment(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.root / ".venv/lib/python3.12/site-packages").mkdir(parents=True)
    checkout.python.write_text(PYTHON.replace("python3.11", "python3.12"))
    assert any(call.startswith("-m venv") for call in checkout.set_up("3.12"))


def test_a_moved_checkout_gets_a_new_environment_because_scripts_hold_its_path(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.set_up()
    checkout.root = checkout.root.rename(tmp_path / "moved")
    assert any(call.startswith("-m venv") for call in checkout.set_up())


def test_an_environment_that_lost_its_python_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.root / ".venv/bin/python").unlink()
    assert any(call.startswith("-m venv") for call in checkout.set_up())


def test_what_pip_says_about_a_failure_is_passed_on_and_the_next_run_tries_again(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIL", "no matching distribution")
    with pytest.raises(SetupError, match="no matching distribution"):
        checkout.set_up()
    monkeypatch.setenv("FAIL", "")
    assert any("pip install" in call for call in checkout.set_up())


def test_language_hosts_find_that_there_is_no_plugin_to_download(checkout: Checkout) -> None:
    checkout.set_up()
    beside_metadata = checkout.root / ".venv/lib/python3.11/site-packages/pulumi_ehpc"
    assert json.loads((beside_metadata / "pulumi-plugin.json").read_text()) == {"resource": False}
    assert not (beside_metadata / "__init__.py").exists(), "it would hide the package"
