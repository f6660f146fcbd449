"""The steps that all nouns share: what is recorded at birth, what is guarded, what stays in state after a failure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_ehpc.errors import AuthenticationError, EhpcError, RefusedError
from pulumi_ehpc.lifecycle.marks import hostname_prefix
from pulumi_ehpc.lifecycle.request import GONE, PartialFailureError
from pulumi_ehpc.lifecycle.steps import RECORDED
from pulumi_ehpc.lifecycle.unknown import UNKNOWN
from tests.nouns.stack import ACCOUNT, IDENTITY, REGION, Stack, stack_on

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.xlarge"},
    "password": "Str0ng-Password",
}
QUEUE: dict[str, Any] = {"compute_nodes": [{"instance_type": "ecs.c7.large"}], "max_count": 50}


# -- check: what is recorded and generated -------------------------------------------------------------------------


def test_birth_is_recorded(stack: Stack) -> None:
    inputs = stack.checked("Cluster", "hpc", HPC)
    assert {name: inputs[name] for name in RECORDED} == {
        "api_version": "2024-07-30",
        "region": REGION,
        "identity": IDENTITY,
    }
    assert inputs["name"] == "hpc"


def test_recorded_values_are_kept_for_life(stack: Stack) -> None:
    olds = stack.checked("Queue", "work", {"cluster": "ehpc-1"})
    changed = stack.beside("2018-04-12", identity="another")
    news, violations = changed.check("Queue", "work", {"cluster": "ehpc-1"}, olds)
    assert violations == []
    assert {name: news[name] for name in RECORDED} == {name: olds[name] for name in RECORDED}


def test_recorded_version_decides_what_is_taken(stack: Stack) -> None:
    olds = stack.checked("Queue", "work", {"cluster": "ehpc-1", "initial_count": 2})
    changed = stack.beside("2018-04-12")
    assert changed.check("Queue", "work", {"cluster": "ehpc-1", "initial_count": 2}, olds)[1] == []
    _, violations = changed.check("Queue", "work", {"cluster": "ehpc-1", "initial_count": 2})
    assert [violation.property for violation in violations] == ["initial_count"]


def test_what_a_program_says_of_recorded_values_does_not_count(stack: Stack) -> None:
    inputs = stack.checked("Queue", "work", {"cluster": "ehpc-1", "api_version": "2018-04-12", "region": "x"})
    assert (inputs["api_version"], inputs["region"]) == ("2024-07-30", REGION)


def test_unknown_identity_leaves_generated_names_open(stack: Stack) -> None:
    given = {"cluster": UNKNOWN, "instance_type": "ecs.c7.large", "count": 1, "identity": UNKNOWN}
    inputs, violations = stack.steps("NodeGroup").check(stack.work("NodeGroup", "fixed"), {}, given)
    assert violations == []
    assert inputs["hostname_prefix"] is UNKNOWN
    assert inputs["identity"] is UNKNOWN


def test_generated_name_that_cannot_change_in_place_is_kept(stack: Stack) -> None:
    given = {"cluster": "ehpc-1", "instance_type": "ecs.c7.large", "count": 1}
    olds = stack.checked("NodeGroup", "fixed", given)
    assert olds["hostname_prefix"] == hostname_prefix(IDENTITY, stack.urn("NodeGroup", "fixed"), "fixed")
    kept = stack.checked("NodeGroup", "fixed", given, {**olds, "hostname_prefix": "abc-"})
    assert kept["hostname_prefix"] == "abc-"


def test_generated_name_that_can_change_follows_the_program(stack: Stack) -> None:
    olds = stack.checked("Cluster", "hpc", {**HPC, "name": "given"})
    assert stack.checked("Cluster", "hpc", HPC, olds)["name"] == "hpc"


# -- check and diff: guards ----------------------------------------------------------------------------------------


def test_other_region_is_refused(stack: Stack) -> None:
    olds = stack.checked("Cluster", "hpc", HPC)
    moved = stack.beside(region="cn-beijing")
    _, violations = moved.check("Cluster", "hpc", HPC, olds)
    (violation,) = violations
    assert violation.property == "ehpc:region"
    assert f"pulumi config set ehpc:region {REGION}" in violation.rule


def test_replacing_a_cluster_needs_consent(stack: Stack) -> None:
    olds = stack.checked("Cluster", "hpc", HPC)
    changed = {**HPC, "vpc_id": "vpc-2", "vswitch_id": "vsw-2"}
    _, violations = stack.check("Cluster", "hpc", changed, olds)
    assert [violation.property for violation in violations] == ["vpc_id", "vswitch_id"]
    assert all(
        "deletes the cluster with its nodes, users, queues and jobs" in violation.rule for violation in violations
    )
    assert stack.check("Cluster", "hpc", {**changed, "allow_replacement": True}, olds)[1] == []


def test_refusal_names_what_to_do_instead_and_no_secret(stack: Stack) -> None:
    olds = stack.checked("Cluster", "hpc", HPC)
    storages = [{"file_system_id": "fs", "mount_target": "mt", "mount_directory": "/data"}]
    changed = {**HPC, "password": "0ther-Password", "shared_storages": storages}
    _, violations = stack.check("Cluster", "hpc", changed, olds)
    words = {violation.property: str(violation) for violation in violations}
    assert "declare a Volume" in words["shared_storages"]
    assert "change it on the nodes" in words["password"]
    assert "Password" not in words["password"].replace("password", "")


def test_unknown_values_do_not_ask_for_consent(stack: Stack) -> None:
    olds = stack.checked("Cluster", "hpc", HPC)
    assert stack.check("Cluster", "hpc", {**HPC, "vpc_id": UNKNOWN}, olds)[1] == []


def test_other_nouns_are_replaced_without_consent(stack: Stack) -> None:
    olds = stack.checked("Queue", "work", {"cluster": "ehpc-1"})
    assert stack.check("Queue", "work", {"cluster": "ehpc-2"}, olds)[1] == []


def test_unknown_cluster_counts_as_a_replacement(stack: Stack) -> None:
    olds = stack.checked("Queue", "work", {"cluster": "ehpc-1", **QUEUE})
    difference = stack.steps("Queue").diff(olds, {**olds, "cluster": UNKNOWN}, {})
    assert difference.replaces == ("cluster",)


def test_diff_and_check_make_no_call(stack: Stack) -> None:
    olds = stack.checked("Cluster", "hpc", HPC)
    stack.steps("Cluster").diff(olds, stack.checked("Cluster", "hpc", {**HPC, "max_count": 5}, olds), {})
    assert stack.cloud.calls() == []


# -- create and update: outputs ------------------------------------------------------------------------------------


def test_outputs_hold_what_was_declared_and_where_it_lives(stack: Stack) -> None:
    work = stack.create("Queue", "work", cluster=stack.cluster(), **QUEUE)
    assert work.outputs["max_count"] == 50
    assert work.outputs["account_id"] == ACCOUNT
    assert (work.outputs["api_version"], work.outputs["region"]) == (stack.version, REGION)
    assert "identity" not in work.outputs


def test_secrets_are_no_outputs(stack: Stack) -> None:
    users = {"alice": "users"}
    team = stack.create("UserSet", "team", cluster=stack.cluster(), users=users, passwords={"alice": "Str0ng-Pass"})
    assert "passwords" not in team.outputs
    assert "Str0ng-Pass" not in str(team.outputs)


def test_refused_create_leaves_nothing(stack: Stack) -> None:
    cluster = stack.cluster()
    stack.call("DeleteCluster", ClusterId=cluster)
    with pytest.raises(EhpcError) as caught:
        stack.create("Queue", "work", cluster=cluster, **QUEUE)
    assert not isinstance(caught.value, PartialFailureError)
    assert stack.half is None


def test_failed_update_keeps_what_is_known(stack: Stack) -> None:
    work = stack.create("Queue", "work", cluster=stack.cluster(), **QUEUE)
    stack.trouble("UpdateQueue")
    with pytest.raises(PartialFailureError, match="out of order"):
        stack.update(work, max_count=60)
    assert stack.left().id == work.id
    assert stack.left().outputs["created"] is True
    assert stack.left().outputs["account_id"] == ACCOUNT


def test_recorded_version_makes_the_calls(stack: Stack) -> None:
    work = stack.create("Queue", "work", cluster=stack.cluster(), **QUEUE)
    changed = stack.beside("2018-04-12")
    changed.update(work, max_count=60)
    changed.delete(work)
    assert changed.writes() == ["UpdateQueue", "DeleteQueues"]


def test_time_limit_of_the_step_counts(stack: Stack) -> None:
    work = replace(stack.work("Cluster", "hpc"), timeout_seconds=60.0)
    with pytest.raises(PartialFailureError, match="after 60 seconds"):
        stack.steps("Cluster").create(work, stack.checked("Cluster", "hpc", HPC))


# -- read, update and delete: the right place ----------------------------------------------------------------------


def test_other_region_is_never_asked(stack: Stack) -> None:
    living = stack.create("Queue", "work", cluster=stack.cluster(), **QUEUE)
    moved = stack.beside(region="cn-beijing")
    steps, work = moved.steps("Queue"), moved.work("Queue", "work", living.id)
    refusal = f"lives in {REGION}, but the region is set to cn-beijing. Nothing was touched"
    with pytest.raises(RefusedError, match=refusal):
        steps.read(work, living.inputs, living.outputs)
    with pytest.raises(RefusedError, match=refusal):
        steps.update(work, living.inputs, living.inputs, living.outputs)
    with pytest.raises(RefusedError, match=refusal):
        steps.delete(work, living.inputs, living.outputs)
    assert moved.count() == 0


@pytest.mark.parametrize("noun", ["Cluster", "Queue"])
def test_not_found_is_not_believed_with_other_credentials(noun: str) -> None:
    with stack_on("2024-07-30") as stack:
        hpc = stack.create("Cluster", "hpc", **HPC)
        living = hpc if noun == "Cluster" else stack.create("Queue", "work", cluster=hpc.id, **QUEUE)
        stranger = stack.beside(key="other")
        with pytest.raises(RefusedError, match=f"belongs to account {ACCOUNT} and these credentials are of account 2"):
            stranger.refresh(living)
        with pytest.raises(RefusedError, match="stays in state"):
            stranger.delete(living)


def test_not_found_is_believed_where_no_account_was_recorded(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    stranger = stack.beside(key="other")
    hpc.outputs["account_id"] = ""
    assert stranger.refresh(hpc) is GONE


def test_refused_credentials_are_no_disappearance(stack: Stack) -> None:
    hpc = stack.create("Cluster", "hpc", **HPC)
    nobody = stack.beside(key="nobody")
    with pytest.raises(AuthenticationError):
        nobody.refresh(hpc)


def test_refresh_tells_declared_values_as_they_are_now(stack: Stack) -> None:
    work = stack.create("Queue", "work", cluster=stack.cluster(), **QUEUE)
    template = {"QueueName": "work", "MaxCount": 9, "MinCount": 1, "ComputeNodes": [{"InstanceType": "ecs.c7.large"}]}
    stack.call("UpdateQueue", ClusterId=work.inputs["cluster"], Queue=template)
    found = stack.found(work)
    assert found.inputs["max_count"] == found.outputs["max_count"] == 9
    assert "min_count" not in found.inputs
    assert found.inputs["identity"] == IDENTITY
    assert found.outputs["created"] is True
