"""The gateway's checks: actions, versions, methods, parameters."""

from __future__ import annotations

import pytest

from tests.fake.caller import V2018, V2024, Caller, CallFailedError
from tests.fake.conftest import PASSWORD


@pytest.mark.parametrize(
    ("action", "version", "status", "code"),
    [
        ("CreateJobQueue", V2018, 404, "InvalidAction.NotFound"),
        ("DescribeCluster", V2024, 404, "InvalidAction.NotFound"),
        ("AssumeRole", "2015-04-01", 404, "InvalidAction.NotFound"),
        ("ListClusters", "2020-01-01", 400, "InvalidVersion"),
        ("", V2024, 400, "MissingAction"),
        ("ListClusters", "", 400, "MissingVersion"),
        ("StopCluster", V2018, 501, "FakeNotImplemented"),
    ],
)
def test_unknown_actions_and_versions(caller: Caller, action: str, version: str, status: int, code: str) -> None:
    with pytest.raises(CallFailedError) as refused:
        caller.send(action, version, {})
    assert (refused.value.status, refused.value.code) == (status, code)


def test_error_of_a_missing_implementation_names_the_action(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match="The action StopCluster of 2018-04-12 exists"):
        caller.v2018("StopCluster", ClusterId="any")


def test_only_get_and_post_are_accepted(caller: Caller) -> None:
    for method in ("GET", "POST"):
        caller.send("ListClusters", V2018, {}, method=method)
    with pytest.raises(CallFailedError) as refused:
        caller.send("ListClusters", V2018, {}, method="PUT")
    assert (refused.value.status, refused.value.code) == (405, "UnsupportedHTTPMethod")


def test_only_the_root_path_is_served(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match=r"InvalidAction\.NotFound"):
        caller.raw("GET", {}, {}, path="/clusters")


def test_only_json_responses_are_available(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match=r"InvalidParameter\.Format"):
        caller.send("ListClusters", V2018, {"Format": "XML"})


def test_missing_parameter_is_named_in_the_code(caller: Caller) -> None:
    with pytest.raises(CallFailedError) as refused:
        caller.v2018("DescribeCluster")
    assert (refused.value.code, refused.value.message) == (
        "MissingClusterId",
        "ClusterId is mandatory for this action.",
    )


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"SchedulerType": "SLURM"}, "SchedulerType"),
        ({"SystemDiskSize": 39}, "SystemDiskSize"),
        ({"SystemDiskSize": 501}, "SystemDiskSize"),
        ({"EcsOrder": {"Manager": {"Count": 3}}}, "EcsOrder.Manager.Count"),
        ({"EcsOrder": {"Compute": {"Count": 100}}}, "EcsOrder.Compute.Count"),
        ({"PostInstallScript": [{"Url": "http://a"}] * 17}, "PostInstallScript"),
    ],
)
def test_enums_ranges_and_lengths_of_the_spec(caller: Caller, parameters: dict[str, object], parameter: str) -> None:
    with pytest.raises(CallFailedError, match=f"InvalidParams: The specified parameter {parameter} is invalid"):
        caller.v2018("CreateCluster", Name="genomics", Password=PASSWORD, **parameters)


def test_mandatory_members_of_objects(caller: Caller, running: str) -> None:
    with pytest.raises(CallFailedError, match=r"parameter Queue\.QueueName is invalid"):
        caller.v2024("CreateQueue", ClusterId=running, Queue={"MaxCount": 5})


def test_request_id_is_in_body_and_header(caller: Caller) -> None:
    response = caller.v2018("ListRegions")
    assert response["RequestId"] == caller.last_headers["x-acs-request-id"]
