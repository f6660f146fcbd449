"""Whatever the parameters are, an action succeeds or returns a known error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_ehpc.api import spec
from pulumi_ehpc.fake import FakeCloud, ManualClock
from pulumi_ehpc.fake.errors import error_templates
from pulumi_ehpc.fake.operations import OPERATIONS
from tests.fake.caller import V2018, Caller, CallFailedError, as_json, flatten
from tests.fake.conftest import PASSWORD, TYPE, create_2018

IMPLEMENTED = [(version, name) for version in OPERATIONS for name in OPERATIONS[version]]
STRINGS = st.sampled_from(
    ["", "comp", "alice.a", "/data", "/home", "users", TYPE, PASSWORD, "manager0", "{}", "[", "x" * 200, "集群"]
)
NUMBERS = st.sampled_from([-1, 0, 1, 2, 50, 10**12])


def values(shape: spec.Shape) -> st.SearchStrategy[Any]:
    """Generate values of a shape, and sometimes of another one."""
    if shape.type == "object":
        members = {name: values(member) for name, member in shape.properties.items()}
        return st.fixed_dictionaries({}, optional=members)
    if shape.type == "array" and shape.items is not None:
        return st.lists(values(shape.items), max_size=3)
    if shape.enum:
        return st.sampled_from([*shape.enum, "other"])
    scalars: st.SearchStrategy[Any] = {"string": STRINGS, "boolean": st.booleans()}.get(shape.type, NUMBERS)
    return st.one_of(scalars, scalars, scalars, STRINGS, st.just([]), st.just({}), st.none())


@pytest.fixture(scope="module")
def cloud_and_cluster() -> tuple[FakeCloud, str]:
    """Make a cloud with a cluster; what the calls do to it does not matter."""
    cloud = FakeCloud(ManualClock(), strict=True)
    caller = Caller(cloud)
    cluster_id = create_2018(caller)
    cloud.advance(300)
    caller.v2018("AddUsers", ClusterId=cluster_id, User=[{"Name": "alice.a", "Group": "users", "Password": PASSWORD}])
    return cloud, cluster_id


@pytest.mark.parametrize(("version", "name"), IMPLEMENTED)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_odd_parameters(cloud_and_cluster: tuple[FakeCloud, str], version: str, name: str, data: st.DataObject) -> None:
    cloud, cluster_id = cloud_and_cluster
    shapes = spec.action(name, version).parameters
    parameters = data.draw(st.fixed_dictionaries({}, optional={key: values(shape) for key, shape in shapes.items()}))
    if "ClusterId" in shapes and name != "DeleteCluster":
        parameters["ClusterId"] = cluster_id
    query = flatten(parameters) if version == V2018 else as_json(parameters)
    try:
        Caller(cloud).send(name, version, query)
    except CallFailedError as error:
        missing = str(error.code).startswith("Missing")
        assert missing or error.code in error_templates(), json.dumps(error.body)
