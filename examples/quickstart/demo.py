"""Run the quickstart on this machine, from `pulumi up` to `pulumi destroy`: `make demo`.

Start the fake, then run the real Pulumi CLI against it. State and settings are in a temporary folder, which is removed
afterwards. `EHPC_API_VERSION=2018-04-12 make demo` uses the older API version.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
STACK = "demo"
PEOPLE = ["alice.chen", "bob.smith", "carol.jones"]
STOP_SECONDS = 10


class DemoError(Exception):
    """A step of the demo failed. The message says which."""


class Demo:
    """A stack with its state and settings in a temporary folder."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.settings = folder / "Pulumi.demo.yaml"
        (folder / "state").mkdir()
        self.environ = {
            **os.environ,
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # Everything goes to the fake, whatever account this machine has.
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "fake",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "fake",
            "ALIBABA_CLOUD_SECURITY_TOKEN": "",
            "EHPC_ENDPOINT": endpoint,
            "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou",
        }

    def step(self, title: str, *arguments: str) -> None:
        """Print a title, run a command of the CLI and show its output."""
        print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n== {title}", flush=True)
        print(f"$ pulumi {' '.join(arguments)}", flush=True)
        own_settings = () if arguments[0] == "stack" else ("--config-file", str(self.settings))
        self._run(*arguments, "--stack", STACK, *own_settings)

    def prepare(self) -> None:
        """Create the stack with its secret password."""
        self._run("stack", "init", STACK, quiet=True)
        secret = ("config", "set", "--secret", "password", "Quick-start-1")
        self._run(*secret, "--stack", STACK, "--config-file", str(self.settings), quiet=True)

    def _run(self, *arguments: str, quiet: bool = False) -> None:
        out = subprocess.PIPE if quiet else None
        command = ["pulumi", *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=self.environ, stdout=out, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            output = done.stdout.decode() if quiet else ""
            raise DemoError(f"`pulumi {' '.join(arguments[:2])}` ended with {done.returncode}.\n{output}".strip())


@contextmanager
def fake() -> Iterator[str]:
    """Run the fake, 60 times as fast as real time, and yield its endpoint."""
    command = ["ehpc", "fake", "serve", "--time-scale", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None, "stdout is a pipe"
            line = server.stdout.readline()
            if not line:
                raise DemoError("The fake did not start; its message is above.")
            yield str(json.loads(line)["endpoint"])
        finally:
            server.terminate()
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


def main() -> int:
    """Run the demo."""
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="ehpc-demo-") as folder, fake() as endpoint:
            print(f"The fake listens at {endpoint}. One second here is one minute there.")
            demo = Demo(Path(folder), endpoint)
            demo.prepare()
            run(demo)
    except DemoError as failure:
        print(f"\nThe demo stopped: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        return 130
    print(f"\nDone in {time.monotonic() - begun:.0f} s. Nothing is left running.")
    return 0


def run(demo: Demo) -> None:
    """Create the environment, look at it, change it and destroy it."""
    demo.step("Create a cluster with a queue, two nodes, two users and a volume", "up", "--yes", "--skip-preview")
    demo.step("Show the outputs", "stack", "output")
    demo.step("Preview again: nothing to do", "preview")
    people = [word for index, name in enumerate(PEOPLE) for word in ("--plaintext", f"people[{index}]={name}")]
    demo.step("Edit: one more node, one more user", "config", "set-all", "--path", "--plaintext", "nodes=3", *people)
    demo.step("See what would change", "preview", "--diff")
    demo.step("Change it in place", "up", "--yes", "--skip-preview")
    demo.step("Destroy everything", "destroy", "--yes", "--skip-preview")


if __name__ == "__main__":
    sys.exit(main())
