"""Diff: what changed, and what that does to the living object."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.diff import Difference, as_declared, compare
from pulumi_ehpc.schema.properties import stored_properties
from pulumi_ehpc.schema.property import UPDATE
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.schema.sample import SampleProperties, TeamProperties

PROPERTIES = SampleProperties.properties()


def difference(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    """What changed between values of the sample."""
    return compare(PROPERTIES, {}, old, new)


def test_nothing_changed() -> None:
    assert not difference({"title": "abc", "count": 3}, {"title": "abc", "count": 3})


def test_changes_are_sorted_by_what_they_do() -> None:
    changed = difference({"title": "abc", "count": 3, "consent": False}, {"title": "abd", "count": 4, "consent": True})
    assert changed == Difference(updates=("title",), replaces=("count",))
    assert changed


def test_ignored_properties_are_no_difference() -> None:
    assert not difference({"consent": None}, {"consent": True})


def test_the_api_version_may_say_otherwise() -> None:
    changed = compare(PROPERTIES, {"count": UPDATE}, {"count": 3}, {"count": 4})
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
def test_what_was_left_out_within_an_object_makes_no_difference(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert not difference(old, new)
    assert not difference(new, old)


@pytest.mark.parametrize("value", [0, False, "", [None]])
def test_values_that_look_like_nothing_are_values(value: Any) -> None:
    assert difference({"enabled": value}, {"enabled": None}).updates == ("enabled",)


def test_order_of_a_list_counts() -> None:
    assert difference({"places": ["a", "b"]}, {"places": ["b", "a"]}).updates == ("places",)


@pytest.mark.parametrize(
    ("new", "names"),
    [
        ({"members": {"ann": "reader"}, "tokens": {"ann": "t-1"}}, ()),
        ({"members": {"ann": "writer"}, "tokens": {"ann": "t-1"}}, ("members",)),
        ({"members": {"ann": "reader"}, "tokens": {"ann": "t-2"}}, ("tokens",)),
        ({"members": {"ann": "reader"}, "tokens": {"ann": UNKNOWN}}, ("tokens",)),
        ({"members": {"ann": "reader"}, "tokens": {}}, ("tokens",)),
        ({"members": {"ann": "reader", "bob": "reader"}, "tokens": {"ann": "t-1", "bob": "t"}}, ("members", "tokens")),
    ],
)
def test_keyed_list_changes_under_the_names_that_state_has(new: dict[str, Any], names: tuple[str, ...]) -> None:
    old = {"members": {"ann": "reader"}, "tokens": {"ann": "t-1"}}
    stored = stored_properties(TeamProperties.properties())
    assert compare(stored, {}, old, new) == Difference(updates=names)


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
