"""The user set: batches, passwords, groups, and whose users are whose."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError, RefusedError
from pulumi_ehpc.lifecycle.request import GONE, PartialFailureError
from tests.nouns.stack import Living, Stack

PASSWORD = "Str0ng-Password"
NEW_PASSWORD = "0ther-Password"


def people(count: int, group: str = "users") -> dict[str, Any]:
    """Arguments for as many users."""
    names = [f"person{number:03}" for number in range(count)]
    return {"users": dict.fromkeys(names, group), "passwords": dict.fromkeys(names, PASSWORD)}


def present(stack: Stack, cluster: str) -> dict[str, str]:
    """The cluster's users and their groups."""
    listed = stack.pages("ListUsers", "2024-07-30", ClusterId=cluster, PageSize=50)
    return {user["UserName"]: user["Group"] for user in listed}


def add(stack: Stack, cluster: str, name: str, group: str = "users") -> None:
    """Make a user behind the program's back."""
    user = {"UserName": name, "Group": group, "Password": PASSWORD}
    stack.call("CreateUsers", "2024-07-30", ClusterId=cluster, User=[user])
    stack.forget()


def adding(stack: Stack) -> str:
    return "CreateUsers" if stack.version == "2024-07-30" else "AddUsers"


def rekeyed(stack: Stack) -> list[str]:
    """The users whose passwords were set since ``forget``, other than at their creation."""
    one_by_one = [call["UserName"] for call in stack.calls("UpdateUser") if "Password" in call]
    batched = [user["Name"] for call in stack.calls("ModifyUserPasswords") for user in call["User"]]
    return sorted([*one_by_one, *batched])


def test_250_users_take_as_few_calls_as_the_version_allows(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(250))
    sizes = [len(call["User"]) for call in stack.calls(adding(stack))]
    assert sizes == ([20] * 12 + [10] if stack.version == "2024-07-30" else [100, 100, 50])
    assert len(present(stack, cluster)) == 250
    assert team.outputs["created_users"] == list(people(250)["users"])
    assert stack.drifted(team) == ()
    stack.forget()
    stack.delete(team)
    assert [len(call["User"]) for call in stack.calls("DeleteUsers")] == [100, 100, 50]
    assert present(stack, cluster) == {}


def test_group_and_password_change_in_place(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(3))
    stack.forget()
    users = {**team.inputs["users"], "person000": "wheel"}
    passwords = {**team.inputs["passwords"], "person001": NEW_PASSWORD}
    assert stack.diff(team, users=users, passwords=passwords).updates == ("users", "passwords")
    team = stack.update(team, users=users, passwords=passwords)
    assert rekeyed(stack) == ["person001"]
    assert present(stack, cluster) == users
    assert adding(stack) not in stack.writes()
    assert "DeleteUsers" not in stack.writes()
    assert stack.drifted(team) == ()


def test_update_without_a_change_calls_nothing_that_writes(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(3))
    stack.forget()
    stack.update(team)
    assert stack.writes() == []


def test_users_come_and_go(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(3))
    fewer = {name: value for name, value in team.inputs["users"].items() if name != "person001"}
    users = {**fewer, "person009": "wheel"}
    team = stack.update(team, users=users, passwords=dict.fromkeys(users, PASSWORD))
    assert present(stack, cluster) == users
    assert set(team.outputs["created_users"]) == set(users)


def test_failure_between_batches_keeps_who_was_made_and_update_goes_on(stack: Stack) -> None:
    batch = 20 if stack.version == "2024-07-30" else 100
    cluster = stack.cluster()
    stack.trouble(adding(stack), after=1)
    with pytest.raises(PartialFailureError, match="out of order"):
        stack.create("UserSet", "team", cluster=cluster, **people(batch + 5))
    half = stack.left()
    assert len(half.outputs["created_users"]) == batch
    stack.forget()
    team = stack.update(half)
    assert [len(call["User"]) for call in stack.calls(adding(stack))] == [5]
    assert len(team.outputs["created_users"]) == batch + 5
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_first_call_refused_leaves_nothing_in_state(stack: Stack) -> None:
    cluster = stack.cluster()
    stack.trouble(adding(stack))
    with pytest.raises(EhpcError, match="out of order") as caught:
        stack.create("UserSet", "team", cluster=cluster, **people(3))
    assert not isinstance(caught.value, PartialFailureError)
    assert stack.half is None


