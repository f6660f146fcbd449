"""Lists that somebody on another machine overwrites while they are changed here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_ehpc.api.waiters import Wait
from pulumi_ehpc.errors import AuthorizationError, EhpcError
from pulumi_ehpc.lifecycle.journal import Journal
from pulumi_ehpc.lifecycle.locks import Locks, lock_name
from tests.api.clocks import ManualClock
from tests.resources.conftest import ServiceTime
from tests.resources.stack import FailingVersionClient, Stack, stack_on
from tests.resources.test_volume import DATA, HPC, mounts

COMPUTE_NODE = {"instance_type": "ecs.c7.large"}
MORE = {**DATA, "mount_directory": "/more"}


def overwrite_mounts(stack: Stack, cluster: str, *directories: str) -> None:
    """Send a list of mounts that was read some time ago."""
    entries = [
        {"VolumeId": "fs-1", "VolumeMountpoint": "fs-1.example", "LocalDirectory": directory, "VolumeProtocol": "NFS"}
        for directory in directories
    ]
    stack.call("UpdateClusterVolumes", "2018-04-12", ClusterId=cluster, AdditionalVolumes=entries)


def test_mount_that_others_overwrite_is_mounted_again(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    stack_2018.after_call("UpdateClusterVolumes", lambda: overwrite_mounts(stack_2018, cluster, "/theirs"))
    data = stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    assert {"/data", "/theirs"} <= mounts(stack_2018, cluster).keys()
    assert stack_2018.drifted(data) == ()


def test_mount_that_is_lost_with_it_is_mounted_again(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    stack_2018.after_call("UpdateClusterVolumes", lambda: overwrite_mounts(stack_2018, cluster, "/theirs"))
    stack_2018.create("Volume", "more", cluster=cluster, **MORE)
    assert {"/data", "/more", "/theirs"} <= mounts(stack_2018, cluster).keys()
    assert any("so is what went with it: /data" in note for note in stack_2018.log)


def test_mount_that_others_bring_back_is_unmounted_again(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    data = stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    stack_2018.after_call("UpdateClusterVolumes", lambda: overwrite_mounts(stack_2018, cluster, "/data", "/theirs"))
    stack_2018.delete(data)
    there = mounts(stack_2018, cluster)
    assert "/data" not in there
    assert "/theirs" in there


def test_what_others_take_out_of_the_list_stays_out(stack_2018: Stack) -> None:
    """They read it after this run had written."""
    cluster = stack_2018.foreign_cluster()
    overwrite_mounts(stack_2018, cluster, "/theirs")
    stack_2018.after_call("UpdateClusterVolumes", lambda: overwrite_mounts(stack_2018, cluster, "/data"))
    stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    assert "/theirs" not in mounts(stack_2018, cluster)


def test_each_change_of_the_list_costs_one_look(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    data = stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    # One to see whether something is mounted there, one to change, one to see what came of it.
    assert len(stack_2018.calls("GetClusterVolumes")) == 3
    stack_2018.reset_calls()
    stack_2018.delete(data)
    assert len(stack_2018.calls("GetClusterVolumes")) == 3


def test_queue_s_part_that_others_overwrite_is_written_again(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    theirs = {"QueueName": "comp", "MaxNodesInQueue": 7}

    def overwrite() -> None:
        stack_2018.call("SetAutoScaleConfig", ClusterId=cluster, MaxNodesInCluster=77, Queues=[theirs])

    stack_2018.after_call("SetAutoScaleConfig", overwrite)
    stack_2018.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE], max_count=50)
    config = stack_2018.call("GetAutoScaleConfig", ClusterId=cluster)
    most = {queue["QueueName"]: queue["MaxNodesInQueue"] for queue in config["Queues"]["QueueInfo"]}
    assert (config["MaxNodesInCluster"], most) == (77, {"comp": 7, "work": 50})


def test_queue_that_others_overwrite_is_written_again(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    work = stack_2024.create("Queue", "work", cluster=cluster, compute_nodes=[COMPUTE_NODE], max_count=50)
    before = stack_2024.call("GetQueue", ClusterId=cluster, QueueName="work")["Queue"]
    theirs = {"QueueName": "work", "ComputeNodes": before["ComputeNodes"], "MaxCount": 50, "EnableScaleIn": True}
    stack_2024.after_call("UpdateQueue", lambda: stack_2024.call("UpdateQueue", ClusterId=cluster, Queue=theirs))
    stack_2024.update(work, max_count=60)
    after = stack_2024.call("GetQueue", ClusterId=cluster, QueueName="work")["Queue"]
    assert (after["MaxCount"], after["EnableScaleIn"]) == (60, True)


def test_queue_is_read_again_before_it_is_written(stack_2024: Stack) -> None:
    """What it was when it was looked for may be out of date."""
    cluster = stack_2024.foreign_cluster()
    work = stack_2024.create("Queue", "work", cluster=cluster, max_count=50)
    theirs = {"QueueName": "work", "MaxCount": 50, "EnableScaleIn": True}
    stack_2024.after_call("GetQueue", lambda: stack_2024.call("UpdateQueue", ClusterId=cluster, Queue=theirs))
    stack_2024.update(work, max_count=60)
    assert stack_2024.call("GetQueue", ClusterId=cluster, QueueName="work")["Queue"]["EnableScaleIn"] is True


# -- looks that fail -----------------------------------------------------------------------------------------------


def test_failed_look_is_repeated(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    stack_2018.fail_call("GetClusterVolumes", after=2)
    stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    assert len(stack_2018.calls("UpdateClusterVolumes")) == 1


def test_mount_that_could_not_be_looked_at_is_known_to_the_next_run(
    stack_2018: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a cluster of others, where it would be refused if it were not known whose it is."""
    stack_2018.session.journal = Journal(tmp_path, ServiceTime(stack_2018.cloud))
    cluster = stack_2018.foreign_cluster()
    call = FailingVersionClient.call
    refused = AuthorizationError(
        "No.", code="Forbidden", http_status=403, request_id="R", action="GetClusterVolumes", version="2018-04-12"
    )

    def refuse_to_look(api: FailingVersionClient, action: str, parameters: Any = None, **more: Any) -> Any:
        if action == "GetClusterVolumes" and stack_2018.calls("UpdateClusterVolumes"):
            raise refused
        return call(api, action, parameters, **more)

    with monkeypatch.context() as patched:
        patched.setattr(FailingVersionClient, "call", refuse_to_look)
        with pytest.raises(AuthorizationError):
            stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    assert "/data" in mounts(stack_2018, cluster)
    data = stack_2018.create("Volume", "data", cluster=cluster, **DATA)
    assert data.outputs["created"] is True
    assert "(an interrupted run of this resource made it)" in stack_2018.log[-1]


