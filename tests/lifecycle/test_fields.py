"""Field maps: declared values on the wire and back, and the limits that the specification lends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi import Input

from pulumi_ehpc.lifecycle.fields import FieldMap, block, dig, each, heard, same_word, tidy, words
from pulumi_ehpc.lifecycle.rows import Args, Declared, choice, flag, integer, many, number, one, rows_of, text, texts

NEW, OLD = "2024-07-30", "2018-04-12"


class Disk(Args):
    category: Input[str] | None = choice("cloud_ssd", "cloud_essd", default=None)
    size_gib: Input[int] | None = integer(default=None)


class Kind(Args):
    instance_type: Input[str] = text()
    charge: Input[str] | None = choice("post_paid", "pre_paid", default=None)
    price: Input[float] | None = number(default=None)
    disk: Input[Disk | Mapping[str, Any]] | None = one(Disk, default=None)


class Thing(Declared):
    name: Any = text()
    network: Any = choice("vpc", "erdma", default=None)
    most: Any = integer(default=None)
    grows: Any = flag(default=None)
    places: Any = texts(default=None)
    kinds: Any = many(Kind, default=None)


ROWS, KIND_ROWS = rows_of(Thing), rows_of(Kind)
KIND = FieldMap(
    instance_type="InstanceType",
    charge="InstanceChargeType",
    price="SpotPriceLimit",
    disk=block("SystemDisk", FieldMap(category="Category", size_gib="Size")),
)
QUEUE = FieldMap(
    "CreateQueue",
    NEW,
    under="Queue",
    name="QueueName",
    network=words("InterConnect", {"vpc": "vpc", "erdma": "eRDMA"}),
    most="MaxCount",
    grows="EnableScaleOut",
    places="VSwitchIds",
    kinds=each("ComputeNodes", KIND),
)
NODES = FieldMap("AddNodes", OLD, price="ComputeSpotPriceLimit", charge="EcsChargeType", instance_type="InstanceType")

DECLARED = {
    "name": "work",
    "network": "erdma",
    "most": 5,
    "grows": True,
    "places": ["vsw-1"],
    "kinds": [
        {"instance_type": "ecs.c7.large", "charge": "pre_paid", "disk": {"category": "cloud_ssd", "size_gib": 4}}
    ],
}
WIRE = {
    "QueueName": "work",
    "InterConnect": "eRDMA",
    "MaxCount": 5,
    "EnableScaleOut": True,
    "VSwitchIds": ["vsw-1"],
    "ComputeNodes": [
        {
            "InstanceType": "ecs.c7.large",
            "InstanceChargeType": "PrePaid",
            "SystemDisk": {"Category": "cloud_ssd", "Size": 4},
        }
    ],
}


def test_values_are_spelled_as_the_wire_does_at_any_depth() -> None:
    assert QUEUE.to_wire(ROWS, DECLARED) == {"Queue": WIRE}


def test_an_answer_is_read_back_into_what_was_declared() -> None:
    assert QUEUE.from_wire(ROWS, WIRE) == DECLARED


@pytest.mark.parametrize("values", [{}, {"name": None, "kinds": None}])
def test_what_is_left_out_is_not_written(values: dict[str, Any]) -> None:
    assert QUEUE.to_wire(ROWS, values) == {}


@pytest.mark.parametrize("answer", [{}, {"QueueName": None}, {"QueueName": ""}, {"Other": 1}])
def test_what_an_answer_does_not_have_is_not_read(answer: dict[str, Any]) -> None:
    assert QUEUE.from_wire(ROWS, answer) == {}


def test_zero_and_false_are_values() -> None:
    values = {"most": 0, "grows": False}
    written = QUEUE.to_wire(ROWS, values)["Queue"]
    assert written == {"MaxCount": 0, "EnableScaleOut": False}
    assert QUEUE.from_wire(ROWS, written) == values


def test_a_property_may_be_called_as_the_map_s_own_arguments() -> None:
    class Service(Declared):
        action: Any = text()
        version: Any = text()

    fields = FieldMap(action="Action", version="Version")
    assert fields.to_wire(rows_of(Service), {"action": "a", "version": "1"}) == {"Action": "a", "Version": "1"}


# -- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["pre_paid", "PrePaid", "prepaid", "Pre-Paid"])
def test_words_are_found_among_those_of_the_specification(word: str) -> None:
    assert NODES.to_wire(KIND_ROWS, {"charge": word}) == {"EcsChargeType": "PrePaid"}


@pytest.mark.parametrize("word", ["PrePaid", "prepaid", "pre_paid"])
def test_words_of_answers_become_those_of_the_row(word: str) -> None:
    assert NODES.from_wire(KIND_ROWS, {"EcsChargeType": word}) == {"charge": "pre_paid"}


def test_word_that_nobody_knows_is_passed_on_both_ways() -> None:
    assert QUEUE.to_wire(ROWS, {"network": "new"})["Queue"] == {"InterConnect": "new"}
    assert QUEUE.from_wire(ROWS, {"InterConnect": "new"}) == {"network": "new"}


@pytest.mark.parametrize(("one", "other"), [("pre_paid", "PrePaid"), ("a-b c", "ABC"), ("", "_")])
def test_same_words(one: str, other: str) -> None:
    assert same_word(one, other)


def test_other_words() -> None:
    assert not same_word("pre_paid", "post_paid")


# -- texts on the wire ---------------------------------------------------------------------------------------------


def test_numbers_and_flags_that_are_texts_on_the_wire() -> None:
    renewing = FieldMap("AddNodes", OLD, grows="AutoRenew", most="Period")
    assert NODES.to_wire(KIND_ROWS, {"price": 1.5}) == {"ComputeSpotPriceLimit": "1.5"}
    assert renewing.to_wire(ROWS, {"grows": True, "most": 1}) == {"AutoRenew": "true", "Period": 1}


@pytest.mark.parametrize(
    ("name", "told", "value"),
    [
        ("most", "100", 100),
        ("most", 100.0, 100),
        ("most", "-1", -1),
        ("most", 1.5, 1.5),
        ("most", "many", "many"),
        ("most", True, True),
        ("grows", "true", True),
        ("grows", "False", False),
        ("grows", "yes", "yes"),
        ("name", "true", "true"),
        ("name", "100", "100"),
    ],
)
def test_values_of_answers_get_the_type_of_their_row(name: str, told: Any, value: Any) -> None:
    found = heard(ROWS[name], told)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [("most", 5.0, 5), ("most", 5.5, 5.5), ("most", "5", "5"), ("grows", "true", "true"), ("name", 5.0, 5.0)],
)
def test_declared_values_become_whole_numbers_and_nothing_else(name: str, given: Any, value: Any) -> None:
    found = tidy(ROWS[name], given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("told", "value"), [("1.5", 1.5), (2, 2.0)])
def test_price_that_is_a_text_in_the_answer(told: Any, value: float) -> None:
    assert NODES.from_wire(KIND_ROWS, {"ComputeSpotPriceLimit": told}) == {"price": value}


# -- places --------------------------------------------------------------------------------------------------------


def test_fields_of_a_block_may_stand_beside_the_others() -> None:
    beside = FieldMap(disk=block("", FieldMap(category="DiskType", size_gib="DiskSize"), read="."))
    values = {"disk": {"category": "cloud_ssd", "size_gib": 4}}
    written = beside.to_wire(KIND_ROWS, values)
    assert written == {"DiskType": "cloud_ssd", "DiskSize": 4}
    assert beside.from_wire(KIND_ROWS, written) == values
    assert beside.from_wire(KIND_ROWS, {"Other": 1}) == {}


def test_two_fields_may_share_an_object_of_the_wire() -> None:
    shared = FieldMap(name="Manager.Scheduler.Type", most="Manager.Scheduler.Version", grows="Manager.On")
    written = shared.to_wire(ROWS, {"name": "x", "most": 1, "grows": True})
    assert written == {"Manager": {"Scheduler": {"Type": "x", "Version": 1}, "On": True}}
    assert shared.from_wire(ROWS, written) == {"name": "x", "most": 1, "grows": True}


def test_answers_may_have_a_value_elsewhere_or_not_at_all() -> None:
    fields = FieldMap(network=words("Mode", {"vpc": "Standard"}, read="Shown.Mode"), kinds=each("Kinds", KIND, read=""))
    assert fields.from_wire(ROWS, {"Shown": {"Mode": "standard"}, "Kinds": [{}]}) == {"network": "vpc"}


@pytest.mark.parametrize(
    ("path", "value"), [("", {"a": {"b": 1}}), ("a.b", 1), ("a.x", None), ("a.b.c", None), ("x.y", None)]
)
def test_dotted_paths(path: str, value: Any) -> None:
    assert dig({"a": {"b": 1}}, path) == value


# -- limits and reach ----------------------------------------------------------------------------------------------


def test_limits_come_from_the_specification() -> None:
    size = FieldMap("AddNodes", OLD, most="SystemDiskSize").shape(FieldMap(most="SystemDiskSize").fields["most"])
    assert size is not None
    assert (size.minimum, size.maximum) == (40, 500)
    assert QUEUE.allowed(KIND.fields["charge"]) == ()
    assert QUEUE.inner(QUEUE.fields["kinds"]).allowed(KIND.fields["charge"]) == ("PrePaid", "PostPaid")


def test_no_limits_without_an_action_or_a_parameter() -> None:
    assert KIND.shape(KIND.fields["charge"]) is None
    assert FieldMap("AddNodes", OLD, most="NoSuch").allowed(FieldMap(most="NoSuch").fields["most"]) == ()


def test_a_map_can_be_had_with_changes() -> None:
    base = FieldMap("AddNodes", OLD, refused={"most": "why"}, derived={"grows": "how"}, name="Name", network="Net")
    other = base.but("network", refused={"places": "because"}, name="OtherName", most="Most")
    assert {name: entry.wire for name, entry in other.fields.items()} == {"name": "OtherName", "most": "Most"}
    assert other.refused == {"most": "why", "places": "because"}
    assert other.derived == {"grows": "how"}
    assert (other.action, other.version) == ("AddNodes", OLD)
    assert base.fields["name"].wire == "Name"


def test_reached_parameters() -> None:
    assert sorted(QUEUE.reached()) == [
        "Queue.ComputeNodes.InstanceChargeType",
        "Queue.ComputeNodes.InstanceType",
        "Queue.ComputeNodes.SpotPriceLimit",
        "Queue.ComputeNodes.SystemDisk.Category",
        "Queue.ComputeNodes.SystemDisk.Size",
        "Queue.EnableScaleOut",
        "Queue.InterConnect",
        "Queue.MaxCount",
        "Queue.QueueName",
        "Queue.VSwitchIds",
    ]
