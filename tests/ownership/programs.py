"""Programs as data: what a program declares, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.resources.stack import TYPES

CLUSTER: Final = "hpc"
"""Logical name of the stack's own cluster, which every program declares."""
PASSWORD: Final = "Str0ng-Password"
CLUSTER_ARGS: Final[Mapping[str, Any]] = {
    "vpc_id": "vpc-1",
    "vswitch_id": "vsw-1",
    "scheduler": "slurm",
    "manager": {"instance_type": "ecs.c7.xlarge"},
    "password": PASSWORD,
}
Key = tuple[str, str, str]
"""Place (``own`` or ``foreign``), resource type and natural key."""


@dataclass(frozen=True)
class Declared:
    """A resource of a program.

    Attributes:
        place: ``own`` or ``foreign``, the cluster it stands in.
        args: Its arguments.
        queue: Logical name of the Queue of the program that it is given, for a node group.
        late: Whether its cluster and its key are not known before the run.
    """

    type_name: str
    place: str
    args: Mapping[str, Any] = field(default_factory=dict)
    queue: str = ""
    late: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Its natural keys."""
        value = self.args[TYPES[self.type_name].key]
        return (value,) if isinstance(value, str) else tuple(user["name"] for user in value)

    @property
    def places(self) -> set[Key]:
        """Its natural keys, with where they are."""
        return {(self.place, self.type_name, key) for key in self.keys}

    def with_args(self, **args: Any) -> Declared:
        """Return it with some arguments changed."""
        return replace(self, args={**self.args, **args})

    def __str__(self) -> str:
        shown = {name: value for name, value in self.args.items() if name != "mount_target"}
        if self.type_name == "UserSet":
            shown["users"] = ", ".join(f"{user['name']}:{user['group']}" for user in shown["users"])
        words = [self.place, *(f"{name}={value}" for name, value in shown.items())]
        words += [f"queue={self.queue}"] * bool(self.queue) + ["late"] * self.late
        return f"{self.type_name}({', '.join(words)})"


Program = dict[str, Declared]
"""The resources beside the cluster, by logical name, in the order of the program."""


def queue(place: str, name: str, max_count: int = 5, **more: Any) -> Declared:
    """Declare a queue."""
    return Declared("Queue", place, {"name": name, "max_count": max_count, **more})


def nodes(place: str, prefix: str, kind: str = "ecs.c7.large", count: int = 1, *, queue: str = "") -> Declared:
    """Declare a node group."""
    return Declared("NodeGroup", place, {"hostname_prefix": prefix, "instance_type": kind, "count": count}, queue)


def users(place: str, **groups: str) -> Declared:
    """Declare a user set."""
    listed = [{"name": name, "group": group, "password": PASSWORD} for name, group in groups.items()]
    return Declared("UserSet", place, {"users": listed})


def volume(place: str, directory: str, file_system: str = "fs-1") -> Declared:
    """Declare a volume."""
    args = {
        "mount_directory": directory,
        "file_system_id": file_system,
        "mount_target": f"{file_system}.example",
    }
    return Declared("Volume", place, args)


def in_words(program: Program) -> str:
    """Return a program in words."""
    return "; ".join(f"{name} = {declared}" for name, declared in program.items()) or "nothing but the cluster"
