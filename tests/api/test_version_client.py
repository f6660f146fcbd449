"""Calls, lists and waits of one API version, against a server on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import Outcome, Settings, Wait
from tests.api.bench import FAULT, GONE, NEW, OLD, THROTTLED, Bench
from tests.api.loopback import GOOD, Reply

WAIT = Wait("c starting", timeout_seconds=600)


def test_the_region_is_filled_in_where_the_action_has_it() -> None:
    with Bench() as bench:
        bench.v2018.call("ListTagResources", {"ResourceType": "cluster"})
        bench.v2018.call("ListTagResources", {"ResourceType": "cluster", "RegionId": "cn-beijing"})
        bench.call()
    assert [received.parameters.get("RegionId") for received in bench.received] == ["cn-hangzhou", "cn-beijing", None]
    assert {received.headers["x-acs-region-id"] for received in bench.received} == {"cn-hangzhou"}


@pytest.mark.parametrize(
    ("action", "parameters", "version"),
    [
        ("CreateGWSCluster", {}, OLD),
        ("GetCluster", {}, NEW),
        ("GetCluster", {"ClusterId": 1}, NEW),
    ],
)
def test_nothing_is_sent_that_the_api_does_not_have(action: str, parameters: dict[str, Any], version: str) -> None:
    with Bench() as bench, pytest.raises(errors.InputError) as raised:
        bench.call((action, parameters, version))
    assert raised.value.violations
    assert bench.received == []


def test_no_region_and_no_endpoint() -> None:
    with Bench(settings=Settings()) as bench, pytest.raises(errors.ConfigurationError, match="No region is set"):
        bench.call()


def test_pages_of_a_list() -> None:
    pages = [
        Reply({"RequestId": "R", "TotalCount": "3", "Users": {"UserInfo": [{"Name": name} for name in names]}})
        for names in ("ab", "c")
    ]
    with Bench(*pages) as bench:
        users = list(bench.v2018.pages("ListUsers", {"ClusterId": "c", "PageSize": 2}))
    assert users == [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]
    assert [received.parameters["PageNumber"] for received in bench.received] == ["1", "2"]


@pytest.mark.parametrize(("action", "version"), [("GetCluster", NEW), ("ListSecurityGroups", OLD)])
def test_pages_of_what_is_not_a_list(action: str, version: str) -> None:
    with Bench() as bench, pytest.raises(errors.InputError):
        list(bench.client.for_version(version).pages(action))
    assert bench.received == []


def test_waiting_for_a_running_cluster() -> None:
    states = [Reply({**GOOD, "ClusterStatus": state}) for state in ("creating", "initing", "running")]
    shown: list[str] = []
    wait = Wait("c starting", 600, progress=lambda state, _: shown.append(state))
    with Bench(states[0], FAULT, THROTTLED, *states[1:]) as bench:
        response = bench.v2024.wait_for("ClusterRunning", {"ClusterId": "c"}, wait)
    assert response == GOOD
    assert shown == ["creating", "initing", "running"]
    assert len(bench.received) == 5


def test_waiting_for_a_deleted_cluster() -> None:
    with Bench(Reply({**GOOD, "ClusterInfo": {"Id": "c", "Status": "releasing"}}), GONE) as bench:
        assert bench.v2018.wait_for("ClusterDeleted", {"ClusterId": "c"}, WAIT) == {}


def test_waiting_for_a_state_that_is_not_reached() -> None:
    with Bench(Reply({**GOOD, "ClusterStatus": "exception"})) as bench:
        with pytest.raises(errors.WaitFailedError, match="c starting: the state is exception"):
            bench.v2024.wait_for("ClusterRunning", {"ClusterId": "c"}, WAIT)
        with pytest.raises(errors.WaitCancelledError):
            bench.v2024.wait_for("ClusterRunning", {"ClusterId": "c"}, Wait("c starting", 600, cancelled=lambda: True))
    with Bench(GONE) as bench, pytest.raises(errors.NotFoundError, match="ClusterNotFound"):
        bench.v2024.wait_for("ClusterRunning", {"ClusterId": "c"}, WAIT)


def test_an_error_that_the_waiter_does_not_list_ends_the_wait() -> None:
    with Bench(Reply({"Code": "Forbidden.RAM"}, status=403)) as bench, pytest.raises(errors.AuthorizationError):
        bench.v2024.wait_for("ClusterDeleted", {"ClusterId": "c"}, WAIT)


def test_an_unknown_waiter() -> None:
    with Bench() as bench, pytest.raises(errors.InputError, match="ClusterStopped"):
        bench.v2024.wait_for("ClusterStopped", {}, WAIT)


def test_waiting_by_probe() -> None:
    with Bench() as bench:
        found = iter([(Outcome.PENDING, "1 of 2 nodes"), (Outcome.DONE, "2 of 2 nodes")])
        assert bench.v2024.wait_until(lambda: next(found), Wait("nodes starting", 9)) == "2 of 2 nodes"
        assert bench.clock.slept
