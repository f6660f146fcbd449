"""What the resources of a program claim, as the stack's identity carries it to the plugin process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import get_root_resource

import pulumi_ehpc as ehpc
from pulumi_ehpc.engine import preflight
from tests.engine.program import Registered, run

pytestmark = pytest.mark.sdk

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}
GROUP: dict[str, Any] = {"instance_type": "ecs.c7.large", "count": 2}
MOUNT: dict[str, Any] = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
ALICE = {"name": "alice", "group": "wheel", "password": "Str0ng-Password"}
HPC_URN = "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:Cluster::hpc"


@pytest.fixture(autouse=True)
def urns_as_the_engine_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mocks name the nearest parent only, and the stack among parents."""

    def make_urn(_: object, parent: str, kind: str, name: str) -> str:
        above = parent.split("::")[2] if parent else "pulumi:pulumi:Stack"
        chain = "" if above == "pulumi:pulumi:Stack" else f"{above}$"
        return f"urn:pulumi:dev::test::{chain}{kind}::{name}"

    monkeypatch.setattr(mocks.MockMonitor, "make_urn", make_urn)


def claims(
    program: Callable[[], Any], *, identity: str = "identity", preview: bool = False
) -> dict[str, dict[str, Any]]:
    """Run a program and return its claims by the resources' names."""
    return claims_in(run(program, preview=preview), identity)


def claims_in(registered: Registered, identity: str = "identity") -> dict[str, dict[str, Any]]:
    return {claim["name"]: claim for claim in registered.inputs(identity)["claims"]}


# -- what a resource claims -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("preview", [True, False])
def test_claims_of_every_resource_type(preview: bool) -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, hostname_prefix="wk")
        ehpc.NodeGroup("fixed", cluster=hpc, hostname_prefix="fix-", **GROUP)
        ehpc.UserSet("team", cluster=hpc, users=[ALICE], exclusive=True)
        ehpc.Volume("data", cluster=hpc, **MOUNT)

    found = claims(program, preview=preview)
    assert found.pop("hpc")["loses"] == "the cluster with its nodes, users, queues and jobs"
    assert list(found) == ["work", "fixed", "team", "data"]
    assert {name: (claim["keys"], claim["cluster"]) for name, claim in found.items()} == {
        "work": (["work"], HPC_URN),
        "fixed": (["fix-"], HPC_URN),
        "team": (["alice"], HPC_URN),
        "data": (["/data"], HPC_URN),
    }
    assert found["work"]["urn"] == "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:Queue::work"
    assert (found["work"]["prefix"], found["fixed"]["prefix"]) == ("wk", "fix-")
    assert found["fixed"]["declared"] == {"instance_type": "ecs.c7.large"}
    assert found["team"]["exclusive"] is True
    assert "Str0ng-Password" not in str(found)


def test_generated_prefix_is_a_key_of_nobody_else() -> None:
    """Only the state knows the identity that it is made of; until the resource's own check it claims nothing."""
    found = claims(lambda: ehpc.NodeGroup("fixed", cluster="ehpc-1", **GROUP))["fixed"]
    assert found["keys"] == []
    assert "prefix" not in found


def test_forty_groups_without_a_prefix_pass() -> None:
    def program() -> None:
        for number in range(40):
            ehpc.NodeGroup(f"gpu-{number:02}", cluster="ehpc-1", **GROUP)

    assert len(claims(program)) == 40


def test_keys_that_are_not_known_are_left_open() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, name=hpc.id.apply(lambda known: known[:9]))

    assert "keys" not in claims(program)["work"]


def test_what_is_not_known_of_the_rest_is_named() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        image = hpc.id.apply(lambda known: f"m-{known}")
        ehpc.NodeGroup("fixed", cluster=hpc, hostname_prefix="fix-", image_id=image, **GROUP)

    found = claims(program)["fixed"]
    assert found["unclear"] == ["image_id"]
    assert "image_id" not in found["declared"]


