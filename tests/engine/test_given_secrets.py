"""What a program gives as secrets shows in no message, of whatever property it is and whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest
from pulumi import Output

import pulumi_ehpc as ehpc
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.property import Property, PropertyType
from pulumi_ehpc.volume.resource_type import VOLUME as VOLUME_TYPE
from tests.engine.places import RESOURCES, checked_by_engine, places
from tests.engine.program import run

pytestmark = pytest.mark.sdk

VERSIONS = ("2024-07-30", "2018-04-12")
NUMBER = 987654321
CANARY = "Canary with spaces"
CANARIES: Mapping[str, Any] = {
    "string": CANARY,
    "long string": "Canary " * 20,
    "number": NUMBER,
    "fraction": NUMBER + 0.5,
    "list": [CANARY, NUMBER],
    "list of objects": [{CANARY: CANARY, "name": CANARY, "instance_type": CANARY}],
    "map": {CANARY: NUMBER},
    "map of maps": {CANARY: {CANARY: CANARY}},
    "bytes": CANARY.encode(),
}

each_type = pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
each_version = pytest.mark.parametrize("version", VERSIONS)


def assert_hidden(message: str) -> None:
    """Look for canaries, whole or in part."""
    assert "anary" not in message
    assert str(NUMBER)[:6] not in message


def refusal(program: Callable[[], object], version: str = VERSIONS[0]) -> str:
    """The message with which a program is stopped."""
    with pytest.raises(pulumi.RunError) as caught:
        run(program, {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": version})
    return str(caught.value)


def whole(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make each argument a secret as a whole."""
    return {name: Output.secret(value) for name, value in arguments.items()}


@each_version
@each_type
@pytest.mark.parametrize("canary", CANARIES)
def test_secret_shows_nowhere(resource_type: ResourceType[Any], version: str, canary: str) -> None:
    """Neither where the value alone is a secret, nor where all that is around it is."""

    def program() -> None:
        for number, place in enumerate(places(resource_type)):
            own = {resource_type.within: f"ehpc-{number}"} if resource_type.within else {}
            alone = place.arguments(lambda _: Output.secret(CANARIES[canary]))
            around = whole(place.arguments(lambda _: CANARIES[canary]))
            for name, arguments in {"alone": alone, "around": around}.items():
                RESOURCES[resource_type.name](f"{name}{number}", **{**own, **arguments})

    assert_hidden(refusal(program, version))


@each_version
@each_type
@pytest.mark.parametrize("canary", [name for name in CANARIES if name != "bytes"])
def test_secret_that_is_known_in_the_end_shows_nowhere(
    resource_type: ResourceType[Any], version: str, canary: str
) -> None:
    """The engine takes the mark off; the program names what was marked."""
    for place in places(resource_type):
        arguments = place.arguments(lambda _: CANARIES[canary])
        violations = checked_by_engine(resource_type, arguments, version, secrets=list(arguments))
        assert violations
        assert_hidden("\n".join(violations))


def sound(declared: Property) -> Any:
    """Return a value of a property's type that is a canary, so that only rules over several values refuse it."""
    if declared.property_type is PropertyType.STRING_MAP:
        return {CANARY: CANARY}
    if declared.property_type is PropertyType.STRING_LIST:
        return [CANARY]
    numeric = (PropertyType.INTEGER, PropertyType.NUMBER)
    return NUMBER if declared.property_type in numeric else declared.property_type is PropertyType.BOOLEAN or CANARY


@each_type
def test_secrets_that_the_version_does_not_support_show_nowhere(resource_type: ResourceType[Any]) -> None:
    for version in VERSIONS:
        for place in places(resource_type):
            arguments = place.arguments(sound)
            assert_hidden("\n".join(checked_by_engine(resource_type, arguments, version, list(arguments))))


# -- messages that are made of other values ------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """A value that the program makes a secret of."""

    value: Any


def secret(value: Any) -> Any:
    """Mark a value; Outputs can be made while a program runs only."""
    return Marked(value)


def given(value: Any) -> Any:
    """Make secrets of what is marked."""
    if isinstance(value, Marked):
        return Output.secret(value.value)
    if isinstance(value, dict):
        return {name: given(item) for name, item in value.items()}
    return [given(item) for item in value] if isinstance(value, list) else value


