"""Many callers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pulumi_ehpc.fake import FakeCloud, Limits, ScaledClock
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD, TYPE, create_2024


def test_eight_threads_keep_the_state_consistent() -> None:
    cloud = FakeCloud(ScaledClock(1), limits=Limits(clusters=1000), strict=True)
    shared = create_2024(Caller(cloud))
    cloud.advance(300)

    def work(number: int) -> None:
        caller = Caller(cloud)
        for turn in range(10):
            own = create_2024(caller, ClusterName=f"thread-{number}-{turn}")
            user = {"UserName": f"u{number}x{turn}", "Group": "users", "Password": PASSWORD}
            caller.v2024("CreateUsers", ClusterId=shared, User=[user])
            caller.v2018("AddNodes", ClusterId=shared, Count=2, InstanceType=TYPE)
            caller.v2018("ListNodes", ClusterId=shared, PageSize=100)
            caller.v2024("ListClusters", PageSize=100)
            cloud.snapshot()
            caller.v2024("GetCluster", ClusterId=own)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(8)))
    caller = Caller(cloud)
    assert caller.v2024("ListClusters")["TotalCount"] == 81
    assert caller.v2024("ListUsers", ClusterId=shared)["TotalCount"] == 80
    nodes = [
        node
        for page in (1, 2)
        for node in caller.v2018("ListNodes", ClusterId=shared, Role="Compute", PageSize=100, PageNumber=page)["Nodes"][
            "NodeInfo"
        ]
    ]
    for name in ("Id", "HostName", "IpAddress"):
        assert len({node[name] for node in nodes}) == 160
    assert len({call.request_id for call in cloud.calls()}) == len(cloud.calls())


def test_one_client_token_in_many_threads_creates_once() -> None:
    cloud = FakeCloud(ScaledClock(1))

    def create(_: int) -> str:
        response = Caller(cloud).v2018("CreateCluster", Name="once", Password=PASSWORD, ClientToken="same")
        return str(response["ClusterId"])

    with ThreadPoolExecutor(8) as executor:
        assert len(set(executor.map(create, range(32)))) == 1


def test_one_name_in_many_threads_is_added_once() -> None:
    cloud = FakeCloud(ScaledClock(1))
    cluster_id = create_2024(Caller(cloud))
    cloud.advance(300)

    def add(_: int) -> bool:
        try:
            Caller(cloud).v2018("AddQueue", ClusterId=cluster_id, QueueName="work")
        except CallFailedError:
            return False
        return True

    with ThreadPoolExecutor(8) as executor:
        assert sum(executor.map(add, range(32))) == 1
