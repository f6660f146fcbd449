"""Check: every broken rule at once, in words, and never a secret."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.lifecycle.check import Inspection, shown
from pulumi_ehpc.lifecycle.fields import FieldMap, block, each, words
from pulumi_ehpc.lifecycle.noun import ROOMS
from pulumi_ehpc.lifecycle.rows import Declared, rows_of, text
from pulumi_ehpc.lifecycle.unknown import UNKNOWN
from tests.lifecycle.sample import Sample
from tests.nouns.stack import Stack, stack_on

ROWS = rows_of(Sample)
VERSION = "2024-07-30"


def inspect(given: dict[str, Any], *maps: FieldMap, title: str | None = "abc") -> tuple[dict[str, Any], dict[str, str]]:
    """Check values of the sample; return them tidied, and the broken rules by property."""
    inspection = Inspection(VERSION)
    tidied = inspection.values(ROWS, maps, {"title": title, **given})
    return tidied, {violation.property: violation.rule for violation in inspection.violations}


def test_sound_values_are_tidied_and_defaults_filled_in() -> None:
    tidied, broken = inspect({"word": "PrePaid", "price": 1, "part": {"name": "a", "disk": {"size_gib": 40.0}}})
    assert broken == {}
    assert tidied == {
        "title": "abc",
        "word": "pre_paid",
        "count": 3,
        "price": 1,
        "part": {"name": "a", "disk": {"size_gib": 40}},
    }


def test_every_broken_rule_is_told_at_once() -> None:
    _, broken = inspect(
        {
            "titel": "x",
            "word": "weekly",
            "count": 11,
            "price": -1,
            "enabled": "maybe",
            "places": [],
            "labels": {"a": 1},
            "parts": [{"name": "a"}, {"nam": "b"}, 7],
        },
        title=None,
    )
    assert broken == {
        "titel": "there is no such property; did you mean title?",
        "title": "is required",
        "word": "must be one of post_paid, pre_paid",
        "count": "must be a whole number from 0 to 10",
        "price": "must be a number from 0 to 1.5",
        "enabled": "must be true or false",
        "places": "must have 1 to 2 entries",
        "labels.a": "must be a text",
        "parts": "must have 0 to 2 entries",
        "parts[1].nam": "there is no such property; did you mean name?",
        "parts[1].name": "is required",
        "parts[2]": "must be a block with name, key, disk",
    }


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("title", "a", "must have 2 to 5 characters, has 1"),
        ("title", "abcdef", "must have 2 to 5 characters, has 6"),
        ("title", "Abc", "must be small letters"),
        ("title", 7, "must be a text"),
        ("count", 1.5, "must be a"),
        ("count", True, "must be a"),
        ("count", "3x", "must be a"),
        ("price", "1", "must be a number"),
        ("price", True, "must be a number"),
        ("enabled", 1, "must be true or false"),
        ("places", "ab", "must be a list of texts"),
        ("labels", ["a"], "must be a map of texts"),
        ("labels", {"a": "1", "b": "2", "c": "3"}, "must have 0 to 2 entries"),
        ("part", ["a"], "must be a block"),
        ("parts", {"name": "a"}, "must be a list of blocks"),
    ],
)
def test_each_kind_of_rule(name: str, value: Any, rule: str) -> None:
    _, broken = inspect({name: value})
    assert set(broken) == {name}
    assert broken[name].startswith(rule)


@pytest.mark.parametrize(("name", "value"), [("places", [1]), ("places", ["a", None]), ("secrets", {"a": 1})])
def test_entries_must_be_texts(name: str, value: Any) -> None:
    _, broken = inspect({name: value})
    assert set(broken.values()) == {"must be a text"}


def test_pattern_without_words_is_named() -> None:
    class Wordless(Declared):
        code: Any = text(pattern="[0-9]+")

    inspection = Inspection(VERSION)
    inspection.values(rows_of(Wordless), [], {"code": "x"})
    assert [violation.rule for violation in inspection.violations] == ["must match [0-9]+"]


# -- what is not known yet -----------------------------------------------------------------------------------------


def test_unknown_values_are_passed_over_at_any_depth() -> None:
    given = {
        "word": UNKNOWN,
        "count": UNKNOWN,
        "places": [UNKNOWN],
        "labels": {"a": UNKNOWN},
        "part": {"name": UNKNOWN},
        "parts": [UNKNOWN, {"name": UNKNOWN}],
    }
    tidied, broken = inspect(given)
    assert broken == {}
    assert {name: tidied[name] for name in given} == given


# -- secrets -------------------------------------------------------------------------------------------------------


def test_secrets_are_never_shown() -> None:
    inspection = Inspection(VERSION)
    given = {
        "title": "abc",
        "password": "Canary",
        "secrets": {"a": ["Canary"]},
        "part": {"name": "a", "key": ["Canary"]},
        "parts": [{"name": "a", "key": 7}],
    }
    inspection.values(ROWS, [], given)
    assert {violation.property for violation in inspection.violations} == {
        "password",
        "secrets.a",
        "part.key",
        "parts[0].key",
    }
    assert {violation.value for violation in inspection.violations} == {"[secret]"}
    assert "Canary" not in str(inspection.violations)


def test_secrets_that_the_version_refuses_are_not_shown() -> None:
    inspection = Inspection(VERSION)
    refusing = FieldMap(refused={"password": "there are none"})
    inspection.values(ROWS, [refusing], {"title": "abc", "password": "Canary-123"})
    assert [str(violation) for violation in inspection.violations] == [
        f"password = [secret]: API {VERSION} does not take it: there are none"
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "[not given]"),
        ("a", "'a'"),
        (7, "7"),
        (["Canary"], "list"),
        ({"a": "Canary"}, "dict"),
        ("x" * 100, f"'{'x' * 56}..."),
    ],
)
def test_values_in_messages_are_short(value: Any, text: str) -> None:
    assert shown(value) == text


# -- what the API version takes ------------------------------------------------------------------------------------

NODES = FieldMap("AddNodes", "2018-04-12", word="EcsChargeType", count="Count", parts=each("DataDisks", FieldMap()))


def test_narrower_limits_of_the_specification_win() -> None:
    _, broken = inspect({"count": 0}, NODES)
    assert broken == {"count": f"must be a whole number from 1 to 10 (AddNodes, API {VERSION})"}


def test_word_that_the_version_does_not_have() -> None:
    fewer = FieldMap("CreateUsers", VERSION, word=words("User", {"post_paid": "PostPaid"}))
    _, broken = inspect({"word": "pre_paid"}, fewer)
    assert broken == {"word": f"must be one of post_paid (API {VERSION} does not have it) (CreateUsers, API {VERSION})"}


def test_refused_and_derived() -> None:
    refusing = FieldMap(refused={"word": "there are no words", "count": "but another action takes it"})
    deriving = FieldMap(derived={"count": "it works that out"})
    _, broken = inspect({"word": "pre_paid", "count": 1}, refusing, deriving)
    assert broken == {"word": f"API {VERSION} does not take it: there are no words"}


def test_refused_within_a_block() -> None:
    inner = FieldMap(name="Name", refused={"key": "there are no keys"})
    _, broken = inspect({"parts": [{"name": "a", "key": "x"}]}, FieldMap(parts=each("Parts", inner)))
    assert broken == {"parts[0].key": f"API {VERSION} does not take it: there are no keys"}


def test_limits_within_a_block() -> None:
    fields = FieldMap(
        "AddNodes",
        "2018-04-12",
        part=block("", FieldMap(name="JobQueue", disk=block("", FieldMap(size_gib="SystemDiskSize")))),
    )
    _, broken = inspect({"part": {"name": "a", "disk": {"size_gib": 20}}}, fields)
    assert list(broken) == ["part.disk.size_gib"]
    assert "from 40 to 500" in broken["part.disk.size_gib"]


@pytest.mark.parametrize("noun", sorted(ROOMS))
@pytest.mark.parametrize("version", ["2018-04-12", "2024-07-30"])
def test_nothing_but_what_is_required_is_asked_for(noun: str, version: str) -> None:
    with stack_on(version) as stack:
        _, violations = stack.check(noun, "x" * 6, {})
        rows = stack.steps(noun).noun.rows
        assert {violation.property for violation in violations} == {name for name, row in rows.items() if row.required}


@pytest.mark.parametrize(
    ("version", "unit", "sound"),
    [
        ("2024-07-30", "year", False),
        ("2024-07-30", "week", True),
        ("2018-04-12", "week", True),
        ("2018-04-12", "year", False),
    ],
)
def test_units_differ_by_version_and_action(version: str, unit: str, sound: bool) -> None:
    with stack_on(version) as stack:
        violations = node_group(stack, period=1, period_unit=unit)
        assert (violations == []) is sound


def node_group(stack: Stack, **given: Any) -> list[str]:
    values = {"cluster": "ehpc-1", "instance_type": "ecs.c7.large", "count": 1, **given}
    return [violation.property for violation in stack.check("NodeGroup", "fixed", values)[1]]
