"""Claims, and what a process knows of the program that runs."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from pulumi_ehpc.lifecycle import program as known_program
from pulumi_ehpc.lifecycle.claims import Claim, keys_of
from pulumi_ehpc.lifecycle.program import Program, Replaced
from pulumi_ehpc.schema.unknowns import UNKNOWN

HPC = "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:Cluster::hpc"


def claim(name: str, *keys: str, **more: Any) -> Claim:
    return Claim("Queue", f"urn:{name}", name, **{"cluster": "ehpc-1", "keys": keys, **more})


def program_of(*declared: Claim, before: tuple[Claim, ...] = ()) -> Program:
    program = Program()
    program.begin(before, declared)
    program.own_cluster(HPC, "ehpc-1")
    return program


def others(program: Program, key: str, urn: str = "urn:giver") -> list[str]:
    return [claim.name for claim in program.others(urn, "Queue", "ehpc-1", key)]


# -- in state ------------------------------------------------------------------------------------------------------


def test_claim_in_state_has_these_names() -> None:
    """Every later release reads them."""
    full = Claim("NodeGroup", "urn:a", "a", "ehpc-1", ("wk-",), {"image_id": "i"}, ("queue",), "nodes", 0, "wk-", True)
    assert full.to_dict() == {
        "resource_type": "NodeGroup",
        "urn": "urn:a",
        "name": "a",
        "cluster": "ehpc-1",
        "keys": ["wk-"],
        "declared": {"image_id": "i"},
        "unclear": ["queue"],
        "members": "nodes",
        "size": 0,
        "prefix": "wk-",
        "exclusive": True,
    }
    assert Claim.of(full.to_dict()) == full


def test_claim_in_state_has_what_it_names() -> None:
    naming = claim("a", keys=("wk-",), names={"Queue": "work"})
    assert naming.to_dict()["names"] == {"Queue": "work"}
    assert Claim.of(naming.to_dict()) == naming


@pytest.mark.parametrize("keys", [None, (), ("a", "b")])
def test_what_is_empty_is_left_out_but_no_keys_are_not_unknown_keys(keys: tuple[str, ...] | None) -> None:
    one = claim("a", keys=keys, cluster="")
    assert set(one.to_dict()) == {"resource_type", "urn", "name"} | (set() if keys is None else {"keys"})
    assert Claim.of(one.to_dict()) == one


def test_claim_of_another_release_is_read_as_far_as_it_goes() -> None:
    assert Claim.of({"name": "a", "size": 3.0, "later": 1}) == Claim("", "", "a", "", None, size=3)


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("work", ("work",)),
        ({"alice": "users", "bob": "wheel"}, ("alice", "bob")),
        ({}, ()),
        (None, ()),
        (UNKNOWN, None),
        ({"alice": UNKNOWN}, None),
    ],
)
def test_keys_of_a_property(value: Any, keys: tuple[str, ...] | None) -> None:
    assert keys_of(value) == keys


# -- who else declares a key ----------------------------------------------------------------------------------------


def test_others_declare_a_key_in_the_same_cluster_by_id_or_by_urn() -> None:
    program = program_of(
        claim("giver", "work"),
        claim("taker", "work", "more"),
        claim("by-urn", "work", cluster=HPC),
        claim("other-key", "play"),
        claim("other-cluster", "work", cluster="ehpc-2"),
        replace(claim("other-type", "work"), resource_type="UserSet"),
    )
    assert others(program, "work") == ["taker", "by-urn"]


def test_cluster_that_is_not_made_yet_is_none_that_exists() -> None:
    assert others(program_of(claim("taker", "work", cluster=f"{HPC}2")), "work") == []


@pytest.mark.parametrize("unknown", [{"cluster": ""}, {"keys": None}, {"cluster": "", "keys": None}])
def test_what_is_not_known_yet_may_be_any(unknown: dict[str, Any]) -> None:
    assert others(program_of(claim("taker", **{"keys": ("work",), **unknown})), "work") == ["taker"]


def test_key_that_is_known_is_no_other_in_an_unknown_cluster() -> None:
    assert others(program_of(claim("taker", "play", cluster="")), "work") == []


def test_check_says_exactly_what_the_program_could_not() -> None:
    program = program_of(claim("taker", keys=None))
    assert others(program, "work") == ["taker"]
    program.declare(claim("taker", "play"))
    assert others(program, "work") == []


def test_claim_without_a_urn_is_replaced_by_that_of_the_check() -> None:
    """The program did not know its parent's URN."""
    program = program_of(replace(claim("taker", "work", cluster=HPC), urn=""))
    assert others(program, "work") == ["taker"]
    program.declare(claim("taker", "play", cluster=""))
    assert others(program, "work") == []
    assert others(program, "play") == ["taker"], "the check of a preview knows no cluster, but the program does"


