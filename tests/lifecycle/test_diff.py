"""Diff: what changed, and what that does to the living object."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.lifecycle.diff import Difference, as_declared, compare
from pulumi_ehpc.lifecycle.rows import UPDATE, rows_of
from pulumi_ehpc.lifecycle.unknown import UNKNOWN
from tests.lifecycle.sample import Sample

ROWS = rows_of(Sample)


def difference(olds: dict[str, Any], news: dict[str, Any]) -> Difference:
    return compare(ROWS, {}, olds, news)


def test_nothing_changed() -> None:
    assert not difference({"title": "abc", "count": 3}, {"title": "abc", "count": 3})


def test_changes_are_sorted_by_what_they_do() -> None:
    changed = difference({"title": "abc", "count": 3, "consent": False}, {"title": "abd", "count": 4, "consent": True})
    assert changed == Difference(updates=("title",), replaces=("count",))
    assert changed


def test_ignored_properties_are_no_difference() -> None:
    assert not difference({"consent": None}, {"consent": True})


def test_the_api_version_may_say_otherwise() -> None:
    changed = compare(ROWS, {"count": UPDATE}, {"count": 3}, {"count": 4})
    assert changed == Difference(updates=("count",))


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"name": UNKNOWN}])
def test_unknown_counts_as_changed(value: Any) -> None:
    assert difference({"parts": value}, {"parts": value}).updates == ("parts",)


@pytest.mark.parametrize("nothing", [None, [], {}, (), {"name": None}, {"name": []}])
def test_absent_none_and_empty_are_one(nothing: Any) -> None:
    assert not difference({}, {"parts": nothing})
    assert not difference({"parts": nothing}, {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"part": {"name": "a", "disk": None}}, {"part": {"name": "a"}}),
        ({"part": {"name": "a", "disk": {}}}, {"part": {"name": "a", "disk": {"category": None}}}),
        ({"parts": [{"name": "a", "key": None}]}, {"parts": ({"name": "a"},)}),
        ({"count": 3.0}, {"count": 3}),
    ],
)
def test_what_was_left_out_inside_a_block_makes_no_difference(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert not difference(old, new)
    assert not difference(new, old)


@pytest.mark.parametrize("value", [0, False, "", [None]])
def test_values_that_look_like_nothing_are_values(value: Any) -> None:
    assert difference({"enabled": value}, {"enabled": None}).updates == ("enabled",)


def test_order_of_a_list_counts() -> None:
    assert difference({"places": ["a", "b"]}, {"places": ["b", "a"]}).updates == ("places",)


@pytest.mark.parametrize(
    ("declared", "found", "seen"),
    [
        ("a", "b", "b"),
        ({"name": "a"}, {"name": "b", "size": 4}, {"name": "b"}),
        ({"name": "a", "key": "k"}, {"name": "a"}, {"name": "a"}),
        ([{"name": "a"}], [{"name": "a", "size": 4}], [{"name": "a"}]),
        ([{"name": "a"}], [{"name": "a", "size": 4}, {"name": "b"}], [{"name": "a", "size": 4}, {"name": "b"}]),
        ({"disk": {"size": 4}}, {"disk": {"size": 5, "level": 1}, "x": 1}, {"disk": {"size": 5}}),
        ([], ["x"], ["x"]),
    ],
)
def test_found_is_restricted_to_what_is_declared(declared: Any, found: Any, seen: Any) -> None:
    assert as_declared(declared, found) == seen
