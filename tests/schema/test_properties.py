"""Classes that declare properties: what is declared once, and what is read from it."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi import Output

import pulumi_ehpc as ehpc
from pulumi_ehpc.schema.builders import enum, nested, reference
from pulumi_ehpc.schema.descriptors import Descriptor, Nested, Prop, output
from pulumi_ehpc.schema.properties import Args, EngineSide, Properties, outputs_of, plain, stored_properties
from pulumi_ehpc.schema.property import PropertyType
from pulumi_ehpc.schema.unknowns import UNKNOWN
from pulumi_ehpc.wording import did_you_mean
from tests.schema.sample import DiskArgs, MemberArgs, PartArgs, SampleInputs, SampleProperties, TeamInputs

ALL = {
    "title": PropertyType.STRING,
    "word": PropertyType.STRING,
    "count": PropertyType.INTEGER,
    "price": PropertyType.NUMBER,
    "enabled": PropertyType.BOOLEAN,
    "places": PropertyType.STRING_LIST,
    "roles": PropertyType.STRING_LIST,
    "labels": PropertyType.STRING_MAP,
    "password": PropertyType.STRING,
    "part": PropertyType.NESTED,
    "parts": PropertyType.NESTED_LIST,
    "consent": PropertyType.BOOLEAN,
}


def test_properties_come_in_their_order_base_classes_first() -> None:
    declared = SampleProperties.properties()
    assert list(declared) == list(ALL)
    assert {name: each.property_type for name, each in declared.items()} == ALL


def test_property_knows_its_name_and_whether_a_value_is_required() -> None:
    declared = SampleProperties.properties()
    assert [each.name for each in declared.values()] == list(ALL)
    assert [name for name, each in declared.items() if each.required] == ["title"]


def test_property_of_a_base_class_can_be_declared_anew() -> None:
    class Narrow(SampleProperties):
        title: Prop[str] = enum("one", "two")

    assert list(Narrow.properties()) == list(ALL)
    assert Narrow.properties()["title"].choices == ("one", "two")


def test_nested_properties_are_those_of_the_class() -> None:
    declared = SampleProperties.properties()
    assert list(declared["part"].nested) == ["name", "key", "disk"]
    assert declared["count"].nested == {}


def test_reference_keeps_what_it_refers_to() -> None:
    class Ref(Descriptor[str, str]):
        """A reference."""

    declared = reference(Ref, to="Cluster", by="id")
    assert isinstance(declared, Ref)
    assert (declared.declared.reference, declared.declared.required) == ("Cluster", True)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("coun", "did you mean count?"),
        ("part_", "did you mean part or parts?"),
        ("Enabled", "did you mean enabled?"),
        ("xyz", "known are title, word"),
    ],
)
def test_unknown_name_comes_with_the_nearest(name: str, hint: str) -> None:
    assert did_you_mean(name, SampleProperties.properties()).startswith(hint)


# -- outputs -------------------------------------------------------------------------------------------------------


def test_outputs_come_in_their_order_and_are_no_properties() -> None:
    class Parent(Properties):
        first = output(str)

    class Child(Parent):
        second = output(int)

    assert outputs_of(Child) == ("first", "second")
    assert Child.second.name == "second"
    assert Child.properties() == {}


def test_output_cannot_be_set() -> None:
    made = SampleInputs.of({})
    with pytest.raises(AttributeError, match="status is an output and cannot be set"):
        made.__setattr__("status", "running")


def test_program_reads_what_the_engine_put_into_the_instance() -> None:
    class Program(SampleProperties, EngineSide):
        """The side of a program."""

    made = Program.__new__(Program)
    made.__dict__.update(count="an output", status="another")
    read: list[Any] = [made.count, made.status, made.part]
    assert read == ["an output", "another", None]


# -- nested objects ------------------------------------------------------------------------------------------------


def test_value_is_read_from_the_instance_and_can_be_set() -> None:
    part = PartArgs(name="a")
    assert part.name == "a"
    part.name = "b"
    assert part.to_dict() == {"name": "b"}


def test_nested_object_keeps_unknown_names_for_check_to_report() -> None:
    misspelt: dict[str, Any] = {"nam": "x"}
    assert PartArgs(**misspelt).to_dict() == {"nam": "x"}


def test_nested_object_becomes_a_dict_without_what_was_left_out() -> None:
    part = PartArgs(name="a", disk=DiskArgs(category="cloud_ssd"))
    assert part.to_dict() == {"name": "a", "disk": {"category": "cloud_ssd"}}


def test_repr_of_a_nested_object_hides_secrets() -> None:
    assert repr(PartArgs(name="a", key="Canary-1")) == "PartArgs(name='a', key=[secret])"


def test_repr_hides_secrets_at_any_depth() -> None:
    class HolderArgs(Args):
        """Holds a part."""

        part: Nested[PartArgs] = nested(PartArgs)

    assert "Canary" not in repr(HolderArgs(part=PartArgs(name="b", key="Canary-1")))


def test_repr_of_a_nested_object_hides_what_may_be_a_misspelt_secret() -> None:
    misspelt: dict[str, Any] = {"name": "a", "kye": "Canary-1"}
    assert "Canary" not in repr(PartArgs(**misspelt))


def test_repr_hides_the_secrets_of_a_user() -> None:
    user = ehpc.UserArgs(name="alice", password="Canary-1", auth_key="Canary-2")
    assert "Canary" not in repr(user)
    assert "Canary" not in repr([user])
    assert "alice" in repr(user)


def test_plain_turns_nested_objects_at_any_depth_into_dicts_and_keeps_outputs() -> None:
    known: Output[str] = object.__new__(Output)
    value = {"parts": [PartArgs(name="a"), {"name": known, "key": None}], "other": (1, 2)}
    assert plain(value) == {"parts": [{"name": "a"}, {"name": known}], "other": [1, 2]}


def test_dict_does_as_well_as_a_nested_object() -> None:
    assert plain([PartArgs(name="a")]) == plain([{"name": "a"}])


# -- what a handler reads ------------------------------------------------------------------------------------------


def test_handler_reads_plain_values_and_nested_objects() -> None:
    inputs = SampleInputs.of(
        {"title": "abc", "part": {"name": "a", "disk": {"size_gib": 40}}, "parts": [{"name": "b"}], "places": ["x"]}
    )
    assert (inputs.title, inputs.places) == ("abc", ["x"])
    assert isinstance(inputs.part, PartArgs)
    assert inputs.part.disk is not None
    assert inputs.part.disk.size_gib == 40
    assert [part.name for part in inputs.parts] == ["b"]


def test_what_was_left_out_reads_as_none_or_as_nothing() -> None:
    inputs = SampleInputs.of({"title": "abc"})
    assert (inputs.word, inputs.part, inputs.enabled) == (None, None, None)
    assert (inputs.places, inputs.parts, inputs.labels) == ([], [], {})
    assert TeamInputs.of({}).members == {}


def test_unknown_value_reads_as_unknown() -> None:
    inputs = SampleInputs.of({"parts": UNKNOWN, "count": UNKNOWN, "part": {"name": UNKNOWN}})
    read: list[Any] = [inputs.parts, inputs.count, inputs.part and inputs.part.name]
    assert read == [UNKNOWN, UNKNOWN, UNKNOWN]


def test_inputs_tell_what_is_there() -> None:
    inputs = SampleInputs.of({"title": "abc", "word": None, "count": 0})
    assert "title" in inputs and "count" in inputs
    assert "word" not in inputs and "price" not in inputs
    assert inputs.values == {"title": "abc", "word": None, "count": 0}


def test_stored_properties_have_the_secrets_of_a_keyed_list_apart() -> None:
    stored = stored_properties(TeamInputs.properties())
    assert list(stored) == ["members", "tokens"]
    assert (stored["tokens"].secret, stored["tokens"].property_type) == (True, PropertyType.STRING_MAP)
    assert not stored["members"].secret
    assert list(MemberArgs.properties()) == ["name", "role", "token"]
