"""Whose what stands on a cluster is, by the state of one stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pulumi_ehpc.engine.identity import CLAIMS, IDENTITY
from pulumi_ehpc.errors import ConfigurationError
from pulumi_ehpc.lifecycle.claims import Claim, keys_of
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.properties import as_today
from pulumi_ehpc.schema.unknowns import UNKNOWN

OTHER: Final = "other"
"""Owner of what is there and is owned by no resource of the stack."""
NOBODY: Final = "nobody"
"""Owner of what is in the stack's state and not there any more."""
KINDS: Final = {"Queue": "queue", "NodeGroup": "nodes", "UserSet": "user", "Volume": "mount"}
"""What the resource types manage, in words."""

_TYPE: Final = "pulumi-python:dynamic/ehpc:"
_SECRET: Final = "4dabf18193072939515e22adb298388d"
"""Marks an encrypted value in state."""


@dataclass(frozen=True)
class Row:
    """A line of the list.

    Attributes:
        kind: ``queue``, ``nodes``, ``user`` or ``mount``.
        key: Name, directory or prefix of host names.
        owner: The resource, ``other`` or ``nobody``.
        note: What else the state says of it.
        urn: The engine's name of the resource that owns or declares it; empty for none.
    """

    kind: str
    key: str
    owner: str
    note: str = ""
    urn: str = ""


@dataclass(frozen=True)
class Holder:
    """A resource of the stack, and the keys of one kind that it has to do with.

    Attributes:
        kind: What the keys are of.
        title: The resource in messages.
        urn: The engine's name of it.
        owns: What it owns, by its outputs.
        declares: What it declares.
        left: What it left to other resources.
        expected: Whether something must be there under the keys that it owns.
        in_state: Whether it is in state; otherwise the program declares it only.
    """

    kind: str
    title: str
    urn: str
    owns: frozenset[str] = frozenset()
    declares: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    expected: bool = True
    in_state: bool = True


@dataclass(frozen=True)
class Entry:
    """A resource of this package in state."""

    resource_type: ResourceType[Any]
    urn: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    read_only: bool

    @property
    def title(self) -> str:
        """The resource in messages."""
        return f"{self.resource_type.name} '{self.urn.rpartition('::')[2]}'"

    @property
    def cluster_id(self) -> str:
        """Id of the cluster it stands in, with which its own id begins; of a cluster its id."""
        return self.id.partition(":")[0]


@dataclass(frozen=True)
class Stack:
    """What the state of a stack says.

    Attributes:
        entries: The resources of this package.
        claims: What the program that ran last declared.
    """

    entries: Sequence[Entry]
    claims: Sequence[Claim]

    @classmethod
    def of(cls, exported: Any) -> Stack:
        """Read an export of a stack.

        Raises:
            ConfigurationError: It is none.
        """
        deployment = exported.get("deployment") if isinstance(exported, Mapping) else None
        if not isinstance(deployment, Mapping):
            raise ConfigurationError("This is not an export of a stack.", next_step="`pulumi stack export` writes one.")
        resources = [each for each in deployment.get("resources") or () if not each.get("pendingReplacement")]
        types = {f"{_TYPE}{known.name}": known for known in RESOURCE_TYPES}
        entries = [_entry(types[each["type"]], each) for each in resources if each["type"] in types and each.get("id")]
        carried = [(each.get("inputs") or {}).get(CLAIMS) for each in resources if each["type"] == f"{_TYPE}{IDENTITY}"]
        claims = [Claim.of(claim) for listed in carried if isinstance(listed, list) for claim in listed]
        return cls(entries, claims)

    def cluster_id(self, given: str) -> str:
        """Return the id of a cluster that is given by its id or its logical name."""
        by_name = {entry.urn.rpartition("::")[2]: entry.id for entry in self._clusters()}
        return by_name.get(given, given)

    def made_with(self, cluster_id: str, what: str) -> str:
        """Return the region or API version that is recorded of a cluster; empty when it is not in state."""
        found = (entry for entry in self._clusters() if entry.id == cluster_id)
        # What is only read has no inputs.
        return next((str(entry.inputs.get(what) or entry.outputs.get(what) or "") for entry in found), "")

    def on_cluster(self, cluster_id: str) -> list[Holder]:
        """Return what the stack's resources own and declare on a cluster."""
        entries = [entry for entry in self.entries if entry.cluster_id == cluster_id]
        urns = {entry.urn for entry in entries}
        names = {cluster_id, *(entry.urn for entry in self._clusters() if entry.id == cluster_id)}
        claims = [claim for claim in self.claims if claim.cluster in names and claim.urn not in urns]
        return [*(holder for entry in entries for holder in _holders(entry)), *map(_declared_only, claims)]

    def _clusters(self) -> Iterator[Entry]:
        return (entry for entry in self.entries if not entry.resource_type.key)


