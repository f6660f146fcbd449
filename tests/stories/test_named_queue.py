"""A queue that is named as text: created before what names it, deleted after it, in whichever order it is declared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stories.conftest import NewBench
from tests.stories.test_edges import contents, foreign_cluster
from tests.stories.test_ownership import living, up
from tests.stories.test_whose import group, mount, only
from tests.stories.versions import in_new, in_old, in_turn
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

HPC = {"$ref": "hpc"}


def declare(bench: Workbench, cluster: Any = HPC, *, name: str = "work") -> None:
    """Declare a group that names a queue, and then the queue."""
    queue = {"type": "Queue", "args": {"cluster": cluster, "name": name}}
    hpc = {"hpc": bench.declared["hpc"]} if isinstance(cluster, dict) else {}
    bench.declared = {**hpc, "fixed": group("fix-", cluster=cluster, queue=name), "work": queue}


def drop(bench: Workbench, *names: str) -> None:
    """Take resources out of the program."""
    bench.declared = {name: entry for name, entry in bench.declared.items() if name not in names}


def forget_link(bench: Workbench) -> None:
    """Make the state what an older release left: it did not know that a group that names a queue depends on it."""
    run = bench.pulumi("stack", "export")
    state = json.loads(run.text[run.text.index("{") :])
    (fixed,) = (each for each in state["deployment"]["resources"] if each["urn"].endswith("::fixed"))
    (link,) = fixed["propertyDependencies"]["queue"]
    fixed["propertyDependencies"]["queue"] = []
    fixed["dependencies"].remove(link)
    file = bench.folder / "state.json"
    file.write_text(json.dumps(state))
    assert bench.pulumi("stack", "import", "--file", str(file)).ok


@in_turn("given", ["$id", "$apply"])
def test_destroy_of_a_queue_that_was_given_the_id_of_the_cluster(new_bench: NewBench, version: str, given: str) -> None:
    """Its group was given the cluster itself, so the engine forgets the nodes without a call."""
    bench = new_bench(version)
    declare(bench)
    bench.declared["work"]["args"]["cluster"] = {given: "hpc"}
    bench.declared["fixed"]["args"]["queue"] = {"$ref": "work"}
    bench.declared = {name: bench.declared[name] for name in ("hpc", "work", "fixed")}
    up(bench)
    run = bench.destroy()
    assert run.ok, run.text
    assert bench.clusters() == []


@in_turn("given", ["the resource", "the same Output", "an id"])
def test_group_that_names_a_queue_comes_after_it_and_goes_before_it(
    new_bench: NewBench, version: str, given: str
) -> None:
    bench = new_bench(version)
    foreign = foreign_cluster(bench) if given == "an id" else ""
    before = contents(bench, foreign) if foreign else {}
    declare(bench, foreign or (HPC if given == "the resource" else {"$id": "hpc"}))
    up(bench)
    state = bench.state()
    assert state["work"]["urn"] in state["fixed"]["dependencies"]
    assert state["fixed"]["propertyDependencies"]["queue"] == [state["work"]["urn"]]
    assert state["fixed"]["inputs"]["queue"] == "work"
    drop(bench, "fixed", "work")
    up(bench)
    if foreign:
        assert contents(bench, foreign) == before
    else:
        assert (living(bench)["hosts"], living(bench)["queues"]) == ([], ["comp"])


def test_volume_that_names_a_queue_comes_after_it(new_bench: NewBench) -> None:
    bench = new_bench("2018-04-12")
    only(bench, "hpc")
    queue = {"type": "Queue", "args": {"cluster": HPC}}
    bench.declared |= {"scratch": mount("/scratch", queue="work"), "work": queue}
    up(bench)
    state = bench.state()
    assert state["work"]["urn"] in state["scratch"]["dependencies"]


def test_existing_stack_shows_no_change_and_learns_the_order(new_bench: NewBench) -> None:
    bench = new_bench()
    declare(bench)
    up(bench)
    forget_link(bench)
    assert bench.steps() == {}
    bench.calls()
    up(bench)
    assert bench.writes() == []
    state = bench.state()
    assert state["work"]["urn"] in state["fixed"]["dependencies"]


@in_turn("how", ["destroy", "an empty program"])
def test_queue_waits_for_nodes_where_the_state_has_no_order(new_bench: NewBench, version: str, how: str) -> None:
    """The engine deletes both at once."""
    bench = new_bench(version)
    cluster = foreign_cluster(bench)
    before = contents(bench, cluster)
    declare(bench, cluster)
    up(bench)
    forget_link(bench)
    bench.declared = {}
    run = bench.destroy() if how == "destroy" else bench.up()
    assert run.ok, run.text
    assert contents(bench, cluster) == before


@in_new
def test_queue_is_not_deleted_under_a_group(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    declare(bench)
    up(bench)
    before = living(bench)
    drop(bench, "work")
    run = bench.up()
    assert not run.ok
    assert "In it are nodes of NodeGroup 'fixed': fix-000, fix-001" in run.text
    assert "Take NodeGroup 'fixed' out of the program as well, or give it another queue." in run.text
    assert "agent on the cluster's manager node" not in run.text
    assert "left behind" not in run.text, "it is in state still"
    assert living(bench) == before
    assert "work" in bench.state()
    drop(bench, "fixed")
    up(bench)
    assert (living(bench)["hosts"], living(bench)["queues"]) == ([], ["comp"])


@in_old
def test_queue_and_what_names_it_are_renamed_together(new_bench: NewBench, version: str) -> None:
    bench = new_bench(version)
    declare(bench)
    up(bench)
    bench.calls()
    declare(bench, name="other")
    up(bench)
    assert bench.writes() == ["DeleteNodes", "DeleteQueue", "AddQueue", "AddNodes"]
    assert living(bench)["queues"] == ["comp", "other"]
    assert len(living(bench)["hosts"]) == 2


def test_queue_that_alone_is_renamed_is_refused(new_bench: NewBench) -> None:
    """Without the queue that it names the group could not be made again."""
    bench = new_bench()
    declare(bench)
    up(bench)
    before = living(bench)
    bench.declared["work"]["args"]["name"] = "other"
    bench.calls()
    for run in (bench.preview(), bench.up(), bench.up()):
        assert not run.ok
        assert "NodeGroup 'fixed' names the Queue 'work', but Queue 'work' is called 'other' now" in run.text
    assert bench.writes() == []
    assert living(bench) == before
    bench.declared["fixed"]["args"]["queue"] = {"$ref": "work"}
    bench.declared = {name: bench.declared[name] for name in ("hpc", "work", "fixed")}
    up(bench)
    assert living(bench)["queues"] == ["comp", "other"]


def test_queue_that_waits_for_the_group_that_names_it_hangs_nothing(new_bench: NewBench) -> None:
    bench = new_bench()
    declare(bench, name="comp")
    bench.declared["work"]["options"] = {"depends_on": [{"$ref": "fixed"}]}
    up(bench)
    state = bench.state()
    assert state["fixed"]["urn"] in state["work"]["dependencies"]
    assert state["work"]["urn"] not in state["fixed"]["dependencies"]
