"""Values that no message can show."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.secrecy import as_secret_as, entry_path, hide, is_boolean, is_hidden, reveal
from pulumi_ehpc.schema.unknowns import UNKNOWN

VALUES: list[Any] = ["Canary", "", 987654321, 0.25, True, False, b"Canary", {"Canary": [1, {"x": "Canary"}]}, []]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_was_hidden_comes_back_as_it_was(value: Any) -> None:
    revealed = reveal(hide(value))
    assert repr(revealed) == repr(value)
    assert type(revealed) is type(value)


@pytest.mark.parametrize("value", ["Canary", 987654321, 0.25, True, b"Canary"], ids=repr)
def test_hidden_value_shows_nothing(value: Any) -> None:
    hidden = hide(value)
    for text in (str(hidden), repr(hidden), f"{hidden}", f"{hidden!r:>20}", f"{hidden:>20}", f"{[hidden]}"):
        assert text.strip(" []").strip("[]") == "secret"


@pytest.mark.parametrize("value", ["Canary", 987654321, 0.25])
def test_hidden_value_behaves_like_the_value(value: Any) -> None:
    assert hide(value) == value
    assert hide(value) in {value}
    assert not hide(value) < value
    assert isinstance(hide(value), type(value))


def test_keys_are_hidden_too_and_found_by_what_they_are() -> None:
    hidden = hide({"Canary": 1})
    assert hidden["Canary"] == 1
    assert "Canary" not in repr(hidden)


@pytest.mark.parametrize("value", [None, UNKNOWN])
def test_nothing_and_what_is_not_known_have_nothing_to_hide(value: Any) -> None:
    assert hide(value) is value


def test_hiding_twice_is_hiding_once() -> None:
    assert reveal(hide(hide(["Canary", 5]))) == ["Canary", 5]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(hide("a"), True), ([hide(1)], True), ({hide("a"): 1}, True), (["a", 1], False), ({}, False)],
)
def test_what_is_hidden_is_known(value: Any, expected: bool) -> None:
    assert is_hidden(value) is expected


def test_what_is_made_of_a_secret_is_one() -> None:
    assert is_hidden(as_secret_as(hide(5.0), 5))
    assert as_secret_as(5.0, 5) == 5 and not is_hidden(as_secret_as(5.0, 5))


def test_hidden_boolean_is_a_boolean() -> None:
    assert is_boolean(hide(True)) and is_boolean(False) and not is_boolean(hide(1))


@pytest.mark.parametrize(
    ("key", "path"),
    [("alice", "users.alice"), ("", "users['']"), (hide("a"), "users[secret]"), (hide("a", "[3]"), "users[3]")],
)
def test_path_of_an_entry(key: Any, path: str) -> None:
    assert entry_path("users", key) == path
