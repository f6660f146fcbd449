"""The endpoint dies while a run waits: its line says so, nothing else is printed, and the next run goes on."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.stories.conftest import NewBench
from tests.stories.lossy import DeadProxy, HoldingProxy, LossyProxy
from tests.stories.versions import in_old
from tests.stories.workbench import QUICK_CLOCK, QUICK_PIP, TIMEOUT_SECONDS, Workbench, kill

pytestmark = pytest.mark.engine

ACCOUNT = "1000000000000001"
LOOK = {"2024-07-30": "GetCluster", "2018-04-12": "DescribeCluster"}


def before(bench: Workbench, proxy: LossyProxy, *, quick: bool = True) -> None:
    """Let the runs go through a proxy, and their minutes take half a second."""
    bench.configure("ehpc:endpoint", proxy.endpoint)
    if quick:
        path = [str(QUICK_CLOCK), str(QUICK_PIP), *filter(None, [os.environ.get("PYTHONPATH")])]
        bench.environ["PYTHONPATH"] = os.pathsep.join(path)


def printed(bench: Workbench) -> str:
    return (bench.folder / "started.txt").read_text()


@pytest.mark.parametrize(("version", "gateway"), [("2024-07-30", None), ("2018-04-12", b"<html>Bad Gateway</html>")])
def test_endpoint_that_dies_in_mid_up(new_bench: NewBench, version: str, gateway: bytes | None, tmp_path: Path) -> None:
    bench = new_bench(version, scale=1)
    bench.environ["EHPC_LOG_FILE"] = str(tmp_path / "calls.log")
    with DeadProxy(bench.server.endpoint, instead=gateway) as proxy:
        before(bench, proxy)
        process = bench.start("up", "--yes", "--skip-preview")
        bench.wait_for_call(LOOK[version])
        proxy.dead.set()
        assert process.wait(timeout=TIMEOUT_SECONDS) != 0
        text = printed(bench)
        host = proxy.endpoint.removeprefix("http://")
        what = "no answer" if gateway is None else "no usable answer"
        minutes = [int(found) for found in re.findall(rf"{what} from {host} since (\d+) min", text)]
        assert minutes == sorted(set(minutes)), "once a minute"
        assert len(minutes) > 2
        assert f"given up, {what} from {host} since " in text
        assert "run the same command again" in text
        assert "Traceback" not in text
        assert '{"action"' not in text
        assert '"retry_in_seconds"' not in text
        assert LOOK[version] in (tmp_path / "calls.log").read_text()
        assert bench.state()["hpc"]["id"] == bench.clusters()[0]["ClusterId"]

        proxy.dead.clear()
        bench.server.cloud.advance(600)
        bench.calls()
        run = bench.up("--target", bench.state()["hpc"]["urn"])
        assert run.ok, run.text
        assert "CreateCluster" not in bench.writes()
        outputs = bench.state()["hpc"]["outputs"]
        assert (outputs["status"], outputs["account_id"]) == ("running", ACCOUNT)


@in_old
def test_cancelled_run_does_not_wait_for_an_endpoint_that_hangs(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version, scale=1)
    with HoldingProxy(bench.server.endpoint, [LOOK[version]]) as proxy:
        before(bench, proxy, quick=False)
        process = bench.start("up", "--yes", "--skip-preview")
        assert proxy.reached.wait(TIMEOUT_SECONDS)
        process.send_signal(signal.SIGINT)
        try:
            # Shorter than the client waits for a response.
            assert process.wait(timeout=30) != 0
        finally:
            kill(process)
            proxy.released.set()
    assert "cancelled while the state was unknown" in printed(bench)
    assert bench.state()["hpc"]["id"] == bench.clusters()[0]["ClusterId"]
