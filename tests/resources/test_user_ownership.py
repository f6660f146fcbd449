"""Whose users are whose: taken, refused, adopted, not owned, exclusive, and handed over from one set to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError, RefusedError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.user_set.handler import UserSetHandler, UserSetOperation
from tests.resources.stack import TYPES, InState, Stack
from tests.resources.test_user_set import (
    add_foreign_user,
    adding_action,
    changed_passwords,
    groups,
    present,
    user,
    users,
)

# -- on a cluster of the stack ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["users", "wheel"])
def test_existing_users_are_taken_with_group_and_password(stack: Stack, group: str) -> None:
    cluster = stack.own_cluster()
    add_foreign_user(stack, cluster, "person000", group)
    team = stack.create("UserSet", "team", cluster=cluster, users=users(2))
    assert present(stack, cluster) == groups(users(2))
    assert changed_passwords(stack) == ["person000"]
    assert set(team.outputs["created_users"]) == {"person000", "person001"}
    assert stack.log == ["users exist already: person000; they are this resource's from now on"]
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_existing_user_that_an_update_declares_is_taken(stack: Stack) -> None:
    """A killed run may have added him; his password is not known."""
    cluster = stack.own_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(1))
    add_foreign_user(stack, cluster, "person001")
    team = stack.update(team, users=users(2))
    assert changed_passwords(stack) == ["person001"]
    assert team.outputs["created_users"] == ["person000", "person001"]
    stack.update(team, users=users(1))
    assert present(stack, cluster) == groups(users(1))


def test_password_of_a_taken_user_is_not_set_again_by_every_update(stack: Stack) -> None:
    cluster = stack.own_cluster()
    add_foreign_user(stack, cluster, "person000")
    team = stack.create("UserSet", "team", cluster=cluster, users=users(2))
    stack.reset_calls()
    stack.update(team, users=users(3))
    assert changed_passwords(stack) == []


def test_failed_call_keeps_in_state_whom_it_may_have_added_and_who_was_taken(stack: Stack) -> None:
    cluster = stack.own_cluster()
    add_foreign_user(stack, cluster, "person000")
    stack.fail_call(adding_action(stack))
    with pytest.raises(PartialFailureError, match="out of order"):
        stack.create("UserSet", "team", cluster=cluster, users=users(3))
    assert stack.partial_failure.outputs["created_users"] == ["person000", "person001", "person002"]


def test_exclusive_set_removes_everybody_else(stack: Stack) -> None:
    cluster = stack.own_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(1))
    add_foreign_user(stack, cluster, "foreign")
    assert stack.drifted(team) == ()
    team = stack.update(team)
    assert "foreign" in present(stack, cluster)
    team = stack.update(team, exclusive=True)
    assert present(stack, cluster) == {"person000": "users"}
    add_foreign_user(stack, cluster, "foreign")
    assert stack.drifted(team) == ("users",)
    stack.update(team)
    assert present(stack, cluster) == {"person000": "users"}


# -- on any other cluster --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["users", "wheel"])
def test_existing_users_are_refused(stack: Stack, group: str) -> None:
    cluster = stack.foreign_cluster()
    add_foreign_user(stack, cluster, "person000", group)
    with pytest.raises(RefusedError) as caught:
        stack.create("UserSet", "team", cluster=cluster, users=users(2))
    assert f"users exist already: person000 on cluster {cluster}" in str(caught.value)
    assert "aliases=[...]" in str(caught.value) and "adopt_existing=True" in str(caught.value)
    assert stack.writes() == []
    assert present(stack, cluster) == {"person000": group}


def test_existing_users_are_refused_by_an_update_before_anything_changes(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(1))
    add_foreign_user(stack, cluster, "foreign1")
    with pytest.raises(EhpcError, match="users exist already: foreign1"):
        stack.update(team, users=[user("foreign1"), user("person009")])
    assert stack.writes() == []
    assert present(stack, cluster) == {"person000": "users", "foreign1": "users"}


def test_existing_users_are_adopted_with_consent(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    add_foreign_user(stack, cluster, "person000", "wheel")
    team = stack.create("UserSet", "team", cluster=cluster, adopt_existing=True, users=users(2))
    assert present(stack, cluster) == groups(users(2))
    assert changed_passwords(stack) == ["person000"]
    assert set(team.outputs["created_users"]) == {"person000", "person001"}
    assert "person000; they are adopted (adopt_existing)" in stack.log[0]
    assert not stack.diff(team, adopt_existing=None)
    stack.delete(stack.update(team, adopt_existing=None))
    assert present(stack, cluster) == {}


def test_exclusive_set_is_refused(stack: Stack) -> None:
    """It would remove users whom this stack did not make."""
    cluster = stack.foreign_cluster()
    add_foreign_user(stack, cluster, "foreign")
    with pytest.raises(RefusedError, match=r"exclusive=True on cluster .*which this stack did not create"):
        stack.create("UserSet", "team", cluster=cluster, exclusive=True, users=users(1))
    team = stack.create("UserSet", "team", cluster=cluster, users=users(1))
    with pytest.raises(EhpcError, match="exclusive=True on cluster"):
        stack.update(team, exclusive=True)
    assert present(stack, cluster) == {"person000": "users", "foreign": "users"}


# -- state of release 0.1.0 ------------------------------------------------------------------------------------------


def not_owned(stack: Stack, cluster: str, *names: str) -> InState:
    """Return a set of three users, some of whom release 0.1.0 used without owning them."""
    team = stack.create("UserSet", "team", cluster=cluster, users=users(3))
    team.outputs["created_users"] = [name for name in team.outputs["created_users"] if name not in names]
    stack.reset_calls()
    return team


@pytest.mark.parametrize("own", [True, False])
def test_users_who_are_not_owned_are_kept_up_to_date_and_left_in_place(stack: Stack, own: bool) -> None:
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    team = not_owned(stack, cluster, "person000", "person001")
    assert not stack.diff(team)
    changed = [user("person000", "wheel"), user("person001"), user("person002")]
    team = stack.update(team, users=changed)
    assert present(stack, cluster) == groups(changed)
    assert team.outputs["created_users"] == ["person002"]
    team = stack.update(team, users=changed[1:])
    assert "person000" in present(stack, cluster)
    stack.delete(team)
    assert set(present(stack, cluster)) == {"person000", "person001"}
    assert [note.partition(": ")[2] for note in stack.log] == ["person000", "person001"]


@pytest.mark.parametrize("own", [True, False])
def test_consent_takes_over_with_an_update_whom_nobody_owns_yet(stack: Stack, own: bool) -> None:
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    team = not_owned(stack, cluster, "person000")
    assert stack.diff(team, adopt_existing=True)
    team = stack.update(team, adopt_existing=True)
    assert set(team.outputs["created_users"]) == set(groups(users(3)))
    assert changed_passwords(stack) == []
    assert not stack.diff(team)
    stack.delete(team)
    assert present(stack, cluster) == {}


# -- handing over ----------------------------------------------------------------------------------------------------


def two_sets(stack: Stack, cluster: str) -> tuple[InState, InState]:
    """Return a set of two users and one of one user, in a new run that has declared nothing yet."""
    one = stack.create("UserSet", "one", cluster=cluster, users=users(2))
    two = stack.create("UserSet", "two", cluster=cluster, users=[user("other001")])
    stack.new_run()
    stack.reset_calls()
    return one, two


def declared(stack: Stack, resource: InState, *given: dict[str, str]) -> dict[str, Any]:
    """Declare users of a set in the running program."""
    stack.checked("UserSet", resource.name, {**resource.inputs, "users": list(given)}, resource.inputs)
    return {"users": list(given)}


def test_user_who_moves_is_not_removed_and_the_giver_remembers_him_until_the_taker_has_him(stack: Stack) -> None:
    cluster = stack.own_cluster()
    one, two = two_sets(stack, cluster)
    after = declared(stack, two, user("other001"), user("person001"))
    one = stack.update(one, users=users(1))
    assert stack.writes() == []
    assert "person001 is handed over to UserSet 'two'; nothing is deleted" in stack.log
    assert (one.outputs["created_users"], one.outputs["handed_over"]) == (["person000"], ["person001"])
    two = stack.update(two, **after)
    assert changed_passwords(stack) == ["person001"]
    assert two.outputs["created_users"] == ["other001", "person001"]
    assert not stack.diff(one), "nothing is to be done as long as somebody declares him"
    stack.new_run()
    declared(stack, two, user("other001"), user("person001"))
    assert not stack.diff(two)
    one = stack.update(one, users=[*users(1), user("person009")])
    assert "handed_over" not in one.outputs, "state had him with the taker"
    stack.delete(one)
    assert set(present(stack, cluster)) == {"other001", "person001"}


def test_user_who_moves_is_remembered_although_the_taker_was_first(stack: Stack) -> None:
    """The run may be killed before the engine writes what the taker has."""
    cluster = stack.own_cluster()
    one, two = two_sets(stack, cluster)
    declared(stack, one, *users(1))
    stack.update(two, users=[user("other001"), user("person001")])
    one = stack.update(one, users=users(1))
    assert one.outputs["handed_over"] == ["person001"]
    assert not stack.diff(one)
    assert set(present(stack, cluster)) == {"other001", "person000", "person001"}


def test_user_whom_the_taker_never_took_is_removed_by_the_giver_in_the_end(stack: Stack) -> None:
    """The taker failed, and the program then does without him."""
    cluster = stack.own_cluster()
    one, two = two_sets(stack, cluster)
    declared(stack, two, user("other001"), user("person001"))
    one = stack.update(one, users=users(1))
    stack.new_run()
    declared(stack, two, user("other001"))
    assert stack.diff(one)
    one = stack.update(one)
    assert "handed_over" not in one.outputs
    assert set(present(stack, cluster)) == {"other001", "person000"}


def test_user_whom_the_taker_never_took_is_taken_back(stack: Stack) -> None:
    cluster = stack.own_cluster()
    one, two = two_sets(stack, cluster)
    declared(stack, two, user("other001"), user("person001"))
    one = stack.update(one, users=users(1))
    stack.new_run()
    declared(stack, two, user("other001"))
    one = stack.update(one, users=users(2))
    assert one.outputs["created_users"] == ["person000", "person001"]
    assert "handed_over" not in one.outputs


def test_set_that_is_deleted_leaves_users_to_others(stack: Stack) -> None:
    cluster = stack.own_cluster()
    one, _ = two_sets(stack, cluster)
    stack.delete(one, stack.claim("UserSet", "three", cluster=cluster, users=[user("person001")]))
    assert set(present(stack, cluster)) == {"other001", "person001"}
    assert stack.log[-1] == "person001 is handed over to UserSet 'three'; nothing is deleted"


def test_giver_on_any_other_cluster_removes_what_it_made(stack: Stack) -> None:
    """There nothing that exists is taken, so the taker makes the user anew."""
    cluster = stack.foreign_cluster()
    one, two = two_sets(stack, cluster)
    after = declared(stack, two, user("other001"), user("person001"))
    one = stack.update(one, users=users(1))
    assert "person001" not in present(stack, cluster)
    two = stack.update(two, **after)
    assert set(present(stack, cluster)) == {"other001", "person000", "person001"}


def test_users_are_not_dropped_where_it_is_not_known_who_declares_them(stack: Stack) -> None:
    cluster = stack.own_cluster()
    one, _ = two_sets(stack, cluster)
    three = stack.claim("UserSet", "three", cluster="", users=[user("person001")])
    stack.new_run(three)
    with pytest.raises(EhpcError, match="whether UserSet 'three' declares person001 as well is not known yet"):
        stack.update(one, users=users(1))
    assert stack.writes() == []


def test_update_drops_nobody_where_the_program_was_not_seen_as_a_whole(stack: Stack) -> None:
    """With --target the engine leaves the identity out; another set might declare the user."""
    cluster = stack.own_cluster()
    one, _ = two_sets(stack, cluster)
    stack.session.program.begun = False
    with pytest.raises(EhpcError, match="person001 would be removed, but this run leaves out the stack's identity"):
        stack.update(one, users=users(1))
    assert stack.writes() == []
    assert stack.update(one, users=users(3)).outputs["created_users"][-1] == "person002"


def test_refused_taker_is_told_who_gives_the_user_up(stack: Stack) -> None:
    """On a cluster of others the taker may come before the giver, which removes the user in the same run."""
    cluster = stack.foreign_cluster()
    _, two = two_sets(stack, cluster)
    before = [stack.claim("UserSet", "one", cluster=cluster, users=users(2))]
    stack.session.program.begin(before, [stack.claim("UserSet", "one", cluster=cluster, users=users(1))])
    with pytest.raises(EhpcError) as caught:
        stack.update(two, users=[user("other001"), user("person001")])
    assert "UserSet 'one' declared it before and does not now: run `pulumi up` again" in str(caught.value)
    assert stack.writes() == []


def test_destroy_leaves_whom_the_set_has_handed_over(stack: Stack) -> None:
    """The engine runs no program then: whether the taker has the user is not known, and the taker removes him."""
    cluster = stack.own_cluster()
    one, two = two_sets(stack, cluster)
    declared(stack, two, user("other001"), user("person001"))
    one = stack.update(one, users=users(1))
    stack.session.program = Program()
    context = stack.context("UserSet", "one", one.id)
    stack.lifecycle("UserSet").delete(context, one.inputs, one.outputs)
    assert set(present(stack, cluster)) == {"other001", "person001"}
    assert stack.log[-1] == "left in place, because they were handed over: person001"


def test_users_who_go_while_they_are_removed_are_no_reason_to_fail(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(3))
    handler = TYPES["UserSet"].handler(stack.version)
    assert isinstance(handler, UserSetHandler)
    remove = handler.remove_batch

    def others_are_quicker(op: UserSetOperation, names: Sequence[str]) -> None:
        if len(names) == 3:
            gone = [{"UserName": names[1]}]
            stack.call("DeleteUsers", "2024-07-30", ClusterId=cluster, User=gone)
        remove(op, names)

    monkeypatch.setattr(handler, "remove_batch", others_are_quicker)
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_user_is_not_taken_back_while_the_taker_removes_him(stack: Stack) -> None:
    """On a cluster of others, where the taker had adopted him."""
    cluster = stack.foreign_cluster()
    one, two = two_sets(stack, cluster)
    after = declared(stack, two, user("other001"), user("person001"))
    taker = stack.claim("UserSet", "two", cluster=cluster, adopt_existing=True, **after)
    stack.session.program.begin([], [taker])
    one = stack.update(one, users=users(1))
    two = stack.update(two, adopt_existing=True, **after)
    back = stack.claim("UserSet", "two", cluster=cluster, adopt_existing=True, users=[user("other001")])
    stack.session.program.begin([taker], [back])
    with pytest.raises(EhpcError, match="UserSet 'two' declared it before and does not now"):
        stack.update(one, users=users(2))
    stack.update(two, users=[user("other001")])
    stack.update(one, users=users(2))
    assert set(present(stack, cluster)) == {"other001", "person000", "person001"}
