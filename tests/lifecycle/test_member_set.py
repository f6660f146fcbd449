"""Handlers of many members: convergence in batches, and a record after each of them."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import NetworkError, ServiceError
from pulumi_ehpc.lifecycle.member_set import batches
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from tests.lifecycle.bench import Bench
from tests.lifecycle.sample import NEW

SEVEN = ["a", "b", "c", "d", "e", "f", "g"]


def create(bench: Bench, names: list[str]) -> Any:
    return bench.create("Crew", "team", cluster="ehpc-1", names=names)


def fault() -> ServiceError:
    return ServiceError("Out of order.", code="X", http_status=500, request_id="R", action="add", version=NEW)


def test_items_are_split_into_batches() -> None:
    assert list(batches(SEVEN, 3)) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
    assert list(batches([], 3)) == []


def test_members_are_added_in_batches(bench: Bench) -> None:
    team = create(bench, SEVEN)
    assert bench.service.actions == ["list", "add", "add", "add", "finish"]
    assert bench.service.members == SEVEN
    assert team.outputs["made"] == SEVEN
    assert bench.progress == ["3 of 7 members added", "6 of 7 members added", "7 of 7 members added"]


def test_members_that_are_there_are_kept_and_not_owned(bench: Bench) -> None:
    bench.service.members = ["b", "other"]
    team = create(bench, ["a", "b"])
    assert team.outputs["made"] == ["a"]
    assert bench.service.members == ["b", "other", "a"]


def test_empty_set_makes_no_call_but_to_list(bench: Bench) -> None:
    create(bench, [])
    assert bench.service.actions == ["list", "finish"]


def test_members_that_go_do_so_before_any_comes(bench: Bench) -> None:
    team = create(bench, ["a", "b"])
    bench.service.calls.clear()
    updated = bench.update(team, names=["b", "c"])
    assert bench.service.actions == ["list", "remove", "add", "finish"]
    assert bench.service.members == ["b", "c"]
    assert updated.outputs["made"] == ["b", "c"]


def test_each_batch_is_in_state_before_the_next(bench: Bench) -> None:
    bench.cancelled = lambda: bool(bench.progress)
    state, message = bench.partial_failure(lambda: create(bench, SEVEN))
    assert "the run was cancelled (3 of 7 members added)" in message
    assert state.outputs["made"] == SEVEN[:3]
    assert bench.service.members == SEVEN[:3]


def test_run_that_is_cancelled_at_once_leaves_nothing(bench: Bench) -> None:
    bench.cancelled = lambda: True
    with pytest.raises(Exception, match="0 of 7 members added"):
        create(bench, SEVEN)
    assert bench.service.members == []


def test_update_finishes_what_an_interrupted_create_began(bench: Bench) -> None:
    bench.cancelled = lambda: bool(bench.progress)
    state, _ = bench.partial_failure(lambda: create(bench, SEVEN))
    bench.cancelled = lambda: False
    inputs = bench.checked("Crew", "team", {"cluster": "ehpc-1", "names": SEVEN})
    engine = bench.engine("Crew", "team", state.id)
    finished = bench.lifecycle("Crew").update(engine, inputs, inputs, state.outputs)
    assert sorted(bench.service.members) == SEVEN
    assert finished.outputs["made"] == SEVEN


def test_lost_response_of_a_batch_is_looked_into(bench: Bench) -> None:
    bench.service.lose_response_of("add")
    team = create(bench, SEVEN[:2])
    assert bench.service.actions == ["list", "add", "list", "finish"]
    assert team.outputs["made"] == ["a", "b"]


def test_batch_whose_effect_cannot_be_seen_is_not_repeated(bench: Bench) -> None:
    bench.service.failing["add"] = NetworkError("Lost.", endpoint="http://127.0.0.1:9", sent=True)
    with pytest.raises(NetworkError):
        create(bench, SEVEN)
    assert bench.service.actions.count("add") == 1


def test_failure_of_a_later_batch_keeps_the_earlier_ones(bench: Bench) -> None:
    team = create(bench, ["a"])
    bench.service.failing["add"] = fault()
    state, message = bench.partial_failure(lambda: bench.update(team, names=["a", "b"]))
    assert "Out of order" in message
    assert (state.id, state.outputs["made"]) == (team.id, ["a"])


def test_read_reports_the_members_that_are_there(bench: Bench) -> None:
    team = create(bench, ["a", "b"])
    bench.service.members.remove("a")
    found = bench.read(team)
    assert (found.inputs["names"], found.outputs["made"]) == (["b"], ["b"])
    bench.service.members.clear()
    assert bench.read(team) is NOT_FOUND


def test_delete_removes_what_this_resource_made(bench: Bench) -> None:
    bench.service.members = ["a", "other"]
    team = create(bench, ["a", "b"])
    bench.delete(team)
    assert bench.service.members == ["a", "other"]
