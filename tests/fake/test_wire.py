"""Decoding of requests: every encoding a client may use gives the same tree."""

from __future__ import annotations

import json

import pytest

from pulumi_ehpc.fake import FakeCloud
from tests.fake.caller import V2018, V2024, Caller, CallFailedError, flatten
from tests.fake.conftest import PASSWORD, make_cloud

USERS = [
    {"Name": "alice.a", "Group": "wheel", "Password": PASSWORD},
    {"Name": "bobbob", "Group": "users", "Password": PASSWORD},
]


def list_user_names(caller: Caller, cluster_id: str) -> list[str]:
    listed = caller.v2018("ListUsers", ClusterId=cluster_id)["Users"]["UserInfo"]
    return [user["Name"] for user in listed]


def test_flat_keys_json_query_and_form_are_equivalent(caller: Caller, running: str) -> None:
    ways: list[tuple[dict[str, str], dict[str, str] | None]] = [
        ({"ClusterId": running, **flatten({"User": USERS})}, None),
        ({"ClusterId": running, "User": json.dumps(USERS)}, None),
        ({"ClusterId": running}, flatten({"User": USERS})),
        ({}, {"ClusterId": running, "User": json.dumps(USERS)}),
    ]
    for query, form in ways:
        caller.send("AddUsers", V2018, query, form=form)
        assert list_user_names(caller, running) == ["alice.a", "bobbob"]
        caller.v2018("DeleteUsers", ClusterId=running, User=[{"Name": "alice.a"}, {"Name": "bobbob"}])


def test_list_may_be_sent_as_flat_keys_in_a_form(caller: Caller, running: str) -> None:
    caller.v2024("CreateQueue", ClusterId=running, Queue={"QueueName": "work"})
    caller.send("DeleteQueues", V2024, {}, form={"ClusterId": running, "QueueNames.1": "work"})
    assert [q["QueueName"] for q in caller.v2024("ListQueues", ClusterId=running)["Queues"]] == ["comp"]


def test_flat_lists_are_ordered_by_number(caller: Caller, running: str) -> None:
    users = [{"Name": f"user{number:02d}", "Group": "users", "Password": PASSWORD} for number in range(1, 13)]
    caller.v2018("AddUsers", ClusterId=running, User=users)
    assert list_user_names(caller, running) == [f"user{number:02d}" for number in range(1, 11)]


@pytest.mark.parametrize(("value", "expected"), [("True", "true"), ("true", "true"), ("False", "false")])
def test_booleans_may_be_uppercase_as_in_python(caller: Caller, value: str, expected: str) -> None:
    response = caller.send("CreateCluster", V2024, {"ClusterName": "genomics", "DeletionProtection": value})
    shown = caller.v2024("GetCluster", ClusterId=response["ClusterId"])
    assert shown["DeleteProtection"] == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"MaxCount": "many"}, "MaxCount"),
        ({"MaxCount": "1.5"}, "MaxCount"),
        ({"MaxCount": "nan"}, "MaxCount"),
        ({"DeletionProtection": "maybe"}, "DeletionProtection"),
        ({"Manager": "{"}, "Manager"),
        ({"Manager": "[" * 100_000}, "Manager"),
        ({"Manager": "[]"}, "Manager"),
        ({"Queues": "{}", "Queues.x": "1"}, "Queues"),
        ({"Queues": '[{"QueueName": 5}]'}, "Queues.1.QueueName"),
        ({"Queues": '[{"QueueName": {"a": 1}}]'}, "Queues.1.QueueName"),
        ({"Queues": '[{"QueueName": "q", "MaxCount": true}]'}, "Queues.1.MaxCount"),
        ({"Queues.0.QueueName": "q"}, "Queues"),
        ({"Queues.1": "a", "Queues.1.QueueName": "b"}, "Queues"),
    ],
)
def test_value_of_another_type_is_invalid_params(caller: Caller, query: dict[str, str], parameter: str) -> None:
    with pytest.raises(CallFailedError) as refused:
        caller.send("CreateCluster", V2024, query)
    assert (refused.value.status, refused.value.code) == (400, "InvalidParams")
    assert f"The specified parameter {parameter}" in refused.value.message


def test_region_id_is_accepted_with_every_action(caller: Caller) -> None:
    caller.send("ListClusters", V2024, {"RegionId": "cn-beijing"})
    assert "x-fake-ignored-parameters" not in caller.last_headers


def test_unknown_parameters_are_dropped_and_named_in_a_header(caller: Caller) -> None:
    caller.send("ListClusters", V2024, {"PageSiz": "20", "Filter.1": "x"})
    assert caller.last_headers["x-fake-ignored-parameters"] == "Filter,PageSiz"


def test_unknown_parameters_can_be_refused() -> None:
    caller = Caller(make_cloud({"unknown_parameters_refused": True}))
    with pytest.raises(CallFailedError, match="InvalidParams: The specified parameter PageSiz is invalid"):
        caller.send("ListClusters", V2024, {"PageSiz": "20"})
    with pytest.raises(CallFailedError, match=r"Manager\.Managr"):
        caller.v2024("CreateCluster", Manager={"Managr": {}})


def test_empty_string_for_a_list_or_object_is_unset(caller: Caller) -> None:
    assert caller.send("CreateCluster", V2024, {"Manager": "", "Queues": " "})["Success"] is True


def test_empty_lists_and_nulls_of_the_sdk_are_unset(caller: Caller, running: str) -> None:
    """The SDK sends [] for lists nobody set, and null for what is None."""
    queue: dict[str, object] = {"QueueName": "work", "ComputeNodes": [], "VSwitchIds": [], "RamRole": None}
    caller.v2024("CreateQueue", ClusterId=running, Queue=queue)
    assert caller.v2024("GetQueue", ClusterId=running, QueueName="work")["Queue"]["RamRole"] == ""


def test_region_comes_from_parameter_then_header_then_host_then_default(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    caller.v2018("CreateCluster", Name="in-hangzhou", Password=PASSWORD)
    caller.headers = {"x-acs-region-id": "cn-beijing"}
    caller.v2018("CreateCluster", Name="in-beijing", Password=PASSWORD)
    caller.v2018("CreateCluster", Name="in-shanghai", Password=PASSWORD, RegionId="cn-shanghai")
    caller.headers = {"host": "ehpc.cn-shenzhen.aliyuncs.com"}
    caller.v2018("CreateCluster", Name="in-shenzhen", Password=PASSWORD)
    regions = next(iter(cloud.snapshot()["accounts"].values()))
    assert {region: [c["name"] for c in state["clusters"]] for region, state in regions.items()} == {
        "cn-hangzhou": ["in-hangzhou"],
        "cn-beijing": ["in-beijing"],
        "cn-shanghai": ["in-shanghai"],
        "cn-shenzhen": ["in-shenzhen"],
    }
