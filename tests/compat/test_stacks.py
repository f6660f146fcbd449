"""Stacks that older releases left are previewed without a change, refreshed, updated and destroyed by this one.

What is stored and how it was made: ``stacks.py`` and ``record.py``. The program may be changed where a release asks
programs to change (see its ``MOUNT``); a stored stack never is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.compat.stacks import SteppingCloud, StoredStack, stored, workbench
from tests.stories.workbench import Workbench

pytestmark = pytest.mark.engine

EDITS = {"hpc": {"description"}, "work": {"max_count"}, "fixed": {"count"}}
"""Properties that the edited program changes; beside them it changes the users of ``team``."""
UPDATES = {
    "2018-04-12": {
        "ModifyClusterAttributes",
        "SetAutoScaleConfig",
        "AddNodes",
        "AddUsers",
        "ModifyUserGroups",
        "ModifyUserPasswords",
    },
    "2024-07-30": {"UpdateCluster", "UpdateQueue", "CreateNodes", "UpdateNodes", "CreateUsers", "UpdateUser"},
}
"""Actions that these edits take."""


def test_stacks_of_both_versions_are_stored() -> None:
    assert {stack.version for stack in stored()} == set(UPDATES)


@pytest.mark.parametrize("stack", stored(), ids=lambda stack: stack.name)
def test_stored_stack_lives_on(stack: StoredStack, tmp_path: Path) -> None:
    cloud = SteppingCloud()
    cloud.repeat(stack.calls)
    assert known(stack.resources) - texts(cloud.snapshot()) == set(), "the calls did not make the objects in state"
    with workbench(tmp_path, cloud, stack.version) as made:
        stack.import_into(made)
        assert_nothing_to_do(made, stack)
        assert_no_drift(made, stack)
        assert_edits(made, cloud, stack.version)
        assert_destroyed(made)


def assert_nothing_to_do(made: Workbench, stack: StoredStack) -> None:
    """No change and no call; every value that the program exports is read from the old outputs as it was."""
    made.calls()
    preview = made.preview("--diff")
    assert preview.ok, preview.text
    assert "Outputs:" not in preview.text, preview.text  # the engine shows outputs here only when they change
    assert made.steps() == {}
    run = made.up()
    assert run.ok, run.text
    assert exported(made) == stack.outputs
    assert made.calls() == []


def assert_no_drift(made: Workbench, stack: StoredStack) -> None:
    """A refresh finds every object as it is in state, and the program then reads the same values."""
    run = made.refresh()
    assert run.ok, run.text
    assert made.writes() == []
    assert ids(made.state()) == ids(stack.resources)
    assert made.steps() == {}
    assert made.up().ok
    assert exported(made) == stack.outputs


def assert_edits(made: Workbench, cloud: SteppingCloud, version: str) -> None:
    """One edit of each resource type is previewed, made and found, and nothing beside it."""
    made.configure("compat:edited", "true")
    steps = made.steps()
    assert {name: step["op"] for name, step in steps.items()} == dict.fromkeys((*EDITS, "team"), "update")
    assert {name: set(steps[name]["detailedDiff"]) for name in EDITS} == EDITS
    changed_users = " ".join(steps["team"]["detailedDiff"])
    assert "bob.smith" in changed_users and "erin.brown" in changed_users
    assert "alice.chen" not in changed_users and "dave.miller" not in changed_users

    made.calls()
    before = len(cloud.recorded)
    run = made.up()
    assert run.ok, run.text
    assert set(made.writes()) == UPDATES[version]
    sent = json.dumps(cloud.recorded[before:])
    assert "Compat-carol-2" in sent and "Compat-erin-1" in sent
    assert "Compat-alice-1" not in sent and "Compat-frank-1" not in sent
    assert made.refresh().ok
    assert made.steps() == {}


def assert_destroyed(made: Workbench) -> None:
    """Nothing is left, here or there."""
    made.calls()
    run = made.destroy()
    assert run.ok, run.text
    assert made.writes() == ["DeleteCluster"]
    assert made.clusters() == []
    assert made.state() == {}


def exported(made: Workbench) -> dict[str, Any]:
    """What ``pulumi stack output`` shows."""
    run = made.pulumi("stack", "output", "--json")
    assert run.ok, run.text
    found: dict[str, Any] = json.loads(run.text)
    return found


def ids(resources: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The id of each resource by its name."""
    return {name: entry.get("id", "") for name, entry in resources.items()}


def known(resources: dict[str, dict[str, Any]]) -> set[str]:
    """The ids, names, directories and addresses by which the objects in state are known."""
    found = set()
    for entry in resources.values():
        if entry["type"].endswith("ehpc:UserSet"):
            found.update(entry["outputs"]["users"])  # its id has a name of the program's
        elif "/ehpc:" in entry["type"] and not entry["type"].endswith(":Identity"):
            found.update(entry["id"].split(":"))
            found.update(value for node in entry["outputs"].get("nodes", ()) for value in node.values())
    return found


def texts(tree: Any) -> set[str]:
    """Every text of a tree, keys too."""
    if isinstance(tree, dict):
        return set(tree).union(*map(texts, tree.values()))
    if isinstance(tree, list):
        return set().union(*map(texts, tree))
    return {tree} if isinstance(tree, str) else set()
