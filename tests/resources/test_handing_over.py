"""What another resource of the running program declares is left to it. Users: ``test_user_ownership.py``."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.handing_over import taker_of
from pulumi_ehpc.lifecycle.program import Replaced
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.resources.stack import InState, Stack

GROUP: dict[str, Any] = {"hostname_prefix": "wk-", "instance_type": "ecs.c7.large", "count": 2}
QUEUE: dict[str, Any] = {"name": "work", "compute_nodes": [{"instance_type": "ecs.c7.large"}], "max_count": 9}
MOUNT: dict[str, Any] = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
ALICE: list[dict[str, Any]] = [{"name": "alice.chen", "group": "users", "password": "Passw0rd-alice"}]
KINDS = {"NodeGroup": (GROUP, "wk-"), "Queue": (QUEUE, "work"), "Volume": (MOUNT, "/data")}

each_kind = pytest.mark.parametrize("kind", KINDS)


def giver_of(stack: Stack, kind: str, *, own: bool = True) -> tuple[InState, dict[str, Any]]:
    """Return a resource in state, and its arguments."""
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    given = {"cluster": cluster, **KINDS[kind][0]}
    giver = stack.create(kind, "giver", **given)
    stack.reset_calls()
    return giver, given


@each_kind
def test_what_another_resource_declares_is_handed_over(stack: Stack, kind: str) -> None:
    giver, given = giver_of(stack, kind)
    stack.delete(giver, stack.claim(kind, "taker", **given))
    assert stack.writes() == []
    assert stack.log[-1] == f"{KINDS[kind][1]} is handed over to {kind} 'taker'; nothing is deleted"
    taker = stack.create(kind, "taker", **given)
    assert stack.drifted(taker) == ()
    assert not [action for action in stack.writes() if action.startswith(("Create", "Add", "Delete", "Detach"))]


@each_kind
def test_what_nobody_else_declares_is_deleted(stack: Stack, kind: str) -> None:
    giver, given = giver_of(stack, kind)
    key = {"NodeGroup": "hostname_prefix", "Queue": "name", "Volume": "mount_directory"}[kind]
    stack.delete(
        giver, stack.claim(kind, "other", **{**given, key: {"wk-": "fix-", "work": "play"}.get(given[key], "/x")})
    )
    assert stack.writes() != []
    assert not any("handed over" in note for note in stack.log)


@each_kind
def test_what_another_resource_declares_on_any_other_cluster_is_deleted(stack: Stack, kind: str) -> None:
    """There a taker takes nothing that exists: the giver removes what it made, and the taker makes it."""
    giver, given = giver_of(stack, kind, own=False)
    stack.delete(giver, stack.claim(kind, "taker", **given))
    assert stack.writes() != []
    stack.create(kind, "taker", **given)


@each_kind
def test_what_is_declared_in_another_cluster_is_deleted(stack: Stack, kind: str) -> None:
    giver, given = giver_of(stack, kind)
    stack.delete(giver, stack.claim(kind, "taker", **{**given, "cluster": "ehpc-2"}))
    assert stack.writes() != []


@pytest.mark.parametrize(
    ("kind", "changed"),
    [("NodeGroup", {"instance_type": "ecs.g7.large"}), ("Volume", {"file_system_id": "fs-2"})],
)
def test_what_does_not_fit_is_deleted(stack: Stack, kind: str, changed: dict[str, Any]) -> None:
    """Unlike groups that swap their prefixes: the nodes of the one can never be those of the other."""
    giver, given = giver_of(stack, kind)
    stack.delete(giver, stack.claim(kind, "taker", **{**given, **changed}))
    assert stack.writes() != []


def test_what_does_not_fit_is_kept_once_the_taker_holds_it(stack: Stack) -> None:
    """A delete that comes last would delete what the taker has made of it."""
    giver, given = giver_of(stack, "Volume")
    other = stack.claim("Volume", "taker", **{**given, "file_system_id": "fs-2"})
    stack.new_run(other)
    stack.session.program.holds(other.urn, ["/data"])
    context = stack.context("Volume", "giver", giver.id)
    stack.lifecycle("Volume").delete(context, giver.inputs, giver.outputs)
    assert stack.writes() == []


@pytest.mark.parametrize("queue", [UNKNOWN, "work"])
def test_what_is_not_known_yet_counts_as_fitting(stack: Stack, queue: Any) -> None:
    """The taker's queue may be an Output; whoever takes what does not fit is refused, and nothing is lost."""
    giver, given = giver_of(stack, "NodeGroup")
    giver.inputs["queue"] = "work"
    stack.delete(giver, stack.claim("NodeGroup", "taker", **{**given, "queue": queue}))
    assert stack.writes() == []