def rows(resource_type: ResourceType[Any], there: Iterable[str], known: Iterable[Holder]) -> Iterator[Row]:
    """Yield a line for each key of one resource type.

    Args:
        resource_type: The resource type.
        there: What stands on the cluster, as ``Handler.keys_there`` lists it.
        known: What the stack has to do with it.
    """
    kind = KINDS[resource_type.name]
    holders = [holder for holder in known if holder.kind == kind]
    recorded = {key for holder in holders for key in (*holder.owns, *holder.declares)}
    found = set(there)
    if resource_type.key == resource_type.prefix:
        found = {_prefix(host, recorded) for host in found}
    for key in sorted(found | recorded):
        if row := _row(kind, key, holders, is_there=key in found):
            yield row


def _row(kind: str, key: str, holders: Sequence[Holder], *, is_there: bool) -> Row | None:
    owning = [holder for holder in holders if key in holder.owns]
    declaring = [holder for holder in holders if key in holder.declares and holder not in owning]
    concerned = [*owning, *declaring]
    urn = concerned[0].urn if concerned else ""
    if not is_there:
        by = ", ".join(holder.title for holder in concerned)
        # What is declared and not in state was never made: the next preview says so.
        wanted = any(holder.expected and holder.in_state for holder in concerned)
        return Row(kind, key, NOBODY, f"recorded by {by}, and not there any more", urn) if wanted else None
    notes = [*map(_declares, declaring), *(_leaves(holder) for holder in holders if key in holder.left)]
    return Row(kind, key, ", ".join(holder.title for holder in owning) or OTHER, "; ".join(notes), urn)


def _declares(holder: Holder) -> str:
    if holder.in_state:
        return f"declared by {holder.title}, which does not own it"
    return f"declared by {holder.title}, which is not in state: its create failed or was interrupted"


def _leaves(holder: Holder) -> str:
    return f"{holder.title} left it to another resource"


def _prefix(host: str, recorded: Iterable[str]) -> str:
    """Return the prefix of a host name: the longest that the state knows, else what stands before its number."""
    known = max((prefix for prefix in recorded if host.startswith(prefix)), key=len, default="")
    return known or re.split(r"\d+(?!.*-)", host)[0] or host


def _entry(resource_type: ResourceType[Any], resource: Mapping[str, Any]) -> Entry:
    values = {
        part: as_today(resource_type.properties, _without_secrets(resource.get(part) or {}))
        for part in ("inputs", "outputs")
    }
    return Entry(resource_type, resource["urn"], resource["id"], **values, read_only=bool(resource.get("external")))


def _holders(entry: Entry) -> Iterator[Holder]:
    """Yield what a resource owns and declares: a cluster its own mounts, a queue also the nodes that it adds."""
    resource_type, inputs, outputs = entry.resource_type, entry.inputs, entry.outputs
    if entry.read_only:
        return
    if not resource_type.key:
        mounts = frozenset(str(each["mount_directory"]) for each in inputs.get("shared_storages") or ())
        yield Holder(KINDS["Volume"], entry.title, entry.urn, owns=mounts, expected=False)
        return
    handler = resource_type.handler(str(inputs["api_version"]))
    yield Holder(
        KINDS[resource_type.name],
        entry.title,
        entry.urn,
        owns=_strings(handler.held(resource_type.inputs.of(inputs), outputs)),
        declares=_strings(keys_of(inputs.get(resource_type.key)) or ()),
        left=_strings(outputs.get("handed_over") or ()),
        expected=inputs.get("count") != 0,
    )
    prefix = inputs.get(resource_type.prefix)
    if isinstance(prefix, str) and prefix and resource_type.prefix != resource_type.key:
        yield Holder(KINDS["NodeGroup"], entry.title, entry.urn, owns=frozenset([prefix]), expected=False)


def _declared_only(claim: Claim) -> Holder:
    kind, title = KINDS[claim.resource_type], claim.title
    return Holder(kind, title, claim.urn, declares=frozenset(claim.keys or ()), in_state=False)


def _strings(keys: Iterable[Any]) -> frozenset[str]:
    return frozenset(key for key in keys if isinstance(key, str))


def _without_secrets(value: Any) -> Any:
    """Put an unknown in the place of each encrypted value."""
    if isinstance(value, Mapping):
        return UNKNOWN if _SECRET in value else {name: _without_secrets(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value