def test_broken_resources_claim_nothing_that_stops_the_report() -> None:
    queue: Any = {"cluster": 7, "name": ["no", "name"]}
    team: Any = {"cluster": "ehpc-1", "users": "alice"}

    def program() -> None:
        ehpc.Queue("work", **queue)
        ehpc.UserSet("team", **team)

    with pytest.raises(pulumi.RunError, match="Queue 'work': name"):
        run(program)


# -- the cluster ----------------------------------------------------------------------------------------------------


def cluster_claimed(cluster: Callable[[ehpc.Cluster], Any]) -> str:
    """Return the cluster of a queue's claim; empty where there is none."""

    def program() -> None:
        ehpc.Queue("work", cluster=cluster(ehpc.Cluster("hpc", **HPC)))

    return str(claims(program)["work"].get("cluster", ""))


def test_cluster_of_the_program_is_claimed_by_its_urn() -> None:
    assert cluster_claimed(lambda hpc: hpc) == HPC_URN
    assert cluster_claimed(lambda hpc: hpc.id) == HPC_URN


def test_cluster_id_is_claimed_as_it_is() -> None:
    assert cluster_claimed(lambda _: "ehpc-9") == "ehpc-9"
    assert cluster_claimed(lambda _: pulumi.Output.from_input("ehpc-9")) == "ehpc-9"


def test_cluster_that_is_not_known_is_not_claimed() -> None:
    assert cluster_claimed(lambda hpc: hpc.id.apply(str)) == ""


@pytest.mark.parametrize("given", ["ehpc-9", "known output"])
def test_cluster_that_is_read_is_claimed_by_its_id(given: str) -> None:
    """It is not the stack's."""

    def program() -> None:
        known = pulumi.Output.from_input("ehpc-9") if given == "known output" else given
        hpc = ehpc.Cluster("hpc", pulumi.ResourceOptions(id=known), **HPC)
        ehpc.Queue("work", cluster=hpc)

    assert claims(program)["work"]["cluster"] == "ehpc-9"


def test_one_output_is_one_cluster_even_if_it_is_not_known() -> None:
    def program(*, same: bool) -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        one = hpc.id.apply(str)
        ehpc.Queue("one", cluster=one, name="work")
        ehpc.Queue("two", cluster=one if same else hpc.id.apply(str), name="work")

    with pytest.raises(pulumi.RunError, match="Queue 'two': name = 'work': is taken by Queue 'one'"):
        run(lambda: program(same=True))
    assert "two" in run(lambda: program(same=False)).resources, "the check at run time compares real ids"


def test_queue_s_prefix_that_begins_a_group_s_is_refused() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("work", cluster=hpc, hostname_prefix="wk")
        ehpc.NodeGroup("fixed", cluster=hpc, hostname_prefix="wk-", **GROUP)

    with pytest.raises(pulumi.RunError, match="NodeGroup 'fixed': hostname_prefix = 'wk-': clashes with wk of Queue"):
        run(program)


def test_exclusive_set_beside_another_is_refused() -> None:
    def program() -> None:
        ehpc.UserSet("one", cluster="ehpc-1", users=[ALICE])
        ehpc.UserSet("two", cluster="ehpc-1", users=[], exclusive=True)

    with pytest.raises(pulumi.RunError, match=r"UserSet 'two': exclusive = .*cannot stand beside UserSet 'one'"):
        run(program)


# -- URNs -----------------------------------------------------------------------------------------------------------


def component(name: str, **options: Any) -> pulumi.ComponentResource:
    return pulumi.ComponentResource("test:index:Team", name, None, pulumi.ResourceOptions(**options))


def urn_below(parent: Callable[[], pulumi.Resource]) -> str:
    """Return the URN in the claim of a queue with a parent, after comparing it with the one that it gets."""
    got: list[str] = []

    def program() -> None:
        work = ehpc.Queue("work", pulumi.ResourceOptions(parent=parent()), cluster="ehpc-1")
        work.urn.apply(got.append)

    claimed = str(claims(program)["work"].get("urn", ""))
    assert claimed in ("", *got)
    return claimed


def test_urn_below_a_component() -> None:
    urn = urn_below(lambda: component("unit"))
    assert urn == "urn:pulumi:dev::test::test:index:Team$pulumi-python:dynamic/ehpc:Queue::work"


