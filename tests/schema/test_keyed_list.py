"""Keyed lists: given as a list of objects, kept as a map that everybody may see and a map for each secret."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.codec import FieldMap, nested
from pulumi_ehpc.schema.unknowns import UNKNOWN
from pulumi_ehpc.schema.validation import Validator
from tests.schema.sample import MemberArgs, TeamInputs, TeamProperties

MEMBERS = TeamProperties.properties()["members"]
ANN = {"name": "ann", "role": "writer", "token": "Canary-ann"}
BOB = {"name": "bob"}


def validate(members: Any, *maps: FieldMap) -> tuple[dict[str, Any], list[str]]:
    """Split what a program gives and check it; return it tidied, and the violations as messages."""
    return validate_stored(MEMBERS.split(members), *maps)


def validate_stored(stored: dict[str, Any], *maps: FieldMap) -> tuple[dict[str, Any], list[str]]:
    """Check a keyed list as state has it."""
    validator = Validator("2024-07-30")
    tidied = validator.validate(TeamProperties.properties(), maps, stored)
    return tidied, [str(violation) for violation in validator.violations]


# -- split and join ------------------------------------------------------------------------------------------------


def test_list_is_split_into_a_public_map_and_a_map_for_each_secret() -> None:
    assert MEMBERS.split([ANN, BOB]) == {
        "members": {"ann": "writer", "bob": "reader"},
        "tokens": {"ann": "Canary-ann"},
    }
    assert MEMBERS.secret_maps == {"tokens": "token"}


def test_empty_list_is_split_into_empty_maps() -> None:
    assert MEMBERS.split([]) == {"members": {}, "tokens": {}}


def test_maps_are_joined_to_whole_entries() -> None:
    entries = MEMBERS.entries(MEMBERS.split([ANN, BOB]))
    assert entries == {"ann": ANN, "bob": {"name": "bob", "role": "reader", "token": None}}


def test_handler_reads_entries_by_key() -> None:
    members = TeamInputs.of(MEMBERS.split([ANN, BOB])).members
    assert {name: (member.name, member.role, member.token) for name, member in members.items()} == {
        "ann": ("ann", "writer", "Canary-ann"),
        "bob": ("bob", "reader", None),
    }
    assert all(isinstance(member, MemberArgs) for member in members.values())


def test_secret_of_nobody_belongs_to_nobody() -> None:
    assert list(MEMBERS.entries({"members": {"ann": "writer"}, "tokens": {"zoe": "Canary"}})) == ["ann"]


# -- sound lists ---------------------------------------------------------------------------------------------------


def test_sound_list_is_tidied() -> None:
    tidied, violations = validate([{**ANN, "role": "Writer"}, BOB])
    assert violations == []
    assert tidied == {"members": {"ann": "writer", "bob": "reader"}, "tokens": {"ann": "Canary-ann"}}


def test_maps_of_state_pass_as_they_are() -> None:
    stored = {"members": {"ann": "writer", "bob": "reader"}, "tokens": {"ann": "Canary-ann"}}
    assert validate_stored(stored) == (stored, [])


def test_state_without_secrets_passes() -> None:
    assert validate_stored({"members": {"ann": "writer"}}) == ({"members": {"ann": "writer"}, "tokens": {}}, [])


@pytest.mark.parametrize(
    "stored",
    [
        {"members": UNKNOWN, "tokens": UNKNOWN},
        {"members": {"ann": "writer"}, "tokens": UNKNOWN},
        {"members": {"ann": "writer"}, "tokens": {"ann": UNKNOWN}},
        {"members": {"ann": UNKNOWN}, "tokens": {}},
    ],
)
def test_unknown_values_are_passed_over(stored: dict[str, Any]) -> None:
    tidied, violations = validate_stored(stored)
    assert violations == []
    assert tidied["members"] == stored["members"]
    assert tidied.get("tokens", UNKNOWN) == stored["tokens"]


def test_unknown_secrets_that_the_version_does_not_support_are_refused_once() -> None:
    """Who has one is not known."""
    member = FieldMap(MemberArgs, name="N", unsupported={"token": "there are no tokens"})
    validator = Validator("2024-07-30")
    maps = [FieldMap(TeamProperties, members=nested("M", member))]
    stored = {"members": {"ann": "writer", "bob": "reader"}, "tokens": UNKNOWN}
    validator.validate(TeamProperties.properties(), maps, stored)
    assert [str(violation) for violation in validator.violations] == [
        "members[].token = [secret]: is not supported by API 2024-07-30: there are no tokens"
    ]


def test_entry_with_an_empty_key_goes_by_its_number() -> None:
    _, violations = validate([ANN, {"name": "", "odd": "Canary"}])
    assert [violation.split(" = ")[0] for violation in violations] == ["members[1].odd", "members[1].name"]


def test_unknown_secrets_read_as_unknown() -> None:
    (ann,) = TeamInputs.of({"members": {"ann": "writer"}, "tokens": UNKNOWN}).members.values()
    token: Any = ann.token
    assert token is UNKNOWN
    assert TeamInputs.of({"members": UNKNOWN}).values["members"] is UNKNOWN


# -- what is wrong with a list -------------------------------------------------------------------------------------


def test_key_that_is_there_twice() -> None:
    _, violations = validate([ANN, ANN, BOB])
    assert violations == ["members.ann = 'ann': is declared twice; name must be unique"]


def test_misspelt_nested_name_hides_its_value() -> None:
    _, violations = validate([{**BOB, "tokn": "Canary"}])
    assert violations == ["members.bob.tokn = [secret]: there is no such property; did you mean token?"]


@pytest.mark.parametrize("key", [{}, {"name": None}, {"name": 7}])
def test_entry_without_a_key_goes_by_its_number(key: dict[str, Any]) -> None:
    tidied, violations = validate([ANN, {**key, "token": "Canary-token"}])
    assert [violation.split(" = ")[0] for violation in violations] == ["members[1].name"]
    assert violations[0].endswith(("is required", "must be a string"))
    assert tidied["members"] == {"ann": "writer"}, "what has no key is in no map"


@pytest.mark.parametrize("entry", ["Canary", 7, ["Canary"]])
def test_entry_that_is_no_object(entry: Any) -> None:
    _, violations = validate([ANN, entry])
    assert violations == ["members[1] = [secret]: must be an object with name, role, token"]


@pytest.mark.parametrize("members", ["Canary", 7, {"name": "Canary"}])
def test_value_that_is_no_list(members: Any) -> None:
    _, violations = validate(members)
    assert violations
    assert "Canary" not in str(violations)


def test_entries_are_checked_by_their_properties() -> None:
    _, violations = validate([{**ANN, "role": "king"}, {"name": "x", "token": "abc"}])
    assert violations == [
        "members.ann.role = 'king': must be one of reader, writer",
        "members.x.name = 'x': must have 2 to 9 characters, has 1",
        "members.x.token = [secret]: must have 4 to 30 characters, has 3",
    ]


def test_number_of_entries_is_checked() -> None:
    _, violations = validate([{"name": f"member{number}"} for number in range(4)])
    assert violations == ["members = '4 entries': must have 0 to 3 entries"]


def test_missing_list_is_reported() -> None:
    assert validate_stored({}) == ({}, ["members = [not given]: is required"])


def test_version_that_lacks_a_nested_property() -> None:
    member = FieldMap(MemberArgs, name="N", unsupported={"token": "there are no tokens"})
    _, violations = validate([ANN], FieldMap(TeamProperties, members=nested("M", member)))
    assert violations == ["members.ann.token = [secret]: is not supported by API 2024-07-30: there are no tokens"]


@pytest.mark.parametrize(
    "members",
    [
        [ANN, ANN],
        [{**ANN, "tokne": "Canary-2"}],
        [{"token": "Canary-2"}],
        [ANN, "Canary-2"],
        [{**ANN, "token": ["Canary-2"]}],
        [{**ANN, "token": "C-2"}],
        [{**ANN, "name": ["x"]}],
        "Canary-2",
        {"ann": ANN},
    ],
)
def test_secrets_never_show(members: Any) -> None:
    """Neither in a message nor in the part of the inputs that is no secret."""
    stored = MEMBERS.split(members)
    tidied, violations = validate_stored(stored)
    assert violations
    for text in (*violations, str(tidied.get("members"))):
        assert "Canary" not in text and "C-2" not in text