def test_resource_that_the_program_declares_in_apply_is_learned_from_its_check() -> None:
    program = program_of()
    program.declare(claim("late", "work"))
    assert others(program, "work") == ["late"]


def test_cluster_is_learned_from_what_stands_in_it() -> None:
    """With --exclude the Cluster itself takes no part in the run."""
    program = Program()
    program.begin([], [claim("work", "work", cluster=HPC)])
    assert not program.is_own("ehpc-1")
    program.declare(claim("work", "work", cluster="ehpc-1"))
    assert program.is_own("ehpc-1")


def test_cluster_that_is_given_by_its_id_is_not_the_stack_s() -> None:
    program = Program()
    program.begin([], [claim("work", "work")])
    program.declare(claim("work", "work"))
    assert not program.is_own("ehpc-1")


def test_what_stands_beside_a_resource() -> None:
    program = program_of(claim("a"), claim("b", cluster=HPC), claim("c", cluster=""), claim("d", cluster="ehpc-2"))
    assert [other.name for other in program.beside(claim("a"))] == ["b"]
    assert [other.name for other in program.beside(claim("new", cluster=HPC))] == ["a", "b"]
    assert program.beside(claim("c", cluster="")) == []


def test_what_was_declared_before() -> None:
    before = (claim("one", "a"), claim("two", "b"), claim("gone", "c", cluster=HPC), claim("x", cluster="ehpc-2"))
    program = program_of(claim("one", "a"), claim("two", "b"), before=before)
    assert [old.name for old in program.claimed_before(claim("one"))] == ["two", "gone"]
    assert [old.name for old in program.not_declared_any_more()] == ["gone", "x"]
    assert program.claim_of("urn:gone") is None


def test_run_without_a_program_says_so() -> None:
    assert not Program().begun
    assert program_of().begun


# -- the order of events --------------------------------------------------------------------------------------------


def test_replacement_deletes_before_it_creates() -> None:
    program = program_of(claim("a", "work"))
    old = Replaced("ehpc-1:work", {"name": "work"}, {})
    assert program.replaced_without_delete("urn:a") is None
    program.replaced("urn:a", old)
    assert program.replaced_without_delete("urn:a") is old
    program.deleted("urn:a")
    assert program.replaced_without_delete("urn:a") is None


def lives_on(program: Program, key: str = "work") -> bool:
    return program.lives_on("urn:a", "ehpc-1", key)


def test_delete_after_the_create_of_the_same_resource_would_delete_what_that_one_took() -> None:
    """The engine resumes a replacement that was killed between the two."""
    program = program_of(claim("a", "work"))
    assert not lives_on(program)
    program.begins("urn:a", creates=False)
    assert not lives_on(program)
    program.begins("urn:a", creates=True)
    assert lives_on(program)
    assert not lives_on(program, "play")
    assert not program.lives_on("urn:a", "ehpc-2", "work")
    assert not program.lives_on("urn:b", "ehpc-1", "work")


def test_keys_are_held_until_their_resource_is_deleted() -> None:
    program = program_of(claim("a", "work"))
    assert not program.is_held(claim("a"), "work")
    program.holds("urn:a", ["work", "play"])
    assert program.is_held(claim("a"), "work")
    program.deleted("urn:a")
    assert not program.is_held(claim("a"), "work")