@each_kind
def test_what_changes_in_place_is_no_reason_not_to_fit(stack: Stack, kind: str) -> None:
    giver, given = giver_of(stack, kind)
    changes: dict[str, dict[str, Any]] = {
        "NodeGroup": {"count": 5},
        "Queue": {"max_count": 5},
        "Volume": {"adopt_existing": True},
    }
    stack.delete(giver, stack.claim(kind, "taker", **{**given, **changes[kind]}))
    assert stack.writes() == []


@each_kind
@pytest.mark.parametrize("unknown", ["cluster", "key"])
def test_delete_is_refused_where_it_is_not_known_who_declares_what(stack: Stack, kind: str, unknown: str) -> None:
    giver, given = giver_of(stack, kind)
    known = stack.claim(kind, "taker", **given)
    urn, keys = known.urn, None if unknown == "key" else known.keys
    unclear = Claim(kind, urn, "taker", known.cluster if unknown == "key" else "", keys)
    words = f"whether {kind} 'taker' declares {KINDS[kind][1]} as well is not known yet. What exists was left as it is"
    with pytest.raises(RefusedError, match=words):
        stack.delete(giver, unclear)
    assert stack.writes() == []


@each_kind
def test_resource_that_is_sure_comes_before_one_that_is_not(stack: Stack, kind: str) -> None:
    giver, given = giver_of(stack, kind)
    stack.delete(giver, Claim(kind, "urn:x", "unsure", "", None), stack.claim(kind, "taker", **given))
    assert f"handed over to {kind} 'taker'" in stack.log[-1]


@each_kind
def test_delete_after_the_create_of_the_same_resource_deletes_nothing(stack: Stack, kind: str) -> None:
    """The engine resumes a replacement that was killed between the two; the new half took the object."""
    giver, given = giver_of(stack, kind)
    stack.new_run()
    stack.create(kind, "giver", **given)
    stack.reset_calls()
    context = stack.context(kind, "giver", giver.id)
    stack.lifecycle(kind).delete(context, giver.inputs, giver.outputs)
    assert stack.writes() == []
    assert stack.log[-1] == f"{KINDS[kind][1]} is kept: it is what {kind} 'giver' declares now; nothing is deleted"


@each_kind
def test_delete_before_a_replacement_deletes(stack: Stack, kind: str) -> None:
    giver, given = giver_of(stack, kind)
    stack.new_run()
    stack.checked(kind, "giver", given, giver.inputs)
    stack.session.program.replaced(stack.urn(kind, "giver"), Replaced(giver.id, giver.inputs, giver.outputs))
    context = stack.context(kind, "giver", giver.id)
    stack.lifecycle(kind).delete(context, giver.inputs, giver.outputs)
    assert stack.writes() != []
    stack.create(kind, "giver", **given)


