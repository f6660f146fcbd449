"""A resource as a program sees it: arguments become inputs, Outputs come back typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from pulumi_ehpc.engine.resource import _whole
from pulumi_ehpc.queue.resource_type import QUEUE
from pulumi_ehpc.schema.property import Property
from tests.engine.program import run, values
from tests.schema.sample import SampleProperties, TeamProperties

pytestmark = pytest.mark.sdk

HPC: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "manager": {"instance_type": "ecs.c7.large"},
    "password": "Str0ng-Password",
}
ALICE = {"name": "alice", "group": "wheel", "password": "Str0ng-Password"}
DECLARED: dict[str, Property] = {**SampleProperties.properties(), **TeamProperties.properties()}


@pytest.mark.parametrize("resource", [ehpc.NodeGroup, ehpc.Queue, ehpc.UserSet, ehpc.Volume])
def test_misspelt_and_missing_arguments_are_reported_together(resource: Any) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: resource("x", clustr="Canary"))
    assert f"{resource.__name__} 'x': clustr = [secret]: there is no such property; did you mean cluster" in str(
        caught.value
    )
    assert f"{resource.__name__} 'x': cluster = [not given]: is required" in str(caught.value)
    assert "Canary" not in str(caught.value)


def test_misspelt_arguments_within_objects_are_reported() -> None:
    def program() -> None:
        ehpc.Queue("work", cluster="ehpc-1", compute_nodes=[{"instance_typ": "Canary"}])
        ehpc.UserSet("team", cluster="ehpc-1", users=[{**ALICE, "pasword": "Canary"}])

    with pytest.raises(pulumi.RunError) as caught:
        run(program)
    assert "compute_nodes[0].instance_typ = [secret]: there is no such property" in str(caught.value)
    assert "users.alice.pasword = [secret]: there is no such property" in str(caught.value)
    assert "Canary" not in str(caught.value)


def test_cluster_is_given_by_its_id_and_queue_by_its_name() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        work = ehpc.Queue("work", cluster=hpc, name="named")
        ehpc.NodeGroup("fixed", cluster=hpc, queue=work, instance_type="ecs.c7.large", count=1)
        ehpc.NodeGroup("other", cluster="ehpc-1", queue="comp", instance_type="ecs.c7.large", count=1)

    registered = run(program)
    fixed, other = registered.inputs("fixed"), registered.inputs("other")
    assert (fixed["cluster"], fixed["queue"]) == ("hpc-id", "named")
    assert (other["cluster"], other["queue"]) == ("ehpc-1", "comp")


def test_object_and_dict_give_the_same_inputs() -> None:
    def program() -> None:
        kind = ehpc.ComputeNodeArgs(instance_type="ecs.c7.large", system_disk=ehpc.SystemDiskArgs(size_gib=60))
        ehpc.Queue("object", cluster="ehpc-1", compute_nodes=[kind])
        same = {"instance_type": "ecs.c7.large", "system_disk": {"size_gib": 60}}
        ehpc.Queue("dict", cluster="ehpc-1", compute_nodes=[same])
        ehpc.Queue("output", cluster="ehpc-1", compute_nodes=pulumi.Output.from_input([kind]))

    registered = run(program)
    assert registered.inputs("object") == registered.inputs("dict") == registered.inputs("output")


def test_integers_come_back_as_integers() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        kind = {"instance_type": "ecs.c7.large", "period": 1, "system_disk": {"size_gib": 60}}
        work = ehpc.Queue("work", cluster="ehpc-1", max_count=50, compute_nodes=[kind])
        return {"most": work.max_count, "nodes": work.compute_nodes, "least": work.min_count}

    held = values(program)
    assert held["most"] == 50 and isinstance(held["most"], int)
    node = held["nodes"][0]
    assert isinstance(node["period"], int)
    assert isinstance(node["system_disk"]["size_gib"], int)
    assert held["least"] is None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("count", 3.0, 3),
        ("count", 3.5, 3.5),
        ("price", 3.0, 3.0),
        ("title", "abc", "abc"),
        ("part", {"disk": {"size_gib": 4.0}, "more": 1.0}, {"disk": {"size_gib": 4}, "more": 1.0}),
        ("parts", [{"disk": {"size_gib": 4.0}}], [{"disk": {"size_gib": 4}}]),
        ("parts", None, None),
        ("members", {"ann": "writer"}, {"ann": "writer"}),
    ],
)
def test_floats_become_integers_where_the_property_is_one(name: str, value: Any, expected: Any) -> None:
    found = _whole(DECLARED[name], value)
    assert repr(found) == repr(expected)


def test_outputs_of_an_older_release_are_read_under_todays_names() -> None:
    """Without a refresh: the engine gives the class what is in state."""
    old = {"instance_type": "ecs.c7.large", "data_disks": [{"mount_dir": "/scratch", "size_gib": 200}]}

    def program() -> dict[str, pulumi.Output[Any]]:
        work = ehpc.Queue("work", cluster="ehpc-1")
        group = ehpc.NodeGroup("fixed", cluster="ehpc-1", instance_type="ecs.c7.large", count=1)
        return {"nodes": work.compute_nodes, "disks": group.data_disks}

    held = values(program, outputs={"work": {"compute_nodes": [old]}, "fixed": {"data_disks": old["data_disks"]}})
    disk = {"mount_directory": "/scratch", "size_gib": 200}
    assert held["disks"] == [disk]
    assert held["nodes"] == [{"instance_type": "ecs.c7.large", "data_disks": [disk]}]
    assert isinstance(held["disks"][0]["size_gib"], int)


def test_outputs_of_the_service_can_be_read() -> None:
    held = values(lambda: {"status": ehpc.Cluster("hpc", **HPC).status})
    assert held == {"status": "running"}


def test_subclass_keeps_the_type_token() -> None:
    class TeamQueue(ehpc.Queue):
        """A company's own kind of queue."""

    registered = run(lambda: TeamQueue("work", cluster="ehpc-1"))
    assert registered.resources["work"].typ == "pulumi-python:dynamic/ehpc:Queue"