# -- other processes on this machine ---------------------------------------------------------------------------------


def test_nothing_is_written_while_another_process_has_the_lock(tmp_path: Path) -> None:
    """Nor read to be written: each change is one of something of which the API only sets the whole."""
    with stack_on("2024-07-30") as new, stack_on("2018-04-12") as old:
        hpc = new.create("Cluster", "hpc", **HPC)
        work = new.create("Queue", "work", cluster=hpc.id, compute_nodes=[COMPUTE_NODE])
        older = old.create("Cluster", "hpc", **HPC)
        queue = old.create("Queue", "work", cluster=older.id, compute_nodes=[COMPUTE_NODE])
        data = old.create("Volume", "data", cluster=older.id, **DATA)
        changes: list[tuple[Stack, str, Callable[[], object]]] = [
            (new, hpc.id, lambda: new.update(hpc, max_count=9)),
            (new, f"{hpc.id}:work", lambda: new.update(work, max_count=9)),
            (old, older.id, lambda: old.update(older, max_count=9)),
            (old, older.id, lambda: old.update(queue, max_count=9)),
            (old, older.id, lambda: old.delete(data)),
            (old, older.id, lambda: old.create("Volume", "more", cluster=older.id, **MORE)),
        ]
        for stack, what, change in changes:
            stack.session.locks = Locks(tmp_path, held_for_seconds=1.0, clock=ManualClock())
            stack.reset_calls()
            theirs = lock_name(stack.session.failing_client.settings.base_url, what)
            held = Locks(tmp_path).hold(theirs, "Volume 'theirs'", Wait("theirs", 1.0), stack.log.append)
            with held, pytest.raises(EhpcError, match=r"waiting after 1 s for process .* \(Volume 'theirs'"):
                change()
            assert not {"UpdateCluster", "UpdateQueue", "SetAutoScaleConfig", "UpdateClusterVolumes"} & {
                *stack.writes()
            }
            change()