@pytest.mark.parametrize(
    ("kind", "change"),
    [("Volume", {"mount_target": "other.example"}), ("NodeGroup", {"instance_type": "ecs.g7.large"})],
)
def test_create_before_the_delete_of_a_replacement_is_refused(stack: Stack, kind: str, change: dict[str, Any]) -> None:
    giver, given = giver_of(stack, kind)
    stack.new_run()
    stack.session.program.replaced(stack.urn(kind, "giver"), Replaced(giver.id, giver.inputs, giver.outputs))
    stack.reset_calls()
    with pytest.raises(RefusedError, match=r"left as (it is|they are)"):
        stack.create(kind, "giver", **{**given, **change})
    assert stack.writes() == []


def test_destroy_deletes_what_its_own_outputs_record(stack: Stack) -> None:
    """The engine runs no program then, so nobody declares anything."""
    giver, given = giver_of(stack, "NodeGroup")
    stack.delete(giver)
    assert stack.calls("DeleteNodes") != []
    stack.delete(giver)
    op = stack.operation("NodeGroup", "giver", **given)
    assert taker_of(op, "wk-") is None


# -- two resources that declare one key, in one run  ---------------------------------------------------------------

TAKEN: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "NodeGroup": (GROUP, {"count": 1}, "wk-"),
    "Queue": (QUEUE, {"max_count": 5}, "work"),
    "Volume": (MOUNT, {}, "/data"),
    "UserSet": ({"users": ALICE}, {"users": [{**ALICE[0], "group": "wheel"}]}, "alice.chen"),
}
each_type = pytest.mark.parametrize("kind", TAKEN)


def two_of(stack: Stack, kind: str) -> tuple[Claim, Claim, dict[str, Any]]:
    """Return what a resource in state claims, the same while its cluster is not known, and a second one's arguments."""
    given, changes, _ = TAKEN[kind]
    cluster = stack.own_cluster()
    stack.create(kind, "first", cluster=cluster, **given)
    stack.reset_calls()
    known = stack.claim(kind, "first", cluster=cluster, **given)
    return known, replace(known, cluster=""), {"cluster": cluster, **given, **changes}


@each_type
def test_what_another_resource_may_declare_is_not_taken(stack: Stack, kind: str) -> None:
    _, unclear, given = two_of(stack, kind)
    stack.new_run(unclear)
    with pytest.raises(RefusedError) as caught:
        stack.create(kind, "second", **given)
    assert f"whether {kind} 'first' declares {TAKEN[kind][2]} as well is not known yet" in str(caught.value)
    assert stack.writes() == []


@each_type
def test_what_another_resource_had_and_may_declare_is_not_taken(stack: Stack, kind: str) -> None:
    """Its keys are not known; it had this one when the program ran before."""
    known, unclear, given = two_of(stack, kind)
    stack.new_run()
    stack.session.program.begin([known], [replace(unclear, keys=None)])
    with pytest.raises(RefusedError, match="is not known yet"):
        stack.create(kind, "second", **given)
    assert stack.writes() == []


@each_type
def test_what_another_resource_turns_out_to_declare_is_not_taken(
    stack: Stack, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its check comes while the other create waits for it."""
    monkeypatch.setattr("pulumi_ehpc.lifecycle.program._PATIENCE_SECONDS", 5.0)
    known, unclear, given = two_of(stack, kind)
    stack.new_run(unclear)
    program = stack.session.program
    later = threading.Timer(0.1, lambda: program.declare(known))
    checked = stack.checked(kind, "second", given)
    later.start()
    context = stack.context(kind, "second")
    with pytest.raises(RefusedError, match=f"{TAKEN[kind][2]} on cluster .* is declared by {kind} 'first' as well"):
        stack.lifecycle(kind).create(context, checked)
    later.join()
    assert stack.writes() == []


@each_type
def test_what_an_unknown_resource_never_had_is_taken(stack: Stack, kind: str) -> None:
    """Else what exists could never be taken beside a resource whose keys come from this one's outputs."""
    _, _, given = two_of(stack, kind)
    stack.new_run(Claim(kind, "urn:x", "unsure", "", None))
    stack.create(kind, "second", **given)