# -- engine options ------------------------------------------------------------------------------------------------


def options(resource: Any, **given: Any) -> pulumi.ResourceOptions:
    found: pulumi.ResourceOptions = resource.options(object.__new__(resource), given)
    return found


@pytest.mark.parametrize("resource", [ehpc.Cluster, ehpc.NodeGroup, ehpc.Queue, ehpc.UserSet, ehpc.Volume])
def test_replacements_delete_first_and_secrets_stay_secret(resource: Any) -> None:
    found = options(resource)
    assert found.delete_before_replace is True
    secrets = {name for name, each in resource.resource_type.stored_properties.items() if each.secret}
    assert set(found.additional_secret_outputs or ()) == secrets


def test_protected_cluster_is_protected_by_the_engine_too() -> None:
    assert options(ehpc.Cluster, deletion_protection=True).protect is True
    assert options(ehpc.Cluster, deletion_protection=False).protect is None


def options_of_child(child: pulumi.ResourceOptions | None = None, **of_cluster: Any) -> pulumi.ResourceOptions:
    """Return the options of a queue in a cluster that has some."""
    found: list[pulumi.ResourceOptions] = []

    def program() -> None:
        hpc = ehpc.Cluster("hpc", pulumi.ResourceOptions(**of_cluster), **({} if "id" in of_cluster else HPC))
        queues = [ehpc.Queue(name, child, cluster=hpc) for name in ("work", "more")]
        found.extend(queue._options for queue in queues)
        assert found[0].deleted_with in (None, hpc)

    run(program)
    return found[0]


def test_children_go_with_their_cluster() -> None:
    found = options_of_child()
    assert isinstance(found.deleted_with, ehpc.Cluster)
    assert found.retain_on_delete is None
    assert options(ehpc.Queue, cluster="ehpc-1").deleted_with is None


@pytest.mark.parametrize("given", [{"id": "ehpc-1"}, {"id": "ehpc-1", "retain_on_delete": True}])
def test_children_do_not_go_with_a_cluster_that_is_read(given: dict[str, Any]) -> None:
    found = options_of_child(**given)
    assert (found.deleted_with, found.retain_on_delete) == (None, None)


def test_children_of_a_retained_cluster_are_retained_and_that_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", said.append)
    found = options_of_child(retain_on_delete=True)
    assert (found.deleted_with, found.retain_on_delete) == (None, True)
    assert said == ["Cluster 'hpc': retain_on_delete holds for everything that is declared with it as cluster= too"]


def test_options_of_a_child_are_its_own() -> None:
    kept = pulumi.ResourceOptions(retain_on_delete=False)
    assert options_of_child(kept, retain_on_delete=True).retain_on_delete is False
    assert options_of_child(kept, retain_on_delete=True).deleted_with is None
    assert options_of_child(pulumi.ResourceOptions(retain_on_delete=True)).retain_on_delete is True


