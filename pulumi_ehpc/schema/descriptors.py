"""How a declared property reads: an Output in a program, the plain typed value in a handler.

Each class says three types at once: what the constructor takes (``__set__``), what a handler reads, and what the Output
of a program holds.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar, overload

from typing_extensions import Self

from pulumi_ehpc.schema.property import Property

if TYPE_CHECKING:
    from pulumi import Input, Output

    from pulumi_ehpc.schema.properties import Args, EngineSide, Values

T = TypeVar("T")
P = TypeVar("P")
A = TypeVar("A", bound="Args")


class _Text:
    """The ``__doc__`` of an attribute: its own text for ``help``, read when it is asked for."""

    def __init__(self, class_text: str | None) -> None:
        self._class_text = class_text

    def __get__(self, instance: _Documented | None, owner: object) -> str | None:
        return self._class_text if instance is None else instance.text


class _Documented:
    """An attribute of a class that is documented by the string below it."""

    name = ""
    _owner: type | None = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__doc__ = _Text(cls.__doc__)  # type: ignore[assignment]

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self._owner = owner

    @property
    def text(self) -> str:
        """The attribute's text: the string below it in the class that declares it."""
        return property_texts(self._owner).get(self.name, "") if self._owner is not None else ""


class _Holder(Protocol):
    def read_property(self, declared: Property) -> Any: ...


class Descriptor(_Documented, Generic[T, P]):
    """A property that a handler reads as ``T`` and a program as ``Output[P]``."""

    def __init__(self, declared: Property) -> None:
        self.declared = declared

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.declared.name = name

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: EngineSide, owner: Any) -> Output[P]: ...
    @overload
    def __get__(self, instance: Values, owner: Any) -> T: ...
    def __get__(self, instance: _Holder | None, owner: Any) -> Any:
        """Return the value for an instance; for the class the descriptor itself, which ``help`` reads its text from."""
        return self if instance is None else instance.read_property(self.declared)

    def _keep(self, instance: object, value: object) -> None:
        instance.__dict__[self.declared.name] = value


class Prop(Descriptor[T, T], Generic[T]):
    """A single value."""

    def __set__(self, instance: object, value: Input[T] | None) -> None:
        self._keep(instance, value)


class StringList(Descriptor["list[str]", "list[str] | None"]):
    """A list of strings."""

    def __set__(self, instance: object, value: Input[Sequence[Input[str]]] | None) -> None:
        self._keep(instance, value)


class StringMap(Descriptor["dict[str, str]", "dict[str, str] | None"]):
    """A map of strings."""

    def __set__(self, instance: object, value: Input[Mapping[str, Input[str]]] | None) -> None:
        self._keep(instance, value)


class Nested(Descriptor["A | None", "dict[str, Any] | None"], Generic[A]):
    """An object, given as its ``*Args`` class or as a dict with the same keys."""

    def __set__(self, instance: object, value: Input[A | Mapping[str, Any]] | None) -> None:
        self._keep(instance, value)


class NestedList(Descriptor["list[A]", "list[dict[str, Any]] | None"], Generic[A]):
    """A list of objects."""

    def __set__(self, instance: object, value: Input[Sequence[Input[A | Mapping[str, Any]]]] | None) -> None:
        self._keep(instance, value)


class KeyedList(Descriptor["dict[str, A]", "dict[str, str]"], Generic[A]):
    """A list of objects, each with a key of its own; a handler reads them by key, a program a map of public values."""

    def __set__(self, instance: object, value: Input[Sequence[Input[A | Mapping[str, Any]]]]) -> None:
        self._keep(instance, value)


class OutputProperty(_Documented, Generic[T]):
    """A value that only the service or this package knows; declared with ``output``."""

    def __init__(self, value_type: type[T]) -> None:
        self.value_type = value_type

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Output[T]: ...
    def __get__(self, instance: object | None, owner: Any) -> Any:
        """Return the Output that the engine's SDK keeps in the instance."""
        return self if instance is None else instance.__dict__[self.name]

    def __set__(self, instance: object, value: NoReturn) -> None:
        raise AttributeError(f"{self.name} is an output and cannot be set")


def output(value_type: type[T]) -> OutputProperty[T]:
    """Declare an output. Not annotated in the class, so it is no argument of the constructor."""
    return OutputProperty(value_type)


@cache
def property_texts(owner: type) -> Mapping[str, str]:
    """Return the text of each attribute that a class declares itself, by name; none where there is no source."""
    try:
        source = inspect.getsource(owner)
    except (OSError, TypeError):
        return {}
    (declared,) = ast.parse(textwrap.dedent(source)).body
    assert isinstance(declared, ast.ClassDef), "the source of a class is a class"
    texts: dict[str, str] = {}
    for statement, following in zip(declared.body, declared.body[1:], strict=False):
        name = _assigned(statement)
        if name and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            texts[name] = inspect.cleandoc(str(following.value.value))
    return texts


def _assigned(statement: ast.stmt) -> str:
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")
