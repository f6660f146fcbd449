"""Which parameters of the service a program reaches, and which it does not.

What is reached is not read from the maps but seen: every resource type is created and updated on a fake with everything
declared that the version supports, and the parameters of its calls are noted. The rest is compared with
``unreachable.json``, so that a parameter can neither get lost nor stay on the list when a property reaches it.
``python -m tests.test_reachable`` writes the list again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pulumi_ehpc.api import spec
from tests.resources.maximal import create_and_update_everything, create_with_little
from tests.resources.stack import TYPES, Stack, stack_on

GOLDEN = Path(__file__).with_name("unreachable.json")
ACTIONS = {
    "2018-04-12": (
        "AddNodes",
        "AddQueue",
        "AddUsers",
        "CreateCluster",
        "ModifyClusterAttributes",
        "ModifyUserGroups",
        "ModifyUserPasswords",
        "SetAutoScaleConfig",
        "TagResources",
        "UpdateClusterVolumes",
        "UpdateQueueConfig",
        "UpgradeClient",
    ),
    "2024-07-30": (
        "AttachSharedStorages",
        "CreateCluster",
        "CreateNodes",
        "CreateQueue",
        "CreateUsers",
        "UpdateCluster",
        "UpdateNodes",
        "UpdateQueue",
        "UpdateUser",
    ),
}
SPELLED_TWICE = {"2024-07-30": {"CreateCluster": {"Tags.Key": "Tags.key", "Tags.Value": "Tags.value"}}}
"""Parameters that the specification has in two spellings; one is enough."""


def paths(parameters: Mapping[str, spec.Shape], above: str = "") -> Iterator[str]:
    """Yield the path of every parameter of an action that holds a value."""
    for name, shape in parameters.items():
        path = f"{above}.{name}" if above else name
        inner = shape.items.properties if shape.items is not None else shape.properties
        if inner:
            yield from paths(inner, path)
        else:
            yield path


def values(parameters: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the value of every parameter of a call."""
    if isinstance(parameters, Mapping):
        for name, item in parameters.items():
            yield from values(item, f"{above}.{name}" if above else name)
    elif isinstance(parameters, list):
        for item in parameters:
            yield from values(item, above)
    else:
        yield above, repr(parameters)


def sent(stack: Stack) -> set[tuple[str, str, str]]:
    """Return what was sent: action, parameter and value."""
    return {
        (entry.action, path, value)
        for entry in stack.cloud.calls()
        if entry.version == stack.version and not entry.code
        for path, value in values(entry.parameters)
    }


@cache
def reached(version: str) -> frozenset[tuple[str, str]]:
    """Return the actions and parameters that a program decides about.

    Changes of a whole configuration send back what they have read, too. Such an echo is told from what is declared by
    its value, which is the same where next to nothing is declared.
    """
    with stack_on(version, seed=1) as plain:
        create_with_little(plain)
        echo = sent(plain)
    with stack_on(version, unknown_parameters_refused=True) as stack:
        assert {resource.type_name for resource in create_and_update_everything(stack)} == {
            name for name, resource_type in TYPES.items() if version in resource_type.handlers
        }
        seen = {(action, path) for action, path, _ in sent(stack) - echo}
    for action, counterparts in SPELLED_TWICE.get(version, {}).items():
        seen.update((action, counterpart) for one, counterpart in counterparts.items() if (action, one) in seen)
    return frozenset(seen)


def unreachable(version: str) -> dict[str, list[str]]:
    """Return the parameters that no property reaches, by action."""
    missing = {
        action: sorted(
            path for path in paths(spec.action(action, version).parameters) if (action, path) not in reached(version)
        )
        for action in ACTIONS[version]
    }
    return {action: names for action, names in missing.items() if names}


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_what_no_property_reaches_is_on_the_list(version: str) -> None:
    assert unreachable(version) == json.loads(GOLDEN.read_text())[version]


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_every_line_of_a_map_is_sent(version: str) -> None:
    """A line that is never sent would promise what nobody does."""
    promised = {
        (fields.parameters.action, path)
        for resource_type in TYPES.values()
        if version in resource_type.handlers
        for fields in resource_type.handlers[version].maps
        for path in fields.reached()
    }
    assert promised - reached(version) == set()


def test_list_is_sorted_and_covers_both_versions() -> None:
    listed = json.loads(GOLDEN.read_text())
    assert list(listed) == list(spec.VERSIONS)
    for actions in listed.values():
        assert list(actions) == sorted(actions)
        assert all(names == sorted(set(names)) for names in actions.values())


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps({version: unreachable(version) for version in spec.VERSIONS}, indent=2) + "\n")