def test_cancel_between_batches_keeps_who_was_made(stack: Stack) -> None:
    batch = 20 if stack.version == "2024-07-30" else 100
    cluster = stack.cluster()
    stack.cancelled = lambda: bool(stack.calls(adding(stack)))
    with pytest.raises(PartialFailureError, match="cancelled"):
        stack.create("UserSet", "team", cluster=cluster, **people(3 * batch))
    assert len(stack.left().outputs["created_users"]) == batch
    assert len(stack.calls(adding(stack))) == 1


# -- users who were here before ------------------------------------------------------------------------------------


def test_existing_users_are_used_and_left_in_place(stack: Stack) -> None:
    cluster = stack.cluster()
    add(stack, cluster, "person000")
    team = stack.create("UserSet", "team", cluster=cluster, **people(2))
    assert team.outputs["created_users"] == ["person001"]
    stack.delete(team)
    assert present(stack, cluster) == {"person000": "users"}
    assert any("person000" in note and "left in place" in note for note in stack.noted)


def test_existing_users_in_another_group_are_refused(stack: Stack) -> None:
    cluster = stack.cluster()
    add(stack, cluster, "person000", "wheel")
    with pytest.raises(RefusedError, match="person000 is in wheel and not in users"):
        stack.create("UserSet", "team", cluster=cluster, **people(2))
    assert stack.writes() == []


def test_existing_users_are_taken_over_with_consent(stack: Stack) -> None:
    cluster = stack.cluster()
    add(stack, cluster, "person000", "wheel")
    team = stack.create("UserSet", "team", cluster=cluster, adopt_existing=True, **people(2))
    assert present(stack, cluster) == people(2)["users"]
    assert rekeyed(stack) == ["person000"]
    assert set(team.outputs["created_users"]) == {"person000", "person001"}
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_password_of_an_existing_user_is_not_set_again_by_every_update(stack: Stack) -> None:
    cluster = stack.cluster()
    add(stack, cluster, "person000")
    team = stack.create("UserSet", "team", cluster=cluster, **people(2))
    stack.forget()
    more = people(3)
    stack.update(team, **more)
    assert rekeyed(stack) == []


def test_dropping_an_existing_user_leaves_him_in_place(stack: Stack) -> None:
    cluster = stack.cluster()
    add(stack, cluster, "person000")
    team = stack.create("UserSet", "team", cluster=cluster, **people(2))
    team = stack.update(team, users={"person001": "users"}, passwords={"person001": PASSWORD})
    assert present(stack, cluster) == people(2)["users"]
    assert any("person000" in note for note in stack.noted)


def test_users_it_does_not_know_stay_unless_exclusive(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(1))
    add(stack, cluster, "stranger")
    assert stack.drifted(team) == ()
    assert "stranger" in present(stack, cluster)
    team = stack.update(team, exclusive=True)
    assert present(stack, cluster) == {"person000": "users"}
    add(stack, cluster, "stranger")
    assert stack.drifted(team) == ("users",)
    stack.update(team)
    assert present(stack, cluster) == {"person000": "users"}


# -- drift and disappearance ---------------------------------------------------------------------------------------


def test_removed_user_is_drift_and_is_made_again(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(2))
    stack.call("DeleteUsers", "2024-07-30", ClusterId=cluster, User=[{"UserName": "person001"}])
    found = stack.found(team)
    assert found.outputs["created_users"] == ["person000"]
    assert stack.drifted(team) == ("users",)
    team = stack.update(Living("UserSet", "team", team.id, team.inputs, found.outputs))
    assert present(stack, cluster) == people(2)["users"]
    assert set(team.outputs["created_users"]) == {"person000", "person001"}


def test_delete_passes_over_users_who_are_gone(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(2))
    stack.call("DeleteUsers", "2024-07-30", ClusterId=cluster, User=[{"UserName": "person001"}])
    stack.delete(team)
    assert present(stack, cluster) == {}


def test_users_are_gone_with_their_cluster(stack: Stack) -> None:
    cluster = stack.cluster()
    team = stack.create("UserSet", "team", cluster=cluster, **people(1))
    stack.call("DeleteCluster", "2024-07-30", ClusterId=cluster)
    stack.cloud.advance(120)
    assert stack.refresh(team) is GONE
    stack.delete(team)


