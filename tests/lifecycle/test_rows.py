"""Rows: what is declared once, and what is read from it."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi import Output

import pulumi_ehpc as ehpc
from pulumi_ehpc.lifecycle.rows import Row, output, outputs_of, plain, rows_of, unknown_names
from tests.lifecycle.sample import DiskArgs, PartArgs, Sample


def test_rows_come_in_their_order_base_classes_first() -> None:
    assert list(rows_of(Sample)) == [
        "title",
        "word",
        "count",
        "price",
        "enabled",
        "places",
        "labels",
        "secrets",
        "password",
        "part",
        "parts",
        "consent",
    ]


def test_row_knows_its_name_and_whether_a_value_is_needed() -> None:
    rows = rows_of(Sample)
    assert rows["title"].name == "title"
    assert [name for name, row in rows.items() if row.required] == ["title"]


def test_row_is_read_from_the_class_and_the_value_from_the_instance() -> None:
    part = PartArgs(name="a")
    assert isinstance(PartArgs.__dict__["name"], Row)
    assert part.name == "a"
    part.name = "b"
    assert part.to_dict() == {"name": "b"}


def test_outputs_come_in_their_order_and_are_no_rows() -> None:
    class Parent:
        first = output(str)

    class Child(Parent):
        second = output(int)

    assert outputs_of(Child) == ("first", "second")
    assert Child.second.name == "second"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"coun": 1}, "did you mean count?"),
        ({"part_": 1}, "did you mean part or parts?"),
        ({"xyz": 1}, "known are title, word"),
    ],
)
def test_unknown_names_come_with_the_nearest(given: dict[str, Any], hint: str) -> None:
    ((name, words),) = unknown_names(given, rows_of(Sample))
    assert name in given
    assert hint in words


# -- blocks --------------------------------------------------------------------------------------------------------


def test_block_keeps_unknown_names_for_check_to_tell() -> None:
    misspelt: dict[str, Any] = {"nam": "x"}
    assert PartArgs(**misspelt).to_dict() == {"nam": "x"}


def test_block_becomes_a_dict_without_what_was_left_out() -> None:
    part = PartArgs(name="a", disk=DiskArgs(category="cloud_ssd"))
    assert part.to_dict() == {"name": "a", "disk": {"category": "cloud_ssd"}}


def test_repr_of_a_block_hides_secrets() -> None:
    assert repr(PartArgs(name="a", key="Canary-1")) == "PartArgs(name='a', key=[secret])"


def test_repr_of_a_block_hides_what_may_be_a_misspelt_secret() -> None:
    misspelt: dict[str, Any] = {"name": "a", "kye": "Canary-1"}
    assert "Canary" not in repr(PartArgs(**misspelt))


def test_repr_hides_secrets_of_every_public_block() -> None:
    user = ehpc.UserArgs(name="alice", password="Canary-1", auth_key="Canary-2")
    assert "Canary" not in repr(user)
    assert "Canary" not in repr([user])
    assert "alice" in repr(user)


def test_plain_turns_blocks_at_any_depth_into_dicts_and_keeps_outputs() -> None:
    known: Output[str] = object.__new__(Output)
    value = {"parts": [PartArgs(name="a"), {"name": known, "key": None}], "other": (1, 2)}
    assert plain(value) == {"parts": [{"name": "a"}, {"name": known}], "other": [1, 2]}


def test_dict_does_as_well_as_a_block() -> None:
    assert plain([PartArgs(name="a")]) == plain([{"name": "a"}])
