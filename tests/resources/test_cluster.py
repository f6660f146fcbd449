"""The cluster: what is sent, what changes in place, what an update must not reset, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import ApiError, RefusedError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from pulumi_ehpc.lifecycle.ownership import marker
from tests.resources.stack import IDENTITY, Stack, stack_on
from tests.resources.wrong_bodies import answering

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "scheduler": "slurm",
    "manager": {"instance_type": "ecs.c7.xlarge"},
    "password": "Str0ng-Password",
}
STORAGES = [
    {"file_system_id": "fs-home", "mount_target": "home.example", "mount_directory": "/home", "protocol": "nfs"},
    {"file_system_id": "fs-data", "mount_target": "data.example", "mount_directory": "/data"},
]


def get_cluster(stack: Stack, cluster: str) -> dict[str, Any]:
    """Return the cluster as API 2024-07-30 reports it."""
    return stack.call("GetCluster", "2024-07-30", ClusterId=cluster)


def description(stack: Stack, cluster: str) -> str:
    (listed,) = stack.pages("ListClusters", "2024-07-30", ClusterIds=[cluster])
    return str(listed["ClusterDescription"])


def own_marker(stack: Stack, name: str = "hpc") -> str:
    return marker(IDENTITY, stack.urn("Cluster", name))


def test_life(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", description="Team_one", **HPC)
    assert hpc.outputs["status"] == "running"
    assert hpc.outputs["name"] == "hpc"
    assert hpc.outputs["create_time"].startswith("2026-01-01T00:00")
    assert "password" not in hpc.outputs
    assert description(stack, hpc.id) == f"Team_one_{own_marker(stack)}"
    assert any("creating" in line for line in stack.progress)
    assert stack.drifted(hpc) == ()
    assert stack.diff(hpc, description="Team_two").updates == ("description",)
    hpc = stack.update(hpc, description="Team_two", name="renamed")
    assert description(stack, hpc.id) == f"Team_two_{own_marker(stack)}"
    assert get_cluster(stack, hpc.id)["ClusterName"] == "renamed"
    stack.delete(hpc)
    assert stack.refresh(hpc) is NOT_FOUND
    assert any("gone" in line for line in stack.progress)


def test_manager_address_where_the_version_returns_it(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    assert bool(hpc.outputs["manager_ip"]) == (stack.version == "2018-04-12")


def test_cluster_without_a_description_still_carries_the_marker(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    assert description(stack, hpc.id) == own_marker(stack)
    assert "description" not in hpc.outputs


def test_drift(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", description="Team_one", max_count=100, **HPC)
    stack.call("UpdateCluster", "2024-07-30", ClusterId=hpc.id, ClusterDescription="by_hand", ClusterName="by_hand")
    stack.call("SetAutoScaleConfig", "2018-04-12", ClusterId=hpc.id, MaxNodesInCluster=9)
    drifted = set(stack.drifted(hpc))
    assert {"name", "description"} <= drifted
    stack.update(hpc)
    assert stack.drifted(hpc) == ()
    assert description(stack, hpc.id) == f"Team_one_{own_marker(stack)}"


def test_vanished_cluster_is_gone_and_deleting_it_does_nothing(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    stack.call("DeleteCluster", "2024-07-30", ClusterId=hpc.id)
    stack.cloud.advance(120)
    assert stack.refresh(hpc) is NOT_FOUND
    stack.delete(hpc)


def test_storages_2024(stack_2024: Stack) -> None:
    stack_2024.create("Cluster", "hpc", shared_storages=STORAGES, **HPC)
    assert stack_2024.calls("CreateCluster")[0]["SharedStorages"] == [
        {
            "FileSystemId": "fs-home",
            "MountTargetDomain": "home.example",
            "MountDirectory": "/home",
            "ProtocolType": "NFS",
        },
        {"FileSystemId": "fs-data", "MountTargetDomain": "data.example", "MountDirectory": "/data"},
    ]


def test_storages_2018(stack_2018: Stack) -> None:
    """The home directory's file system has parameters of its own."""
    stack_2018.create("Cluster", "hpc", shared_storages=STORAGES, **HPC)
    (call,) = stack_2018.calls("CreateCluster")
    home = {"VolumeId": "fs-home", "VolumeMountpoint": "home.example", "VolumeProtocol": "NFS"}
    assert {name: call[name] for name in home} == home
    assert call["AdditionalVolumes"] == [
        {"VolumeId": "fs-data", "VolumeMountpoint": "data.example", "LocalDirectory": "/data"}
    ]