def test_urn_below_components_in_components() -> None:
    assert urn_below(lambda: component("inner", parent=component("outer"))) == (
        "urn:pulumi:dev::test::test:index:Team$test:index:Team$pulumi-python:dynamic/ehpc:Queue::work"
    )


def test_urn_below_a_resource_of_this_package() -> None:
    dynamic = "pulumi-python:dynamic/ehpc:"
    assert urn_below(lambda: ehpc.Cluster("hpc", **HPC)) == (
        f"urn:pulumi:dev::test::{dynamic}Cluster${dynamic}Queue::work"
    )


def test_urn_below_the_stack_itself() -> None:
    def stack() -> pulumi.Resource:
        root = get_root_resource()
        assert root is not None
        return root

    assert urn_below(stack) == "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:Queue::work"


def test_urn_below_what_waits_for_the_program_s_own_resources_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The component comes after the cluster, and the cluster after the identity that carries the claims."""
    monkeypatch.setattr(preflight, "_PARENT_SECONDS", 0.1)
    assert urn_below(lambda: component("unit", depends_on=[ehpc.Cluster("hpc", **HPC)])) == ""


# -- secrets --------------------------------------------------------------------------------------------------------


def test_claims_are_plain_where_nothing_is_secret() -> None:
    assert run(lambda: ehpc.Queue("work", cluster="ehpc-1")).secrets("identity") == set()


@pytest.mark.parametrize("inside", [True, False])
def test_secret_anywhere_makes_the_claims_secret(inside: bool) -> None:
    def program() -> None:
        ehpc.Queue("plain", cluster="ehpc-1")
        name: Any = pulumi.Output.secret("work")
        kinds: Any = [{"instance_type": pulumi.Output.secret("ecs.c7.large")}]
        ehpc.Queue("work", cluster="ehpc-1", **({"compute_nodes": kinds} if inside else {"name": name}))

    registered = run(program)
    assert "claims" in registered.secrets("identity")
    assert set(claims_in(registered)) == {"plain", "work"}


# -- providers ------------------------------------------------------------------------------------------------------


def beijing() -> pulumi.ProviderResource:
    return pulumi.ProviderResource("pulumi-python", "beijing", {"ehpc:region": "cn-beijing"})


def test_provider_of_its_own_has_an_identity_with_the_stack_s_id() -> None:
    def program() -> None:
        ehpc.Queue("here", cluster="ehpc-1")
        ehpc.Queue("there", pulumi.ResourceOptions(provider=beijing()), cluster="ehpc-2")

    registered = run(program)
    assert set(claims_in(registered)) == {"here"}
    assert set(claims_in(registered, "identity-beijing")) == {"there"}
    assert registered.inputs("identity-beijing")["of_stack"] == "identity-id"
    assert "of_stack" not in registered.inputs("identity")
    assert registered.inputs("there")["identity"] == "identity-beijing-id"
    provider = registered.resources["there"].provider
    assert provider and provider == registered.resources["identity-beijing"].provider


def test_provider_of_a_parent_counts() -> None:
    """The engine gives a component's children its provider, and with it another plugin process."""

    def program() -> None:
        unit = component("unit", providers=[beijing()])
        ehpc.Queue("there", pulumi.ResourceOptions(parent=unit), cluster="ehpc-2")

    registered = run(program)
    assert set(claims_in(registered, "identity-beijing")) == {"there"}
    assert registered.inputs("there")["identity"] == "identity-beijing-id"


def test_resources_of_one_key_in_two_providers_do_not_clash() -> None:
    """Only each provider's own process knows where its clusters are."""

    def program() -> None:
        ehpc.Queue("here", cluster="ehpc-1", name="work")
        ehpc.Queue("there", pulumi.ResourceOptions(provider=beijing()), cluster="ehpc-1", name="work")

    assert "there" in run(program).resources


def test_cluster_of_another_provider_is_not_known_to_be_the_stack_s() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        ehpc.Queue("there", pulumi.ResourceOptions(provider=beijing()), cluster=hpc)

    assert "cluster" not in claims(program, identity="identity-beijing")["there"]
