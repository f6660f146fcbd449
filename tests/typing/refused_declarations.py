"""Declarations and readings that type checkers refuse, because an annotation says something else; never run.

Each comment names the error that is expected in its line; one that is not needed is an error, too.
"""

from __future__ import annotations

from pulumi_ehpc.common.args import ComputeNodeArgs, SystemDiskArgs
from pulumi_ehpc.queue.properties import QueueInputs
from pulumi_ehpc.schema import builders
from pulumi_ehpc.schema.descriptors import KeyedList, Nested, NestedList, Prop, StringList, StringMap
from pulumi_ehpc.schema.properties import Properties
from pulumi_ehpc.user_set.properties import UserArgs


class Fitting(Properties):
    """Declarations that fit."""

    string: Prop[str] = builders.string()
    optional_string: Prop[str | None] = builders.string(default=None)
    defaulted_string: Prop[str] = builders.string(default="abc")
    integer: Prop[int] = builders.integer()
    users: KeyedList[UserArgs] = builders.keyed(UserArgs, key="name", value="group")


class Unfitting(Properties):
    """Declarations that do not."""

    string_for_integer: Prop[int] = builders.string()  # type: ignore[assignment]
    integer_for_string: Prop[str] = builders.integer()  # type: ignore[assignment]
    boolean_for_string: Prop[str] = builders.boolean()  # type: ignore[assignment]
    number_for_boolean: Prop[bool] = builders.number()  # type: ignore[assignment]
    enum_for_integer: Prop[int] = builders.enum("a", "b")  # type: ignore[assignment]
    optional_for_required: Prop[str] = builders.string(default=None)  # type: ignore[arg-type]
    other_default: Prop[int | None] = builders.integer(default="3")  # type: ignore[arg-type]
    list_for_map: StringMap = builders.string_list()  # type: ignore[assignment]
    map_for_list: StringList = builders.string_map()  # type: ignore[assignment]
    other_object: Nested[ComputeNodeArgs] = builders.nested(SystemDiskArgs)  # type: ignore[arg-type]
    object_for_list: NestedList[SystemDiskArgs] = builders.nested(SystemDiskArgs)  # type: ignore[assignment]
    list_for_keyed: KeyedList[UserArgs] = builders.nested_list(UserArgs)  # type: ignore[assignment]


def read(inputs: QueueInputs) -> None:
    """Read what is not there, or as something else."""
    assert inputs.max_coun  # type: ignore[attr-defined]
    assert inputs.max_count > 0  # type: ignore[operator]
    assert inputs.compute_nodes["a"]  # type: ignore[call-overload]
