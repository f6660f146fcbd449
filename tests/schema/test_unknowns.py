"""Values that are not known yet."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.unknowns import UNKNOWN, has_unknown, map_leaves


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"a": {"b": [1, UNKNOWN]}}, (UNKNOWN,)])
def test_unknown_is_found_at_any_depth(value: Any) -> None:
    assert has_unknown(value)


@pytest.mark.parametrize("value", [None, "", [], {"a": {"b": [1, "x"]}}])
def test_known_values_hold_nothing_unknown(value: Any) -> None:
    assert not has_unknown(value)


def test_every_leaf_is_changed() -> None:
    tree = {"a": [1, {"b": 2}], "c": (3,)}
    assert map_leaves(tree, lambda leaf: -leaf) == {"a": [-1, {"b": -2}], "c": [-3]}


def test_unknown_shows_as_previews_do() -> None:
    assert repr(UNKNOWN) == "[not known yet]"
