"""The users of a cluster through check and diff: one list for a program, maps in state, secrets nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api import Settings
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle
from pulumi_ehpc.lifecycle.operation import EngineContext
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.schema.unknowns import UNKNOWN
from pulumi_ehpc.user_set.properties import UserSetInputs
from pulumi_ehpc.user_set.resource_type import USER_SET
from tests.lifecycle.sample import NEW, OLD

USERS = USER_SET.properties["users"]
ALICE = {"name": "alice.chen", "group": "wheel", "password": "Canary-alice-1"}
BOB = {"name": "bob.smith", "password": "Canary-bob-1"}
CAROL = {"name": "carol.jones", "auth_key": "ssh-ed25519 Canary-carol"}
STATE: dict[str, Any] = {
    "api_version": NEW,
    "cluster": "ehpc-1",
    "region": "cn-hangzhou",
    "identity": "1f2e3d4c5b6a7988",
    "users": {"alice.chen": "wheel", "bob.smith": "users", "carol.jones": "users"},
    "passwords": {"alice.chen": "Canary-alice-1", "bob.smith": "Canary-bob-1"},
    "auth_keys": {"carol.jones": "ssh-ed25519 Canary-carol"},
}
"""Inputs as releases before keyed lists wrote them."""
TEAM = EngineContext(urn="urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:UserSet::team", name="team")


def lifecycle(version: str = NEW) -> Lifecycle[UserSetInputs]:
    return Lifecycle(USER_SET, Session(Settings("cn-hangzhou"), version))


def check(users: Any, old: dict[str, Any] | None = None, version: str = NEW) -> tuple[dict[str, Any], dict[str, str]]:
    """Check users as a program gives them; return the inputs, and the messages by property."""
    return check_stored(USERS.split(users), old, version)


def check_stored(
    stored: dict[str, Any], old: dict[str, Any] | None = None, version: str = NEW
) -> tuple[dict[str, Any], dict[str, str]]:
    """Check users as the engine gives them."""
    new = {"cluster": "ehpc-1", "identity": "1f2e3d4c5b6a7988", **stored}
    inputs, violations = lifecycle(version).check(TEAM, old or {}, new)
    assert "Canary" not in str(violations)
    return inputs, {violation.property: violation.rule for violation in violations}


# -- state ---------------------------------------------------------------------------------------------------------


def test_program_gives_what_older_releases_kept_in_state() -> None:
    inputs, broken = check([ALICE, BOB, CAROL])
    assert broken == {}
    assert inputs == STATE


def test_state_of_older_releases_is_no_difference() -> None:
    inputs, broken = check([ALICE, BOB, CAROL], STATE)
    assert broken == {}
    assert not lifecycle().diff(TEAM, STATE, inputs, {})


def test_state_of_older_releases_reads_as_users() -> None:
    users = UserSetInputs.of(STATE).users
    assert {name: (user.group, user.password, user.auth_key) for name, user in users.items()} == {
        "alice.chen": ("wheel", "Canary-alice-1", None),
        "bob.smith": ("users", "Canary-bob-1", None),
        "carol.jones": ("users", None, "ssh-ed25519 Canary-carol"),
    }


@pytest.mark.parametrize("left_out", ["passwords", "auth_keys"])
def test_state_without_one_of_the_maps_is_no_difference(left_out: str) -> None:
    user = CAROL if left_out == "passwords" else ALICE
    stored = USERS.split([user])
    old = {**STATE, **stored, left_out: None}
    inputs, broken = check([user], old)
    assert broken == {}
    assert not lifecycle().diff(TEAM, old, inputs, {})


# -- diff ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("users", "names"),
    [
        ([{**ALICE, "group": "users"}, BOB, CAROL], ("users",)),
        ([{**ALICE, "password": "Canary-alice-2"}, BOB, CAROL], ("passwords",)),
        ([ALICE, BOB], ("users", "auth_keys")),
        ([CAROL, BOB, ALICE], ()),
    ],
)
def test_diff_names_what_changes(users: Any, names: tuple[str, ...]) -> None:
    inputs, broken = check(users, STATE)
    assert broken == {}
    found = lifecycle().diff(TEAM, STATE, inputs, {})
    assert (found.updates, found.replaces) == (names, ())


def test_key_of_a_user_who_exists_cannot_change() -> None:
    _, broken = check([ALICE, BOB, {**CAROL, "auth_key": "ssh-ed25519 Canary-2"}], STATE)
    assert list(broken) == ["users.carol.jones.auth_key"]


# -- what is not known yet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stored",
    [
        {"users": UNKNOWN, "passwords": UNKNOWN, "auth_keys": UNKNOWN},
        {"users": {"alice.chen": "wheel"}, "passwords": UNKNOWN, "auth_keys": UNKNOWN},
        {"users": {"alice.chen": "wheel"}, "passwords": {"alice.chen": UNKNOWN}, "auth_keys": {}},
        {"users": {"alice.chen": UNKNOWN}, "passwords": {"alice.chen": "Canary-alice-1"}},
    ],
)
def test_unknown_users_are_passed_over_and_count_as_changed(stored: dict[str, Any]) -> None:
    inputs, broken = check_stored(stored)
    assert broken == {}
    assert lifecycle().diff(TEAM, STATE, inputs, {})


# -- what is wrong with users --------------------------------------------------------------------------------------


def test_every_violation_of_every_user_is_reported() -> None:
    users = [
        {**ALICE, "group": "kings", "password": "Canary1"},
        {"name": "9bob"},
        {**CAROL, "passwd": "Canary-3"},
        {"group": "users", "password": "Canary-nobody-1"},
        "Canary",
        BOB,
        BOB,
    ]
    _, broken = check(users)
    assert broken == {
        "users.alice.chen.group": "must be one of users, wheel (CreateUsers, API 2024-07-30)",
        "users.alice.chen.password": "must have 8 to 30 characters, has 7",
        "users.9bob.name": "must begin with a letter and continue with letters, digits and periods",
        "users.9bob.password": "is required: a user needs a password or an auth_key",
        "users.carol.jones.passwd": "there is no such property; did you mean password?",
        "users[3].name": "is required",
        "users[4]": "must be an object with name, group, password, auth_key",
        "users.bob.smith": "is declared twice; name must be unique",
    }


@pytest.mark.parametrize("users", ["Canary", {"alice.chen": {"password": "Canary"}}, {"alice.chen": "wheel"}, 7])
def test_users_that_are_no_list(users: Any) -> None:
    inputs, broken = check(users)
    assert broken == {"users": "must be a list of objects with unique keys (UserArgs)"}
    assert "Canary" not in str(inputs)


def test_missing_users_are_reported() -> None:
    assert check_stored({})[1] == {"users": "is required"}


def test_older_version_has_rules_of_its_own() -> None:
    _, broken = check([{"name": "bob", "password": "Canary-bob-1"}, CAROL], version=OLD)
    assert set(broken) == {"users.bob.name", "users.carol.jones.auth_key"}
