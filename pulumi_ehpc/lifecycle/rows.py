"""Rows: a property of a noun is declared once, as one row, and everything else is read from it.

From a row come the constructor's argument (typed for editors and mypy), the checks, what a change does, the secret
mark and the page of the noun. A row says *what a person writes*; how an API version spells it stands in that
version's file of the room.

Example::

    class Queue(Resource, noun="Queue"):
        name: Prop[str] = text(length=(1, 63), change=REPLACE)
        \"\"\"Queue name.\"\"\"
        max_count: Prop[int] = integer(default=None, limits=(0, 5000))

A row with a ``default`` is optional; ``default=None`` leaves the value to the service.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from typing_extensions import dataclass_transform

if TYPE_CHECKING:
    from pulumi import Input, Output

__all__ = [
    "IGNORE",
    "REPLACE",
    "UPDATE",
    "Args",
    "Change",
    "Column",
    "Declared",
    "Kind",
    "Many",
    "One",
    "Prop",
    "Row",
    "TextMap",
    "Texts",
    "choice",
    "flag",
    "integer",
    "many",
    "mapping",
    "number",
    "one",
    "output",
    "outputs_of",
    "plain",
    "positional",
    "rows_of",
    "text",
    "texts",
    "unknown_names",
]

T = TypeVar("T")
A = TypeVar("A", bound="Args")


class Change(Enum):
    """What a change of a property does to the living object."""

    UPDATE = "update"
    """Changed in place."""
    REPLACE = "replace"
    """Needs a new object; the old one is deleted first."""
    IGNORE = "ignore"
    """Steers this package only; the service never sees it."""


UPDATE, REPLACE, IGNORE = Change.UPDATE, Change.REPLACE, Change.IGNORE


class Kind(Enum):
    """Shape of a value."""

    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    TEXTS = "a list of texts"
    MAPPING = "a map of texts"
    ONE = "a block"
    MANY = "a list of blocks"


class _Required(Enum):
    REQUIRED = "required"


REQUIRED = _Required.REQUIRED


@dataclass(eq=False)
class Row:
    """One property: shape, limits, secrecy and what a change does.

    Attributes:
        kind: Shape of the value.
        default: Used when nothing is given; ``None`` leaves it to the service.
        change: What a change does, where the API version's file does not say otherwise.
        instead: For ``REPLACE``: what a person can do instead of replacing.
        secret: Never shown, kept encrypted in state, never an output.
        choices: Allowed words, as people write them.
        limits: Smallest and largest number, both allowed.
        length: Shortest and longest text, both allowed.
        pattern: Regular expression the whole text must match.
        pattern_words: The pattern in words, for messages.
        items: Fewest and most entries of a list or map.
        args: The block's class, for ``ONE`` and ``MANY``.
        noun: Name of the noun whose object may be given in place of its id or name.
    """

    kind: Kind
    default: Any = REQUIRED
    change: Change = UPDATE
    instead: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    limits: tuple[float, float] | None = None
    length: tuple[int, int] | None = None
    pattern: str = ""
    pattern_words: str = ""
    items: tuple[int, int] | None = None
    args: type[Args] | None = None
    noun: str = ""
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        return self if instance is None else instance.__dict__.get(self.name)

    def __set__(self, instance: object, value: Any) -> None:
        instance.__dict__[self.name] = value

    @property
    def required(self) -> bool:
        """True when a value must be given."""
        return self.default is REQUIRED


# ---------------------------------------------------------------------------------------------------------------------
# Annotations: what an editor shows. Reading gives an Output, writing takes an Input.


class Column(Generic[T]):
    """Typing of a property that is read as ``Output[T]``; never instantiated."""

    @overload
    def __get__(self, instance: None, owner: Any) -> Row: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Output[T]: ...
    def __get__(self, instance: object | None, owner: Any) -> Any:
        """Declared for type checkers; rows do the work."""


class Prop(Column[T], Generic[T]):
    """A single value."""

    def __set__(self, instance: object, value: Input[T] | None) -> None:
        """Declared for type checkers; rows do the work."""


class Texts(Column["list[str]"]):
    """A list of texts."""

    def __set__(self, instance: object, value: Input[Sequence[Input[str]]] | None) -> None:
        """Declared for type checkers; rows do the work."""


class TextMap(Column["dict[str, str]"]):
    """A map of texts."""

    def __set__(self, instance: object, value: Input[Mapping[str, Input[str]]] | None) -> None:
        """Declared for type checkers; rows do the work."""


class One(Column["dict[str, Any]"], Generic[A]):
    """A block, given as its ``*Args`` class or as a dict with the same keys."""

    def __set__(self, instance: object, value: Input[A | Mapping[str, Any]] | None) -> None:
        """Declared for type checkers; rows do the work."""


class Many(Column["list[dict[str, Any]]"], Generic[A]):
    """A list of blocks."""

    def __set__(self, instance: object, value: Input[Sequence[Input[A | Mapping[str, Any]]]] | None) -> None:
        """Declared for type checkers; rows do the work."""


class Told(Generic[T]):
    """A value that only the service or this package tells; declared with ``output``."""

    name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: Any) -> Told[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Output[T]: ...
    def __get__(self, instance: object | None, owner: Any) -> Any:
        """Read the Output that the engine's SDK keeps in the instance."""
        return self if instance is None else instance.__dict__[self.name]


