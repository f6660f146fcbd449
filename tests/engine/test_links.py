"""A queue that is named as text: what names it comes after the Queue of the program, and no program hangs for that.

Where nothing is said of the order, what is declared first is registered first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from tests.engine.program import run

pytestmark = pytest.mark.sdk

HPC: dict[str, Any] = {"vpc_id": "vpc-1", "vswitch_id": "vsw-1", "password": "Pa55-word"}
GROUP: dict[str, Any] = {"instance_type": "ecs.c7.large", "count": 1}
MOUNT: dict[str, Any] = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
OLDER = {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": "2018-04-12"}


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than it takes for values that come at all."""
    monkeypatch.setattr("pulumi_ehpc.engine.links._PATIENCE_SECONDS", 0.5)


def order(program: Callable[[], object], *, preview: bool = False, **settings: Any) -> list[str]:
    """Run a program; return its resources in the order in which they are registered."""
    return [name for name in run(program, preview=preview, **settings).resources if name != "identity"]


def clusters() -> dict[str, Callable[[], Any]]:
    """Return what a cluster can be given as, by a word for it; each makes it anew."""

    def output_of_its_own() -> Any:
        return ehpc.Cluster("hpc", **HPC).id.apply(str)

    return {
        "resource": lambda: ehpc.Cluster("hpc", **HPC),
        "id": lambda: "ehpc-1",
        "id of the resource": lambda: ehpc.Cluster("hpc", **HPC).id,
        "Output": output_of_its_own,
        "read": lambda: ehpc.Cluster.get("hpc", "ehpc-1"),
        "id of what is read": lambda: ehpc.Cluster.get("hpc", pulumi.Output.from_input("ehpc-1")).id,
    }


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("given", clusters())
def test_group_comes_after_the_queue_that_it_names(given: str, *, preview: bool) -> None:
    def program() -> None:
        cluster = clusters()[given]()
        ehpc.NodeGroup("fixed", cluster=cluster, queue="batch", **GROUP)
        ehpc.Queue("work", cluster=cluster, name="batch")

    found = order(program, preview=preview)
    assert found.index("work") < found.index("fixed")


def test_name_that_is_an_output_does_as_well() -> None:
    def program() -> None:
        ehpc.NodeGroup("fixed", cluster="ehpc-1", queue=pulumi.Output.from_input("work"), **GROUP)
        ehpc.Queue("work", cluster="ehpc-1")

    assert order(program) == ["work", "fixed"]


def test_volume_comes_after_the_queue_that_it_names() -> None:
    def program() -> None:
        ehpc.Volume("data", cluster="ehpc-1", queue="work", **MOUNT)
        ehpc.Queue("work", cluster="ehpc-1")

    assert order(program, settings=OLDER) == ["work", "data"]


def test_queue_that_waits_for_others_is_waited_for() -> None:
    def program() -> None:
        ehpc.NodeGroup("fixed", cluster="ehpc-1", queue="work", **GROUP)
        slow = pulumi.CustomResource("other:index:Switch", "switch", {"vswitch": "vsw-9"})
        ehpc.Queue("work", cluster="ehpc-1", vswitch_ids=[slow.id])

    assert order(program) == ["switch", "work", "fixed"]


@pytest.mark.parametrize(("cluster", "name"), [("ehpc-2", "work"), ("ehpc-1", "other")])
def test_other_queues_are_not_waited_for(cluster: str, name: str) -> None:
    def program() -> None:
        ehpc.NodeGroup("fixed", cluster="ehpc-1", queue="work", **GROUP)
        ehpc.Queue("work", cluster=cluster, name=name)

    assert order(program) == ["fixed", "work"]


# -- circles -------------------------------------------------------------------------------------------------------


def circles() -> dict[str, Callable[[Any], pulumi.ResourceOptions | dict[str, Any]]]:
    """Return how a queue can wait for the group that names it, by a word for it."""

    def through_another(group: Any) -> pulumi.ResourceOptions:
        team = ehpc.UserSet("team", pulumi.ResourceOptions(depends_on=[group]), cluster="ehpc-1", users=[])
        return pulumi.ResourceOptions(depends_on=[team])

    def in_a_component(group: Any) -> pulumi.ResourceOptions:
        late = pulumi.ComponentResource("test:index:Late", "late", None, pulumi.ResourceOptions(depends_on=[group]))
        return pulumi.ResourceOptions(parent=late)

    return {
        "depends_on": lambda group: pulumi.ResourceOptions(depends_on=[group]),
        "depends_on, not in a list": lambda group: pulumi.ResourceOptions(depends_on=group),
        "through another": through_another,
        "parent": lambda group: pulumi.ResourceOptions(parent=group),
        "late component": in_a_component,
        "value": lambda group: {"max_count": group.count},
        "derived value": lambda group: {"max_count": group.nodes.apply(len)},
    }


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("how", circles())
def test_queue_that_waits_for_the_group_comes_after_it(how: str, *, preview: bool) -> None:
    def program() -> None:
        group = ehpc.NodeGroup("fixed", cluster="ehpc-1", queue="comp", **GROUP)
        given = circles()[how](group)
        options, arguments = (None, given) if isinstance(given, dict) else (given, {})
        ehpc.Queue("comp", options, cluster="ehpc-1", **arguments)

    found = order(program, preview=preview)
    assert found.index("fixed") < found.index("comp")


def test_component_that_holds_both_is_no_circle() -> None:
    def program() -> None:
        team = pulumi.ResourceOptions(parent=pulumi.ComponentResource("test:index:Team", "team"))
        ehpc.NodeGroup("fixed", team, cluster="ehpc-1", queue="work", **GROUP)
        ehpc.Queue("work", team, cluster="ehpc-1")

    assert order(program) == ["team", "work", "fixed"]


def test_what_could_not_be_ordered_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)

    def program() -> None:
        group = ehpc.NodeGroup("fixed", cluster="ehpc-1", queue="comp", **GROUP)
        ehpc.Queue("comp", cluster="ehpc-1", max_count=group.nodes.apply(len))

    order(program)
    (line,) = said
    assert line.startswith("NodeGroup 'fixed' names Queue 'comp', which waits for values of other resources")
    assert "give it as the resource" in line


# -- programs that fail --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [{"max_count": -1}, {"name": "longer-than-2024-allows"}])
def test_program_that_is_refused_is_refused_once_and_leaves_nothing_to_the_next(broken: dict[str, Any]) -> None:
    """What is wrong in every API version is refused before there is an identity, anything else after it."""

    def program() -> None:
        ehpc.NodeGroup("fixed", cluster="ehpc-1", queue=broken.get("name", "work"), **GROUP)
        ehpc.Queue("work", cluster="ehpc-1", **broken)

    with pytest.raises(pulumi.RunError) as caught:
        run(program, preview=True)
    (line,) = str(caught.value).splitlines()[1:]
    assert line.startswith(f"  Queue 'work': {min(broken)} = ")
    assert order(lambda: ehpc.Queue("more", cluster="ehpc-1")) == ["more"]
