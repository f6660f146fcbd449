"""A response of success with a wrong body is never believed: nothing is lost by it, and the next run converges."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import ReadOutcome
from tests.resources.conftest import BOTH
from tests.resources.stack import InState, Stack, stack_on
from tests.resources.test_cluster import HPC, STORAGES
from tests.resources.wrong_bodies import WRONG, answering, clusters, without_ids, world

MOUNT = {"file_system_id": "fs-1", "mount_target": "fs-1.example"}
DECLARED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Cluster": (
        {
            **HPC,
            "shared_storages": STORAGES,
            "tags": {"team": "a"},
            "enable_scale_out": True,
            "idle_interval_minutes": 4,
        },
        {"name": "renamed", "tags": {"team": "b"}, "enable_scale_out": False},
    ),
    "Queue": ({"name": "own", "max_count": 5, "enable_scale_in": True}, {"max_count": 6}),
    "NodeGroup": ({"hostname_prefix": "own-", "instance_type": "ecs.c7.large", "count": 2}, {"count": 3}),
    "UserSet": (
        {"users": [{"name": "own.user", "group": "users", "password": "Str0ng-Password"}]},
        {"users": [{"name": "two.users", "group": "wheel", "password": "Str0ng-Password"}]},
    ),
    "Volume": ({"mount_directory": "/own", **MOUNT}, {"mount_directory": "/own", **MOUNT}),
}
"""What is declared of each type, and what it is changed to."""
OF_LISTS = ("null entries", "empty entries", "null containers", "empty containers", "no id", "a list")
"""What is not tried on clusters, which take long to start: it differs from the others in lists only, or not much."""
OPERATIONS = ("create", "update", "refresh", "delete")


@dataclass
class Run:
    """A resource beside others that are not its own, in a cluster of the stack."""

    stack: Stack
    type_name: str
    cluster: str

    @classmethod
    def begin(cls, stack: Stack, type_name: str) -> Run:
        if type_name == "Cluster":
            return cls(stack, type_name, "")
        cluster = stack.own_cluster()
        for other, (declared, _) in DECLARED.items():
            if other != "Cluster":
                stack.create(other, f"other-{other}", cluster=cluster, **_of_others(declared))
        stack.reset_calls()
        return cls(stack, type_name, cluster)

    def in_new_process(self) -> Run:
        """Return the same program in a process that knows nothing of what was called before."""
        return Run(self.stack.in_new_process(), self.type_name, self.cluster)

    @property
    def before(self) -> dict[str, Any]:
        given, _ = DECLARED[self.type_name]
        return given if self.type_name == "Cluster" else {**given, "cluster": self.cluster}

    def made(self) -> InState:
        return self.stack.create(self.type_name, "own", **self.before)

    def act(self, operation: str, living: InState | None) -> InState | None:
        """Do an operation, as often as the engine would until it succeeds, and return what is then in state."""
        stack = self.stack
        if operation == "create":
            return stack.create(self.type_name, "own", **self.before)
        assert living is not None
        if operation == "update":
            return stack.update(living, **_listed(self.type_name, DECLARED[self.type_name][1]))
        if operation == "refresh":
            found = stack.refresh(living)
            assert isinstance(found, ReadOutcome), "what is there was believed to be gone"
            return living
        stack.delete(living)
        return None

    def world(self, living: InState | None) -> dict[str, Any]:
        if self.type_name != "Cluster":
            return world(self.stack, self.cluster)
        if living is None:
            return {"clusters": clusters(self.stack)}
        return without_ids(world(self.stack, living.id), living.id)


def _of_others(declared: dict[str, Any]) -> dict[str, Any]:
    renamed = {"own": "other", "own-": "oth-", "/own": "/other"}
    return {
        name: [{**user, "name": "other.user"} for user in value] if name == "users" else renamed.get(value, value)
        for name, value in declared.items()
    }


def _listed(type_name: str, changes: dict[str, Any]) -> dict[str, Any]:
    return {**changes, "passwords": None, "auth_keys": None} if type_name == "UserSet" else changes


def finished(run: Run, operation: str, living: InState | None) -> InState | None:
    """Do what the next run does with what the last one left in state."""
    if operation == "create" and living is not None:
        return run.stack.update(living)
    return run.act(operation, living)


def through(run: Run, operation: str, living: InState | None, action: str, name: str) -> InState | None:
    """Do an operation while an action answers with a wrong body, then what the next run does; return what is left."""
    run.stack.timeout_seconds = 400  # no longer than a cluster takes to start
    with answering(run.stack, action, WRONG[name]):
        try:
            return run.act(operation, living)
        except PartialFailureError as error:
            assert isinstance(error.cause, EhpcError), (action, name, error.cause)
            left: InState | None = run.stack.partial_failure
        except EhpcError:
            left = living
    return finished(run, operation, left)


@pytest.mark.no_cover  # it would take three times as long
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("type_name", DECLARED)
@pytest.mark.parametrize("version", BOTH)
def test_wrong_body(version: str, type_name: str, operation: str) -> None:
    with stack_on(version) as stack:
        first = Run.begin(stack, type_name)
        living = None if operation == "create" else first.made()
        first.stack.reset_calls()
        left = first.act(operation, living)
        actions = list(dict.fromkeys(entry.action for entry in stack._new_calls()))
        expected = first.world(left)
        for action, name in itertools.product(actions, WRONG):
            if type_name == "Cluster" and name in OF_LISTS:
                continue
            run = first.in_new_process()
            if operation != "refresh":  # which leaves all as it is
                if left is not None:
                    run.stack.delete(left)
                living = None if operation == "create" else run.made()
            left = through(run, operation, living, action, name)
            assert run.world(left) == expected, (action, name)
