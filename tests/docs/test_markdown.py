from __future__ import annotations

from scripts.docs.facts import per_version
from scripts.docs.markdown import cell, listed, prose, table


def test_a_docstring_becomes_markdown() -> None:
    raises = "Raises:\n    RefusedError: It is\n        ``held``.\n    ApiError: No."
    text = f"First ``line``.\n\nA paragraph\nover lines.\n\n{raises}"
    assert prose(text) == (
        "First `line`.\n\nA paragraph over lines.\n\n- Raises `RefusedError`: It is `held`.\n- Raises `ApiError`: No."
    )


def test_links_are_rewritten() -> None:
    assert prose("See `the\nlist <https://example.com/x>`_.") == "See [the list](https://example.com/x)."


def test_a_cell_is_one_line() -> None:
    assert cell("One | two\n\n- three\n- four\n") == r"One \| two three four"


def test_a_table_has_a_line_for_each_entry() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_words_are_joined_as_people_do() -> None:
    assert listed(["a", "b", "c"]) == "a, b or c"
    assert listed(["a"]) == "a"


def test_versions_are_named_only_where_they_differ() -> None:
    assert per_version({}) == ""
    assert per_version({"new": "x", "old": "x"}) == "x"
    assert per_version({"new": "x", "old": "y"}) == "x (old: y)"
    assert per_version({"new": "x", "old": ""}) == "new: x"
    assert per_version({"new": "", "old": "y"}) == "old: y"
    assert per_version({"new": "x", "old": "", "oldest": "y"}) == "x (old: no limit; oldest: y)"
