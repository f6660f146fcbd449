"""Validation: every violation at once, in words, and never a secret."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.builders import reference, string
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map, nested
from pulumi_ehpc.schema.descriptors import Descriptor, Prop
from pulumi_ehpc.schema.properties import Properties
from pulumi_ehpc.schema.property import Property, PropertyType
from pulumi_ehpc.schema.unknowns import UNKNOWN
from pulumi_ehpc.schema.validation import Validator
from pulumi_ehpc.wording import shown
from tests.schema.sample import DiskArgs, PartArgs, SampleProperties

VERSION = "2024-07-30"


def validate(
    given: dict[str, Any], *maps: FieldMap, title: str | None = "abc"
) -> tuple[dict[str, Any], dict[str, str]]:
    """Check values of the sample; return them tidied, and the broken rules by property."""
    validator = Validator(VERSION)
    tidied = validator.validate(SampleProperties.properties(), maps, {"title": title, **given})
    return tidied, {violation.property: violation.rule for violation in validator.violations}


def test_sound_values_are_tidied_and_defaults_filled_in() -> None:
    tidied, broken = validate({"word": "PrePaid", "price": 1, "part": {"name": "a", "disk": {"size_gib": 40.0}}})
    assert broken == {}
    assert tidied == {
        "title": "abc",
        "word": "pre_paid",
        "count": 3,
        "price": 1,
        "part": {"name": "a", "disk": {"size_gib": 40}},
    }


def test_every_violation_is_reported_at_once() -> None:
    _, broken = validate(
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
        "count": "must be an integer from 0 to 10",
        "price": "must be a number from 0 to 1.5",
        "enabled": "must be a boolean",
        "places": "must have 1 to 2 entries",
        "labels.a": "must be a string",
        "parts": "must have 0 to 2 entries",
        "parts[1].nam": "there is no such property; did you mean name?",
        "parts[1].name": "is required",
        "parts[2]": "must be an object with name, key, disk",
    }


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("title", "a", "must have 2 to 5 characters, has 1"),
        ("title", "abcdef", "must have 2 to 5 characters, has 6"),
        ("title", "Abc", "must be lowercase"),
        ("title", 7, "must be a string"),
        ("count", 1.5, "must be an integer"),
        ("count", True, "must be an integer"),
        ("count", "3x", "must be an integer"),
        ("price", "1", "must be a number"),
        ("price", True, "must be a number"),
        ("enabled", 1, "must be a boolean"),
        ("places", "ab", "must be a list of strings"),
        ("labels", ["a"], "must be a map of strings"),
        ("labels", {"a": "1", "b": "2", "c": "3"}, "must have 0 to 2 entries"),
        ("part", ["a"], "must be an object"),
        ("parts", {"name": "a"}, "must be a list of objects"),
    ],
)
def test_each_rule(name: str, value: Any, rule: str) -> None:
    _, broken = validate({name: value})
    assert set(broken) == {name}
    assert broken[name].startswith(rule)


@pytest.mark.parametrize(("name", "value"), [("places", [1]), ("places", ["a", None]), ("labels", {"a": 1})])
def test_entries_must_be_strings(name: str, value: Any) -> None:
    _, broken = validate({name: value})
    assert set(broken.values()) == {"must be a string"}


def test_pattern_without_a_rule_is_named() -> None:
    class CodeProperties(Properties):
        """A pattern without words."""

        code: Prop[str] = string(pattern="[0-9]+")

    validator = Validator(VERSION)
    validator.validate(CodeProperties.properties(), [], {"code": "x"})
    assert [violation.rule for violation in validator.violations] == ["must match [0-9]+"]


@pytest.mark.parametrize("given", [["compute", "Manager"], ["manager", "compute"]])
def test_words_of_a_list_come_in_one_order(given: list[str]) -> None:
    tidied, broken = validate({"roles": given})
    assert broken == {}
    assert tidied["roles"] == ["manager", "compute"]


def test_each_word_of_a_list_is_checked() -> None:
    _, broken = validate({"roles": ["manager", "cook"]})
    assert broken == {"roles[1]": "must be one of manager, login, compute"}


@pytest.mark.parametrize(("name", "by"), [("cluster", "id"), ("queue", "name")])
def test_reference_asks_for_the_resource_or_what_names_it(name: str, by: str) -> None:
    class Ref(Descriptor[str, str]):
        """A reference."""

    declared = reference(Ref, to=name.title(), by=by).declared
    declared.name = name
    validator = Validator(VERSION)
    validator.validate({name: declared}, [], {name: 7})
    assert [str(violation) for violation in validator.violations] == [
        f"{name} = 7: must be a {name.title()} or its {by}"
    ]


def test_value_is_kept_where_it_is_broken() -> None:
    tidied, _ = validate({"count": "many", "part": {"name": 7}})
    assert (tidied["count"], tidied["part"]) == ("many", {"name": 7})


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
    tidied, broken = validate(given)
    assert broken == {}
    assert {name: tidied[name] for name in given} == given


# -- secrets -------------------------------------------------------------------------------------------------------


def test_secrets_are_never_shown() -> None:
    validator = Validator(VERSION)
    declared = {
        **SampleProperties.properties(),
        "secrets": Property(PropertyType.STRING_MAP, default=None, secret=True, name="secrets"),
    }
    given = {
        "title": "abc",
        "password": "Canary",
        "secrets": {"a": ["Canary"]},
        "part": {"name": "a", "key": ["Canary"]},
        "parts": [{"name": "a", "key": 7}],
    }
    validator.validate(declared, [], given)
    assert {violation.property for violation in validator.violations} == {
        "password",
        "secrets.a",
        "part.key",
        "parts[0].key",
    }
    assert {violation.value for violation in validator.violations} == {"[secret]"}
    assert "Canary" not in str(validator.violations)


def test_secrets_that_the_version_does_not_support_are_not_shown() -> None:
    validator = Validator(VERSION)
    lacking = FieldMap(SampleProperties, unsupported={"password": "there are none"})
    validator.validate(SampleProperties.properties(), [lacking], {"title": "abc", "password": "Canary-123"})
    assert [str(violation) for violation in validator.violations] == [
        f"password = [secret]: is not supported by API {VERSION}: there are none"
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

NODES = FieldMap(
    SampleProperties,
    Parameters("AddNodes", "2018-04-12"),
    word="EcsChargeType",
    count="Count",
    parts=nested("DataDisks", FieldMap(PartArgs)),
)


def test_narrower_limits_of_the_specification_win() -> None:
    _, broken = validate({"count": 0}, NODES)
    assert broken == {"count": f"must be an integer from 1 to 10 (AddNodes, API {VERSION})"}


def test_narrower_limits_of_the_declaration_win() -> None:
    _, broken = validate(
        {"count": 11}, FieldMap(SampleProperties, Parameters("CreateQueue", VERSION), count="Queue.MaxCount")
    )
    assert broken == {"count": f"must be an integer from 0 to 10 (CreateQueue, API {VERSION})"}


def test_word_that_the_version_does_not_have() -> None:
    fewer = FieldMap(
        SampleProperties, Parameters("CreateUsers", VERSION), word=enum_map("User", {"post_paid": "PostPaid"})
    )
    _, broken = validate({"word": "pre_paid"}, fewer)
    assert broken == {"word": f"must be one of post_paid (API {VERSION} does not have it) (CreateUsers, API {VERSION})"}


def test_unsupported_and_handled() -> None:
    lacking = FieldMap(SampleProperties, unsupported={"word": "there are no words", "count": "another action has it"})
    handling = FieldMap(SampleProperties, handled={"count": "set by another action"})
    _, broken = validate({"word": "pre_paid", "count": 1}, lacking, handling)
    assert broken == {"word": f"is not supported by API {VERSION}: there are no words"}


@pytest.mark.parametrize("nothing", [{"labels": None, "parts": None}, {"labels": {}, "parts": []}])
def test_nothing_is_supported_by_every_version(nothing: dict[str, Any]) -> None:
    lacking = FieldMap(SampleProperties, unsupported={"labels": "there are none", "parts": "there are none"})
    assert validate(nothing, lacking)[1] == {}


def test_unsupported_within_an_object() -> None:
    inner = FieldMap(PartArgs, name="Name", unsupported={"key": "there are no keys"})
    fields = FieldMap(SampleProperties, parts=nested("Parts", inner))
    _, broken = validate({"parts": [{"name": "a", "key": "x"}]}, fields)
    assert broken == {"parts[0].key": f"is not supported by API {VERSION}: there are no keys"}


def test_limits_within_an_object() -> None:
    disk = FieldMap(DiskArgs, size_gib="SystemDiskSize")
    part = FieldMap(PartArgs, name="JobQueue", disk=nested("", disk))
    fields = FieldMap(SampleProperties, Parameters("AddNodes", "2018-04-12"), part=nested("", part))
    _, broken = validate({"part": {"name": "a", "disk": {"size_gib": 20}}}, fields)
    assert list(broken) == ["part.disk.size_gib"]
    assert "from 40 to 500" in broken["part.disk.size_gib"]


def test_key_that_is_no_string_is_no_property() -> None:
    validator = Validator(VERSION)
    given: dict[Any, Any] = {1: 2}
    validator.validate({}, [], given)
    assert [violation.property for violation in validator.violations] == ["1"]
