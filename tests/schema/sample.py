"""Sample properties of every type."""

from __future__ import annotations

from pulumi_ehpc.schema.builders import (
    boolean,
    enum,
    integer,
    keyed,
    nested,
    nested_list,
    number,
    string,
    string_list,
    string_map,
)
from pulumi_ehpc.schema.descriptors import KeyedList, Nested, NestedList, Prop, StringList, StringMap, output
from pulumi_ehpc.schema.properties import Args, Inputs, Properties
from pulumi_ehpc.schema.property import IGNORE, REPLACE


class DiskArgs(Args):
    """An object within an object."""

    category: Prop[str | None] = enum("cloud_ssd", "cloud_essd", default=None)
    """Kind of disk."""
    size_gib: Prop[int | None] = integer(default=None, limits=(20, 2048))
    """Size in GiB."""
    mount_directory: Prop[str | None] = string(default=None, former_name="mount_dir")
    """Where it is mounted."""


class PartArgs(Args):
    """An object."""

    name: Prop[str] = string()
    """Name of the part."""
    key: Prop[str | None] = string(default=None, secret=True)
    """A secret within an object."""
    disk: Nested[DiskArgs] = nested(DiskArgs, default=None)
    """Its disk."""


class MemberArgs(Args):
    """An entry of a keyed list."""

    name: Prop[str] = string(length=(2, 9))
    """The key."""
    role: Prop[str] = enum("reader", "writer", default="reader")
    """The value that everybody may see."""
    token: Prop[str | None] = string(default=None, secret=True, length=(4, 30))
    """A secret."""


class BaseProperties(Properties):
    """Properties of a base class come first."""

    title: Prop[str] = string(length=(2, 5), pattern=r"[a-z]+", pattern_rule="must be lowercase")
    """Title."""


class SampleProperties(BaseProperties):
    """A property of every type."""

    word: Prop[str | None] = enum("post_paid", "pre_paid", default=None)
    """One of two words."""
    count: Prop[int] = integer(default=3, limits=(0, 10), change=REPLACE, remedy="declare another one")
    """A number of things.

    It has a default.
    """
    price: Prop[float | None] = number(default=None, limits=(0, 1.5))
    enabled: Prop[bool | None] = boolean(default=None)
    places: StringList = string_list(default=None, items=(1, 2))
    roles: StringList = string_list(default=None, choices=("manager", "login", "compute"))
    labels: StringMap = string_map(default=None, items=(0, 2))
    password: Prop[str | None] = string(default=None, secret=True, length=(8, 30))
    part: Nested[PartArgs] = nested(PartArgs, default=None)
    parts: NestedList[PartArgs] = nested_list(PartArgs, default=None, items=(0, 2))
    consent: Prop[bool | None] = boolean(default=None, change=IGNORE)

    status = output(str)
    """State, as the service reports it."""


class SampleInputs(SampleProperties, Inputs):
    """What a handler reads of the sample."""


class TeamProperties(Properties):
    """A keyed list."""

    members: KeyedList[MemberArgs] = keyed(MemberArgs, key="name", value="role", items=(0, 3))
    """The members."""


class TeamInputs(TeamProperties, Inputs):
    """What a handler reads of the team."""
