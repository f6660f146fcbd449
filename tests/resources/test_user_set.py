"""The user set: batches, passwords, groups, drift, and the rules. Whose users are whose: ``test_user_ownership.py``."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from tests.resources.stack import InState, Stack

PASSWORD = "Str0ng-Password"
NEW_PASSWORD = "0ther-Password"


def user(name: str, group: str = "users", password: str = PASSWORD) -> dict[str, str]:
    """Return a user as a program declares one."""
    return {"name": name, "group": group, "password": password}


def users(count: int) -> list[dict[str, str]]:
    """Return as many users."""
    return [user(f"person{number:03}") for number in range(count)]


def groups(declared: list[dict[str, str]]) -> dict[str, str]:
    """Return the group of each declared user."""
    return {entry["name"]: entry["group"] for entry in declared}


def present(stack: Stack, cluster: str) -> dict[str, str]:
    """Return the cluster's users and their groups."""
    listed = stack.pages("ListUsers", "2024-07-30", ClusterId=cluster, PageSize=50)
    return {entry["UserName"]: entry["Group"] for entry in listed}


def add_foreign_user(stack: Stack, cluster: str, name: str, group: str = "users") -> None:
    """Create a user behind the program's back."""
    foreign = {"UserName": name, "Group": group, "Password": PASSWORD}
    stack.call("CreateUsers", "2024-07-30", ClusterId=cluster, User=[foreign])
    stack.reset_calls()


def adding_action(stack: Stack) -> str:
    return "CreateUsers" if stack.version == "2024-07-30" else "AddUsers"


def changed_passwords(stack: Stack) -> list[str]:
    """Return the users whose passwords were set since ``reset_calls``, other than at their creation."""
    one_by_one = [call["UserName"] for call in stack.calls("UpdateUser") if "Password" in call]
    batched = [entry["Name"] for call in stack.calls("ModifyUserPasswords") for entry in call["User"]]
    return sorted([*one_by_one, *batched])


def test_250_users_take_as_few_calls_as_the_version_allows(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(250))
    sizes = [len(call["User"]) for call in stack.calls(adding_action(stack))]
    assert sizes == ([20] * 12 + [10] if stack.version == "2024-07-30" else [100, 100, 50])
    assert len(present(stack, cluster)) == 250
    assert team.outputs["created_users"] == list(groups(users(250)))
    assert stack.drifted(team) == ()
    stack.reset_calls()
    stack.delete(team)
    assert [len(call["User"]) for call in stack.calls("DeleteUsers")] == [100, 100, 50]
    assert present(stack, cluster) == {}


def test_order_of_the_users_is_that_of_their_names(stack: Stack) -> None:
    """The engine hands a map over in no order; no run shows another one than the run before."""
    cluster = stack.own_cluster()
    add_foreign_user(stack, cluster, "person002")
    team = stack.create("UserSet", "team", cluster=cluster, users=[*reversed(users(3)), user("beside")])
    (added,) = stack.calls(adding_action(stack))
    assert [entry.get("Name") or entry.get("UserName") for entry in added["User"]] == [
        "beside",
        "person000",
        "person001",
    ]
    assert team.outputs["created_users"] == ["beside", "person000", "person001", "person002"]


def test_order_of_the_users_in_state_stays(stack: Stack) -> None:
    """State of release 0.1.0 has them in no order: a refresh shows no change, and who comes is named after them."""
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(3))
    team.outputs["created_users"] = ["person002", "person000", "person001"]
    assert stack.refreshed(team).outputs["created_users"] == team.outputs["created_users"]
    assert not stack.diff(team)
    team = stack.update(team, users=[user("latecomer"), *users(3), user("another")])
    assert team.outputs["created_users"] == ["person002", "person000", "person001", "another", "latecomer"]


def test_group_and_password_change_in_place(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(3))
    stack.reset_calls()
    changed = [user("person000", "wheel"), user("person001", password=NEW_PASSWORD), user("person002")]
    assert stack.diff(team, users=changed).updates == ("users", "passwords")
    team = stack.update(team, users=changed)
    assert changed_passwords(stack) == ["person001"]
    assert present(stack, cluster) == groups(changed)
    assert adding_action(stack) not in stack.writes()
    assert "DeleteUsers" not in stack.writes()
    assert stack.drifted(team) == ()