def test_manager_2024(stack_2024: Stack) -> None:
    node = {
        "instance_type": "ecs.c7.xlarge",
        "instance_charge_type": "pre_paid",
        "period": 1,
        "period_unit": "month",
        "spot_strategy": "no_spot",
        "system_disk": {"category": "cloud_essd", "size_gib": 60},
    }
    stack_2024.create("Cluster", "hpc", **{**HPC, "manager": node})
    assert stack_2024.calls("CreateCluster")[0]["Manager"]["ManagerNode"] == {
        "InstanceType": "ecs.c7.xlarge",
        "InstanceChargeType": "PrePaid",
        "Period": 1,
        "PeriodUnit": "Month",
        "SpotStrategy": "NoSpot",
        "SystemDisk": {"Category": "cloud_essd", "Size": 60},
    }


def test_nodes_and_software_2018(stack_2018: Stack) -> None:
    created_with = {
        "login": {"instance_type": "ecs.c7.large", "count": 1},
        "compute": {"instance_type": "ecs.c7.large", "count": 2},
        "additional_packages": [{"name": "mpich", "version": "4.0.3"}],
        "directory_service": {"type": "LDAP"},
        "deploy_mode": "simple",
    }
    stack_2018.create("Cluster", "hpc", **HPC, **created_with)
    (call,) = stack_2018.calls("CreateCluster")
    assert call["EcsOrder"] == {
        "Manager": {"InstanceType": "ecs.c7.xlarge"},
        "Login": {"InstanceType": "ecs.c7.large", "Count": 1},
        "Compute": {"InstanceType": "ecs.c7.large", "Count": 2},
    }
    assert call["Application"] == [{"Tag": "mpich_4.0.3"}]
    assert (call["AccountType"], call["DeployMode"], call["SchedulerType"]) == ("ldap", "Simple", "slurm")


def test_port_is_sent_as_an_integer(stack_2018: Stack) -> None:
    """The engine makes every number a float."""
    stack_2018.create("Cluster", "hpc", addons=[{"name": "portal", "version": "1.1", "port": 8443.0}], **HPC)
    assert stack_2018.calls("CreateCluster")[0]["AddOns"] == [{"Name": "portal", "Version": "1.1", "Port": 8443}]


# -- values that were never declared -------------------------------------------------------------------------------


@pytest.mark.parametrize("resets", [True, False])
def test_undeclared_values_survive_an_update(resets: bool) -> None:
    with stack_on("2024-07-30", update_cluster_resets_omitted=resets) as stack:
        hpc = stack.create("Cluster", "hpc", max_count=100, **HPC)
        foreign = {
            "EnableScaleIn": True,
            "GrowInterval": 7,
            "IdleInterval": 9,
            "MaxCoreCount": 500,
            "MonitorSpec": {"EnableComputeLoadMonitor": True},
            "SchedulerSpec": {"EnableTopologyAwareness": True},
            "ClusterCustomConfiguration": {"Script": "http://example/x.sh", "Args": "-v"},
        }
        stack.call("UpdateCluster", ClusterId=hpc.id, MaxCount=100, **foreign)
        stack.update(hpc, description="changed")
        after = get_cluster(stack, hpc.id)
        assert {name: after[name] for name in foreign} == {**foreign, "MaxCoreCount": "500"}
        assert after["MaxCount"] == "100"


def test_what_is_no_longer_declared_falls_back_to_the_default(stack_2024: Stack) -> None:
    hpc = stack_2024.create("Cluster", "hpc", max_count=100, grow_interval_minutes=7, **HPC)
    stack_2024.update(hpc, grow_interval_minutes=None)
    assert get_cluster(stack_2024, hpc.id)["GrowInterval"] == 2
    assert get_cluster(stack_2024, hpc.id)["MaxCount"] == "100"


@pytest.mark.parametrize("ignores", [True, False])
def test_autoscaling_is_set_after_the_creating_call(ignores: bool) -> None:
    scaling = {"grow_interval_minutes": 7, "idle_interval_minutes": 9, "enable_scale_in": True}
    with stack_on("2024-07-30", create_cluster_ignores_intervals=ignores) as stack:
        hpc = stack.create("Cluster", "hpc", **HPC, **scaling)
        after = get_cluster(stack, hpc.id)
        assert (after["GrowInterval"], after["IdleInterval"], after["EnableScaleIn"]) == (7, 9, True)
        assert stack.drifted(hpc) == ()


