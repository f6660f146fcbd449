"""Interrupted runs: what they made on a cluster of others is recognised by the journal of intents, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError, NetworkError, RefusedError
from pulumi_ehpc.lifecycle.journal import Journal
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND
from tests.resources.conftest import ServiceTime
from tests.resources.stack import FailingVersionClient, InState, Stack
from tests.resources.test_cluster import HPC

PASSWORD = "Canary-Passw0rd"
DAY = 24 * 3600.0


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Case:
    """A resource, and how its objects are seen and made by others."""

    type_name: str
    name: str
    given: Mapping[str, Any]
    creating: Mapping[str, str]
    present: Callable[[Stack, str], Collection[str]]
    make: Callable[[Stack, str], object]
    key: str

    def create(self, stack: Stack, cluster: str, **changes: Any) -> InState:
        return stack.create(self.type_name, self.name, **{"cluster": cluster, **self.given, **changes})


def listed(action: str, field: str) -> Callable[[Stack, str], list[str]]:
    return lambda stack, cluster: [each[field] for each in stack.pages(action, "2024-07-30", ClusterId=cluster)]


def mounted(stack: Stack, cluster: str) -> list[str]:
    storages = stack.pages("ListSharedStorages", "2024-07-30", ClusterId=cluster)
    return [mount["MountDirectory"] for storage in storages for mount in storage["MountInfo"]]


def newer(action: str, **parameters: Any) -> Callable[[Stack, str], object]:
    return lambda stack, cluster: stack.call(action, "2024-07-30", ClusterId=cluster, **parameters)


COMPUTE_NODE = {"instance_type": "ecs.c7.large"}
MOUNT = {"FileSystemId": "fs-1", "MountTarget": "fs-1.example", "MountDirectory": "/data", "StorageDirectory": "/"}
CASES = (
    Case(
        "Queue",
        "work",
        {"compute_nodes": [COMPUTE_NODE], "max_count": 50},
        {"2024-07-30": "CreateQueue", "2018-04-12": "AddQueue"},
        listed("ListQueues", "QueueName"),
        newer("CreateQueue", Queue={"QueueName": "work"}),
        "work",
    ),
    Case(
        "UserSet",
        "team",
        {"users": [{"name": name, "password": PASSWORD} for name in ("alice.chen", "bob.smith")]},
        {"2024-07-30": "CreateUsers", "2018-04-12": "AddUsers"},
        listed("ListUsers", "UserName"),
        newer("CreateUsers", User=[{"UserName": "alice.chen", "Group": "users", "Password": PASSWORD}]),
        "alice.chen",
    ),
    Case(
        "NodeGroup",
        "fixed",
        {**COMPUTE_NODE, "count": 2, "hostname_prefix": "fix-"},
        {"2024-07-30": "CreateNodes", "2018-04-12": "AddNodes"},
        listed("ListNodes", "Hostname"),
        newer("CreateNodes", Count=1, HostnamePrefix="fix-", ComputeNode={"InstanceType": "ecs.c7.large"}),
        "fix-001",
    ),
    Case(
        "Volume",
        "data",
        {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"},
        {"2024-07-30": "AttachSharedStorages", "2018-04-12": "UpdateClusterVolumes"},
        mounted,
        newer("AttachSharedStorages", SharedStorages=[{**MOUNT, "VolumeType": "nas", "ProtocolType": "NFS"}]),
        "/data",
    ),
)
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.type_name)


def shows_time(stack: Stack, case: Case) -> bool:
    """Tell whether the service reports when such an object was made."""
    return case.type_name in ("UserSet", "NodeGroup") or (case.type_name, stack.version) == ("Queue", "2024-07-30")


@contextmanager
def killed(stack: Stack, action: str, *, carried_out: bool = True) -> Iterator[None]:
    """Kill the process after (or before) a call of an action reaches the service; a new run begins afterwards."""
    whole = FailingVersionClient.call

    def call(self: FailingVersionClient, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        if name == action and not carried_out:
            raise Killed
        response = whole(self, name, given, **more)
        if name == action:
            raise Killed
        return response

    with pytest.MonkeyPatch.context() as patch, pytest.raises((Killed, PartialFailureError)):
        patch.setattr(FailingVersionClient, "call", call)
        yield
    stack.new_run()
    stack.reset_calls()
    stack.log.clear()


@contextmanager
def blinded(action: str) -> Iterator[None]:
    """Lose the response to an action, and every call after it."""
    whole = FailingVersionClient.call
    lost: list[str] = []

    def call(self: FailingVersionClient, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        if not lost:
            response = whole(self, name, given, **more)
            if name != action:
                return response
        lost.append(name)
        raise NetworkError("The connection was lost.", endpoint="", action=name, sent=len(lost) == 1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FailingVersionClient, "call", call)
        yield


@each_case
def test_what_a_killed_create_made_is_finished_and_owned(stack: Stack, folder: Path, case: Case) -> None:
    cluster = stack.foreign_cluster()
    action = case.creating[stack.version]
    with killed(stack, action):
        case.create(stack, cluster)
    stack.cloud.advance(120)
    made = case.create(stack, cluster)
    assert stack.calls(action) == []
    assert any("an interrupted run of this resource" in line for line in stack.log)
    assert stack.drifted(made) == ()
    # It was in no state before this returned, so a kill now is as one before.
    again = case.create(stack, cluster)
    assert again.outputs == made.outputs
    stack.delete(made)
    assert case.key not in case.present(stack, cluster)
    assert list(folder.glob("pulumi-*")) == []


@each_case
def test_journal_has_no_secret(stack: Stack, folder: Path, case: Case) -> None:
    cluster = stack.foreign_cluster()
    case.create(stack, cluster)
    (file,) = folder.glob("pulumi-*")
    assert stack.urn(case.type_name, case.name) in file.read_text()
    assert PASSWORD not in file.read_text()


@each_case
def test_without_its_journal_it_is_refused(stack: Stack, folder: Path, tmp_path: Path, case: Case) -> None:
    cluster = stack.foreign_cluster()
    with killed(stack, case.creating[stack.version]):
        case.create(stack, cluster)
    stack.session.journal = Journal(tmp_path / "elsewhere", ServiceTime(stack.cloud))
    with pytest.raises(RefusedError, match=r"adopt_existing=True"):
        case.create(stack, cluster)
    assert stack.writes() == []


@each_case
def test_another_resource_does_not_take_it(stack: Stack, folder: Path, case: Case) -> None:
    cluster = stack.foreign_cluster()
    with killed(stack, case.creating[stack.version]):
        case.create(stack, cluster)
    stack.identity = "another-stack"
    with pytest.raises(RefusedError):
        case.create(stack, cluster)
    assert stack.writes() == []


@each_case
def test_what_others_made_later_is_not_taken(stack: Stack, folder: Path, case: Case) -> None:
    """A run killed before its call arrived, and somebody else's object days later."""
    cluster = stack.foreign_cluster()
    with killed(stack, case.creating[stack.version], carried_out=False):
        case.create(stack, cluster)
    stack.cloud.advance(2 * DAY)
    case.make(stack, cluster)
    stack.cloud.advance(120)
    stack.reset_calls()
    if shows_time(stack, case):
        with pytest.raises(RefusedError):
            case.create(stack, cluster)
        assert stack.writes() == []
    else:
        assert case.create(stack, cluster).outputs["created"] is True


