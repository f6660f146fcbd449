"""What users' unit tests read of resources: under Pulumi's mocks no provider runs, and so no check adds anything."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockResourceArgs, set_mocks
from pulumi.runtime.settings import SETTINGS

import pulumi_ehpc as ehpc
from pulumi_ehpc.engine import preflight
from pulumi_ehpc.schema.properties import outputs_of
from tests.engine.program import CONFIGURED, Registered, run, threads_with_loops, values

pytestmark = pytest.mark.sdk

GROUP: dict[str, Any] = {"cluster": "ehpc-1", "instance_type": "ecs.c7.large", "count": 1}
VOLUME: dict[str, Any] = {
    "cluster": "ehpc-1",
    "file_system_id": "fs",
    "mount_target": "mt",
    "mount_directory": "/data",
}


@dataclass
class Bare(Registered):
    """Mocks that return neither ids nor outputs."""

    ids: Mapping[str, str] = field(default_factory=dict)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources[args.name] = args
        return self.ids.get(args.name, ""), {}


def outcomes(*programs: Callable[[], Any], mocks: Callable[[], Registered] | None = None) -> list[str]:
    """Run programs as tests of one process, one after another; return with which message each is stopped.

    They share mocks, or have some of their own.
    """
    messages = []

    def body() -> None:
        set_all_config(dict(CONFIGURED))
        set_mocks(Registered(), project="test", stack="dev", preview=False)
        for program in programs:
            if mocks is not None:
                set_mocks(mocks(), project="test", stack="dev", preview=False)
            try:
                pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
                messages.append("")
            except pulumi.RunError as error:
                messages.append(str(error))

    with threads_with_loops() as threads, closing(asyncio.new_event_loop()) as loop:
        loop.set_default_executor(threads)
        asyncio.set_event_loop(loop)
        contextvars.copy_context().run(body)
        SETTINGS.outputs.clear()
        asyncio.set_event_loop(None)
    return messages


# -- what check would add --------------------------------------------------------------------------------------------


def test_generated_names_can_be_read() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        hpc = ehpc.Cluster("genomics", vpc_id="vpc-1", vswitch_id="vsw-1", password="Str0ng-Password")
        work = ehpc.Queue("work", cluster=hpc)
        fixed = ehpc.NodeGroup("fixed", **{**GROUP, "cluster": hpc, "queue": work})
        return {"hpc": hpc.name, "work": work.name, "prefix": fixed.hostname_prefix, "queue": fixed.queue}

    held = values(program)
    assert (held["hpc"], held["work"], held["queue"]) == ("genomics", "work", "work")
    assert held["prefix"].startswith("fix") and len(held["prefix"]) == len("fix3f2a-")


def test_generated_names_are_no_inputs() -> None:
    """The engine's check makes them, which keeps those of living objects."""
    registered = run(lambda: (ehpc.Queue("work", cluster="ehpc-1"), ehpc.NodeGroup("fixed", **GROUP)))
    assert registered.inputs("work").keys() == {"cluster", "identity"}
    assert registered.inputs("fixed").keys() == {*GROUP, "identity"}


@pytest.mark.parametrize("identity", ["", "1f2e3d4c5b6a7988"])
def test_mocks_may_return_nothing(identity: str) -> None:
    held: list[Any] = []

    def program() -> None:
        work, fixed = ehpc.Queue("work", cluster="ehpc-1", max_count=5), ehpc.NodeGroup("fixed", **GROUP)
        given = ehpc.NodeGroup("given", **GROUP, hostname_prefix="given-")
        read = (work.name, work.max_count, fixed.hostname_prefix, given.hostname_prefix)
        pulumi.Output.all(*read).apply(held.extend)

    assert outcomes(program, mocks=lambda: Bare(ids={"identity": identity})) == [""]
    prefix = held.pop(2)
    assert held == ["work", 5, "given-"]
    assert prefix.startswith("fix")


def test_name_that_turns_out_to_be_none_is_generated() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        nothing: Any = pulumi.Output.from_input(None)
        return {"name": ehpc.Queue("work", cluster="ehpc-1", name=nothing).name}

    assert values(program) == {"name": "work"}


def test_groups_of_like_names_have_different_prefixes() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        return {name: ehpc.NodeGroup(name, **GROUP).hostname_prefix for name in ("fixed-1", "fixed-2")}

    assert len(set(values(program).values())) == 2


def test_defaults_and_settings_can_be_read() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        data = ehpc.Volume("data", **VOLUME)
        names = ("storage_directory", "volume_type", "protocol", "region", "api_version", "mount_options")
        return {name: getattr(data, name) for name in names}

    assert list(values(program).values()) == ["/", "nas", "nfs", "cn-hangzhou", "2024-07-30", None]


def test_what_the_mocks_return_wins() -> None:
    returned = {"name": "theirs", "region": "cn-beijing"}

    def program() -> dict[str, pulumi.Output[Any]]:
        work = ehpc.Queue("work", cluster="ehpc-1")
        return {"name": work.name, "region": work.region}

    assert values(program, outputs={"work": returned}) == returned


