"""Field maps: declared values as requests, responses as declared values, and limits from the specification."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api import spec
from pulumi_ehpc.schema.builders import boolean, enum, integer, keyed, nested_list, number, string, string_list
from pulumi_ehpc.schema.builders import nested as nested_object
from pulumi_ehpc.schema.codec import (
    Field,
    FieldMap,
    Parameters,
    enum_map,
    nested,
    same_word,
    tidy,
    to_request,
    unwrapped,
)
from pulumi_ehpc.schema.descriptors import KeyedList, Nested, NestedList, Prop, StringList
from pulumi_ehpc.schema.properties import Args, Inputs, Properties

NEW, OLD = "2024-07-30", "2018-04-12"


class DiskArgs(Args):
    """An object within an object."""

    category: Prop[str | None] = enum("cloud_ssd", "cloud_essd", default=None)
    size_gib: Prop[int | None] = integer(default=None)


class KindArgs(Args):
    """An object of a list."""

    instance_type: Prop[str] = string()
    charge: Prop[str | None] = enum("post_paid", "pre_paid", default=None)
    price: Prop[float | None] = number(default=None)
    disk: Nested[DiskArgs] = nested_object(DiskArgs, default=None)


class ThingProperties(Properties):
    """Something that has everything."""

    name: Prop[str] = string()
    network: Prop[str | None] = enum("vpc", "erdma", default=None)
    most: Prop[int | None] = integer(default=None)
    grows: Prop[bool | None] = boolean(default=None)
    places: StringList = string_list(default=None)
    kinds: NestedList[KindArgs] = nested_list(KindArgs, default=None)


class ThingInputs(ThingProperties, Inputs):
    """What a handler reads of it."""


KIND = FieldMap(
    KindArgs,
    instance_type="InstanceType",
    charge="InstanceChargeType",
    price="SpotPriceLimit",
    disk=nested("SystemDisk", FieldMap(DiskArgs, category="Category", size_gib="Size")),
)
QUEUE = FieldMap(
    ThingProperties,
    Parameters("CreateQueue", NEW, under="Queue"),
    name="QueueName",
    network=enum_map("InterConnect", {"vpc": "vpc", "erdma": "eRDMA"}),
    most="MaxCount",
    grows="EnableScaleOut",
    places="VSwitchIds",
    kinds=nested("ComputeNodes", KIND),
)
NODES = FieldMap(
    KindArgs,
    Parameters("AddNodes", OLD),
    price="ComputeSpotPriceLimit",
    charge="EcsChargeType",
    instance_type="InstanceType",
)

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
REQUEST = {
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


def test_values_are_encoded_at_any_depth() -> None:
    assert QUEUE.encode(DECLARED) == {"Queue": REQUEST}
    assert QUEUE.encode_object(DECLARED) == REQUEST


def test_inputs_and_nested_objects_encode_as_dicts_do() -> None:
    assert QUEUE.encode(ThingInputs.of(DECLARED)) == {"Queue": REQUEST}
    kind = KindArgs(instance_type="x", disk=DiskArgs(size_gib=4))
    assert KIND.encode(kind) == {"InstanceType": "x", "SystemDisk": {"Size": 4}}


def test_response_is_decoded_into_what_was_declared() -> None:
    assert QUEUE.decode(REQUEST) == DECLARED


@pytest.mark.parametrize("values", [{}, {"name": None, "kinds": None}])
def test_what_is_left_out_is_not_encoded(values: dict[str, Any]) -> None:
    assert QUEUE.encode(values) == {}


@pytest.mark.parametrize("response", [{}, {"QueueName": None}, {"QueueName": ""}, {"Other": 1}])
def test_what_a_response_does_not_have_is_not_decoded(response: dict[str, Any]) -> None:
    assert QUEUE.decode(response) == {}


def test_zero_and_false_are_values() -> None:
    values = {"most": 0, "grows": False}
    written = QUEUE.encode_object(values)
    assert written == {"MaxCount": 0, "EnableScaleOut": False}
    assert QUEUE.decode(written) == values


def test_a_property_may_be_named_as_the_map_s_own_arguments() -> None:
    class ServiceProperties(Properties):
        """Has the names of the map's positional arguments."""

        action: Prop[str] = string()
        version: Prop[str] = string()

    fields = FieldMap(ServiceProperties, action="Action", version="Version")
    for either in (fields, fields.replace(parameters=Parameters("CreateCluster", NEW))):
        assert either.encode({"action": "a", "version": "1"}) == {"Action": "a", "Version": "1"}