def test_script_changes_in_place_where_the_version_can(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", post_install_scripts=[{"url": "http://example/a.sh"}], **HPC)
    changed = [{"url": "http://example/b.sh", "args": "-v"}]
    difference = stack.diff(hpc, post_install_scripts=changed)
    if stack.version == "2018-04-12":
        assert difference.replaces == ("post_install_scripts",)
        return
    assert difference.updates == ("post_install_scripts",)
    hpc = stack.update(hpc, post_install_scripts=changed)
    script = get_cluster(stack, hpc.id)["ClusterCustomConfiguration"]
    assert script == {"Script": "http://example/b.sh", "Args": "-v"}


def test_client_is_upgraded_once(stack_2018: Stack) -> None:
    hpc = stack_2018.create("Cluster", "hpc", **HPC)
    stack_2018.reset_calls()
    hpc = stack_2018.update(hpc, client_version="2.0.47")
    stack_2018.update(hpc, description="changed")
    assert stack_2018.writes() == ["ModifyClusterAttributes", "UpgradeClient", "ModifyClusterAttributes"]


# -- failures -------------------------------------------------------------------------------------------------------


def test_cluster_that_ends_in_exception_names_the_cause_and_the_way_out(stack: Stack) -> None:
    stack.cloud.fail_next("CreateCluster", "No stock in zone i.")
    with pytest.raises(PartialFailureError) as caught:
        stack.create("Cluster", "hpc", **HPC)
    text = str(caught.value)
    failed = stack.partial_failure
    assert f"Cluster 'hpc' ({failed.id}) ended in state exception: No stock in zone i." in text
    assert f"pulumi up --replace '{stack.urn('Cluster', 'hpc')}'" in text
    assert "pulumi destroy" in text
    assert failed.outputs["status"] == "exception"
    assert stack.diff(failed).replaces == ()
    consent = stack.diff(failed, allow_replacement=True)
    assert consent.replaces == ("allow_replacement",)
    assert consent.hidden
    stack.delete(failed)
    assert stack.refresh(failed) is NOT_FOUND


def test_cause_that_cannot_be_parsed_is_said_as_it_is(stack_2018: Stack) -> None:
    stack_2018.cloud.fail_next("CreateCluster", "No stock in zone i.")
    deep = "[" * 100_000

    def unreadable(body: dict[str, Any]) -> Any:
        return {**body, "Tasks": [{**task, "Errors": deep} for task in body["Tasks"]]}

    with answering(stack_2018, "ListTasks", unreadable), pytest.raises(PartialFailureError) as caught:
        stack_2018.create("Cluster", "hpc", **HPC)
    assert f"ended in state exception: {deep}" in str(caught.value)


def test_failure_after_the_creating_call_is_finished_by_update(stack: Stack) -> None:
    setting = "UpdateCluster" if stack.version == "2024-07-30" else "SetAutoScaleConfig"
    stack.fail_call(setting)
    with pytest.raises(PartialFailureError, match="out of order"):
        stack.create("Cluster", "hpc", enable_scale_in=True, **HPC)
    hpc = stack.update(stack.partial_failure)
    assert len(stack.calls("CreateCluster")) == 1
    assert get_cluster(stack, hpc.id)["EnableScaleIn"] is True


def test_cancelled_wait_keeps_the_id(stack: Stack) -> None:
    stack.cancelled = lambda: bool(stack.calls("CreateCluster"))
    with pytest.raises(PartialFailureError, match="cancelled"):
        stack.create("Cluster", "hpc", **HPC)
    failed = stack.partial_failure
    assert failed.id.startswith("ehpc-")
    stack.cancelled = lambda: False
    assert stack.update(failed).outputs["status"] == "running"


def test_busy_cluster_is_deleted_as_soon_as_it_can_be(stack: Stack) -> None:
    stack.cancelled = lambda: bool(stack.calls("CreateCluster"))
    with pytest.raises(PartialFailureError):
        stack.create("Cluster", "hpc", **HPC)
    stack.cancelled = lambda: False
    stack.delete(stack.partial_failure)
    codes = [entry.code for entry in stack.cloud.calls("DeleteCluster")]
    assert len(codes) > 1
    assert set(codes[:-1]) == {"InvalidClusterStatus"}
    assert codes[-1] == ""


def test_protected_cluster_is_not_deleted(stack: Stack) -> None:
    """Not even in 2018-04-12, which has no protection of its own."""
    hpc = stack.create("Cluster", "hpc", deletion_protection=True, **HPC)
    with pytest.raises(RefusedError, match=r"is protected.*deletion_protection=False"):
        stack.delete(hpc)
    assert stack.calls("DeleteCluster") == []
    hpc = stack.update(hpc, deletion_protection=False)
    stack.delete(hpc)
    assert stack.refresh(hpc) is NOT_FOUND


def test_cluster_that_the_service_protects_is_not_deleted(stack_2024: Stack) -> None:
    hpc = stack_2024.create("Cluster", "hpc", **HPC)
    stack_2024.call("UpdateCluster", "2024-07-30", ClusterId=hpc.id, DeletionProtection=True)
    with pytest.raises(ApiError, match="InvalidOpt"):
        stack_2024.delete(hpc)
    assert len(stack_2024.calls("DeleteCluster")) == 1
