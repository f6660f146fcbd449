"""A Pulumi project in a folder of its own, the real CLI to run it, and the fake to run it against."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from pulumi_ehpc.api import Client, Credentials, Settings
from pulumi_ehpc.fake import FakeServer

PROGRAM = Path(__file__).with_name("program.py")
QUICK_PIP = Path(__file__).with_name("quick_pip")
QUICK_CLOCK = Path(__file__).with_name("quick_clock")
PASSPHRASE = "a passphrase for tests"
READS = ("Get", "List", "Describe")
TIMEOUT_SECONDS = 120
_TICK_SECONDS = 0.01

_NEW_STACKS: dict[tuple[str, str], dict[Path, bytes]] = {}
"""The files of a stack as it was created, by its name and its passphrase."""


@dataclass(frozen=True)
class Run:
    """What a run of the CLI printed and how it ended."""

    code: int
    text: str

    @property
    def ok(self) -> bool:
        return self.code == 0


@dataclass
class Call:
    """An entry of the fake's journal."""

    action: str
    version: str
    code: str
    parameters: dict[str, Any]


@dataclass
class Workbench:
    """A stack of a project of its own.

    Attributes:
        folder: Holds the project, the state and everything else.
        server: The fake.
        declared: Resources of the program: name -> {"type": ..., "args": {...}}; see ``program.py``.
        environ: The CLI's environment beyond the usual.
    """

    folder: Path
    server: FakeServer
    declared: dict[str, dict[str, Any]]
    stack: str = "dev"
    environ: dict[str, str] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)
    _seen: int = 0

    def prepare(self, settings: Mapping[str, str]) -> None:
        """Write the project and create the stack."""
        (self.folder / "project").mkdir(parents=True)
        (self.folder / "state").mkdir()
        (self.folder / "project" / "Pulumi.yaml").write_text("name: workbench\nruntime: python\n")
        shutil.copy(PROGRAM, self.folder / "project" / "__main__.py")
        self._create_stack()
        with (self.folder / "project" / f"Pulumi.{self.stack}.yaml").open("a") as written:
            written.write(f"config: {json.dumps(dict(settings))}\n")

    def _create_stack(self) -> None:
        """Create the stack as the CLI once did for another workbench: it takes half a second each time."""
        kind = (self.stack, self.environment["PULUMI_CONFIG_PASSPHRASE"])
        if kind not in _NEW_STACKS:
            assert self.pulumi("stack", "init", self.stack).ok
            made = {path.relative_to(self.folder): path for path in self.files()}
            _NEW_STACKS[kind] = {name: path.read_bytes() for name, path in made.items()}
        for name, content in _NEW_STACKS[kind].items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)

    def configure(self, key: str, value: str | None) -> None:
        """Set a setting of the stack, or remove it."""
        run = self.pulumi("config", "rm", key) if value is None else self.pulumi("config", "set", key, value)
        assert run.ok, run.text

    # -- runs -----------------------------------------------------------------------------------------------------

    def up(self, *arguments: str) -> Run:
        """Run ``pulumi up`` without a preview before it."""
        return self._with_program("up", "--yes", "--skip-preview", *arguments)

    def preview(self, *arguments: str) -> Run:
        """Run ``pulumi preview``."""
        return self._with_program("preview", *arguments)

    def steps(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """Run ``pulumi preview --json``; return what happens to each resource that changes, by name."""
        run = self.preview("--json", *arguments)
        assert run.ok, run.text
        steps = json.loads(run.text[run.text.index("{") :])["steps"]
        return {step["urn"].rsplit("::", 1)[-1]: step for step in steps if step["op"] != "same"}

    def refresh(self) -> Run:
        """Run ``pulumi refresh``."""
        return self.pulumi("refresh", "--yes", "--skip-preview")

    def destroy(self, *arguments: str) -> Run:
        """Run ``pulumi destroy``."""
        return self.pulumi("destroy", "--yes", "--skip-preview", *arguments)

    def pulumi(self, *arguments: str) -> Run:
        """Run the CLI."""
        done = self._in_project("pulumi", "--non-interactive", *arguments)
        return Run(done.returncode, done.stdout + done.stderr)

    def ehpc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command of the Python that runs the tests."""
        return self._in_project(Path(sys.executable).with_name("ehpc"), *arguments)

    def _in_project(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command,
            cwd=self.folder / "project",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        self.printed.append(done.stdout + done.stderr)
        return done

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the CLI and do not wait for it."""
        self._write()
        with (self.folder / "started.txt").open("ab") as written:
            return subprocess.Popen(
                ["pulumi", "--non-interactive", *arguments],
                cwd=self.folder / "project",
                env=self.environment,
                stdout=written,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a CLI at once, but not while it writes the state, of which its file backend would leave a part."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        process.send_signal(signal.SIGSTOP)
        while process.poll() is None and not self._state_is_whole():
            assert time.monotonic() < deadline, "the state is never whole"
            process.send_signal(signal.SIGCONT)
            time.sleep(_TICK_SECONDS)
            process.send_signal(signal.SIGSTOP)
        kill(process)

    def _state_is_whole(self) -> bool:
        for file in self._state_files():
            try:
                json.loads(file.read_text())
            except ValueError:
                return False
        return True

    def _state_files(self) -> list[Path]:
        return list((self.folder / "state").rglob(f"stacks/**/{self.stack}.json"))

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the CLI, without the caller's settings."""
        own = {
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "GOGC": "off",  # the CLI never runs long enough here to need a garbage collection
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_STACK": self.stack,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "fake",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "fake",
            "PYTHONPATH": os.pathsep.join([str(QUICK_PIP), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_STATE_HOME": str(self.folder / "left"),
        }
        # Without byte code every process of a run would compile this package anew.
        foreign = ("PULUMI_", "ALIBABA_CLOUD_", "EHPC_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {**kept, **own, **self.environ}

    def _with_program(self, *arguments: str) -> Run:
        self._write()
        return self.pulumi(*arguments)

    def _write(self) -> None:
        (self.folder / "project" / "declared.json").write_text(json.dumps(self.declared))

    # -- results ---------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the resources in state, by name."""
        return {resource["urn"].rsplit("::", 1)[-1]: resource for resource in self.resources()}

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources in state."""
        (file,) = self._state_files()
        found: list[dict[str, Any]] = json.loads(file.read_text())["checkpoint"]["latest"].get("resources", [])
        return found

    def calls(self) -> list[Call]:
        """Return every call that reached the fake since the last time, without GetCallerIdentity."""
        entries = requests.get(f"{self.server.endpoint}/_fake/journal", timeout=10).json()
        fresh, self._seen = entries[self._seen :], len(entries)
        return [
            Call(entry["action"], entry["version"], entry["code"] or "", entry["parameters"])
            for entry in fresh
            if entry["action"] != "GetCallerIdentity"
        ]

    def writes(self) -> list[str]:
        """Return the actions since the last time that change something."""
        return [call.action for call in self.calls() if not call.action.startswith(READS)]

    def client(self) -> Client:
        """Return a client of the fake, to look at it and to change it behind the program's back."""
        settings = Settings("cn-hangzhou", endpoint=self.server.endpoint)
        return Client(settings, credentials=Credentials("fake", "fake"))

    def clusters(self) -> list[dict[str, Any]]:
        """Return the clusters that exist, as 2024-07-30 lists them."""
        with self.client() as client:
            return list(client.for_version("2024-07-30").pages("ListClusters", {"PageSize": 100}))

    def wait_for_call(self, action: str) -> None:
        """Wait until an action has been called since the last ``calls``."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            entries = requests.get(f"{self.server.endpoint}/_fake/journal", timeout=10).json()
            if any(entry["action"] == action for entry in entries[self._seen :]):
                return
            time.sleep(0.05)
        raise AssertionError(f"{action} was never called; {(self.folder / 'started.txt').read_text()}")

    def plugins(self, *, gone: bool = False) -> list[int]:
        """Return the provider processes of this workbench; with ``gone``, those that did not end in time."""
        deadline = time.monotonic() + (10 if gone else 0)
        while True:
            found = self._processes("-m pulumi.dynamic")
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    def end_language_hosts(self) -> None:
        """End what a killed CLI leaves behind: its Python host does not watch it."""
        for process in self._processes("pulumi-language-python"):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    def _processes(self, words: str) -> list[int]:
        listed = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
        home = f"PULUMI_HOME={self.folder / 'home'}"
        return [int(line.split()[0]) for line in listed.stdout.splitlines() if words in line and home in line]

    def files(self) -> Sequence[Path]:
        """Return every file of the project and its state."""
        return [path for path in self.folder.rglob("*") if path.is_file() and "home" not in path.parts]


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that this test started, at once."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=TIMEOUT_SECONDS)
