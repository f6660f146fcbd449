"""Declaring properties: one function a shape, each typed as what it declares.

A property with a ``default`` is optional; ``default=None`` leaves the value to the service. What else can be said of a
property is described at ``Property``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from typing_extensions import Unpack

from pulumi_ehpc.schema.descriptors import Descriptor, KeyedList, Nested, NestedList, Prop, StringList, StringMap
from pulumi_ehpc.schema.property import REQUIRED, Change, Property, PropertyType, Required

if TYPE_CHECKING:
    from pulumi_ehpc.schema.properties import Args

A = TypeVar("A", bound="Args")
D = TypeVar("D", bound="Descriptor[Any, Any]")
S = TypeVar("S", bound="str | None")
I = TypeVar("I", bound="int | None")  # noqa: E741 - I for integer
N = TypeVar("N", bound="float | None")
B = TypeVar("B", bound="bool | None")


class Options(TypedDict, total=False):
    """What can be said of every property."""

    change: Change
    remedy: str
    former_name: str
    handled: str


class StringOptions(Options, total=False):
    """What can be said of a string."""

    secret: bool
    length: tuple[int, int]
    pattern: str
    pattern_rule: str
    may_be_empty: bool
    directory: bool


class ListOptions(Options, total=False):
    """What can be said of a list or map."""

    items: tuple[int, int]


class StringListOptions(ListOptions, total=False):
    """What can be said of a list of strings."""

    choices: tuple[str, ...]


def string(*, default: S | Required = REQUIRED, **options: Unpack[StringOptions]) -> Prop[str | S]:
    """Declare a string."""
    return Prop(Property(PropertyType.STRING, default, **options))


def generated_string(*, default: None, **options: Unpack[StringOptions]) -> Prop[str]:
    """Declare a string that is generated where none is given (see ``ResourceType``), so that it is always there."""
    return Prop(Property(PropertyType.STRING, default, generated=True, **options))


def enum(*choices: str, default: S | Required = REQUIRED, **options: Unpack[Options]) -> Prop[str | S]:
    """Declare a string that is one of ``choices``; case, ``_`` and ``-`` do not matter when it is given."""
    return Prop(Property(PropertyType.STRING, default, choices=choices, **options))


def reference(
    as_type: type[D], to: str, *, by: str, default: Required | None = REQUIRED, **options: Unpack[Options]
) -> D:
    """Declare a reference to another resource, which is given as the resource, or ``by`` its id or name."""
    return as_type(Property(PropertyType.STRING, default, reference=to, reference_by=by, **options))


def integer(
    *, default: I | Required = REQUIRED, limits: tuple[int, int] | None = None, **options: Unpack[Options]
) -> Prop[int | I]:
    """Declare an integer."""
    return Prop(Property(PropertyType.INTEGER, default, limits=limits, **options))


def number(
    *, default: N | Required = REQUIRED, limits: tuple[float, float] | None = None, **options: Unpack[Options]
) -> Prop[float | N]:
    """Declare a number."""
    return Prop(Property(PropertyType.NUMBER, default, limits=limits, **options))


def boolean(*, default: B | Required = REQUIRED, **options: Unpack[Options]) -> Prop[bool | B]:
    """Declare a boolean."""
    return Prop(Property(PropertyType.BOOLEAN, default, **options))


def string_list(*, default: Required | None = REQUIRED, **options: Unpack[StringListOptions]) -> StringList:
    """Declare a list of strings. With ``choices`` each is one of them, and their order does not matter."""
    return StringList(Property(PropertyType.STRING_LIST, default, **options))


def string_map(*, default: Required | None = REQUIRED, **options: Unpack[ListOptions]) -> StringMap:
    """Declare a map of strings."""
    return StringMap(Property(PropertyType.STRING_MAP, default, **options))


def nested(args: type[A], *, default: Required | None = REQUIRED, **options: Unpack[Options]) -> Nested[A]:
    """Declare an object."""
    return Nested(Property(PropertyType.NESTED, default, args=args, **options))


def nested_list(args: type[A], *, default: Required | None = REQUIRED, **options: Unpack[ListOptions]) -> NestedList[A]:
    """Declare a list of objects."""
    return NestedList(Property(PropertyType.NESTED_LIST, default, args=args, **options))


def keyed(args: type[A], *, key: str, value: str, **options: Unpack[ListOptions]) -> KeyedList[A]:
    """Declare a list of objects that are told apart by one of their properties.

    In state and in previews it is a map of each key to one public property, and each secret property is a secret map of
    its own, so that a preview shows which entry changes and no secret.

    Args:
        args: Class of the objects. Its properties are ``key``, ``value`` and secrets.
        key: The property that distinguishes the objects.
        value: The property that is kept beside the key.
        **options: See ``Property``.
    """
    return KeyedList(Property(PropertyType.KEYED_LIST, args=args, key=key, value=value, **options))


def positional(*, default: Any = REQUIRED, kw_only: bool = False) -> Any:
    """Declare an argument of the constructor that is not a property."""
    return default
