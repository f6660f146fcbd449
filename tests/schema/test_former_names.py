"""State written by older releases is read under today's names."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.properties import with_new_names
from pulumi_ehpc.schema.property import Property, PropertyType
from tests.schema.sample import SampleProperties, TeamProperties

PROPERTIES = SampleProperties.properties()


def test_former_name_is_replaced_within_objects_and_lists() -> None:
    old = {"part": {"disk": {"mount_dir": "/a"}}, "parts": [{"disk": {"mount_dir": "/b", "size_gib": 40}}]}
    assert with_new_names(PROPERTIES, old) == {
        "part": {"disk": {"mount_directory": "/a"}},
        "parts": [{"disk": {"mount_directory": "/b", "size_gib": 40}}],
    }


def test_former_name_is_replaced_at_the_top() -> None:
    renamed = {"size": Property(PropertyType.INTEGER, former_name="size_gib", name="size")}
    assert with_new_names(renamed, {"size_gib": 40, "other": 1}) == {"size": 40, "other": 1}


def test_new_name_that_is_there_wins() -> None:
    both = {"part": {"disk": {"mount_directory": "/new", "mount_dir": "/old"}}}
    assert with_new_names(PROPERTIES, both) == {"part": {"disk": {"mount_directory": "/new"}}}


@pytest.mark.parametrize(
    "values",
    [{}, {"part": None, "parts": []}, {"part": "odd", "parts": ["odd", 1]}, {"mount_dir": "/x"}, {"unknown": {}}],
)
def test_everything_else_stays(values: dict[str, Any]) -> None:
    assert with_new_names(PROPERTIES, values) == values


def test_keyed_list_stays_the_maps_that_it_is() -> None:
    stored = {"members": {"ann": "writer"}, "tokens": {"ann": "t-1"}}
    assert with_new_names(TeamProperties.properties(), stored) == stored


def test_state_that_was_read_is_not_changed() -> None:
    old = {"part": {"disk": {"mount_dir": "/a"}}}
    with_new_names(PROPERTIES, old)
    assert old == {"part": {"disk": {"mount_dir": "/a"}}}
