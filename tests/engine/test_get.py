"""``get``: what a program reads, what it may use of it, and which arguments are refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_ehpc as ehpc
from tests.engine.program import run, values

pytestmark = pytest.mark.sdk

TYPES = (ehpc.Cluster, ehpc.NodeGroup, ehpc.Queue, ehpc.UserSet, ehpc.Volume)
IDS = {
    ehpc.Cluster: "ehpc-1",
    ehpc.NodeGroup: "ehpc-1:fix-",
    ehpc.Queue: "ehpc-1:work",
    ehpc.UserSet: "ehpc-1:team",
    ehpc.Volume: "ehpc-1:/data",
}
GROUP: dict[str, Any] = {"instance_type": "ecs.c7.large", "count": 1}


def refusal(program: Callable[[], object]) -> str:
    """The message with which a program is stopped."""
    with pytest.raises(pulumi.RunError) as caught:
        run(program)
    return str(caught.value)


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("resource", TYPES)
def test_every_resource_type_is_read_by_its_id(resource: Any, *, preview: bool) -> None:
    found = run(lambda: resource.get("x", IDS[resource]), preview=preview)
    assert found.resources["x"].resource_id == IDS[resource]
    assert found.inputs("x") == {}, "nothing is declared, and it is not this stack's"
    (claim,) = found.inputs("identity")["claims"]
    assert (claim["name"], claim["keys"], claim.get("cluster")) == ("x", [], None)


@pytest.mark.parametrize("resource", TYPES)
def test_option_does_the_same_and_arguments_count_for_nothing(resource: Any) -> None:
    """A program may create or read by its configuration, with the same arguments."""
    given = {"cluster": "ehpc-2", "count": -1, "name": "!"}
    found = run(lambda: resource("x", pulumi.ResourceOptions(id=IDS[resource]), **given))
    assert found.resources["x"].resource_id == IDS[resource]
    assert found.inputs("x") == {}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("preview", [True, False])
def test_what_is_read_is_known_to_others_in_every_preview(*, preview: bool, known: bool) -> None:
    def program() -> None:
        id = "ehpc-1" if known else pulumi.Output.from_input("ehpc-1")
        hpc = ehpc.Cluster.get("hpc", id)
        work = ehpc.Queue.get("work", pulumi.Output.concat(hpc.id, ":batch"))
        ehpc.NodeGroup("fixed", cluster=hpc, queue=work, **GROUP)

    fixed = run(program, preview=preview).inputs("fixed")
    assert (fixed["cluster"], fixed["queue"]) == ("ehpc-1", "batch")


def test_what_uses_what_is_read_comes_after_it() -> None:
    def program() -> None:
        hpc = ehpc.Cluster.get("hpc", "ehpc-1")
        ehpc.NodeGroup("fixed", cluster=hpc.id, queue=ehpc.Queue.get("work", "ehpc-1:batch"), **GROUP)

    found = list(run(program).resources)
    assert found.index("fixed") > max(found.index("hpc"), found.index("work"))


def test_outputs_are_what_the_service_reports() -> None:
    outputs = {"hpc": {"vpc_id": "vpc-1", "max_count": 7}}
    held = values(lambda: {"vpc": ehpc.Cluster.get("hpc", "ehpc-1").vpc_id}, outputs=outputs)
    assert held == {"vpc": "vpc-1"}


def test_options_reach_the_engine() -> None:
    def program() -> None:
        team = pulumi.ComponentResource("test:index:Team", "team")
        ehpc.Queue.get("work", "ehpc-1:work", pulumi.ResourceOptions(parent=team))
        ehpc.Queue.get("more", id="ehpc-1:more", opts=pulumi.ResourceOptions(parent=team))

    assert {"work", "more"} <= set(run(program).resources)


# -- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "id", "rule"),
    [
        (ehpc.Cluster, "ehpc-1:work", "must be the id of a cluster, such as ehpc-hz-PxsD4rED9C"),
        (ehpc.Cluster, "", "must be the id of a cluster, such as ehpc-hz-PxsD4rED9C"),
        (ehpc.Queue, "work", "must be the id of the cluster, a colon and the name, such as ehpc-hz-PxsD4rED9C:work"),
        (ehpc.Queue, "ehpc-1:", "must be the id of the cluster, a colon and the name, such as ehpc-hz-PxsD4rED9C:work"),
        (ehpc.NodeGroup, "ehpc-1", "must be the id of the cluster, a colon and the hostname_prefix, such as "),
        (ehpc.Volume, "/data", "must be the id of the cluster, a colon and the mount_directory, such as "),
        (ehpc.UserSet, " ehpc-1", "must be the id of the cluster, alone or with a colon and any name, such as "),
        (ehpc.UserSet, 5, "must be the id of the cluster, alone or with a colon and any name, such as "),
    ],
)
def test_id_of_another_form_is_refused(resource: Any, id: Any, rule: str) -> None:
    assert f"{resource.__name__} 'x': id = {id!r}: {rule}" in refusal(lambda: resource.get("x", id))


def test_wrong_ids_are_reported_with_everything_else() -> None:
    def program() -> None:
        hpc: Any = ehpc.Cluster.get("hpc", "ehpc-1")
        ehpc.Queue.get("work", hpc)
        ehpc.Queue("more", cluster="ehpc-1", max_count=-1)

    lines = refusal(program).splitlines()
    assert lines[0] == "2 declared values break a rule. No E-HPC resource was created or changed."
    assert lines[1].startswith(
        "  Queue 'work': id = Cluster 'hpc': must be the id of the cluster, a colon and the name"
    )
    assert lines[2].startswith("  Queue 'more': max_count = -1")


@pytest.mark.parametrize(
    ("arguments", "named", "reasons"),
    [
        ((), {}, ["resource_name = [not given]: must be a string", "id = [not given]: is required; get takes"]),
        (("work",), {}, ["id = [not given]: is required; get takes resource_name, id and opts"]),
        (("work",), {"idd": "ehpc-1"}, ["idd = str: get takes resource_name, id and opts", "id = [not given]: "]),
        (("work", "ehpc-1:work", None, 5), {}, ["argument 4 = int: get takes resource_name, id and opts"]),
        (("work", "ehpc-1:work"), {"id": "ehpc-1:x"}, ["id = str: get takes resource_name, id and opts"]),
        (("work", None), {}, ["id = [not given]: is required"]),
        ((5, "ehpc-1:work"), {}, ["resource_name = int: must be a string that is not empty"]),
        (("work", "ehpc-1:work", {"parent": None}), {}, ["opts = dict: must be a pulumi.ResourceOptions"]),
    ],
)
def test_wrong_arguments_are_reported_with_everything_else(
    arguments: tuple[Any, ...], named: dict[str, Any], reasons: list[str]
) -> None:
    registered: list[str] = []

    def program() -> None:
        ehpc.Cluster("hpc", vpc_id="vpc-1", vswitch_id="vsw-1", key_pair_name="key").urn.apply(registered.append)
        get: Any = ehpc.Queue.get
        get(*arguments, **named)
        ehpc.Queue("more", cluster="ehpc-1", max_count=-1)

    *lines, last = refusal(program).splitlines()[1:]
    name = "work" if arguments and arguments[0] == "work" else "unnamed"
    assert len(lines) == len(reasons)
    assert all(line.startswith(f"  Queue '{name}': {reason}") for line, reason in zip(lines, reasons, strict=True))
    assert last.startswith("  Queue 'more': max_count = -1")
    assert registered == []


@pytest.mark.parametrize("resource", TYPES)
def test_import_is_refused_with_what_to_do_instead(resource: Any) -> None:
    message = refusal(lambda: resource("x", pulumi.ResourceOptions(import_="ehpc-1")))
    assert f"  {resource.__name__} 'x': opts.import_ = 'ehpc-1': is refused" in message
    assert f"ehpc.{resource.__name__}.get(name, id)" in message
    assert ("adopt_existing=True" in message) == (resource is not ehpc.Cluster)


def test_help_shows_the_arguments() -> None:
    assert list(inspect.signature(ehpc.Queue.get).parameters) == ["resource_name", "id", "opts"]
    assert "never changed or deleted" in (inspect.getdoc(ehpc.Queue.get) or "")


@pytest.mark.parametrize("given", ["ehpc-1", 3, "Canary with spaces"], ids=str)
def test_id_may_be_a_secret_and_shows_in_no_message(given: Any) -> None:
    def program() -> None:
        ehpc.Cluster.get("hpc", pulumi.Output.secret(given))

    if given == "ehpc-1":
        run(program)
    else:
        assert "Cluster 'hpc': id = [secret]: must be the id of a cluster" in refusal(program)


def test_id_that_is_known_late_is_sent_as_a_string() -> None:
    def program() -> None:
        hpc = ehpc.Cluster("hpc", vpc_id="vpc-1", vswitch_id="vsw-1", key_pair_name="key")
        ids: Any = hpc.id.apply(lambda _: 3)
        ehpc.Queue.get("work", ids)

    run(program)


def test_exclusive_users_of_a_cluster_that_is_read_are_refused() -> None:
    def program() -> None:
        ehpc.UserSet("team", cluster=ehpc.Cluster.get("hpc", "ehpc-1"), exclusive=True, users=[])

    assert "UserSet 'team': exclusive = True: cannot be set on a cluster that this program only reads" in refusal(
        program
    )
