"""Mistakes that random programs found, each in the shortest sequence that shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ownership.engine import Engine, Options
from tests.ownership.oracle import Oracle
from tests.ownership.programs import Program, nodes, queue, users, volume
from tests.ownership.service import Fault, World
from tests.ownership.steps import up
from tests.resources.conftest import BOTH


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> Engine:
    """A stack in each API version."""
    return Engine(World(), str(request.param))


def keys(engine: Engine) -> set[tuple[str, str, str]]:
    return set(Oracle(engine).seen())


@pytest.mark.parametrize("what", ["queue", "volume", "nodes", "users"])
@pytest.mark.parametrize("order", range(3))
def test_renamed_on_a_shared_cluster_with_adoption(engine: Engine, what: str, order: int) -> None:
    """The refusal names ``adopt_existing=True``; the old resource then deleted what the new one had taken."""
    one = {
        "queue": queue("foreign", "q1"),
        "volume": volume("foreign", "/a"),
        "nodes": nodes("foreign", "wa-"),
        "users": users("foreign", **{"alice.chen": "users"}),
    }[what]
    assert up(engine, {"a": one}).ok
    before = keys(engine)
    refused = up(engine, {"b": one})
    assert "adopt_existing=True" in refused.reasons[0][1]
    run = up(engine, {"b": one.with_args(adopt_existing=True)}, Options(shuffled=order))
    assert run.ok
    assert keys(engine) == before
    assert any("handed over" in line for line in run.log)
    assert up(engine, {}).ok
    assert {key for key in keys(engine) if key[0] == "foreign"} == {("foreign", "Queue", "comp")}


@pytest.mark.parametrize("order", range(3))
def test_user_moved_on_a_shared_cluster_with_adoption(engine: Engine, order: int) -> None:
    """Whether the giver or the taker came first, the user was deleted, or deleted and created again."""
    both = users("foreign", **{"alice.chen": "users", "bob.smith": "users"})
    assert up(engine, {"a": both}).ok
    moved: Program = {
        "a": users("foreign", **{"alice.chen": "users"}),
        "b": users("foreign", **{"bob.smith": "users"}).with_args(adopt_existing=True),
    }
    run = up(engine, moved, Options(shuffled=order))
    assert run.ok
    assert "DeleteUsers" not in run.writes
    assert ("foreign", "UserSet", "bob.smith") in keys(engine)


def test_nodes_declared_with_a_queue_that_is_not_known_yet_are_handed_over(engine: Engine) -> None:
    """Where the taker's queue was not known yet, the giver's nodes were deleted, and lost when the run failed."""
    group, work = nodes("own", "wa-", queue="q"), queue("own", "q1")
    assert up(engine, {"q": work, "a": group}).ok
    before = Oracle(engine).seen()
    refused: Program = {"q": work, "a": nodes("foreign", "wa-", "ecs.g7.large"), "b": group}
    engine.world.call(
        "CreateNodes",
        engine.world.foreign,
        Count=1,
        HostnamePrefix="wa-",
        ComputeNode={"InstanceType": "ecs.g7.large"},
    )
    assert not up(engine, refused).ok
    assert all(Oracle(engine).seen().get(key) == record for key, record in before.items())
    assert up(engine, {"q": work, "b": group}).ok


def test_nodes_of_another_type_are_not_adopted(engine: Engine) -> None:
    """They were adopted as what they are not, and nothing ever said so."""
    node = {"InstanceType": "ecs.g7.large"}
    engine.world.call("CreateNodes", engine.world.foreign, Count=1, HostnamePrefix="wa-", ComputeNode=node)
    run = up(engine, {"a": nodes("foreign", "wa-").with_args(adopt_existing=True)})
    assert "instance_type is 'ecs.g7.large' and not 'ecs.c7.large'" in run.reasons[0][1]
    assert not [action for action in run.writes if action != "CreateCluster"]
    right = replace(nodes("foreign", "wa-", "ecs.g7.large")).with_args(adopt_existing=True)
    assert up(engine, {"a": right}).ok


@pytest.mark.parametrize("what", ["queue", "volume", "nodes"])
def test_replacement_that_was_interrupted_is_resumed(engine: Engine, what: str) -> None:
    """The next run creates without a delete, because it was done; that was refused for good."""
    old, new = {
        "queue": (queue("own", "q1"), queue("own", "q2")),
        "volume": (volume("own", "/a"), volume("own", "/a", "fs-2")),
        "nodes": (nodes("own", "wa-"), nodes("own", "wa-", "ecs.g7.large")),
    }[what]
    assert up(engine, {"a": old}).ok
    interrupted = up(engine, {"a": new}, fault=Fault("refused", 1))
    assert interrupted.steps == ["delete a", "create a"]
    assert not interrupted.ok
    run = up(engine, {"a": new})
    assert run.ok, run
    assert run.steps == ["create a"]
    assert not list(Oracle(engine).not_as_declared({"a": new}, Oracle(engine).seen()))