def output(kind: type[T]) -> Told[T]:
    """Declare an output. Not annotated in the class, so it is no argument of the constructor."""
    return Told()


def outputs_of(owner: type) -> tuple[str, ...]:
    """Return the names of a class's outputs in the order they are declared, base classes first."""
    return tuple(
        name for base in reversed(owner.__mro__) for name, value in vars(base).items() if isinstance(value, Told)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Declarations


def text(
    *,
    default: str | _Required | None = REQUIRED,
    change: Change = UPDATE,
    instead: str = "",
    secret: bool = False,
    length: tuple[int, int] | None = None,
    pattern: str = "",
    pattern_words: str = "",
    noun: str = "",
) -> Any:
    """Declare a text."""
    return Row(
        Kind.TEXT,
        default=default,
        change=change,
        instead=instead,
        secret=secret,
        length=length,
        pattern=pattern,
        pattern_words=pattern_words,
        noun=noun,
    )


def choice(
    *choices: str, default: str | _Required | None = REQUIRED, change: Change = UPDATE, instead: str = ""
) -> Any:
    """Declare a text that is one of ``choices``; upper and lower case and ``_`` do not matter when it is given."""
    return Row(Kind.TEXT, default=default, change=change, instead=instead, choices=choices)


def integer(
    *,
    default: int | _Required | None = REQUIRED,
    change: Change = UPDATE,
    instead: str = "",
    limits: tuple[int, int] | None = None,
) -> Any:
    """Declare a whole number."""
    return Row(Kind.INTEGER, default=default, change=change, instead=instead, limits=limits)


def number(
    *,
    default: float | _Required | None = REQUIRED,
    change: Change = UPDATE,
    instead: str = "",
    limits: tuple[float, float] | None = None,
) -> Any:
    """Declare a number."""
    return Row(Kind.NUMBER, default=default, change=change, instead=instead, limits=limits)


def flag(*, default: bool | _Required | None = REQUIRED, change: Change = UPDATE, instead: str = "") -> Any:
    """Declare a true-or-false value."""
    return Row(Kind.FLAG, default=default, change=change, instead=instead)


def texts(
    *,
    default: _Required | None = REQUIRED,
    change: Change = UPDATE,
    instead: str = "",
    choices: tuple[str, ...] = (),
    items: tuple[int, int] | None = None,
    init: bool = True,
) -> Any:
    """Declare a list of texts; with ``init=False`` it is made of other arguments and is none itself.

    With ``choices`` each is one of them, and their order does not matter.
    """
    return Row(Kind.TEXTS, default=default, change=change, instead=instead, choices=choices, items=items)


def mapping(
    *,
    default: _Required | None = REQUIRED,
    change: Change = UPDATE,
    instead: str = "",
    secret: bool = False,
    items: tuple[int, int] | None = None,
    init: bool = True,
) -> Any:
    """Declare a map of texts; with ``init=False`` it is made of other arguments and is none itself."""
    return Row(Kind.MAPPING, default=default, change=change, instead=instead, secret=secret, items=items)


def one(args: type[Args], *, default: _Required | None = REQUIRED, change: Change = UPDATE, instead: str = "") -> Any:
    """Declare a block."""
    return Row(Kind.ONE, default=default, change=change, instead=instead, args=args)


def many(
    args: type[Args],
    *,
    default: _Required | None = REQUIRED,
    change: Change = UPDATE,
    instead: str = "",
    items: tuple[int, int] | None = None,
) -> Any:
    """Declare a list of blocks."""
    return Row(Kind.MANY, default=default, change=change, instead=instead, items=items, args=args)


def positional(*, default: Any = REQUIRED, kw_only: bool = False) -> Any:
    """Declare an argument of the constructor that is not a property."""
    return default


def rows_of(owner: type) -> dict[str, Row]:
    """Return the rows of a class in the order they are declared, base classes first."""
    return {
        name: value for base in reversed(owner.__mro__) for name, value in vars(base).items() if isinstance(value, Row)
    }


def unknown_names(given: Mapping[str, Any], rows: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """Yield each given name that no row has, with the nearest names in words."""
    for name in given:
        if name not in rows:
            near = difflib.get_close_matches(name, rows, n=2)
            yield name, f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(rows)}"


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(positional, text, choice, integer, number, flag, texts, mapping, one, many),
)
class Declared:
    """Lets editors and mypy read a class's rows as the constructor's arguments."""


class Args(Declared):
    """A block of values inside a noun. A plain dict with the same keys does as well.

    Names that no row has, and required ones that are missing, are told by ``check`` with everything else.
    """

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(dict.fromkeys(rows_of(type(self))))
        self.__dict__.update(given)

    def to_dict(self) -> dict[str, Any]:
        """Return what was given, without what was left out."""
        return {name: plain(value) for name, value in self.__dict__.items() if value is not None}

    def __repr__(self) -> str:
        """Name what was given, with secrets hidden."""
        rows = rows_of(type(self))
        given = {name: value for name, value in self.__dict__.items() if value is not None}
        # What a misspelt name holds may be a secret.
        shown = {
            name: repr(value) if name in rows and not rows[name].secret else "[secret]" for name, value in given.items()
        }
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in shown.items())})"


def plain(value: Any) -> Any:
    """Turn blocks into dicts at any depth; Outputs stay as they are."""
    if isinstance(value, Args):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
