"""State written by older releases is read as today's would write it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.properties import as_today
from pulumi_ehpc.schema.property import Property, PropertyType
from tests.schema.sample import SampleProperties, TeamProperties

PROPERTIES = SampleProperties.properties()


def test_former_name_is_replaced_within_objects_and_lists() -> None:
    old = {"part": {"disk": {"mount_dir": "/a"}}, "parts": [{"disk": {"mount_dir": "/b", "size_gib": 40}}]}
    assert as_today(PROPERTIES, old) == {
        "part": {"disk": {"mount_directory": "/a"}},
        "parts": [{"disk": {"mount_directory": "/b", "size_gib": 40}}],
    }


def test_former_name_is_replaced_at_the_top() -> None:
    renamed = {"size": Property(PropertyType.INTEGER, former_name="size_gib", name="size")}
    assert as_today(renamed, {"size_gib": 40, "other": 1}) == {"size": 40, "other": 1}


def test_new_name_that_is_there_wins() -> None:
    both = {"part": {"disk": {"mount_directory": "/new", "mount_dir": "/old"}}}
    assert as_today(PROPERTIES, both) == {"part": {"disk": {"mount_directory": "/new"}}}


@pytest.mark.parametrize(
    "values",
    [{}, {"part": None, "parts": []}, {"part": "odd", "parts": ["odd", 1]}, {"mount_dir": "/x"}, {"unknown": {}}],
)
def test_everything_else_stays(values: dict[str, Any]) -> None:
    assert as_today(PROPERTIES, values) == values


def test_keyed_list_stays_the_maps_that_it_is() -> None:
    stored = {"members": {"ann": "writer"}, "tokens": {"ann": "t-1"}}
    assert as_today(TeamProperties.properties(), stored) == stored


def test_state_that_was_read_is_not_changed() -> None:
    old = {"part": {"disk": {"mount_dir": "/a"}}}
    as_today(PROPERTIES, old)
    assert old == {"part": {"disk": {"mount_dir": "/a"}}}


@pytest.mark.parametrize("empty", ["", "  "])
def test_empty_string_counts_as_left_out(empty: str) -> None:
    """Older releases took it; today it is refused, and leaving it out must change nothing."""
    old = {"title": empty, "part": {"name": empty}, "parts": [{"name": empty}], "labels": {"a": ""}}
    assert as_today(PROPERTIES, old) == {
        "title": None,
        "part": {"name": None},
        "parts": [{"name": None}],
        "labels": {"a": ""},
    }


def test_string_that_may_be_empty_stays() -> None:
    declared = {"options": Property(PropertyType.STRING, may_be_empty=True, name="options")}
    assert as_today(declared, {"options": ""}) == {"options": ""}


@pytest.mark.parametrize(
    ("value", "normal"), [("/a/", "/a"), ("/a//b", "/a/b"), ("/", "/"), ("//", "/"), ("/a", "/a"), ("a/", "a")]
)
def test_directory_has_one_spelling(value: str, normal: str) -> None:
    declared = {"directory": Property(PropertyType.STRING, directory=True, name="directory")}
    assert as_today(declared, {"directory": value}) == {"directory": normal}
