"""Lists that have to agree: actions, error codes, responses."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import pulumi_ehpc.fake
from pulumi_ehpc.api import spec
from pulumi_ehpc.fake.checks import ResponseShapeError, check_response
from pulumi_ehpc.fake.errors import ResponseError, error_templates
from pulumi_ehpc.fake.operations import OPERATIONS
from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD, TYPE, create_2018, create_2024

PACKAGE = Path(pulumi_ehpc.fake.__file__).parent
EVERY_ACTION = [(version, name) for version in spec.VERSIONS for name in spec.actions(version)]


def test_only_actions_of_the_spec_are_implemented() -> None:
    assert {(version, name) for version in OPERATIONS for name in OPERATIONS[version]} <= set(EVERY_ACTION)
    assert set(OPERATIONS) == set(spec.VERSIONS)


@pytest.mark.parametrize(("version", "action"), EVERY_ACTION)
def test_every_action_is_implemented_or_returns_an_error(caller: Caller, version: str, action: str) -> None:
    try:
        caller.send(action, version, {})
    except CallFailedError as error:
        assert (error.code == "FakeNotImplemented") == (action not in OPERATIONS[version])
        assert (error.status == 501) == (action not in OPERATIONS[version])
    else:
        assert action in OPERATIONS[version]


def call_every_action_2018(caller: Caller) -> None:
    region = {"RegionId": "cn-hangzhou", "ResourceType": "cluster"}
    cluster_id = create_2018(caller)
    caller.cloud.advance(300)
    one = {"ClusterId": cluster_id}
    users = [{"Name": "alice.a", "Group": "users", "Password": PASSWORD}]
    volumes = [{"VolumeId": "fs", "VolumeMountpoint": "m", "LocalDirectory": "/data"}]
    disks = [{"DataDiskSize": 50}]
    scaled = [
        {"QueueName": "comp", "InstanceTypes": [{"InstanceType": TYPE, "SpotPriceLimit": 1.5}], "DataDisks": disks}
    ]
    (node,) = caller.v2018("AddNodes", **one, Count=1, InstanceType=TYPE)["InstanceIds"]["InstanceId"]
    caller.v2018("ModifyClusterAttributes", **one, Name="renamed")
    caller.v2018("UpgradeClient", **one)
    caller.v2018("AddQueue", **one, QueueName="work")
    caller.v2018("UpdateQueueConfig", **one, QueueName="work", ComputeInstanceType=TYPE)
    caller.v2018("SetQueue", **one, QueueName="work", Node=[{"Name": "compute000"}])
    caller.v2018("SetAutoScaleConfig", **one, MaxNodesInCluster=5, SpotPriceLimit=1, Queues=scaled)
    caller.v2018("AddUsers", **one, User=users)
    caller.v2018("ModifyUserGroups", **one, User=[{"Name": "alice.a", "Group": "wheel"}])
    caller.v2018("ModifyUserPasswords", **one, User=[{"Name": "alice.a", "Password": PASSWORD}])
    caller.v2018("UpdateClusterVolumes", **one, AdditionalVolumes=volumes)
    caller.v2018("TagResources", **region, ResourceId=[cluster_id], Tag=[{"Key": "a", "Value": "b"}])
    for action in ("DescribeCluster", "ListNodes", "ListNodesNoPaging", "ListUsers", "ListQueues", "GetClusterVolumes"):
        caller.v2018(action, **one)
    for action in ("GetAutoScaleConfig", "DescribeAutoScaleConfig", "ListTasks"):
        caller.v2018(action, **one)
    for action in ("ListClusters", "ListClustersMeta", "ListVolumes", "ListRegions"):
        caller.v2018(action)
    caller.v2018("ListNodesByQueue", **one, QueueName="work")
    caller.v2018("ListTagResources", **region)
    caller.v2018("UnTagResources", **region, ResourceId=[cluster_id], All=True)
    caller.v2018("DeleteUsers", **one, User=[{"Name": "alice.a"}])
    caller.v2018("DeleteNodes", **one, Instance=[{"Id": node}])
    caller.cloud.advance(60)
    caller.v2018("DeleteQueue", **one, QueueName="work")
    caller.v2018("DeleteCluster", **one)


def call_every_action_2024(caller: Caller) -> None:
    addon = {
        "Name": "Login",
        "Version": "1",
        "ServicesSpec": json.dumps([{"ServiceName": "SSH"}]),
        "ResourcesSpec": "{}",
    }
    script = {"Script": "http://a", "Args": "b"}
    cluster_id = create_2024(
        caller, Addons=[addon], ClusterCustomConfiguration=script, AdditionalPackages=[{"Name": "p"}]
    )
    caller.cloud.advance(300)
    one = {"ClusterId": cluster_id}
    disk = {"Size": 50, "Category": "cloud_ssd"}
    template = {"InstanceType": TYPE, "DataDisks": [disk], "Period": 1, "SpotPriceLimit": 1}
    storage = {
        "FileSystemId": "fs",
        "VolumeType": "nas",
        "ProtocolType": "NFS",
        "MountTarget": "m",
        "StorageDirectory": "/",
        "MountDirectory": "/data",
    }
    all_time = {"From": 0, "To": 4_000_000_000}
    caller.v2024("UpdateCluster", **one, MaxCount=50)
    caller.v2024("CreateQueue", **one, Queue={"QueueName": "work", "ComputeNodes": [template]})
    caller.v2024("UpdateQueue", **one, Queue={"QueueName": "work", "MaxCount": 9})
    (node,) = caller.v2024("CreateNodes", **one, Count=1, QueueName="work")["InstanceIds"]
    caller.v2024("UpdateNodes", **one, Instances=[{"InstanceId": node, "KeepAlive": True}])
    caller.v2024("CreateUsers", **one, User=[{"UserName": "a", "Group": "users", "Password": PASSWORD}])
    caller.v2024("UpdateUser", **one, UserName="a", Group="wheel")
    caller.v2024("AttachSharedStorages", **one, SharedStorages=[storage])
    for action in ("GetCluster", "ListNodes", "ListQueues", "ListUsers", "ListSharedStorages"):
        caller.v2024(action, **one)
    caller.v2024("ListClusters")
    caller.v2024("ListRegions")
    caller.v2024("GetQueue", **one, QueueName="work")
    caller.v2024("GetUser", **one, UserName="a")
    log = caller.v2024("ListCommonLogs", **all_time)["Logs"][0]
    caller.v2024("GetCommonLogDetail", **all_time, LogRequestId=log["RequestId"])
    caller.v2024("DetachSharedStorages", **one, SharedStorages=[{"MountDirectory": "/data"}])
    caller.v2024("DeleteUsers", **one, User=[{"UserName": "a"}])
    caller.v2024("DeleteNodes", **one, InstanceIds=[node])
    caller.cloud.advance(60)
    caller.v2024("DeleteQueues", **one, QueueNames=["work"])
    caller.v2024("DeleteCluster", **one)


def test_every_response_has_only_what_the_spec_has(caller: Caller) -> None:
    """The cloud of these tests is strict; here every implemented action has to succeed."""
    call_every_action_2018(caller)
    call_every_action_2024(caller)
    succeeded = {(call.version, call.action) for call in caller.cloud.calls() if call.status == 200}
    assert succeeded == {(version, action) for version in OPERATIONS for action in OPERATIONS[version]}


@pytest.mark.parametrize(
    "response",
    [
        {"ClusterId": 5},
        {"Success": "true"},
        {"Cluster": "x"},
        {"TaskId": None},
    ],
)
def test_strict_cloud_finds_malformed_responses(response: dict[str, object]) -> None:
    with pytest.raises(ResponseShapeError):
        check_response(spec.action("CreateCluster", "2024-07-30"), response)


def raised_codes() -> Iterator[str]:
    """Yield every code named in the source: ``ResponseError("Code"...)``."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ResponseError":
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{path}:{node.lineno} does not name its code"
                yield str(code.value)


