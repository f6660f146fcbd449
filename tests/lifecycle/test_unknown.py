"""Values that are not known yet."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.lifecycle.unknown import UNKNOWN, has_unknown, replaced


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"a": {"b": [1, UNKNOWN]}}, (UNKNOWN,)])
def test_unknown_is_found_at_any_depth(value: Any) -> None:
    assert has_unknown(value)


@pytest.mark.parametrize("value", [None, "", [], {"a": {"b": [1, "x"]}}])
def test_known_values_hold_none(value: Any) -> None:
    assert not has_unknown(value)


def test_every_leaf_is_replaced() -> None:
    tree = {"a": [1, {"b": 2}], "c": (3,)}
    assert replaced(tree, lambda leaf: -leaf) == {"a": [-1, {"b": -2}], "c": [-3]}


def test_unknown_shows_as_previews_do() -> None:
    assert repr(UNKNOWN) == "[not known yet]"
