"""Resources with everything declared that an API version takes, worked out from rows and maps.

Values are tried until check accepts one, so a new property is declared here without a line of its own; only what rules
over several properties ask for is written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_ehpc.lifecycle.noun import noun
from pulumi_ehpc.lifecycle.rows import Kind, Row, rows_of
from tests.nouns.stack import Living, Stack

_TEXTS = ("abc", "abc-", "Abc_1234", "/abc", "ecs.c7.large", "http://example/abc.sh", "1.0", "Compute", "i-abc")
_NUMBERS = (1, 3, 6, 50, 0)
_OWN: dict[str, Any] = {"services_spec": "[]", "resources_spec": "{}", "max_count": 400, "max_core_count": 400}
"""Values of a form or a size that check does not ask for."""
_PASSWORD = "Str0ng-Password"
_OTHER_PASSWORD = "0ther-Password"
_ALONE = {"key_pair_name": "password", "password": "key_pair_name"}
"""Properties of which only one can be given."""


class NoValueError(AssertionError):
    """No value that is tried passes check."""


def every(stack: Stack, kind: str, **fixed: Any) -> dict[str, Any]:
    """Every property of a noun that the stack's version takes; those in ``fixed`` with this value, None for none."""
    given = dict(fixed)
    for name, row in noun(kind).rows.items():
        if name not in fixed and given.get(_ALONE.get(name, "")) is None:
            _add(stack, kind, given, (name,), row)
    return {name: value for name, value in given.items() if value is not None}


def _add(stack: Stack, kind: str, given: dict[str, Any], path: tuple[Any, ...], row: Row) -> None:
    """Put a value at a path, and for a block every property that it takes; nothing when the version refuses it."""
    if row.args is not None:
        rows = rows_of(row.args)
        empty: dict[str, Any] = dict.fromkeys(rows)
        _put(given, path, [empty] if row.kind is Kind.MANY else empty)
        inside = (*path, 0) if row.kind is Kind.MANY else path
        for name, inner in rows.items():
            _add(stack, kind, given, (*inside, name), inner)
        if _refused(stack, kind, given, path):
            _drop(given, path)
        return
    refused = False
    for value in _candidates(row):
        _put(given, path, value)
        if not _broken(stack, kind, given, path):
            return
        refused = refused or _refused(stack, kind, given, path)
    _drop(given, path)
    if not refused:
        raise NoValueError(f"{kind}.{_words(path)}")


def _candidates(row: Row) -> Iterator[Any]:
    if row.name in _OWN:
        yield _OWN[row.name]
    elif row.choices:
        yield from ([word] if row.kind is Kind.TEXTS else word for word in reversed(row.choices))
    elif row.kind is Kind.TEXT:
        yield from (_PASSWORD,) if row.secret else _TEXTS
    elif row.kind is Kind.TEXTS:
        yield from ([text] for text in _TEXTS)
    elif row.kind is Kind.MAPPING:
        yield {"abc": "abc"}
    elif row.kind is Kind.FLAG:
        yield True
    else:
        yield from _NUMBERS


def _reasons(stack: Stack, kind: str, given: Mapping[str, Any], path: tuple[Any, ...]) -> list[str]:
    """The broken rules of a path."""
    _, violations = stack.check(kind, "abcdef", given)
    words = _words(path)
    return [
        violation.rule
        for violation in violations
        if violation.property == words or violation.property.replace("[]", "[0]") == words
    ]


def _broken(stack: Stack, kind: str, given: Mapping[str, Any], path: tuple[Any, ...]) -> bool:
    return bool(_reasons(stack, kind, given, path))


def _refused(stack: Stack, kind: str, given: Mapping[str, Any], path: tuple[Any, ...]) -> bool:
    return any("does not take it" in rule for rule in _reasons(stack, kind, given, path))


def _words(path: tuple[Any, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def _holder(given: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        given = given[step]
    return given


def _put(given: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    _holder(given, path)[path[-1]] = value


def _drop(given: dict[str, Any], path: tuple[Any, ...]) -> None:
    del _holder(given, path)[path[-1]]


# -- lives with everything, and with next to nothing ------------------------------------------------------------------


def live(stack: Stack) -> Iterator[Living]:
    """Make every noun with everything declared, and change everything that changes in place."""
    everything = every(stack, "Cluster")
    everything["shared_storages"].append({**everything["shared_storages"][0], "mount_directory": "/home"})
    hpc = stack.create("Cluster", "abcdef", **everything)
    changed = {"description": "other", "tags": {"abc": "other"}, "client_version": "2.0", "enable_scale_in": False}
    yield stack.update(hpc, **changed)
    yield stack.create("Cluster", "ghijkl", **every(stack, "Cluster", key_pair_name="team"))
    where = {"cluster": hpc.id}
    room = {"min_count": 1, "max_count": 40}
    work = stack.create("Queue", "abcdef", **every(stack, "Queue", **where, **room, inter_connect="erdma"))
    yield stack.update(work, inter_connect="vpc")
    queue = work.inputs["name"]
    fixed = stack.create("NodeGroup", "abcdef", **every(stack, "NodeGroup", **where, queue=queue, count=2, min_count=1))
    yield stack.update(fixed, count=3)
    placed = {"queue": queue} if stack.version == "2018-04-12" else {}
    mounted = {"mount_directory": "/scratch", "cluster_mounts": ["/home"]}
    yield stack.create("Volume", "abcdef", **every(stack, "Volume", **where, **placed, **mounted))
    yield from _people(stack, where)


def live_plainly(stack: Stack) -> None:
    """Make nouns with so little declared that what else their calls send is an echo of what they read."""
    small: dict[str, Any] = {"manager": {"instance_type": "ecs.c7.xlarge"}, "key_pair_name": "plain"}
    hpc = stack.create("Cluster", "plain", vpc_id="vpc-1", vswitch_id="vsw-1", max_count=11, **small)
    kinds = [{"instance_type": "ecs.g7.large"}]
    stack.create("Queue", "plain", cluster=hpc.id, compute_nodes=kinds, max_count=5)
    mount = {"file_system_id": "fs-1", "mount_target": "fs-1.example", "mount_directory": "/data"}
    stack.create("Volume", "plain", cluster=hpc.id, **mount)


def _people(stack: Stack, where: dict[str, Any]) -> Iterator[Living]:
    users = {"abcdef": "users", "ghijkl": "wheel"}
    passwords = dict.fromkeys(users, _PASSWORD)
    keys: dict[str, Any] = {"auth_keys": None}
    if stack.version == "2024-07-30":
        del passwords["ghijkl"]
        keys = {"auth_keys": {"ghijkl": "ssh-ed25519 AAAA"}}
    given = every(stack, "UserSet", **where, users=users, passwords=passwords, unknown_keys=None, **keys)
    team = stack.create("UserSet", "abcdef", **given)
    yield stack.update(team, users={**users, "abcdef": "wheel"}, passwords={**passwords, "abcdef": _OTHER_PASSWORD})