# -- waiting --------------------------------------------------------------------------------------------------------

TAKER = claim("taker", "work")


def waiting(program: Program, cancelled: threading.Event | None = None) -> threading.Thread:
    """Return a thread that waits until the taker holds the key."""
    stop = cancelled or threading.Event()
    thread = threading.Thread(target=program.wait_until_held, args=(TAKER, "work", stop.is_set), daemon=True)
    thread.start()
    return thread


def ended(thread: threading.Thread) -> bool:
    thread.join(5)
    return not thread.is_alive()


def test_wait_ends_at_once_where_the_key_is_held() -> None:
    program = program_of(TAKER)
    program.holds(TAKER.urn, ["work"])
    assert ended(waiting(program))


def test_wait_is_short_where_the_taker_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_program, "_PATIENCE_SECONDS", 0.05)
    assert ended(waiting(program_of(TAKER)))


def test_wait_lasts_as_long_as_the_taker_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_program, "_PATIENCE_SECONDS", 0.0)
    program = program_of(TAKER)
    program.begins(TAKER.urn, creates=False)
    thread = waiting(program)
    thread.join(0.3)
    assert thread.is_alive()
    program.holds(TAKER.urn, ["work"])
    assert ended(thread)


def test_wait_ends_with_a_taker_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_program, "_PATIENCE_SECONDS", 0.0)
    program = program_of(TAKER)
    program.begins(TAKER.urn, creates=True)
    thread = waiting(program)
    program.stops(TAKER.urn)
    assert ended(thread)
    assert not program.is_held(TAKER, "work")


def test_wait_ends_with_the_run() -> None:
    program, cancelled = program_of(TAKER), threading.Event()
    program.begins(TAKER.urn, creates=True)
    thread = waiting(program, cancelled)
    cancelled.set()
    assert ended(thread)


def test_two_resources_may_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Users are swapped between two sets: each holds its new one before it waits."""
    monkeypatch.setattr(known_program, "_PATIENCE_SECONDS", 0.0)
    one, two = claim("one", "a"), claim("two", "b")
    program = program_of(one, two)

    def work(own: Claim, other: Claim) -> None:
        program.begins(own.urn, creates=False)
        program.holds(own.urn, own.keys or ())
        program.wait_until_held(other, (other.keys or ("",))[0], lambda: False)
        program.stops(own.urn)

    threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    assert all(map(ended, threads))


def test_many_threads_tell_and_ask() -> None:
    program = program_of(*(claim(f"r{number}", keys=None) for number in range(50)))
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            own = claim(f"r{number}", f"key{number}")
            program.declare(own)
            program.begins(own.urn, creates=True)
            list(program.others(own.urn, "Queue", "ehpc-1", "key0"))
            program.beside(own)
            program.holds(own.urn, own.keys or ())
            program.stops(own.urn)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    assert all(map(ended, threads))
    assert failures == []
    assert all(program.is_held(claim(f"r{number}"), f"key{number}") for number in range(50))
    assert others(program, "key7") == ["r7"]


# -- a delete in progress ------------------------------------------------------------------------------------------


def test_delete_in_progress_is_waited_for() -> None:
    program, done = program_of(), []

    def create() -> None:
        program.wait_while_deleted("urn:a", lambda: False)
        done.append("created")

    thread = threading.Thread(target=create)
    with program.deleting("urn:a"):
        thread.start()
        program.wait_while_deleted("urn:b", lambda: False)
        program.wait_while_deleted("urn:a", lambda: True)
        done.append("deleted")
    assert ended(thread)
    assert done == ["deleted", "created"]


def test_what_could_not_be_deleted_is_on_record_still() -> None:
    program = program_of(before=(claim("a", "work"),))
    assert [keys for _, _, keys in program.given_up()] == [["work"]]
    with pytest.raises(RuntimeError), program.deleting("urn:a"):
        raise RuntimeError
    assert program.given_up() == []
    program.wait_while_deleted("urn:a", lambda: False)