# -- keys and rules ------------------------------------------------------------------------------------------------


def test_user_with_a_key(stack_2024: Stack) -> None:
    cluster = stack_2024.cluster()
    keyed = {"users": {"alice": "users"}, "auth_keys": {"alice": "ssh-ed25519 AAAA"}}
    team = stack_2024.create("UserSet", "team", cluster=cluster, **keyed)
    assert present(stack_2024, cluster) == {"alice": "users"}
    assert stack_2024.drifted(team) == ()


def test_changed_key_is_not_ignored(stack_2024: Stack) -> None:
    """No action changes a key, so it is either refused or done by making the user anew."""
    cluster = stack_2024.cluster()
    keyed = {"users": {"alice": "users"}, "auth_keys": {"alice": "ssh-ed25519 AAAA"}}
    team = stack_2024.create("UserSet", "team", cluster=cluster, **keyed)
    stack_2024.forget()
    changed = {**team.inputs, "auth_keys": {"alice": "ssh-ed25519 BBBB"}}
    _, violations = stack_2024.check("UserSet", "team", changed, team.inputs)
    if not violations:
        stack_2024.update(team, auth_keys=changed["auth_keys"])
        assert stack_2024.writes() == ["DeleteUsers", "CreateUsers"]


def test_keys_are_refused_where_users_log_in_with_passwords(stack_2018: Stack) -> None:
    given = {"cluster": "ehpc-1", "users": {"person000": "users"}, "auth_keys": {"person000": "ssh-ed25519 SECRET"}}
    _, violations = stack_2018.check("UserSet", "team", given)
    assert any(violation.property == "auth_keys" and violation.value == "[secret]" for violation in violations)
    assert "SECRET" not in str(violations)


@pytest.mark.parametrize(
    ("users", "passwords", "property", "words"),
    [
        ({"alice.chen": "admins"}, {"alice.chen": PASSWORD}, "users.alice.chen.group", "users, wheel"),
        ({"alice chen": "users"}, {"alice chen": PASSWORD}, "users.alice chen.name", "must begin with a letter"),
        ({"a" * 31: "users"}, {"a" * 31: PASSWORD}, f"users.{'a' * 31}.name", "to 30 characters"),
        ({"alice.chen": "users"}, {"alice.chen": "short"}, "users.alice.chen.password", "8 to 30 characters"),
        ({"alice.chen": "users"}, {"alice.chen": "onlylowercase"}, "users.alice.chen.password", "too weak"),
        (
            {"alice.chen": "users", "alice.chen (declared twice)": "users"},
            {"alice.chen": PASSWORD},
            "users.alice.chen",
            "declared twice",
        ),
        ({"alice.chen": "users", "bob.smith": "users"}, {"bob.smith": PASSWORD}, "users.alice.chen.password", "needs"),
        ({"alice.chen": "users"}, None, "users.alice.chen.password", "needs"),
    ],
)
def test_rules(
    stack: Stack, users: dict[str, str], passwords: dict[str, str] | None, property: str, words: str
) -> None:
    _, violations = stack.check("UserSet", "team", {"cluster": "ehpc-1", "users": users, "passwords": passwords})
    assert [violation.property for violation in violations if words in violation.rule] == [property]
    assert not any(
        secret in str(violation) for violation in violations for secret in (PASSWORD, "short", "onlylowercase")
    )


@pytest.mark.parametrize("name", ["alice_chen", "alice-chen", "_alice.chen"])
def test_names_that_pass_check_are_accepted_by_the_service(stack: Stack, name: str) -> None:
    given = {"cluster": stack.cluster(), "users": {name: "users"}, "passwords": {name: PASSWORD}}
    _, violations = stack.check("UserSet", "team", given)
    if not violations:
        stack.create("UserSet", "team", **given)


def test_short_names_depend_on_the_version(stack: Stack) -> None:
    given = {"cluster": "ehpc-1", "users": {"bob": "users"}, "passwords": {"bob": PASSWORD}}
    _, violations = stack.check("UserSet", "team", given)
    assert [violation.property for violation in violations] == (
        [] if stack.version == "2024-07-30" else ["users.bob.name"]
    )
