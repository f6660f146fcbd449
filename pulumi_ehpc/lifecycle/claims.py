"""Claims: which natural keys of which cluster the resources of a program declare.

E-HPC knows queues, users, mounts and groups of nodes by natural keys only: a name, a directory, a host name prefix. The
engine may create before it deletes, rename, replace, move, or be killed. So before anything that goes by such a key is
deleted or taken, the plugin process asks what else the running program declares (``lifecycle/program.py``): the stack's
identity carries every claim of the program, and each resource's own check adds what it knows exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi_ehpc.schema.unknowns import has_unknown
from pulumi_ehpc.wording import SECRET, listed

URN: Final = "urn:"
"""Begins the cluster of a claim that names the program's own ``Cluster``; an id of a cluster never does."""
_COUNTED: Final = ("keys", "size")
"""What a claim has in state even if it is empty or 0."""


@dataclass(frozen=True)
class Claim:
    """What one resource declares to be its own.

    Attributes:
        resource_type: Name of the resource type, such as ``Queue``.
        urn: The engine's name of the resource; empty while the program does not know its parent's.
        name: Its logical name.
        cluster: Id of the cluster, or the URN of the ``Cluster`` that the program declares; empty while not known.
        keys: Its natural keys; None while not known.
        declared: What it declares of properties that cannot change in place, as far as it is known.
        unclear: Those of them that are not known yet.
        members: What it has many of, in words, such as ``users``; empty where it is one object.
        size: Number of its members, where its keys do not show it.
        prefix: Prefix of the host names of its nodes; empty where it declares none.
        exclusive: Whether it claims every key of its kind in the cluster.
        adopts: Whether it takes what exists on a cluster that is not this stack's (``adopt_existing``).
        names: What it names as text: name by resource type, such as ``{"Queue": "work"}``.
        loses: What is lost with it when it is deleted, in words; empty where that is only itself.
        secret: Whether the program gave its keys or its prefix as secrets, so that no message names them.
        renamed: URN of the resource that seems to be this one under another name; empty where there is none.
    """

    resource_type: str
    urn: str
    name: str
    cluster: str
    keys: tuple[str, ...] | None
    declared: Mapping[str, Any] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    members: str = ""
    size: int | None = None
    prefix: str = ""
    exclusive: bool = False
    adopts: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    loses: str = ""
    secret: bool = False
    renamed: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Claim:
        """Read a claim out of state."""
        keys = values.get("keys")
        return cls(
            resource_type=str(values.get("resource_type") or ""),
            urn=str(values.get("urn") or ""),
            name=str(values.get("name") or ""),
            cluster=str(values.get("cluster") or ""),
            keys=None if keys is None else tuple(keys),
            declared=values.get("declared") or {},
            unclear=tuple(values.get("unclear") or ()),
            members=str(values.get("members") or ""),
            size=None if values.get("size") is None else int(values["size"]),
            prefix=str(values.get("prefix") or ""),
            exclusive=bool(values.get("exclusive")),
            adopts=bool(values.get("adopts")),
            names=values.get("names") or {},
            loses=str(values.get("loses") or ""),
            secret=bool(values.get("secret")),
            renamed=str(values.get("renamed") or ""),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as state holds it, without what is empty."""
        values = {**vars(self), "keys": None if self.keys is None else list(self.keys), "unclear": list(self.unclear)}
        return {name: value for name, value in values.items() if value or (value is not None and name in _COUNTED)}

    def named(self, keys: Iterable[str]) -> str:
        """Return some of its keys for a message."""
        return SECRET if self.secret else listed(sorted(keys))

    @property
    def title(self) -> str:
        """The resource in messages, such as ``Queue 'work'``."""
        return f"{self.resource_type} '{self.name}'"

    def differences(self, other: Claim) -> list[str]:
        """Return what both declare differently of what cannot change in place, as far as it is known."""
        names = (self.declared.keys() | other.declared.keys()) - {*self.unclear, *other.unclear}
        return sorted(name for name in names if self.declared.get(name) != other.declared.get(name))

    def declares_same(self, other: Claim) -> bool:
        """Tell whether both declare the same of what cannot change in place, as far as it is known."""
        return not self.differences(other)

    @property
    def without_urn(self) -> str:
        """What the claim goes by while its URN is not known."""
        return f"{self.resource_type}::{self.name}"


def keys_of(value: Any) -> tuple[str, ...] | None:
    """Return the natural keys that a property holds: itself, or the keys of a map; None while not known."""
    if has_unknown(value):
        return None
    if isinstance(value, Mapping):
        return tuple(map(str, value))
    return (value,) if isinstance(value, str) else ()
