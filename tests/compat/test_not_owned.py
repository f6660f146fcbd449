"""What older releases used without owning it stays not owned, until ``adopt_existing`` takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compat.stacks import CHILDREN, NOT_OWNED, SteppingCloud, StoredStack, bench_with_children, stored
from tests.stories.test_ownership import living, up
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine


@pytest.fixture(params=stored(NOT_OWNED), ids=lambda stack: stack.name)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workbench]:
    """A stack of an older release, with the objects that it holds."""
    stack: StoredStack = request.param
    cloud = SteppingCloud()
    cloud.repeat(stack.calls)
    with bench_with_children(tmp_path, cloud, stack.version) as made:
        stack.import_into(made)
        yield made


def test_stacks_of_both_versions_are_stored() -> None:
    assert [stack.version for stack in stored(NOT_OWNED)] == ["2018-04-12", "2024-07-30"]


def test_nothing_in_state_is_owned(bench: Workbench) -> None:
    state = bench.state()
    assert state["work"]["outputs"]["created"] is False
    assert state["data"]["outputs"]["created"] is False
    assert state["team"]["outputs"]["created_users"] == []


def test_what_is_not_owned_stays_when_it_is_dropped(bench: Workbench) -> None:
    before = living(bench)
    bench.calls()
    assert bench.steps() == {}
    assert bench.up().ok
    assert bench.refresh().ok
    assert bench.steps() == {}
    for name in CHILDREN:
        del bench.declared[name]
    assert "left in place" in up(bench)
    assert living(bench) == before
    assert bench.writes() == []


def test_what_is_adopted_goes_when_it_is_dropped(bench: Workbench) -> None:
    for name in CHILDREN:
        bench.declared[name]["args"]["adopt_existing"] = True
    assert set(bench.steps()) == set(CHILDREN)
    up(bench)
    for name in CHILDREN:
        del bench.declared[name]["args"]["adopt_existing"]
    up(bench)
    for name in CHILDREN:
        del bench.declared[name]
    up(bench)
    left = living(bench)
    assert (left["queues"], left["users"], left["mounts"]) == (["comp"], {}, ["/home"])
