"""The README's way to a project of one's own, followed to the letter on the real CLI."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from scripts.docs.__main__ import ROOT

PORT = "8520"
WAIT = "until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done"
LINK = """
for package in {packages}/*; do
    case $package in */pip|*/pip-*|*pulumi_ehpc*) continue ;; esac
    rm -rf "$(echo venv/lib/python*/site-packages)/${{package##*/}}"
    ln -s "$package" venv/lib/python*/site-packages/
done
"""
"""Puts what this package depends on into the new virtual environment, so that pip needs no index."""


def blocks(title: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a section of the README: language and text."""
    sections = re.split(r"^## ", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    (section,) = (text for text in sections if text.startswith(f"{title}\n"))
    return re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[str]:
    """Return the commands of a block, each with what has to be waited for or cannot be had without a network."""
    lines = [line.removeprefix("$ ") for line in block.splitlines()]
    after = {"python3 -m venv venv": LINK.format(packages=shlex.quote(sysconfig.get_path("purelib")))}
    return [f"{line}\n{WAIT.format(port=PORT) if line.endswith('&') else after.get(line, '')}" for line in lines]


def file(name: str, content: str) -> str:
    return f"cat > {name} <<'END_OF_FILE'\n{content}END_OF_FILE"


def script() -> str:
    """Return the section as a script."""
    ((_, program),) = blocks("A program")
    (setting_up, project, running) = blocks("A project of your own")
    assert (setting_up[0], project[0], running[0]) == ("console", "yaml", "console")
    return "\n".join(
        [
            "trap 'kill $(jobs -p)' EXIT",
            *commands(setting_up[1]),
            file("__main__.py", program),
            file("Pulumi.yaml", project[1]),
            *commands(running[1]),
        ]
    )


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a newcomer, whose pip reaches no index and builds outside the checkout."""
    foreign = ("PULUMI_", "ALIBABA_CLOUD_", "EHPC_", "PIP_", "XDG_", "VIRTUAL_ENV", "PYTHON", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = str(Path(sys.executable).parent)
    for name in ("built", "state"):
        (folder / name).mkdir()
    build = folder / "build.cfg"
    build.write_text(f"[build]\nbuild_base={folder}/built\n[egg_info]\negg_base={folder}/built\n")
    return {
        **kept,
        "PATH": os.pathsep.join(place for place in kept["PATH"].split(os.pathsep) if place != own),
        "HOME": str(folder),
        "PULUMI_HOME": str(folder / "pulumi"),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),  # `pulumi login --local` asks the system, not HOME
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "DIST_EXTRA_CONFIG": str(build),
    }


@pytest.mark.engine
@pytest.mark.parametrize("version", ["2024-07-30", "2018-04-12"])
def test_a_project_of_one_s_own_comes_to_a_cluster_and_back(tmp_path: Path, version: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ran = subprocess.run(
        ["bash", "-eu", "-c", script().replace(PORT, port)],
        cwd=ROOT,
        env={**environment(tmp_path), "EHPC_API_VERSION": version},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    said = ran.stdout
    assert ran.returncode == 0, said
    python = f"{tmp_path}/my-cluster/venv/bin/python"
    assert f"ok\tPython of programs\t{python} (virtualenv in Pulumi.yaml)" in said
    assert f"ok\tAPI version\t{version} (EHPC_API_VERSION)" in said
    assert re.findall(r"^    ([+-] \d+ \w+)$", said, flags=re.MULTILINE) == ["+ 6 created", "- 6 deleted"]