def test_update_without_a_change_calls_nothing_that_writes(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(3))
    stack.reset_calls()
    stack.update(team)
    assert stack.writes() == []


def test_users_come_and_go(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(3))
    changed = [user("person000"), user("person002"), user("person009", "wheel")]
    team = stack.update(team, users=changed)
    assert present(stack, cluster) == groups(changed)
    assert set(team.outputs["created_users"]) == set(groups(changed))


def test_failure_between_batches_keeps_who_was_added_and_update_goes_on(stack: Stack) -> None:
    batch = 20 if stack.version == "2024-07-30" else 100
    cluster = stack.foreign_cluster()
    stack.fail_call(adding_action(stack), after=1)
    with pytest.raises(PartialFailureError, match="out of order"):
        stack.create("UserSet", "team", cluster=cluster, users=users(batch + 5))
    partial = stack.partial_failure
    assert len(partial.outputs["created_users"]) == batch
    stack.reset_calls()
    team = stack.update(partial)
    assert [len(call["User"]) for call in stack.calls(adding_action(stack))] == [5]
    assert len(team.outputs["created_users"]) == batch + 5
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_first_call_refused_leaves_nothing_in_state(stack: Stack) -> None:
    cluster = stack.own_cluster()
    stack.fail_call(adding_action(stack))
    with pytest.raises(EhpcError, match="out of order") as caught:
        stack.create("UserSet", "team", cluster=cluster, users=users(3))
    assert not isinstance(caught.value, PartialFailureError)
    assert stack.partial_failures == []


def test_cancel_between_batches_keeps_who_was_added(stack: Stack) -> None:
    batch = 20 if stack.version == "2024-07-30" else 100
    cluster = stack.foreign_cluster()
    stack.cancelled = lambda: bool(stack.calls(adding_action(stack)))
    with pytest.raises(PartialFailureError, match="cancelled"):
        stack.create("UserSet", "team", cluster=cluster, users=users(3 * batch))
    assert len(stack.partial_failure.outputs["created_users"]) == batch
    assert len(stack.calls(adding_action(stack))) == 1


# -- drift and disappearance ---------------------------------------------------------------------------------------


def test_removed_user_is_drift_and_is_added_again(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(2))
    stack.call("DeleteUsers", "2024-07-30", ClusterId=cluster, User=[{"UserName": "person001"}])
    found = stack.refreshed(team)
    assert found.outputs["created_users"] == ["person000"]
    assert stack.drifted(team) == ("users",)
    team = stack.update(InState("UserSet", "team", team.id, team.inputs, found.outputs))
    assert present(stack, cluster) == groups(users(2))
    assert set(team.outputs["created_users"]) == {"person000", "person001"}


def test_delete_passes_over_users_who_are_gone(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(2))
    stack.call("DeleteUsers", "2024-07-30", ClusterId=cluster, User=[{"UserName": "person001"}])
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_users_are_gone_with_their_cluster(stack: Stack) -> None:
    cluster = stack.foreign_cluster()
    team = stack.create("UserSet", "team", cluster=cluster, users=users(1))
    stack.call("DeleteCluster", "2024-07-30", ClusterId=cluster)
    stack.cloud.advance(120)
    assert stack.refresh(team) is NOT_FOUND
    stack.delete(team)


# -- state ---------------------------------------------------------------------------------------------------------


def test_state_tells_who_is_in_which_group_and_keeps_passwords_apart(stack: Stack) -> None:
    """A preview then shows which user changes, and no secret."""
    declared = [user("person000", "wheel"), {"name": "person001", "password": PASSWORD}]
    team = stack.create("UserSet", "team", cluster=stack.foreign_cluster(), users=declared)
    assert team.inputs["users"] == {"person000": "wheel", "person001": "users"}
    assert team.inputs["passwords"] == dict.fromkeys(team.inputs["users"], PASSWORD)
    assert team.outputs["users"] == team.inputs["users"]
    assert PASSWORD not in str(team.outputs)


