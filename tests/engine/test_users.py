"""The users of a set as a program gives them: a list, which is split so that secrets hide nothing else."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown

import pulumi_ehpc as ehpc
from tests.engine.program import run, values

pytestmark = pytest.mark.sdk

ALICE = {"name": "alice", "group": "wheel", "password": "Canary-alice-1"}


def people() -> list[Any]:
    """Two users, one with a secret and one as an object."""
    alice = {**ALICE, "password": pulumi.Output.secret("Canary-alice-1")}
    return [alice, ehpc.UserArgs(name="bob", auth_key="ssh-ed25519 AAAA")]


def declare(users: Any, **given: Any) -> Any:
    """A program that declares users."""
    return lambda: ehpc.UserSet("team", cluster="ehpc-1", users=users() if callable(users) else users, **given)


def refusal(users: Any, **given: Any) -> str:
    """The message with which a program of these users is stopped."""
    with pytest.raises(pulumi.RunError) as caught:
        run(declare(users, **given))
    assert "Canary" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("given", [list, pulumi.Output.from_input, pulumi.Output.secret])
def test_users_are_split_into_what_may_be_seen_and_what_is_secret(given: Any) -> None:
    registered = run(declare(lambda: given(people())))
    inputs = registered.inputs("team")
    assert registered.secrets("team") == {"passwords", "auth_keys"}
    assert inputs["users"] == {"alice": "wheel", "bob": "users"}
    assert inputs["passwords"] == {"alice": "Canary-alice-1"}
    assert inputs["auth_keys"] == {"bob": "ssh-ed25519 AAAA"}


def test_users_read_as_a_map_of_groups() -> None:
    held = values(lambda: {"users": ehpc.UserSet("team", cluster="ehpc-1", users=people()).users})
    assert held == {"users": {"alice": "wheel", "bob": "users"}}


def test_users_that_are_not_known_yet_are_left_to_the_engine() -> None:
    def program() -> None:
        work = ehpc.Queue("work", cluster="ehpc-1")
        ehpc.UserSet("team", cluster="ehpc-1", users=[{**ALICE, "password": work.id}])

    assert "team" in run(program, preview=True).resources


@pytest.mark.parametrize("version", ["2024-07-30", "2018-04-12"])
@pytest.mark.parametrize("part", ["password", "name", "group", "user", "list"])
def test_whatever_is_not_known_yet_is_left_to_the_engine(version: str, part: str) -> None:
    def program() -> None:
        late: Any = ehpc.Queue("work", cluster="ehpc-1").id
        carol: dict[str, Any] = {"name": "carol.jones", "group": "wheel", "password": "Canary-carol-1"}
        user = late.apply(lambda _: carol) if part == "user" else {**carol, part: late}
        users = late if part == "list" else [{**ALICE, "name": "alice.chen"}, user]
        ehpc.UserSet("team", cluster="ehpc-2", users=users)

    settings = {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version}
    assert "team" in run(program, settings, preview=True).resources


def test_names_are_known_while_a_password_is_not() -> None:
    def program() -> None:
        work = ehpc.Queue("work", cluster="ehpc-1")
        users: list[Any] = [{**ALICE, "password": work.id}, ehpc.UserArgs(name="bob", auth_key="ssh-ed25519 AAAA")]
        ehpc.UserSet("team", cluster="ehpc-1", users=users)

    inputs = run(program, preview=True).inputs("team")
    assert inputs["users"] == {"alice": "wheel", "bob": "users"}
    assert inputs["auth_keys"] == {"bob": "ssh-ed25519 AAAA"}
    assert isinstance(inputs["passwords"], Unknown)


@pytest.mark.parametrize("group", ["", {}])
def test_group_that_is_empty_is_not_the_default(group: Any) -> None:
    assert "users.alice.group = " in refusal([{**ALICE, "group": group}])


def test_user_with_an_empty_name_goes_by_the_number() -> None:
    message = refusal([ALICE, {**ALICE, "name": "", "user": "Canary"}])
    assert "users[1].user = [secret]: there is no such property" in message
    assert "users[1].name = '': must not be empty" in message


def test_user_who_is_declared_twice_is_refused() -> None:
    assert "users.alice = 'alice': is declared twice" in refusal([ALICE, ALICE])


@pytest.mark.parametrize(
    ("users", "message"),
    [
        ([{**ALICE, "pasword": "Canary-2"}], "users.alice.pasword = [secret]: there is no such property; did you mean"),
        ([{"password": "Canary-alice-1"}], "users[0].name = [not given]: is required"),
        ([ALICE, "Canary"], "users[1] = [secret]: must be an object with name, group, password, auth_key"),
        ({"alice": {"password": "Canary-2"}}, "users = [secret]: must be a list of objects with unique keys"),
        ("Canary", "users = [secret]: must be a list of objects with unique keys"),
        (lambda: pulumi.Output.from_input(["Canary"]), "users[0] = [secret]: must be an object"),
    ],
)
def test_users_that_make_no_map_are_refused(users: Any, message: str) -> None:
    text = refusal(users)
    assert message in text
    assert text.startswith("A declared value breaks a rule."), text


@pytest.mark.parametrize("name", ["passwords", "auth_keys"])
def test_maps_of_secrets_are_no_arguments(name: str) -> None:
    message = refusal([ALICE], **{name: {"alice": "Canary-2"}})
    assert f"UserSet 'team': {name} = [secret]: is derived from other properties; leave it out" in message
