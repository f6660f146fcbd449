"""What is refused of a cluster before anything is sent, and what only a new one needs."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.resources.stack import Stack
from tests.resources.test_cluster import HPC, STORAGES


@pytest.mark.parametrize(
    ("changes", "property"),
    [
        ({"password": "Short-1"}, "password"),
        ({"password": "alllowercase"}, "password"),
        ({"password": "Str0ng-Password" * 3}, "password"),
        ({"key_pair_name": "team"}, "key_pair_name"),
        ({"name": "x"}, "name"),
        ({"name": "with space"}, "name"),
        ({"description": "with space"}, "description"),
        ({"description": "x" * 109}, "description"),
        ({"manager": {"instance_type": "c7.xlarge"}}, "manager.instance_type"),
        ({"tags": {f"key{number}": "x" for number in range(21)}}, "tags"),
        ({"post_install_scripts": [{"url": "ftp://example/x"}]}, "post_install_scripts[0].url"),
        ({"shared_storages": [STORAGES[1]] * 11}, "shared_storages"),
    ],
)
def test_rules_of_both_versions(stack: Stack, changes: dict[str, Any], property: str) -> None:
    _, violations = stack.check("Cluster", "hpc", {**HPC, **changes})
    assert [violation.property for violation in violations] == [property]
    assert str(changes.get("password", "no password")) not in str(violations)


@pytest.mark.parametrize(
    ("changes", "property"),
    [
        ({"password": "Str0ng-Password-1234567"}, "password"),
        ({"post_install_scripts": [{"url": "http://x/a"}, {"url": "http://x/b"}]}, "post_install_scripts"),
        ({"deploy_mode": "simple"}, "deploy_mode"),
        ({"manager": {"instance_type": "ecs.c7.xlarge", "count": 2}}, "manager.count"),
    ],
)
def test_rules_of_2024(stack_2024: Stack, changes: dict[str, Any], property: str) -> None:
    _, violations = stack_2024.check("Cluster", "hpc", {**HPC, **changes})
    assert [violation.property for violation in violations] == [property]


@pytest.mark.parametrize(
    ("changes", "property"),
    [
        ({"name": "x" * 65}, "name"),
        ({"cluster_mode": "integrated"}, "cluster_mode"),
        ({"scheduler": "lsf_plugin"}, "scheduler"),
        ({"manager": {"instance_type": "ecs.c7.xlarge", "image_id": "img"}}, "manager.image_id"),
        ({"max_core_count": 5}, "max_core_count"),
    ],
)
def test_rules_of_2018(stack_2018: Stack, changes: dict[str, Any], property: str) -> None:
    _, violations = stack_2018.check("Cluster", "hpc", {**HPC, **changes})
    assert [violation.property for violation in violations] == [property]


# -- what only a new cluster needs -----------------------------------------------------------------------------------

NEEDED = {"2024-07-30": ["vpc_id", "vswitch_id", "password"], "2018-04-12": ["vswitch_id", "password"]}


def test_new_cluster_without_network_or_login_is_refused(stack: Stack) -> None:
    _, violations = stack.check("Cluster", "hpc", {"manager": HPC["manager"]})
    assert [violation.property for violation in violations] == NEEDED[stack.version]
    assert all("is required for a new cluster" in violation.rule for violation in violations)


def test_what_a_new_cluster_needs_is_not_to_be_left_out(stack: Stack) -> None:
    _, violations = stack.check("Cluster", "hpc", {**HPC, "vpc_id": "", "vswitch_id": " "})
    rules = {violation.property: violation.rule for violation in violations}
    needed = "must not be empty"
    assert rules["vswitch_id"] == needed
    assert rules["vpc_id"] == (needed if stack.version == "2024-07-30" else f"{needed}; leave it out")


@pytest.mark.parametrize("login", ["password", "key_pair_name"])
def test_what_is_not_known_yet_counts_as_given(stack: Stack, login: str) -> None:
    given = {"vpc_id": UNKNOWN, "vswitch_id": UNKNOWN, login: UNKNOWN}
    assert stack.checked("Cluster", "hpc", given)


def test_cluster_that_exists_without_them_goes_on(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    for name in ("vpc_id", "vswitch_id", "password"):
        del hpc.inputs[name]
    assert not stack.diff(hpc)
    stack.update(hpc, description="Team_two")


def test_directory_that_is_mounted_twice_is_refused(stack: Stack) -> None:
    twice = [*STORAGES, {**STORAGES[0], "mount_directory": "/data/"}]
    _, violations = stack.check("Cluster", "hpc", {**HPC, "shared_storages": twice})
    assert [str(violation) for violation in violations] == [
        "shared_storages[2].mount_directory = '/data': is taken by shared_storages[1]; it must be unique there"
    ]


def test_home_has_one_spelling(stack_2018: Stack) -> None:
    """API 2018-04-12 has parameters of their own for the file system at /home."""
    stack_2018.create("Cluster", "hpc", **HPC, shared_storages=[{**STORAGES[0], "mount_directory": "/home/"}])
    (call,) = stack_2018.calls("CreateCluster")
    assert call["VolumeId"] == "fs-home"
    assert "AdditionalVolumes" not in call
