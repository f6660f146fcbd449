"""Interrupted runs of user sets: whose each user is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from tests.resources.stack import Stack
from tests.resources.test_cluster import HPC
from tests.resources.test_interrupted import PASSWORD, blinded, killed, listed, newer


def team(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "password": PASSWORD} for name in names]


def adding(stack: Stack) -> str:
    return "CreateUsers" if stack.version == "2024-07-30" else "AddUsers"


def users(stack: Stack, cluster: str) -> list[str]:
    return listed("ListUsers", "UserName")(stack, cluster)


def test_killed_update_s_user_is_recognised(stack: Stack, folder: Path) -> None:
    cluster = stack.foreign_cluster()
    made = stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen"))
    with killed(stack, adding(stack)):
        stack.update(made, users=team("alice.chen", "bob.smith"))
    made = stack.update(made, users=team("alice.chen", "bob.smith"))
    assert made.outputs["created_users"] == ["alice.chen", "bob.smith"]


def test_killed_update_s_user_is_removed_with_the_set_or_when_dropped(stack: Stack, folder: Path) -> None:
    cluster = stack.foreign_cluster()
    made = stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen"))
    with killed(stack, adding(stack)):
        stack.update(made, users=team("alice.chen", "bob.smith"))
    made = stack.update(made, users=team("alice.chen", "carol.jones"))
    assert users(stack, cluster) == ["alice.chen", "carol.jones"]
    with killed(stack, adding(stack)):
        stack.update(made, users=team("alice.chen", "bob.smith"))
    assert "bob.smith" in users(stack, cluster)
    stack.delete(made)
    assert users(stack, cluster) == []


def test_killed_create_s_user_who_is_not_declared_any_more_is_left_and_named(stack: Stack, folder: Path) -> None:
    cluster = stack.foreign_cluster()
    with killed(stack, adding(stack)):
        stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen", "bob.smith"))
    stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen"))
    assert users(stack, cluster) == ["alice.chen", "bob.smith"]
    assert any(line.startswith("bob.smith") and "left in place" in line for line in stack.log)


def test_users_of_others_beside_are_refused_and_named(stack: Stack, folder: Path) -> None:
    cluster = stack.foreign_cluster()
    with killed(stack, adding(stack)):
        stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen"))
    newer("CreateUsers", User=[{"UserName": "bob.smith", "Group": "users", "Password": PASSWORD}])(stack, cluster)
    stack.reset_calls()
    with pytest.raises(RefusedError, match=r"exist already: bob\.smith on") as caught:
        stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen", "bob.smith"))
    assert "alice.chen" not in str(caught.value)
    assert stack.writes() == []


@pytest.mark.parametrize("own", [True, False], ids=["own cluster", "cluster of others"])
def test_user_whose_addition_got_no_response_is_the_set_s(stack: Stack, folder: Path, own: bool) -> None:
    """The inputs in state name him, so that the next run must not take him for one who was there before."""
    cluster = stack.create("Cluster", "hpc", **HPC).id if own else stack.foreign_cluster()
    made = stack.create("UserSet", "team", cluster=cluster, users=team("alice.chen"))
    with blinded(adding(stack)), pytest.raises(PartialFailureError):
        stack.update(made, users=team("alice.chen", "bob.smith"))
    made = stack.update(stack.partial_failure)
    assert made.outputs["created_users"] == ["alice.chen", "bob.smith"]
    stack.update(made, users=team("alice.chen"))
    assert users(stack, cluster) == ["alice.chen"]
