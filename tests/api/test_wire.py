"""Parameters: what is refused, and how the rest is encoded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_ehpc.api import spec, wire

OLD, NEW = spec.VERSIONS
CANARY = "Canary-Passw0rd!"


def test_2018_lists_and_objects_become_flat_keys_counted_from_one() -> None:
    parameters = {
        "ClusterId": "ehpc-1",
        "AdditionalVolumes": [
            {"LocalDirectory": "/a", "Roles": [{"Name": "Compute"}, {"Name": "Login"}]},
            {"LocalDirectory": "/b"},
        ],
    }
    assert encode("UpdateClusterVolumes", OLD, parameters) == {
        "ClusterId": "ehpc-1",
        "AdditionalVolumes.1.LocalDirectory": "/a",
        "AdditionalVolumes.1.Roles.1.Name": "Compute",
        "AdditionalVolumes.1.Roles.2.Name": "Login",
        "AdditionalVolumes.2.LocalDirectory": "/b",
    }


def test_2018_objects_in_objects() -> None:
    parameters = {"Name": "c", "EcsOrder": {"Compute": {"Count": 2, "InstanceType": "ecs.c7"}}, "DeployMode": None}
    assert encode("CreateCluster", OLD, parameters) == {
        "Name": "c",
        "EcsOrder.Compute.Count": "2",
        "EcsOrder.Compute.InstanceType": "ecs.c7",
    }


def test_2024_lists_and_objects_become_json() -> None:
    queue = {"QueueName": "工作", "EnableScaleIn": True, "MaxCount": 5.0, "MinCount": None, "VSwitchIds": ["v", None]}
    encoded = encode("CreateQueue", NEW, {"ClusterId": "ehpc-1", "Queue": queue})
    assert encoded["Queue"] == '{"QueueName":"工作","EnableScaleIn":true,"MaxCount":5,"VSwitchIds":["v"]}'


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Sync": True}, {"Sync": "True"}),
        ({"Sync": False}, {"Sync": "False"}),
        ({"Count": 3.0}, {"Count": "3"}),
        ({"ClientToken": ""}, {"ClientToken": ""}),
    ],
)
def test_scalars_are_strings(parameters: dict[str, Any], expected: dict[str, str]) -> None:
    assert encode("AddNodes", OLD, {"ClusterId": "c", "Count": 1, **parameters}).items() >= expected.items()


def test_numbers_keep_their_fraction() -> None:
    encoded = encode("CreateNodes", NEW, {"ClusterId": "c", "ComputeNode": {"SpotPriceLimit": 0.25}})
    assert json.loads(encoded["ComputeNode"]) == {"SpotPriceLimit": 0.25}


@pytest.mark.parametrize(
    ("action", "version", "parameters", "violation"),
    [
        ("GetCluster", NEW, {}, "ClusterId = [not given]: required by GetCluster"),
        ("GetCluster", NEW, {"ClusterId": None}, "ClusterId = [not given]: required by GetCluster"),
        (
            "GetCluster",
            NEW,
            {"ClusterId": "c", "clusterid": "c"},
            "clusterid = 'c': GetCluster has no such parameter; did you mean ClusterId?",
        ),
        ("GetCluster", NEW, {"ClusterId": 7}, "ClusterId = 7: expected type string, got int"),
        ("GetCluster", NEW, {"ClusterId": True}, "ClusterId = True: expected type string, got bool"),
        ("ListUsers", NEW, {"ClusterId": "c", "PageSize": True}, "PageSize = True: expected type integer, got bool"),
        ("ListUsers", NEW, {"ClusterId": "c", "PageSize": 1.5}, "PageSize = 1.5: expected type integer, got float"),
        ("DeleteUsers", OLD, {"ClusterId": "c", "User": []}, "User = [not given]: required by DeleteUsers"),
        ("DeleteUsers", OLD, {"ClusterId": "c", "User": [{}]}, "User[0].Name = [not given]: required by User[0]"),
        ("DeleteUsers", OLD, {"ClusterId": "c", "User": "alice"}, "User = 'alice': expected type array, got str"),
        (
            "DeleteUsers",
            OLD,
            {"ClusterId": "c", "User": [{"Name": "a", "Zzz": 1}]},
            "User[0].Zzz = 1: User[0] has no such parameter; known are Name",
        ),
        (
            "CreateNodes",
            NEW,
            {"ClusterId": "c", "ComputeNode": {"SpotPriceLimit": float("nan")}},
            "ComputeNode.SpotPriceLimit = nan: expected type number, got float",
        ),
    ],
)
def test_what_the_spec_does_not_allow_is_refused(
    action: str, version: str, parameters: dict[str, Any], violation: str
) -> None:
    assert [str(found) for found in check(action, version, parameters)] == [violation]


def test_all_violations_are_given_at_once() -> None:
    violations = check("AddUsers", OLD, {"User": [{"Name": 1, "Group": "users"}, {"Nam": "b"}], "Async": "no"})
    assert {violation.property for violation in violations} == {
        "ClusterId",
        "User[0].Name",
        "User[0].Password",
        "User[1].Nam",
        "User[1].Name",
        "User[1].Group",
        "User[1].Password",
        "Async",
    }


@pytest.mark.parametrize(
    "user",
    [
        {"Name": "a", "Group": "users", "Password": [CANARY]},
        {"Name": "a", "Group": "users", "Password": {"a": CANARY}},
        {"Name": "a", "Group": "users", "Password": CANARY, "AuthKey": CANARY},
        {"Name": "a", "Group": "users", "Password": CANARY, "Other": [{"Password": CANARY}]},
    ],
    ids=str,
)
def test_violations_do_not_show_secrets(user: dict[str, Any]) -> None:
    violations = check("AddUsers", OLD, {"ClusterId": "c", "User": [user]})
    assert violations
    assert CANARY not in str(violations)


def test_long_values_are_cut() -> None:
    (violation,) = check("GetCluster", NEW, {"ClusterName": "x" * 500, "ClusterId": "c"})
    assert len(violation.value) == 60


def check(action: str, version: str, parameters: dict[str, Any]) -> list[Any]:
    return wire.check(spec.action(action, version), parameters)


def encode(action: str, version: str, parameters: dict[str, Any]) -> dict[str, str]:
    assert check(action, version, parameters) == []
    return wire.encode(spec.action(action, version), parameters)
