"""How long previews and runs take in which nothing changes, with the real CLI."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Comparison, in_turn
from pulumi_ehpc.fake import FakeCloud, FakeServer, Limits, ScaledClock

QUEUES = 50
_ROUNDS = 5
_TIME_SCALE = 600
_LONGEST_RUN_SECONDS = 60
_PROGRAMS = Path(__file__).with_name("programs")
_FOREIGN = ("PULUMI_", "ALIBABA_CLOUD_", "EHPC_")


@dataclass(frozen=True)
class Project:
    """A project with its state in a folder of its own."""

    folder: Path
    environ: Mapping[str, str]

    @classmethod
    def of(cls, program: str, folder: Path, environ: Mapping[str, str]) -> Project:
        """Write a project that runs a program of this folder, and bring up its stack."""
        (folder / "state").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(f"name: {program}\nruntime: python\n")
        shutil.copy(_PROGRAMS / f"{program}.py", folder / "__main__.py")
        made = cls(folder, {**environ, "PULUMI_BACKEND_URL": (folder / "state").as_uri()})
        made.pulumi("stack", "init", "bench")
        made.pulumi("up", "--yes", "--skip-preview")
        return made

    def pulumi(self, *arguments: str) -> None:
        """Run the CLI."""
        command = ["pulumi", "--non-interactive", *arguments]
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env=dict(self.environ),
            capture_output=True,
            text=True,
            timeout=_LONGEST_RUN_SECONDS,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"`{' '.join(command)}` failed:\n{ran.stdout}{ran.stderr}")

    def preview(self) -> None:
        """Preview, and insist that nothing would change."""
        self.pulumi("preview", "--expect-no-changes")

    def up(self) -> None:
        """Run, and insist that nothing changes."""
        self.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def measure() -> Iterator[Comparison]:
    """Compare queues of a cluster with as many dynamic resources that do nothing."""
    cloud = FakeCloud(ScaledClock(scale=_TIME_SCALE), limits=Limits(queues_per_cluster=QUEUES + 1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ehpc-bench-")))
        server = stack.enter_context(FakeServer(cloud))
        environ = _environment(folder, server.endpoint)
        queues = Project.of("queues", folder / "queues", environ)
        nothing = Project.of("nothing", folder / "nothing", environ)
        over = f"{QUEUES} resources that do nothing"
        preview = in_turn(_ROUNDS, queues.preview, nothing.preview)
        yield Comparison(f"preview of {QUEUES} queues, no change", over, *preview)
        up = in_turn(_ROUNDS, queues.up, nothing.up)
        yield Comparison(f"up of {QUEUES} queues, no change", over, *up)


def _environment(folder: Path, endpoint: str) -> dict[str, str]:
    """The CLI's environment; nothing of the caller's settings gets in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    own = {
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "fake",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "fake",
        "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou",
        "EHPC_ENDPOINT": endpoint,
        "XDG_CACHE_HOME": str(folder / "cache"),
        "BENCHMARK_COUNT": str(QUEUES),
    }
    return {**kept, **own}