@pytest.mark.parametrize(
    "named", [{"nam": "Name"}, {"unsupported": {"nam": "why"}}, {"handled": {"nam": "how"}, "name": "Name"}]
)
def test_map_of_a_property_that_does_not_exist_is_refused(named: Any) -> None:
    with pytest.raises(TypeError, match="ThingProperties has no nam"):
        FieldMap(ThingProperties, **named)


def test_members_of_a_keyed_list_are_encoded_whole() -> None:
    class MemberArgs(Args):
        """A member."""

        name: Prop[str] = string()
        role: Prop[str] = string(default="reader")
        token: Prop[str | None] = string(default=None, secret=True)

    class TeamProperties(Properties):
        """A team."""

        members: KeyedList[MemberArgs] = keyed(MemberArgs, key="name", value="role")

    team = FieldMap(TeamProperties, members=nested("M", FieldMap(MemberArgs, name="N", role="R", token="T")))
    stored = {"members": {"ann": "writer", "bob": "reader"}, "tokens": {"ann": "t-1"}}
    assert team.encode(stored) == {"M": [{"N": "ann", "R": "writer", "T": "t-1"}, {"N": "bob", "R": "reader"}]}


# -- enums ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["pre_paid", "PrePaid", "prepaid", "Pre-Paid"])
def test_words_are_found_among_those_of_the_specification(word: str) -> None:
    assert NODES.encode({"charge": word}) == {"EcsChargeType": "PrePaid"}


@pytest.mark.parametrize("word", ["PrePaid", "prepaid", "pre_paid"])
def test_words_of_responses_become_those_of_the_property(word: str) -> None:
    assert NODES.decode({"EcsChargeType": word}) == {"charge": "pre_paid"}


def test_word_that_nobody_knows_is_passed_on_both_ways() -> None:
    assert QUEUE.encode_object({"network": "new"}) == {"InterConnect": "new"}
    assert QUEUE.decode({"InterConnect": "new"}) == {"network": "new"}


@pytest.mark.parametrize(("one", "other"), [("pre_paid", "PrePaid"), ("a-b c", "ABC"), ("", "_")])
def test_same_words(one: str, other: str) -> None:
    assert same_word(one, other)


def test_other_words() -> None:
    assert not same_word("pre_paid", "post_paid")


# -- strings on the wire -------------------------------------------------------------------------------------------


def test_numbers_and_booleans_that_are_strings_on_the_wire() -> None:
    renewing = FieldMap(ThingProperties, Parameters("AddNodes", OLD), grows="AutoRenew", most="Period")
    assert NODES.encode({"price": 1.5}) == {"ComputeSpotPriceLimit": "1.5"}
    assert renewing.encode({"grows": True, "most": 1}) == {"AutoRenew": "true", "Period": 1}


@pytest.mark.parametrize(
    ("name", "received", "value"),
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
def test_values_of_responses_get_the_type_of_their_property(name: str, received: Any, value: Any) -> None:
    fields: dict[str, Any] = {name: "Wire"}
    found = FieldMap(ThingProperties, **fields).decode({"Wire": received})[name]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [("most", 5.0, 5), ("most", 5.5, 5.5), ("most", "5", "5"), ("grows", "true", "true"), ("name", 5.0, 5.0)],
)
def test_declared_values_become_integers_and_nothing_else(name: str, given: Any, value: Any) -> None:
    found = tidy(ThingProperties.properties()[name], given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("received", "value"), [("1.5", 1.5), (2, 2.0)])
def test_price_that_is_a_string_in_the_response(received: Any, value: float) -> None:
    assert NODES.decode({"ComputeSpotPriceLimit": received}) == {"price": value}


# -- paths ---------------------------------------------------------------------------------------------------------


def test_fields_of_an_object_may_stand_among_the_others() -> None:
    flat = FieldMap(
        KindArgs,
        disk=nested(
            "",
            FieldMap(DiskArgs, category=enum_map("DiskType", {"cloud_ssd": "cloud_ssd"}), size_gib="DiskSize"),
            response=".",
        ),
    )
    values = {"disk": {"category": "cloud_ssd", "size_gib": 4}}
    written = flat.encode(values)
    assert written == {"DiskType": "cloud_ssd", "DiskSize": 4}
    assert flat.decode(written) == values
    assert flat.decode({"Other": 1}) == {}