# -- keys and rules ------------------------------------------------------------------------------------------------

KEYED = [{"name": "alice", "auth_key": "ssh-ed25519 AAAA"}]


def test_user_with_a_key(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    team = stack_2024.create("UserSet", "team", cluster=cluster, users=KEYED)
    assert present(stack_2024, cluster) == {"alice": "users"}
    assert stack_2024.drifted(team) == ()


def test_changed_key_is_refused(stack_2024: Stack) -> None:
    """No action changes a key."""
    team = stack_2024.create("UserSet", "team", cluster=stack_2024.foreign_cluster(), users=KEYED)
    changed = {**team.inputs, "users": [{"name": "alice", "auth_key": "ssh-ed25519 BBBB"}]}
    _, violations = stack_2024.check("UserSet", "team", changed, team.inputs)
    assert [(violation.property, violation.value) for violation in violations] == [("users.alice.auth_key", "[secret]")]


def test_keys_are_refused_where_users_log_in_with_passwords(stack_2018: Stack) -> None:
    given = {"cluster": "ehpc-1", "users": [{"name": "person000", "auth_key": "ssh-ed25519 SECRET"}]}
    _, violations = stack_2018.check("UserSet", "team", given)
    assert [(violation.property, violation.value) for violation in violations] == [
        ("users.person000.auth_key", "[secret]")
    ]
    assert "is not supported by API 2018-04-12" in violations[0].rule
    assert "SECRET" not in str(violations)


@pytest.mark.parametrize(
    ("declared", "property", "words"),
    [
        ([user("alice.chen", "admins")], "users.alice.chen.group", "users, wheel"),
        ([user("alice chen")], "users.alice chen.name", "must begin with a letter"),
        ([user("a" * 31)], f"users.{'a' * 31}.name", "to 30 characters"),
        ([user("alice.chen", password="short")], "users.alice.chen.password", "8 to 30 characters"),
        ([user("alice.chen", password="onlylowercase")], "users.alice.chen.password", "too weak"),
        ([user("alice.chen"), user("alice.chen")], "users.alice.chen", "declared twice"),
        ([{"name": "alice.chen"}, user("bob.smith")], "users.alice.chen.password", "needs"),
        ([{"name": "alice.chen"}], "users.alice.chen.password", "needs"),
        ([{"group": "wheel", "password": PASSWORD}], "users[0].name", "is required"),
        ([{**user("alice.chen"), "pasword": PASSWORD}], "users.alice.chen.pasword", "did you mean password"),
    ],
)
def test_rules(stack: Stack, declared: list[dict[str, str]], property: str, words: str) -> None:
    _, violations = stack.check("UserSet", "team", {"cluster": "ehpc-1", "users": declared})
    assert [violation.property for violation in violations if words in violation.rule] == [property]
    assert not any(
        secret in str(violation) for violation in violations for secret in (PASSWORD, "short", "onlylowercase")
    )


@pytest.mark.parametrize("declared", [None, "alice", ["alice"], 5])
def test_users_are_a_list_of_objects(stack: Stack, declared: Any) -> None:
    _, violations = stack.check("UserSet", "team", {"cluster": "ehpc-1", "users": declared})
    assert {violation.property.partition("[")[0] for violation in violations} == {"users"}


@pytest.mark.parametrize("name", ["alice_chen", "alice-chen", "_alice.chen"])
def test_names_that_pass_check_are_accepted_by_the_service(stack: Stack, name: str) -> None:
    given = {"cluster": stack.foreign_cluster(), "users": [user(name)]}
    _, violations = stack.check("UserSet", "team", given)
    if not violations:
        stack.create("UserSet", "team", **given)


def test_short_names_depend_on_the_version(stack: Stack) -> None:
    _, violations = stack.check("UserSet", "team", {"cluster": "ehpc-1", "users": [user("bob")]})
    assert [violation.property for violation in violations] == (
        [] if stack.version == "2024-07-30" else ["users.bob.name"]
    )
