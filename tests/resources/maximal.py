"""Resources with everything declared that an API version supports, worked out from properties and field maps.

Values are tried until check accepts one, so a new property is declared here without a line of its own; only what rules
over several properties ask for is written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_ehpc.schema.property import Property, PropertyType
from tests.resources.stack import TYPES, InState, Stack

_STRINGS = (
    "abc",
    "abc-",
    "Abc_1234",
    "/abc",
    "ecs.c7.large",
    "http://example/abc.sh",
    "1.0",
    "Compute",
    "i-abc",
    "xyz-",
)
_NUMBERS = (1, 3, 6, 50, 0)
_BY_NAME: dict[str, Any] = {"services_spec": "[]", "resources_spec": "{}", "max_count": 400, "max_core_count": 400}
"""Values of a form or a size that check does not ask for."""
_PASSWORD = "Str0ng-Password"
_OTHER_PASSWORD = "0ther-Password"
_EXCLUDES = {"key_pair_name": "password", "password": "key_pair_name"}
"""Properties of which only one can be given."""


class NoValueError(AssertionError):
    """No value that is tried passes check."""


def every_property(stack: Stack, type_name: str, **fixed: Any) -> dict[str, Any]:
    """Return a value of every property that the stack's version supports; ``fixed`` ones as given, None for none."""
    given = dict(fixed)
    for name, declared in TYPES[type_name].properties.items():
        if name not in fixed and given.get(_EXCLUDES.get(name, "")) is None:
            _add(stack, type_name, given, (name,), declared)
    return {name: value for name, value in given.items() if value is not None}


def _add(stack: Stack, type_name: str, given: dict[str, Any], path: tuple[Any, ...], declared: Property) -> None:
    """Put a value at a path, and for an object every property it has; nothing where the version does not support it."""
    if declared.args is not None:
        empty: dict[str, Any] = dict.fromkeys(declared.nested)
        listed = declared.property_type is PropertyType.NESTED_LIST
        _put(given, path, [empty] if listed else empty)
        inside = (*path, 0) if listed else path
        for name, inner in declared.nested.items():
            _add(stack, type_name, given, (*inside, name), inner)
        if _unsupported(_broken_rules(stack, type_name, given, path)):
            _drop(given, path)
        return
    unsupported = False
    for value in _candidates(declared):
        _put(given, path, value)
        rules = _broken_rules(stack, type_name, given, path)
        if not rules:
            return
        unsupported = unsupported or _unsupported(rules)
    _drop(given, path)
    if not unsupported:
        raise NoValueError(f"{type_name}.{_dotted(path)}")


def _candidates(declared: Property) -> Iterator[Any]:
    if declared.name in _BY_NAME:
        yield _BY_NAME[declared.name]
    elif declared.choices:
        listed = declared.property_type is PropertyType.STRING_LIST
        yield from ([word] if listed else word for word in reversed(declared.choices))
    elif declared.property_type is PropertyType.STRING:
        yield from (_PASSWORD,) if declared.secret else _STRINGS
    elif declared.property_type is PropertyType.STRING_LIST:
        yield from ([string] for string in _STRINGS)
    elif declared.property_type is PropertyType.STRING_MAP:
        yield {"abc": "abc"}
    elif declared.property_type is PropertyType.BOOLEAN:
        yield True
    else:
        yield from _NUMBERS


def _broken_rules(stack: Stack, type_name: str, given: Mapping[str, Any], path: tuple[Any, ...]) -> list[str]:
    """Return the rules that the value at a path breaks."""
    _, violations = stack.check(type_name, "abcdef", given)
    dotted = _dotted(path)
    return [
        violation.rule
        for violation in violations
        if violation.property == dotted or violation.property.replace("[]", "[0]") == dotted
    ]


def _unsupported(rules: list[str]) -> bool:
    return any("is not supported by API" in rule for rule in rules)


def _dotted(path: tuple[Any, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def _parent(given: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        given = given[step]
    return given


def _put(given: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    _parent(given, path)[path[-1]] = value


def _drop(given: dict[str, Any], path: tuple[Any, ...]) -> None:
    del _parent(given, path)[path[-1]]


# -- resources with everything, and with next to nothing --------------------------------------------------------------


def create_and_update_everything(stack: Stack) -> Iterator[InState]:
    """Create every resource type with everything declared, and change everything that changes in place."""
    everything = every_property(stack, "Cluster")
    everything["shared_storages"].append({**everything["shared_storages"][0], "mount_directory": "/home"})
    hpc = stack.create("Cluster", "abcdef", **everything)
    changed = {"description": "other", "tags": {"abc": "other"}, "client_version": "2.0", "enable_scale_in": False}
    yield stack.update(hpc, **changed)
    yield stack.create("Cluster", "ghijkl", **every_property(stack, "Cluster", key_pair_name="team"))
    where = {"cluster": hpc.id}
    counts = {"min_count": 1, "max_count": 40}
    work = stack.create("Queue", "abcdef", **every_property(stack, "Queue", **where, **counts, inter_connect="erdma"))
    yield stack.update(work, inter_connect="vpc")
    members = {"queue": work.inputs["name"], "count": 2, "min_count": 1}
    fixed = stack.create("NodeGroup", "abcdef", **every_property(stack, "NodeGroup", **where, **members))
    yield stack.update(fixed, count=3)
    placed = {"queue": work.inputs["name"]} if stack.version == "2018-04-12" else {}
    mounted = {"mount_directory": "/scratch", "cluster_mounts": ["/home"]}
    yield stack.create("Volume", "abcdef", **every_property(stack, "Volume", **where, **placed, **mounted))
    yield from _create_and_update_users(stack, where)


def create_with_little(stack: Stack) -> None:
    """Create resources with so little declared that what else their calls send is an echo of what they read."""
    small: dict[str, Any] = {"manager": {"instance_type": "ecs.c7.xlarge"}, "key_pair_name": "plain"}
    hpc = stack.create("Cluster", "plain", vpc_id="vpc-1", vswitch_id="vsw-1", max_count=11, **small)
    kinds = [{"instance_type": "ecs.g7.large"}]
    stack.create("Queue", "plain", cluster=hpc.id, compute_nodes=kinds, max_count=5)
    mount = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
    stack.create("Volume", "plain", cluster=hpc.id, **mount)


def _create_and_update_users(stack: Stack, where: dict[str, Any]) -> Iterator[InState]:
    login = {"auth_key": "ssh-ed25519 AAAA"} if stack.version == "2024-07-30" else {"password": _PASSWORD}
    second = {"name": "ghijkl", "group": "wheel", **login}
    users = [{"name": "abcdef", "password": _PASSWORD}, second]
    team = stack.create("UserSet", "abcdef", **every_property(stack, "UserSet", **where, users=users))
    team = stack.update(team, users=[{"name": "abcdef", "group": "wheel", "password": _OTHER_PASSWORD}, second])
    yield team
    yield _hand_over(stack, team, second, where)


def _hand_over(stack: Stack, team: InState, kept: dict[str, str], where: dict[str, Any]) -> InState:
    """Leave a user to another set of the program, which does not hold her yet."""
    stack.new_run(stack.claim("UserSet", "others", users=[{**kept, "name": "abcdef"}], **where))
    stack.cancelled = lambda: True  # wait for nobody
    return stack.update(team, exclusive=None, users=[kept])
