"""Two sample resource types whose service is a dict: items (one object each) and crews (many members)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.errors import NetworkError, Violation
from pulumi_ehpc.lifecycle.member_set import MemberSetHandler, Plan
from pulumi_ehpc.lifecycle.named import Found, NamedHandler
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, NotFound, Operation, ReadOutcome, ResourceState
from pulumi_ehpc.lifecycle.ownership import hostname_prefix, logical_name
from pulumi_ehpc.lifecycle.resource_type import ResourceType, Timeouts
from pulumi_ehpc.schema.builders import boolean, integer, nested, string, string_list, string_map
from pulumi_ehpc.schema.codec import FieldMap
from pulumi_ehpc.schema.descriptors import Nested, Prop, StringList, StringMap
from pulumi_ehpc.schema.properties import Inputs, Properties
from pulumi_ehpc.schema.property import IGNORE, REPLACE, UPDATE
from tests.schema.sample import DiskArgs

OLD, NEW = "2018-04-12", "2024-07-30"


@dataclass
class Service:
    """What the handlers call.

    Attributes:
        items: Declared values of the items that are there, by name.
        members: Names of all members that are there.
        calls: Version and action of every call, in order.
        failing: Action -> the error with which its next call ends.
        losing: Actions whose next call is carried out although it ends in its error.
        ready: Whether new items are ready.
    """

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    failing: dict[str, BaseException] = field(default_factory=dict)
    losing: set[str] = field(default_factory=set)
    ready: bool = True

    def call(self, version: str, action: str, act: Callable[[], object]) -> None:
        """Carry out a call, or fail it."""
        self.calls.append(f"{version} {action}")
        error = self.failing.pop(action, None)
        if error is None or action in self.losing:
            act()
        if error is not None:
            raise error

    def lose_response_of(self, action: str) -> None:
        """Carry out the next call of an action, but lose its response."""
        self.failing[action] = NetworkError("The connection was lost.", endpoint="http://127.0.0.1:9", sent=True)
        self.losing.add(action)

    @property
    def actions(self) -> list[str]:
        """The actions that were called, without their version."""
        return [call.split()[1] for call in self.calls]


class ItemProperties(Properties):
    """Properties of an item."""

    cluster: Prop[str] = string(change=REPLACE)
    name: Prop[str | None] = string(default=None, length=(1, 20))
    prefix: Prop[str | None] = string(default=None, change=REPLACE)
    size: Prop[int | None] = integer(default=None, limits=(0, 100))
    zone: Prop[str | None] = string(default=None, change=REPLACE, remedy="declare another item")
    labels: StringMap = string_map(default=None)
    disk: Nested[DiskArgs] = nested(DiskArgs, default=None)
    password: Prop[str | None] = string(default=None, secret=True, change=REPLACE)
    adopt_existing: Prop[bool | None] = boolean(default=None, change=IGNORE)
    allow_replacement: Prop[bool | None] = boolean(default=None, change=IGNORE)


class ItemInputs(ItemProperties, Inputs):
    """Inputs of an item."""


class ItemHandler(NamedHandler[ItemInputs]):
    """An item; in the newer version it can be moved to another zone."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def validate(self, inputs: ItemInputs) -> Iterator[Violation]:
        if inputs.size == 13:
            yield Violation("size", "13", "brings bad luck")

    def validate_change(self, old: ItemInputs, new: ItemInputs) -> Iterator[Violation]:
        if old.size is not None and new.size is not None and new.size < old.size:
            yield Violation("size", str(new.size), "cannot shrink")

    def key_of(self, inputs: ItemInputs) -> str:
        return str(inputs.name)

    def describe(self, inputs: ItemInputs) -> str:
        return f"item {inputs.name}"

    def find(self, op: Operation[ItemInputs]) -> Found | None:
        self._call("find", lambda: None)
        item = self.service.items.get(str(op.inputs.name))
        return None if item is None else dict(item)

    def decode(self, op: Operation[ItemInputs], found: Found) -> dict[str, Any]:
        return dict(found)

    def create_one(self, op: Operation[ItemInputs]) -> None:
        self._call("create", lambda: self._put(op))

    def finish_create(self, op: Operation[ItemInputs]) -> None:
        self._call("finish", lambda: None)

        def probe() -> tuple[Outcome, str]:
            return (Outcome.DONE, "ready") if self.service.ready else (Outcome.PENDING, "starting")

        op.wait_until(probe, "getting ready")

    def belongs_to_service(self, op: Operation[ItemInputs], found: Found) -> bool:
        return found.get("zone") == "of the service"

    def update_one(self, op: Operation[ItemInputs], found: Found) -> None:
        self._call("update", lambda: self._put(op))

    def delete_one(self, op: Operation[ItemInputs], found: Found) -> None:
        self._call("delete", lambda: self.service.items.pop(str(op.inputs.name)))

    def exclusively(self, op: Operation[ItemInputs]) -> AbstractContextManager[object]:
        return op.lock(op.inputs.cluster)

    def _call(self, action: str, act: Callable[[], object]) -> None:
        self.service.call(self.version, action, act)

    def _put(self, op: Operation[ItemInputs]) -> None:
        known = ("size", "zone", "labels", "disk")
        self.service.items[str(op.inputs.name)] = {k: v for k, v in op.inputs.values.items() if k in known}


