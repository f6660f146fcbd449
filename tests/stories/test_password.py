"""The password of a cluster in state and on the console, however the program gives it."""

from __future__ import annotations

import json

import pytest

from tests.stories.conftest import CANARIES, NewBench
from tests.stories.versions import in_new
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

PLAIN = "Plain-root-1"


def held(bench: Workbench) -> str:
    """Return the cluster in state."""
    return json.dumps(bench.state()["hpc"])


@in_new
def test_password_that_is_given_in_clear_is_shown_and_kept_nowhere(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    bench.declared = {"hpc": bench.declared["hpc"]}
    bench.declared["hpc"]["args"]["password"] = CANARIES[0]  # the workbench looks for it everywhere
    assert CANARIES[0] not in bench.preview("--diff").text
    assert bench.up("--diff").ok
    assert "ciphertext" in held(bench)


def test_state_that_has_the_password_in_clear_changes_nothing_and_is_mended(new_bench: NewBench) -> None:
    bench = new_bench()
    bench.declared = {"hpc": bench.declared["hpc"]}
    bench.declared["hpc"]["args"]["password"] = PLAIN
    assert bench.up().ok
    exported = bench.folder / "exported.json"
    assert bench.pulumi("stack", "export", "--file", str(exported)).ok
    stack = json.loads(exported.read_text())
    for resource in stack["deployment"]["resources"]:
        if "password" in resource.get("inputs", {}):
            resource["inputs"]["password"] = PLAIN
    exported.write_text(json.dumps(stack))
    assert bench.pulumi("stack", "import", "--file", str(exported)).ok
    assert PLAIN in held(bench)
    assert bench.steps() == {}
    bench.calls()
    assert bench.up().ok
    assert bench.writes() == []
    assert PLAIN not in held(bench)