def test_id_of_a_cluster_that_is_read_is_known_in_every_preview() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", pulumi.ResourceOptions(id="ehpc-1"))
        ehpc.Queue("work", cluster=hpc)

    assert run(program, preview=True).inputs("work")["cluster"] == "ehpc-1"


@pytest.mark.parametrize("resource", [ehpc.Cluster, ehpc.NodeGroup, ehpc.Queue, ehpc.UserSet, ehpc.Volume])
def test_create_before_delete_is_refused_and_nothing_is_registered(resource: Any) -> None:
    registered: list[str] = []

    def program() -> None:
        first = ehpc.Cluster("hpc", **HPC)
        first.urn.apply(registered.append)
        resource("x", pulumi.ResourceOptions(delete_before_replace=False))

    message = refusal(program)
    assert f"  {resource.__name__} 'x': opts.delete_before_replace = False: is refused" in message
    assert "take over" in message and "Leave the option out" in message
    assert registered == []


def test_directories_the_cluster_is_created_with_reach_volumes() -> None:
    def program() -> None:
        storages = [{"file_system_id": "fs", "mount_target": "mt", "mount_directory": "/home"}]
        hpc = ehpc.Cluster("hpc", **HPC, shared_storages=storages)
        ehpc.Volume("data", cluster=hpc, file_system_id="fs", mount_target="mt", mount_directory="/data")

    assert run(program).inputs("data")["cluster_mounts"] == ["/home"]


def test_derived_property_is_no_argument() -> None:
    given: dict[str, Any] = {"file_system_id": "fs", "mount_target": "mt", "cluster_mounts": ["/data"]}
    message = refusal(lambda: ehpc.Volume("data", cluster="ehpc-1", mount_directory="/data", **given))
    assert message.splitlines()[1:] == [
        "  Volume 'data': cluster_mounts = [secret]: is derived from other properties; leave it out"
    ]


# -- resources that are given in the wrong place -------------------------------------------------------------------


def refusal(program: Callable[[], object]) -> str:
    """The message with which a program is stopped; the engine's SDK shows it without a traceback."""
    with pytest.raises(pulumi.RunError) as caught:
        run(program)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("cluster", "a Cluster or its id"),
        ("name", "a string"),
        ("max_count", "an integer"),
        ("compute_nodes", "a list of objects (ComputeNodeArgs)"),
    ],
)
def test_resource_of_another_type_is_refused(name: str, wanted: str) -> None:
    def program() -> None:
        given: dict[str, Any] = {"cluster": "ehpc-1", name: ehpc.Queue("other", cluster="ehpc-1")}
        ehpc.Queue("work", **given)

    assert refusal(program).splitlines() == [
        "A declared value breaks a rule. No E-HPC resource was created or changed.",
        f"  Queue 'work': {name} = Queue 'other': must be {wanted}",
    ]


def test_cluster_is_no_queue() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", **HPC)
        queue: Any = hpc
        ehpc.NodeGroup("fixed", cluster=hpc, queue=queue, instance_type="ecs.c7.large", count=1)

    assert "NodeGroup 'fixed': queue = Cluster 'hpc': must be a Queue or its name" in refusal(program)


def test_resource_as_users_is_refused() -> None:
    def program() -> None:
        users: Any = ehpc.Queue("other", cluster="ehpc-1")
        ehpc.UserSet("team", cluster="ehpc-1", users=users)

    assert "users = " in refusal(program)


def test_resource_within_a_list_is_refused() -> None:
    def program() -> None:
        given: dict[str, Any] = {"vswitch_ids": [ehpc.Queue("other", cluster="ehpc-1")]}
        ehpc.Queue("work", cluster="ehpc-1", **given)

    assert "must be a string" in refusal(program)


def test_resource_of_another_package_is_refused() -> None:
    def program() -> None:
        vpc: Any = pulumi.CustomResource("other:index:Vpc", "vpc")
        ehpc.Cluster("hpc", **{**HPC, "vpc_id": vpc})

    assert "vpc_id = " in refusal(program) and "must be a string" in refusal(program)


def test_output_of_an_older_release_is_read_under_todays_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QUEUE.properties["name"], "former_name", "queue_name")
    state = {"old": {"queue_name": "generated"}, "new": {"name": "today", "queue_name": "generated"}}
    held = values(lambda: {name: ehpc.Queue(name, cluster="ehpc-1").name for name in state}, outputs=state)
    assert held == {"old": "generated", "new": "today"}