class OldItemHandler(ItemHandler):
    version = OLD
    maps = (FieldMap(ItemProperties, unsupported={"labels": "there are no labels"}),)


class NewItemHandler(ItemHandler):
    version = NEW
    maps = (FieldMap(ItemProperties),)
    changes = {"zone": UPDATE}


def item_type(service: Service) -> ResourceType[ItemInputs]:
    """The item as data."""
    return ResourceType(
        "Item",
        ItemInputs,
        handlers={OLD: OldItemHandler(service), NEW: NewItemHandler(service)},
        gone_codes=("ItemGone",),
        key="name",
        within="cluster",
        generated={"name": logical_name, "prefix": hostname_prefix},
        failed_status="broken",
        replacement_loses="the item with all it holds",
        timeouts=Timeouts(create_minutes=5),
    )


class CrewProperties(Properties):
    """Properties of a crew."""

    cluster: Prop[str] = string(change=REPLACE)
    names: StringList = string_list(default=None)


class CrewInputs(CrewProperties, Inputs):
    """Inputs of a crew."""


class CrewHandler(MemberSetHandler[CrewInputs, str, str]):
    """A crew: names that come three a call. The output ``made`` holds those that this resource added."""

    version = NEW
    maps = (FieldMap(CrewProperties),)
    members = "members"
    max_added = 3

    def __init__(self, service: Service) -> None:
        self.service = service

    def list_members(self, op: Operation[CrewInputs]) -> list[str]:
        self.service.call(NEW, "list", lambda: None)
        return list(self.service.members)

    def plan(self, op: Operation[CrewInputs], present: Sequence[str]) -> Plan[str, str]:
        keep = [name for name in present if name in op.inputs.names]
        remove = [name for name in self._made(op) if name in present and name not in keep]
        return Plan(keep, remove, [name for name in op.inputs.names if name not in keep])

    def add(self, op: Operation[CrewInputs], batch: Sequence[str]) -> None:
        self.service.call(NEW, "add", lambda: self.service.members.extend(batch))

    def was_added(self, batch: Sequence[str], before: Sequence[str], now: Sequence[str]) -> bool:
        return set(batch) <= set(now)

    def remove(self, op: Operation[CrewInputs], members: Sequence[str]) -> None:
        kept = [name for name in self.service.members if name not in members]
        self.service.call(NEW, "remove", lambda: self.service.members.__setitem__(slice(None), kept))

    def record_members(self, op: Operation[CrewInputs], members: Sequence[str], added: Sequence[str] = ()) -> list[str]:
        now = [*members, *added]
        op.record(f"{op.inputs.cluster}:crew", {"made": sorted({*self._made(op), *added} & set(now))})
        op.outputs = op.recorded.outputs
        return now

    def finish(self, op: Operation[CrewInputs], plan: Plan[str, str], members: Sequence[str]) -> ResourceState:
        self.service.call(NEW, "finish", lambda: None)
        self.record_members(op, members)
        return op.recorded

    def report(self, op: Operation[CrewInputs], members: Sequence[str]) -> ReadOutcome | NotFound:
        there = [name for name in op.inputs.names if name in members]
        return ReadOutcome({"made": there}, {"names": there}) if there else NOT_FOUND

    def owned(self, op: Operation[CrewInputs], members: Sequence[str]) -> Sequence[str]:
        return [name for name in members if name in self._made(op)]

    def _made(self, op: Operation[CrewInputs]) -> list[str]:
        made: Mapping[str, Any] = op.outputs
        return list(made.get("made") or ())


def crew_type(service: Service) -> ResourceType[CrewInputs]:
    """The crew as data; only the newer version has it."""
    return ResourceType("Crew", CrewInputs, handlers={NEW: CrewHandler(service)}, gone_codes=("CrewGone",))