def test_two_fields_may_share_an_object_of_the_wire() -> None:
    shared = FieldMap(
        ThingProperties, name="Manager.Scheduler.Type", most="Manager.Scheduler.Version", grows="Manager.On"
    )
    written = shared.encode({"name": "x", "most": 1, "grows": True})
    assert written == {"Manager": {"Scheduler": {"Type": "x", "Version": 1}, "On": True}}
    assert shared.decode(written) == {"name": "x", "most": 1, "grows": True}


def test_objects_that_share_a_path_are_joined() -> None:
    inner = FieldMap(DiskArgs, size_gib="Size")
    shared = FieldMap(KindArgs, instance_type="Node.Type", disk=nested("Node", inner))
    assert shared.encode({"instance_type": "x", "disk": {"size_gib": 4}}) == {"Node": {"Type": "x", "Size": 4}}


def test_responses_may_have_a_value_elsewhere_or_not_at_all() -> None:
    fields = FieldMap(
        ThingProperties,
        network=Field("Mode", "Shown.Mode", words={"vpc": "Standard"}),
        kinds=nested("Kinds", KIND, response=""),
    )
    assert fields.decode({"Shown": {"Mode": "standard"}, "Kinds": [{}]}) == {"network": "vpc"}


# -- full-state writes ---------------------------------------------------------------------------------------------


def overwritten(source: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """The object sent for a queue of three values."""
    response = {"QueueName": "work", "MaxCount": 5, "MinCount": 1, "NodeCount": 7}
    return QUEUE.overwrite(response, ThingInputs.of(source), ThingInputs.of(old))


def test_full_state_write_keeps_what_was_never_declared() -> None:
    assert overwritten({"name": "work", "most": 9}, {"name": "work"}) == {
        "QueueName": "work",
        "MaxCount": 9,
        "MinCount": 1,
    }


def test_full_state_write_drops_what_is_not_declared_any_more() -> None:
    assert overwritten({"name": "work"}, {"name": "work", "most": 5}) == {"QueueName": "work", "MinCount": 1}


def test_response_becomes_a_request() -> None:
    shapes = spec.action("SetAutoScaleConfig", OLD).parameters
    response = {
        "RequestId": "r",
        "ClusterId": "c",
        "ImageId": "",
        "Queues": {
            "QueueInfo": [{"QueueName": "work", "DataDisks": {"DataDisksInfo": [{"DataDiskSize": 40}]}, "X": 1}]
        },
    }
    assert to_request(response, shapes) == {
        "ClusterId": "c",
        "Queues": [{"QueueName": "work", "DataDisks": [{"DataDiskSize": 40}]}],
    }


@pytest.mark.parametrize(
    ("value", "entries"), [({"Info": [1, 2]}, [1, 2]), ([1], [1]), (None, []), ({}, []), ({"Info": "x"}, [])]
)
def test_lists_are_unwrapped(value: Any, entries: list[int]) -> None:
    assert unwrapped(value) == entries


# -- limits and reach ----------------------------------------------------------------------------------------------


def test_limits_come_from_the_specification() -> None:
    fields = FieldMap(ThingProperties, Parameters("AddNodes", OLD), most="SystemDiskSize")
    size = fields.shape(fields.fields["most"])
    assert size is not None
    assert (size.minimum, size.maximum) == (40, 500)
    assert QUEUE.allowed(KIND.fields["charge"]) == ()
    assert QUEUE.nested_map(QUEUE.fields["kinds"]).allowed(KIND.fields["charge"]) == ("PrePaid", "PostPaid")


def test_no_limits_without_an_action_or_a_parameter() -> None:
    assert KIND.shape(KIND.fields["charge"]) is None
    unknown = FieldMap(ThingProperties, Parameters("AddNodes", OLD), most="NoSuch")
    assert unknown.allowed(unknown.fields["most"]) == ()


def test_map_can_be_had_with_changes() -> None:
    base = FieldMap(
        ThingProperties,
        Parameters("AddNodes", OLD),
        unsupported={"most": "why"},
        handled={"grows": "how"},
        name="Name",
        network="Net",
    )
    other = base.replace("network", unsupported={"places": "because"}, name="OtherName", kinds="Kinds")
    assert {name: entry.wire for name, entry in other.fields.items()} == {"name": "OtherName", "kinds": "Kinds"}
    assert other.unsupported == {"most": "why", "places": "because"}
    assert other.handled == {"grows": "how"}
    assert other.parameters == Parameters("AddNodes", OLD)
    assert base.fields["name"].wire == "Name"
    assert base.replace(parameters=Parameters("CreateNodes", NEW, under="Nodes")).encode({"name": "x"}) == {
        "Nodes": {"Name": "x"}
    }


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