@each_case
def test_intents_older_than_a_week_are_not_believed(stack: Stack, folder: Path, case: Case) -> None:
    cluster = stack.foreign_cluster()
    with killed(stack, case.creating[stack.version]):
        case.create(stack, cluster)
    stack.cloud.advance(7 * DAY + 1)
    with pytest.raises(RefusedError):
        case.create(stack, cluster)


@pytest.mark.parametrize("case", CASES[:2], ids=lambda case: case.type_name)
def test_key_that_the_service_refused_is_somebody_else_s(
    stack: Stack, folder: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody makes the object between the look and the call. Prefixes and directories are not refused twice."""
    cluster = stack.foreign_cluster()
    action, whole = case.creating[stack.version], FailingVersionClient.call

    def call(self: FailingVersionClient, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        if name == action and case.key not in case.present(stack, cluster):
            whole(self.client.for_version("2024-07-30"), case.creating["2024-07-30"], theirs)  # type: ignore[arg-type]
        return whole(self, name, given, **more)

    theirs: dict[str, Any] = {"ClusterId": cluster}
    if case.type_name == "Queue":
        theirs["Queue"] = {"QueueName": "work"}
    else:
        theirs["User"] = [{"UserName": "alice.chen", "Group": "users", "Password": PASSWORD}]
    with monkeypatch.context() as patch, pytest.raises(EhpcError):
        patch.setattr(FailingVersionClient, "call", call)
        case.create(stack, cluster)
    stack.reset_calls()
    with pytest.raises(RefusedError):
        case.create(stack, cluster)
    assert stack.writes() == []


@each_case
def test_delete_that_an_earlier_run_carried_out_leaves_what_another_resource_has_made_since(
    stack: Stack, folder: Path, case: Case
) -> None:
    """That run was killed: state still has what it deleted, and the journal the note of it."""
    cluster = stack.foreign_cluster()
    named = {"name": "work"} if case.type_name == "Queue" else {}
    first = case.create(stack, cluster)
    journal, stack.session.journal = stack.session.journal, Journal(None)
    stack.delete(first)
    stack.session.journal = journal
    assert case.key not in case.present(stack, cluster)
    stack.cloud.advance(60)
    second = stack.create(case.type_name, "second", cluster=cluster, **{**case.given, **named})
    made = case.present(stack, cluster)
    stack.delete(first)
    assert case.present(stack, cluster) == made
    stack.delete(second)
    assert case.key not in case.present(stack, cluster)


@each_case
def test_what_is_adopted_counts_from_then_on(stack: Stack, folder: Path, case: Case) -> None:
    """A run of another resource made it and was killed; this one adopts it and then deletes it."""
    cluster = stack.foreign_cluster()
    named = {"name": "work"} if case.type_name == "Queue" else {}
    with killed(stack, case.creating[stack.version]):
        case.create(stack, cluster)
    stack.cloud.advance(60)
    second = stack.create(case.type_name, "second", cluster=cluster, adopt_existing=True, **{**case.given, **named})
    stack.delete(second)
    assert case.key not in case.present(stack, cluster)


@each_case
def test_later_look_that_finds_nothing_drops_the_intent(stack: Stack, folder: Path, case: Case) -> None:
    cluster = stack.foreign_cluster()
    made = case.create(stack, cluster)
    assert len(list(folder.glob("pulumi-*"))) == 1
    if case.type_name == "Volume" and stack.version == "2018-04-12":
        stack.call(
            "DetachSharedStorages", "2024-07-30", ClusterId=cluster, SharedStorages=[{"MountDirectory": "/data"}]
        )
        stack.cloud.advance(60)
    else:
        journal, stack.session.journal = stack.session.journal, Journal(None)
        stack.delete(made)
        stack.session.journal = journal
    outcome = stack.refresh(made)
    assert outcome is NOT_FOUND or case.type_name == "UserSet"
    assert list(folder.glob("pulumi-*")) == []


@each_case
def test_each_attempt_that_finds_nothing_counts_anew(stack: Stack, folder: Path, case: Case) -> None:
    """A run killed before its call arrived, and days later one that is killed after it."""
    cluster = stack.foreign_cluster()
    with killed(stack, case.creating[stack.version], carried_out=False):
        case.create(stack, cluster)
    stack.cloud.advance(5 * DAY)
    with killed(stack, case.creating[stack.version]):
        case.create(stack, cluster)
    stack.cloud.advance(5 * DAY)
    case.create(stack, cluster)
    assert stack.calls(case.creating[stack.version]) == []


@each_case
def test_nothing_is_written_on_the_stack_s_own_cluster(stack: Stack, folder: Path, case: Case) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    case.create(stack, hpc.id)
    assert not folder.exists()


def test_batches_of_nodes_count_as_one_intent(stack: Stack, folder: Path) -> None:
    """A run killed at its second batch: the nodes of the first are older than the newest call."""
    cluster = stack.foreign_cluster()
    (case,) = (each for each in CASES if each.type_name == "NodeGroup")
    action = case.creating[stack.version]
    counts: list[int] = []
    whole = FailingVersionClient.call

    def call(self: FailingVersionClient, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        response = whole(self, name, given, **more)
        if name == action:
            counts.append(1)
            stack.cloud.advance(1200)
            if len(counts) == 2:
                raise Killed
        return response

    with pytest.MonkeyPatch.context() as patch, pytest.raises((Killed, PartialFailureError)):
        patch.setattr(FailingVersionClient, "call", call)
        case.create(stack, cluster, count=120)
    stack.new_run()
    made = case.create(stack, cluster, count=130)
    assert len(made.outputs["nodes"]) == 130
    assert len(listed("ListNodes", "Hostname")(stack, cluster)) == 130