def test_raised_codes_are_those_of_the_data() -> None:
    assert set(raised_codes()) == set(error_templates())


def test_codes_of_the_service_are_in_the_catalogue_and_those_of_the_gateway_are_not_the_services() -> None:
    service = json.loads((PACKAGE / "service-errors.json").read_text("utf-8"))
    gateway = json.loads((PACKAGE / "gateway-errors.json").read_text("utf-8"))
    assert set(service) <= set(spec.error_codes())
    assert not set(service) & set(gateway)
    for code, entry in {**service, **gateway}.items():
        assert entry["provenance"], code
        assert entry["http"] == (spec.error_codes().get(code) or entry["http"]), code


def test_messages_are_filled_in_and_details_follow() -> None:
    error = ResponseError("Missing{parameter}", "Please.", parameter="ClusterId")
    assert (error.code, error.message) == ("MissingClusterId", "ClusterId is mandatory for this action. Please.")


def test_models_know_no_api_version() -> None:
    for path in (PACKAGE / "models").rglob("*.py"):
        text = path.read_text("utf-8")
        assert not [version for version in spec.VERSIONS if version in text], path
        assert "v2018" not in text, path


def test_files_are_small() -> None:
    assert {
        path.name: lines for path in PACKAGE.rglob("*.py") if (lines := len(path.read_text("utf-8").splitlines())) > 400
    } == {}