def test_settings_of_another_provider_are_not_known() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        other = pulumi.ProviderResource("pulumi-python", "beijing", {"ehpc:region": "cn-beijing"})
        work = ehpc.Queue("work", pulumi.ResourceOptions(provider=other), cluster="ehpc-1")
        return {"name": work.name, "region": work.region}

    assert values(program) == {"name": "work", "region": None}


def test_nothing_is_made_up_of_a_cluster_that_is_read() -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        hpc = ehpc.Cluster("hpc", pulumi.ResourceOptions(id="ehpc-1"))
        return {"name": hpc.name, "region": hpc.region}

    assert values(program) == {"name": None, "region": None}


def test_previews_know_no_more_than_the_engine_tells() -> None:
    known: list[Any] = []

    def program() -> None:
        ehpc.Queue("work", cluster="ehpc-1").name.apply(known.append)
        ehpc.Queue("given", cluster="ehpc-1", name="mine").name.apply(known.append)

    run(program, preview=True)
    assert known == ["mine"]


def test_defaults_are_no_secrets() -> None:
    secrets: list[bool] = []

    async def ask(work: ehpc.Queue) -> None:
        secrets.extend([await work.name.is_secret(), await work.region.is_secret()])

    run(lambda: pulumi.Output.from_input(ask(ehpc.Queue("work", cluster=pulumi.Output.secret("ehpc-1")))))
    assert secrets == [False, False]


# -- several tests in one process ----------------------------------------------------------------------------------


def sound() -> None:
    ehpc.Queue("work", cluster="ehpc-1")


def broken() -> None:
    ehpc.Queue("work", cluster="ehpc-1", max_count=-1)


def refused() -> None:
    ehpc.Queue("work", pulumi.ResourceOptions(delete_before_replace=False), cluster="ehpc-1")


@pytest.mark.parametrize("mocks", [None, Registered])
@pytest.mark.parametrize(("bad", "why"), [(broken, "max_count = -1"), (refused, "delete_before_replace = False")])
def test_each_test_is_checked_by_itself(
    bad: Callable[[], None], why: str, mocks: Callable[[], Registered] | None
) -> None:
    assert [why in message for message in outcomes(bad, sound, mocks=mocks)] == [True, False]
    messages = outcomes(sound, bad, sound, bad, bad, sound, sound, mocks=mocks)
    assert [why in message for message in messages] == [False, True, False, True, True, False, False]
    assert [bool(message) for message in messages] == [False, True, False, True, True, False, False]


@pytest.mark.parametrize(("bad", "why"), [(broken, "max_count = -1"), (refused, "delete_before_replace = False")])
def test_what_a_program_declares_late_does_not_pass_either(
    bad: Callable[[], None], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the engine, where all of it is one program, of which nothing may be created."""
    monkeypatch.setattr(preflight, "MockMonitor", type(None))
    assert [why in message for message in outcomes(bad, sound)] == [True, True]
    assert [why in message for message in outcomes(sound, bad, sound)] == [False, True, True]


def test_mocks_of_each_test_see_an_identity() -> None:
    made: list[Registered] = []

    def mocks() -> Registered:
        made.append(Registered())
        return made[-1]

    assert outcomes(sound, sound, mocks=mocks) == ["", ""]
    assert [list(each.resources) for each in made] == [["identity", "work"]] * 2


# -- internals -------------------------------------------------------------------------------------------------------


def test_only_properties_and_outputs_are_attributes() -> None:
    public: dict[str, set[str]] = {}

    def program() -> None:
        hpc = ehpc.Cluster("hpc", vpc_id="vpc-1", vswitch_id="vsw-1", password="Str0ng-Password")
        users = [{"name": "alice", "password": "Str0ng-Password"}]
        team = ehpc.UserSet("team", cluster=hpc, users=users)
        data = ehpc.Volume("data", **{**VOLUME, "cluster": hpc})
        for resource in (hpc, team, data):
            documented = {"id", "urn", *resource.properties(), *outputs_of(type(resource))}
            public[str(resource)] = {name for name in vars(resource) if not name.startswith("_")} ^ documented
            assert not hasattr(resource, "__provider")

    run(program)
    assert public == {"Cluster 'hpc'": set(), "UserSet 'team'": set(), "Volume 'data'": set()}


def test_argument_named_like_the_id_is_a_mistake_like_others() -> None:
    given: dict[str, Any] = {"id": "ehpc-1", "urn": "urn"}
    (message,) = outcomes(lambda: ehpc.Queue("work", cluster="ehpc-1", **given))
    assert "Queue 'work': id = [secret]: there is no such property" in message


# -- secrets ---------------------------------------------------------------------------------------------------------


def test_password_is_a_secret_however_it_is_given() -> None:
    def program() -> None:
        shared: dict[str, Any] = {"vpc_id": "vpc-1", "vswitch_id": "vsw-1"}
        ehpc.Cluster("plain", **shared, password="Str0ng-Password")
        ehpc.Cluster("output", **shared, password=pulumi.Output.from_input("Str0ng-Password"))

    registered = run(program)
    assert registered.secrets("plain") == registered.secrets("output") == {"password"}
    assert registered.inputs("plain")["password"] == registered.inputs("output")["password"] == "Str0ng-Password"
    assert registered.secrets("identity") == set()
