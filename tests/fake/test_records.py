"""Tags, tasks, logs and regions."""

from __future__ import annotations

import json
import time

import pytest

from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import TYPE, create_2024

REGION = {"RegionId": "cn-hangzhou", "ResourceType": "cluster"}
ALL_TIME = {"From": 0, "To": 4_000_000_000}


def list_tags(caller: Caller, **filters: object) -> dict[str, str]:
    found = caller.v2018("ListTagResources", **REGION, **filters)["TagResources"]["TagResource"]
    return {entry["TagKey"]: entry["TagValue"] for entry in found}


def test_tags_are_added_changed_and_removed(caller: Caller) -> None:
    cluster_id = create_2024(caller)
    one = {"ResourceId": [cluster_id]}
    caller.v2018("TagResources", **REGION, **one, Tag=[{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": "1"}])
    caller.v2018("TagResources", **REGION, **one, Tag=[{"Key": "cost", "Value": "2"}])
    assert list_tags(caller, **one) == {"team": "blue", "cost": "2"}
    caller.v2018("UnTagResources", **REGION, **one, TagKey=["team"])
    assert list_tags(caller, **one) == {"cost": "2"}
    caller.v2018("UnTagResources", **REGION, **one, All=True)
    assert list_tags(caller, **one) == {}


def test_tags_find_clusters(caller: Caller) -> None:
    blue = create_2024(caller, Tags=[{"Key": "team", "Value": "blue"}])
    create_2024(caller, Tags=[{"Key": "team", "Value": "red"}])
    found = caller.v2018("ListTagResources", **REGION, Tag=[{"Key": "team", "Value": "blue"}])
    assert [entry["ResourceId"] for entry in found["TagResources"]["TagResource"]] == [blue]


def test_tags_are_paged_with_a_token_for_one_set_of_parameters(caller: Caller) -> None:
    many = [{"Key": f"key{n:02d}", "Value": "x"} for n in range(20)]
    ids = [create_2024(caller, Tags=many) for _ in range(3)]
    first = caller.v2018("ListTagResources", **REGION)
    second = caller.v2018("ListTagResources", **REGION, NextToken=first["NextToken"])
    lengths = [len(page["TagResources"]["TagResource"]) for page in (first, second)]
    assert (lengths, second["NextToken"]) == ([50, 10], "")
    for token, filters in ((first["NextToken"], {"ResourceId": ids[:1]}), ("bm8=", {}), ("!", {})):
        with pytest.raises(CallFailedError, match="parameter NextToken is invalid"):
            caller.v2018("ListTagResources", **REGION, **filters, NextToken=token)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ResourceType": "instance"}, "InvalidParams"),
        ({"ResourceId": ["ehpc-hz-none"]}, "ClusterNotFound"),
        ({"ResourceId": ["x"] * 51}, "InvalidParams"),
        ({"Tag": [{"Key": "aliyun", "Value": ""}]}, "InvalidParams"),
        ({"Tag": [{"Key": "a", "Value": "http://x"}]}, "InvalidParams"),
        ({"Tag": [{"Key": "", "Value": "x"}]}, "InvalidParams"),
        ({"Tag": []}, "MissingTag"),
    ],
)
def test_tagging_refuses(caller: Caller, changed: dict[str, object], code: str) -> None:
    cluster_id = create_2024(caller)
    given: dict[str, object] = {**REGION, "ResourceId": [cluster_id], "Tag": [{"Key": "a", "Value": "b"}], **changed}
    with pytest.raises(CallFailedError) as refused:
        caller.v2018("TagResources", **given)
    assert refused.value.code == code


def test_at_most_twenty_tags(caller: Caller) -> None:
    cluster_id = create_2024(caller, Tags=[{"Key": f"k{n}", "Value": "x"} for n in range(20)])
    caller.v2018("TagResources", **REGION, ResourceId=[cluster_id], Tag=[{"Key": "k0", "Value": "y"}])
    with pytest.raises(CallFailedError, match="at most 20 tags"):
        caller.v2018("TagResources", **REGION, ResourceId=[cluster_id], Tag=[{"Key": "more", "Value": "x"}])


def test_removing_tags_without_keys_needs_all(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match="parameter TagKey is invalid"):
        caller.v2018("UnTagResources", **REGION, ResourceId=[create_2024(caller)])


def test_running_and_archived_tasks(caller: Caller) -> None:
    cluster_id = create_2024(caller)
    (task,) = caller.v2018("ListTasks", ClusterId=cluster_id)["Tasks"]
    assert (task["TaskType"], task["Status"], task["CurrentStep"]) == ("CreateCluster", "Processing", 0)
    caller.cloud.advance(300)
    assert caller.v2018("ListTasks", ClusterId=cluster_id)["Tasks"] == []
    caller.v2018("AddNodes", ClusterId=cluster_id, Count=1, InstanceType=TYPE)
    caller.cloud.advance(120)
    caller.v2018("DeleteCluster", ClusterId=cluster_id)
    tasks = caller.v2018("ListTasks", ClusterId=cluster_id, Archived=True)["Tasks"]
    assert [(t["TaskType"], t["Status"]) for t in tasks] == [
        ("CreateCluster", "Success"),
        ("AddComputes", "Success"),
        ("DeleteCluster", "Processing"),
    ]
    assert len(json.loads(tasks[1]["Result"])["Instances"]) == 1
    assert json.loads(tasks[1]["Request"])["Count"] == 1


def test_tasks_can_be_listed_after_their_cluster_is_gone(caller: Caller, running: str) -> None:
    task_id = caller.v2018("DeleteCluster", ClusterId=running)["TaskId"]
    caller.cloud.advance(120)
    (task,) = caller.v2018("ListTasks", ClusterId=running, TaskId=task_id)["Tasks"]
    assert task["Status"] == "Success"
    with pytest.raises(CallFailedError, match="ClusterNotFound"):
        caller.v2018("ListTasks", ClusterId="ehpc-hz-none")


def test_logs_have_every_change_newest_first(caller: Caller, running: str) -> None:
    caller.v2018("AddQueue", ClusterId=running, QueueName="work")
    logs = caller.v2024("ListCommonLogs", ClusterId=running, **ALL_TIME)["Logs"]
    assert [(log["Action"], log["Target"], log["Status"]) for log in logs] == [
        ("AddQueue", "work", "Finished"),
        ("CreateCluster", running, "Finished"),
    ]
    oldest = caller.v2024("ListCommonLogs", **ALL_TIME, IsReverse=False, PageSize=1)["Logs"]
    assert [log["Action"] for log in oldest] == ["CreateCluster"]
    named = caller.v2024("ListCommonLogs", **ALL_TIME, ActionName=["AddQueue"])["Logs"]
    assert [log["Target"] for log in named] == ["work"]
    detail = caller.v2024("GetCommonLogDetail", **ALL_TIME, LogRequestId=named[0]["RequestId"])
    assert (detail["Action"], detail["ClusterId"]) == ("AddQueue", running)


def test_logs_are_found_by_real_time_and_by_the_fakes(caller: Caller, running: str) -> None:
    now, fake_now = int(time.time()), int(caller.cloud.clock.now())
    for start, end, found in (
        (now - 60, now + 60, 1),
        (fake_now - 300, fake_now, 1),
        (fake_now - 900, fake_now - 600, 0),
    ):
        logs = caller.v2024("ListCommonLogs", From=start, To=end, ClusterId=running)
        assert logs["TotalCount"] == found


def test_missing_log_is_invalid_params(caller: Caller) -> None:
    with pytest.raises(CallFailedError, match="parameter LogRequestId is invalid"):
        caller.v2024("GetCommonLogDetail", **ALL_TIME, LogRequestId="none")


def test_regions_in_both_versions(caller: Caller) -> None:
    everything = caller.v2018("ListRegions")["Regions"]["RegionInfo"]
    first = caller.v2024("ListRegions", MaxResults=10, AcceptLanguage="en-US")
    second = caller.v2024("ListRegions", MaxResults=10, NextToken=first["NextToken"])
    assert [r["RegionId"] for r in everything] == [r["RegionId"] for r in (*first["Regions"], *second["Regions"])]
    assert first["Regions"][0]["LocalName"] == "Japan (Tokyo)"
    assert second["NextToken"] == ""
    with pytest.raises(CallFailedError, match="NextToken"):
        caller.v2024("ListRegions", NextToken="nowhere")