GROUP: dict[str, Any] = {"instance_type": "ecs.c7.large", "count": 1}
VOLUME: dict[str, Any] = {"file_system_id": "fs", "mount_target": "mt"}
STRONG = "Str0ng-Password"


@pytest.mark.parametrize(
    ("resource", "one", "other"),
    [
        (ehpc.Queue, {"name": secret("Canary")}, {"name": secret("Canary")}),
        (ehpc.Queue, {"name": secret("Canary")}, {"name": "Canary"}),
        (ehpc.Queue, {"name": "Canary"}, {"name": secret("Canary")}),
        (ehpc.NodeGroup, {**GROUP, "hostname_prefix": secret("canary-")}, {**GROUP, "hostname_prefix": "canary-"}),
        (ehpc.Queue, {"hostname_prefix": secret("canary")}, {"hostname_prefix": "canary-more"}),
        (ehpc.Queue, {"hostname_prefix": "canary"}, {"hostname_prefix": secret("canary-more")}),
        (ehpc.Volume, {**VOLUME, "mount_directory": secret("/Canary")}, {**VOLUME, "mount_directory": "/Canary/"}),
        (
            ehpc.UserSet,
            {"users": [{"name": secret("canary"), "password": STRONG}]},
            {"users": [{"name": "canary", "password": STRONG}]},
        ),
    ],
)
def test_secret_key_that_is_taken_shows_nowhere(resource: Any, one: dict[str, Any], other: dict[str, Any]) -> None:
    def program() -> None:
        resource("first", cluster="ehpc-1", **given(one))
        resource("second", cluster="ehpc-1", **given(other))

    message = refusal(program)
    assert f"{resource.__name__} 'first' of the same cluster" in message
    assert_hidden(message)


def test_secret_that_is_a_limit_of_another_value_shows_nowhere() -> None:
    message = refusal(lambda: ehpc.Queue("work", cluster="ehpc-1", min_count=777, max_count=Output.secret(666)))
    assert "min_count = 777: must not be greater than max_count, which is [secret]" in message


def test_secret_directory_of_the_cluster_shows_nowhere() -> None:
    arguments = {"cluster": "ehpc-1", **VOLUME, "mount_directory": "/Canary", "cluster_mounts": ["/Canary"]}
    (violation,) = checked_by_engine(VOLUME_TYPE, arguments, VERSIONS[0], secrets=["mount_directory"])
    assert violation.startswith("mount_directory = [secret]: is one of the cluster's own shared_storages")


def test_string_that_is_made_of_a_secret_shows_nowhere() -> None:
    message = refusal(lambda: ehpc.Cluster("hpc", description=Output.concat(Output.secret("Canary"), " and spaces")))
    assert "description = [secret]: must consist of letters" in message


# -- users: their names are in previews and in state, but in no message --------------------------------------------


def test_users_of_a_secret_list_go_by_their_numbers() -> None:
    users = [{"name": "canary.one", "password": STRONG}, {"name": "canary.two", "password": "weak"}]
    message = refusal(lambda: ehpc.UserSet("team", cluster="ehpc-1", users=Output.secret(users)))
    assert "users[1].password = [secret]: must have 8 to 30 characters, has 4" in message
    assert_hidden(message)


def test_users_with_secret_passwords_go_by_their_names() -> None:
    users = [{"name": "alice", "password": secret("weak")}]
    message = refusal(lambda: ehpc.UserSet("team", cluster="ehpc-1", users=given(users)))
    assert "users.alice.password = [secret]: must have 8 to 30 characters, has 4" in message


def test_mark_of_a_secret_reaches_check_and_only_check() -> None:
    def program() -> None:
        ehpc.Queue("plain", cluster="ehpc-1", max_count=5)
        ehpc.Queue(
            "marked", cluster="ehpc-1", max_count=Output.secret(5), vswitch_ids=["vsw-1", Output.secret("vsw-2")]
        )
        users = [{"name": "alice", "password": Output.secret(STRONG)}]
        ehpc.UserSet("team", cluster="ehpc-1", users=users)
        ehpc.UserSet("marked-team", cluster="ehpc-2", users=Output.secret(users))

    registered = run(program)
    marks = {name: registered.inputs(name).get("__secrets") for name in ("plain", "marked", "team", "marked-team")}
    assert marks == {"plain": None, "marked": ["max_count", "vswitch_ids"], "team": None, "marked-team": ["users"]}
