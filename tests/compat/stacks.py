"""Stacks as older releases left them, and the E-HPC that holds what they hold.

A stack is a folder ``stacks/<release>/<API version>`` of two files: ``state.json``, what ``pulumi stack export`` wrote,
and ``calls.json``, every call that changed something, as it came over HTTP. The fake draws ids and addresses from a
seed and in the order of these calls, so the same calls make the same objects, with the same ids, at the same times.

Of the package only the fake's public names are used here, and of the other tests only the workbench that runs the CLI
and its program.
"""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client
from werkzeug.wrappers import Request

from pulumi_ehpc.fake import FakeCloud, FakeServer, ManualClock
from tests.stories.conftest import environment
from tests.stories.workbench import Workbench

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STACKS = Path(__file__).with_name("stacks")
NOT_OWNED = Path(__file__).with_name("not_owned")
"""Stacks whose objects were there before, and so are not the resources' own."""
CHILDREN = ("work", "team", "data")
"""What stands in the cluster of such a stack."""
PROGRAM = Path(__file__).with_name("program")
STACK = "dev"
PASSPHRASE = "stored stacks"
"""The secrets in every ``state.json`` are encrypted with it."""
ENDPOINT = "http://ehpc.example"
"""Stands in every ``state.json`` for the address of the fake, which is another in every run."""
SEED = 2018
SECONDS_A_CALL = 300
"""Fake time that passes before each call of the CLI: whatever was begun is done when it is looked at."""
READS = ("Get", "List", "Describe")


class SteppingCloud(FakeCloud):
    """A fake whose time moves with its calls and not by itself, so that nothing depends on how fast a machine is.

    Attributes:
        recorded: The calls that change something: ``action``, ``version``, ``parameters`` and ``at``, the time in
            seconds since the start.
    """

    def __init__(self) -> None:
        self.recorded: list[dict[str, Any]] = []
        self._order = threading.RLock()
        super().__init__(ManualClock(), seed=SEED, verify_signatures=False)
        self._start = self.clock.now()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = Request(environ).get_data()
        request = Request({**environ, "wsgi.input": io.BytesIO(body)})
        environ["wsgi.input"] = io.BytesIO(body)
        if "x-acs-action" not in request.headers:
            return super().__call__(environ, start_response)
        with self._order:  # the order of the record is the order in which ids are drawn
            self.advance(SECONDS_A_CALL)
            self._record(request)
            return super().__call__(environ, start_response)

    def _record(self, request: Request) -> None:
        action = request.headers["x-acs-action"]
        if not action.startswith(READS):
            self.recorded.append(
                {
                    "at": int(self.clock.now() - self._start),
                    "action": action,
                    "version": request.headers["x-acs-version"],
                    "parameters": request.values.to_dict(),
                }
            )

    def repeat(self, calls: Iterable[dict[str, Any]]) -> None:
        """Make recorded calls again, each at its own time."""
        client = Client(super().__call__)
        for call in calls:
            self.advance(call["at"] - (self.clock.now() - self._start))
            headers = {"x-acs-action": call["action"], "x-acs-version": call["version"]}
            response = client.post("/", data=call["parameters"], headers=headers)
            assert response.status_code == 200, f"{call['action']}: {response.text}"
        self.advance(SECONDS_A_CALL)


@dataclass(frozen=True)
class StoredStack:
    """A stack that is stored here."""

    folder: Path

    @property
    def name(self) -> str:
        """Release and API version."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def version(self) -> str:
        """API version of its resources."""
        return self.folder.name

    def import_into(self, bench: Workbench) -> None:
        """Make it the state of a workbench's stack."""
        path = bench.folder / "import.json"
        path.write_text((self.folder / "state.json").read_text().replace(ENDPOINT, bench.server.endpoint))
        run = bench.pulumi("stack", "import", "--file", str(path))
        assert run.ok, run.text

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources in state, by name."""
        kept = json.loads((self.folder / "state.json").read_text())["deployment"]["resources"]
        return {resource["urn"].rsplit("::", 1)[-1]: resource for resource in kept}

    @property
    def outputs(self) -> dict[str, Any]:
        """What the program exported."""
        found: dict[str, Any] = self.resources[f"compat-{STACK}"]["outputs"]
        return found

    @property
    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.folder / "calls.json").read_text())
        return found


def stored(where: Path = STACKS) -> list[StoredStack]:
    """Every stack that is stored in a folder."""
    return [StoredStack(path.parent) for path in sorted(where.rglob("state.json"))]


@contextmanager
def workbench(folder: Path, cloud: FakeCloud, version: str) -> Iterator[Workbench]:
    """The program's project in a folder, with an empty stack, and a cloud that is served meanwhile."""
    with FakeServer(cloud) as server:
        made = Workbench(folder, server, declared={}, stack=STACK, environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
        shutil.copytree(PROGRAM, folder / "project", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "state").mkdir()
        run = made.pulumi("stack", "init", STACK)
        assert run.ok, run.text
        for key, value in {"endpoint": server.endpoint, "region": "cn-hangzhou", "apiVersion": version}.items():
            made.configure(f"ehpc:{key}", value)
        yield made


@contextmanager
def bench_with_children(folder: Path, cloud: FakeCloud, version: str) -> Iterator[Workbench]:
    """A workbench with a cluster, a queue, two users and a mount, and a cloud that is served meanwhile."""
    with FakeServer(cloud) as server:
        declared = {name: entry for name, entry in environment().items() if name in ("hpc", *CHILDREN)}
        made = Workbench(folder / "bench", server, declared, environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
        made.prepare({"ehpc:endpoint": server.endpoint, "ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version})
        yield made
