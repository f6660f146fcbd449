from __future__ import annotations

from collections.abc import Mapping

import pytest

from pulumi_ehpc.fake import Assumptions, FakeCloud, Limits, ManualClock
from tests.fake.caller import Caller

PASSWORD = "Str0ng-Password"
TYPE = "ecs.c7.xlarge"


def make_cloud(switches: Mapping[str, bool] | None = None, limits: Limits | None = None) -> FakeCloud:
    """Make a strict cloud whose time stands still, with some assumptions set."""
    assumptions = Assumptions().changed(switches or {})
    return FakeCloud(ManualClock(), assumptions=assumptions, limits=limits, strict=True)


@pytest.fixture
def cloud() -> FakeCloud:
    return make_cloud()


@pytest.fixture
def caller(cloud: FakeCloud) -> Caller:
    return Caller(cloud)


def create_2018(caller: Caller, **parameters: object) -> str:
    """Create a small cluster in 2018-04-12 and return its id."""
    order = {
        "Manager": {"Count": 1, "InstanceType": TYPE},
        "Login": {"Count": 1, "InstanceType": TYPE},
        "Compute": {"Count": 0, "InstanceType": TYPE},
    }
    defaults = {"Name": "genomics", "Password": PASSWORD, "SchedulerType": "slurm", "EcsOrder": order}
    return str(caller.v2018("CreateCluster", **{**defaults, **parameters})["ClusterId"])


def create_2024(caller: Caller, **parameters: object) -> str:
    """Create a small cluster in 2024-07-30 and return its id."""
    defaults: dict[str, object] = {
        "ClusterName": "genomics",
        "ClusterCredentials": {"Password": PASSWORD},
        "Manager": {"ManagerNode": {"InstanceType": TYPE}},
    }
    return str(caller.v2024("CreateCluster", **{**defaults, **parameters})["ClusterId"])


@pytest.fixture
def running(caller: Caller) -> str:
    """Id of a running cluster created in 2024-07-30."""
    cluster_id = create_2024(caller)
    caller.cloud.advance(300)
    return cluster_id


@pytest.fixture
def running_2018(caller: Caller) -> str:
    """Id of a running cluster created in 2018-04-12."""
    cluster_id = create_2018(caller)
    caller.cloud.advance(300)
    return cluster_id
