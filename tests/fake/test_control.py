"""The control interface, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from pulumi_ehpc.fake import FakeCloud, ManualClock
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD, TYPE, create_2024


def request(cloud: FakeCloud, method: str, path: str, **options: Any) -> tuple[int, Any]:
    response = Client(cloud).open(f"/_fake/{path}", method=method, **options)
    return response.status_code, response.get_json()


def test_health(cloud: FakeCloud) -> None:
    status, body = request(cloud, "GET", "health")
    assert (status, body["status"], body["region"], body["time_scale"]) == (200, "ok", "cn-hangzhou", 0)
    assert body["time"] == "2026-01-01T00:00:00.000Z"


def test_journal_has_every_call_with_its_outcome(cloud: FakeCloud, caller: Caller) -> None:
    caller.v2018("CreateCluster", Name="genomics", Password=PASSWORD, EcsOrder={"Manager": {"Count": 1}})
    cloud.advance(60)
    with pytest.raises(CallFailedError):
        caller.v2024("GetCluster", ClusterId="none")
    _, journal = request(cloud, "GET", "journal")
    assert [sorted(entry) for entry in journal] == [
        ["action", "code", "parameters", "request_id", "status", "time", "version"]
    ] * 2
    created, failed = journal
    assert created["parameters"] == {"EcsOrder": {"Manager": {"Count": 1}}, "Name": "genomics", "Password": "[secret]"}
    assert (created["action"], created["version"], created["status"], created["code"]) == (
        "CreateCluster",
        "2018-04-12",
        200,
        "",
    )
    assert (failed["status"], failed["code"], failed["time"]) == (404, "ClusterNotFound", "2026-01-01T00:01:00.000Z")
    assert request(cloud, "GET", "journal?action=GetCluster")[1] == [failed]


def test_state_shows_clusters_tasks_and_what_is_due(cloud: FakeCloud, caller: Caller) -> None:
    cluster_id = create_2024(caller)
    _, state = request(cloud, "GET", "state")
    region = state["accounts"]["1000000000000001"]["cn-hangzhou"]
    assert [cluster["id"] for cluster in region["clusters"]] == [cluster_id]
    assert [event["step"] for event in region["pending"]] == ["cluster creating", "cluster initing", "cluster running"]
    assert [record["status"] for record in region["records"]] == ["Processing"]


def test_clock_moves_on_demand(cloud: FakeCloud, caller: Caller) -> None:
    cluster_id = create_2024(caller)
    assert request(cloud, "POST", "clock", json={"advance": 300}) == (200, {"time": "2026-01-01T00:05:00.000Z"})
    assert caller.v2024("GetCluster", ClusterId=cluster_id)["ClusterStatus"] == "running"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"advance": "1"}', b'{"advance": -1}', b'{"advance": true}', b'{"advance": 1e999}']
)
def test_clock_refuses_invalid_times(cloud: FakeCloud, body: bytes) -> None:
    status, content = request(cloud, "POST", "clock", data=body)
    assert status == 400
    assert content["error"]


def test_outcome_is_for_the_next_creation(cloud: FakeCloud, caller: Caller) -> None:
    request(cloud, "POST", "outcome", json={"action": "CreateCluster", "outcome": "exception", "reason": "Because."})
    cluster_id = create_2024(caller)
    cloud.advance(300)
    assert caller.v2024("GetCluster", ClusterId=cluster_id)["ClusterStatus"] == "exception"
    fine = create_2024(caller)
    cloud.advance(300)
    assert request(cloud, "POST", "outcome", json={"action": "CreateNodes", "outcome": "exception"})[0] == 200
    caller.v2024("CreateNodes", ClusterId=fine, Count=1, ComputeNode={"InstanceType": TYPE})
    cloud.advance(120)
    assert [node["Status"] for node in caller.v2024("ListNodes", ClusterId=fine)["Nodes"]] == ["exception"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "CreateCluster"},
        {"action": "CreateCluster", "outcome": "fine"},
        {"action": "X", "outcome": "exception"},
    ],
)
def test_outcome_refuses_unknown_outcomes_and_actions(cloud: FakeCloud, body: dict[str, str]) -> None:
    status, content = request(cloud, "POST", "outcome", json=body)
    assert status == 400
    assert content["error"]


def test_reset_starts_again_with_the_same_ids(cloud: FakeCloud, caller: Caller) -> None:
    first = create_2024(caller)
    cloud.fail_next("CreateCluster")
    cloud.advance(60)
    assert request(cloud, "POST", "reset")[0] == 200
    assert cloud.calls() == []
    assert cloud.snapshot()["accounts"] == {}
    assert create_2024(caller) == first
    cloud.advance(300)
    assert caller.v2024("GetCluster", ClusterId=first)["ClusterStatus"] == "running"


def test_errors_of_unknown_paths_name_the_known_ones(cloud: FakeCloud) -> None:
    status, content = request(cloud, "GET", "nothing")
    assert (status, content["error"]) == (404, "known are clock, health, journal, outcome, reset, state")
    assert request(cloud, "GET", "reset")[0] == 405


def test_equal_seeds_give_equal_states() -> None:
    def snapshot(seed: int) -> object:
        cloud = FakeCloud(ManualClock(), seed=seed)
        create_2024(Caller(cloud))
        return cloud.snapshot()

    assert snapshot(1) == snapshot(1)
    assert snapshot(1) != snapshot(2)


def test_reads_do_not_change_the_ids_of_what_is_created_later() -> None:
    def created(reads: int) -> str:
        caller = Caller(FakeCloud(ManualClock()))
        for _ in range(reads):
            caller.v2024("ListClusters")
        return create_2024(caller)

    assert created(0) == created(5)
