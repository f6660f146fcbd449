"""Classes that declare properties: the shared base, nested objects, and the inputs that handlers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import Parameter, Signature
from typing import Any, ClassVar, Final, TypeVar

from typing_extensions import Self, dataclass_transform

from pulumi_ehpc import wording
from pulumi_ehpc.schema import builders
from pulumi_ehpc.schema.descriptors import Descriptor, OutputProperty
from pulumi_ehpc.schema.property import Property, PropertyType

POSITIONAL: Final = "argument "
"""Begins the name of what is given by position, with its number; no property has such a name."""
_ANNOTATIONS: Final = {
    PropertyType.STRING: "Input[str]",
    PropertyType.INTEGER: "Input[int]",
    PropertyType.NUMBER: "Input[float]",
    PropertyType.BOOLEAN: "Input[bool]",
    PropertyType.STRING_LIST: "Input[Sequence[Input[str]]]",
    PropertyType.STRING_MAP: "Input[Mapping[str, Input[str]]]",
    PropertyType.NESTED: "Input[{args}]",
    PropertyType.NESTED_LIST: "Input[Sequence[{args}]]",
    PropertyType.KEYED_LIST: "Input[Sequence[{args}]]",
}


def parameters_of(properties: Mapping[str, Property]) -> Iterator[Parameter]:
    """Yield a keyword parameter for each property, required ones first."""
    for name, declared in sorted(properties.items(), key=lambda item: not item[1].required):
        annotation = _ANNOTATIONS[declared.property_type].format(args=declared.args.__name__ if declared.args else "")
        if declared.reference:
            annotation = f"{declared.reference} | {annotation}"
        if declared.required:
            yield Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation)
        else:
            optional = annotation if declared.default is not None else f"{annotation} | None"
            yield Parameter(name, Parameter.KEYWORD_ONLY, annotation=optional, default=declared.default)


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(
        builders.positional,
        builders.string,
        builders.generated_string,
        builders.enum,
        builders.reference,
        builders.integer,
        builders.number,
        builders.boolean,
        builders.string_list,
        builders.string_map,
        builders.nested,
        builders.nested_list,
        builders.keyed,
    ),
)
class Properties:
    """Base of everything that declares properties; editors read them as the constructor's arguments."""

    _declared: ClassVar[Mapping[str, Property]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._declared = {
            name: value.declared
            for base in reversed(cls.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, Descriptor)
        }
        cls.__signature__ = Signature([*cls._leading_parameters(), *parameters_of(cls._declared)])  # type: ignore[attr-defined]

    @classmethod
    def properties(cls) -> Mapping[str, Property]:
        """Return the declared properties in their order, base classes first."""
        return cls._declared

    @classmethod
    def _leading_parameters(cls) -> list[Parameter]:
        """Return the positional parameters of the constructor."""
        return []


class EngineSide:
    """Marks the classes of a program, whose properties are read as Outputs."""

    def read_property(self, declared: Property) -> Any:
        """Return the Output of a property."""
        return self.__dict__.get(declared.name)


class Values(Properties):
    """Marks the classes whose properties are read as plain, typed values."""

    def read_property(self, declared: Property) -> Any:
        """Return the value of a property."""
        return declared.read(self.__dict__)


class Args(Values):
    """A nested object. A plain dict with the same keys does as well.

    Names that no property has, and required ones that are missing, are reported by ``check`` with everything else.
    """

    def __init__(self, *misplaced: object, **given: Any) -> None:
        self.__dict__.update({f"{POSITIONAL}{number}": value for number, value in enumerate(misplaced, start=1)})
        self.__dict__.update(given)

    @classmethod
    def of(cls, given: Args | Mapping[str, Any]) -> Self:
        """Return the object for values that a dict holds."""
        made = cls.__new__(cls)
        made.__dict__.update(given.__dict__ if isinstance(given, Args) else given)
        return made

    def to_dict(self) -> dict[str, Any]:
        """Return what was given, without what was left out."""
        return {name: plain(value) for name, value in self.__dict__.items() if value is not None}

    def __repr__(self) -> str:
        """Name what was given, with secrets hidden."""
        known = self.properties()
        # What a misspelt name holds may be a secret.
        shown = {
            name: repr(value) if name in known and not known[name].secret else wording.SECRET
            for name, value in self.__dict__.items()
            if value is not None
        }
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in shown.items())})"


class Inputs(Values):
    """What a program declared of a resource, checked and plain; a handler reads ``op.inputs.max_count``.

    What was left out reads as None, or as an empty list or map. So does what is broken or not known yet, where rules
    over several properties run (``Handler.validate``): ``in`` tells it from what is there.
    """

    _values: Mapping[str, Any]
    _read: dict[str, Any]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the inputs for plain values."""
        made = cls.__new__(cls)
        made._values = dict(values)
        made._read = {}
        return made

    @property
    def values(self) -> Mapping[str, Any]:
        """The plain values by stored name, what was left out among them at most as None."""
        return self._values

    def read_property(self, declared: Property) -> Any:
        """Return the value of a property, made once: handlers read a list of a thousand users in loops."""
        if declared.name not in self._read:
            self._read[declared.name] = declared.read(self._values)
        return self._read[declared.name]

    def __contains__(self, name: str) -> bool:
        """Tell whether a value is there."""
        return self._values.get(name) is not None


I = TypeVar("I", bound=Inputs)  # noqa: E741 - I for inputs


def plain(value: Any, declared: Property | None = None) -> Any:
    """Turn nested objects into dicts at any depth; Outputs stay as they are.

    Args:
        value: What is given for a property.
        declared: The property. With it objects of another class stay what they are, for check to refuse them.
    """
    if isinstance(value, Args):
        if declared is not None and (declared.args is None or not isinstance(value, declared.args)):
            return value
        value = value.__dict__
    if isinstance(value, Mapping):
        nested = {} if declared is None else declared.nested
        return {str(key): plain(item, nested.get(key)) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item, declared) for item in value]
    return value


def outputs_of(owner: type) -> tuple[str, ...]:
    """Return the names of a class's outputs in the order they are declared, base classes first."""
    return tuple(
        name
        for base in reversed(owner.__mro__)
        for name, value in vars(base).items()
        if isinstance(value, OutputProperty)
    )


def stored_properties(properties: Mapping[str, Property]) -> dict[str, Property]:
    """Return properties as state has them: the secrets of a keyed list are maps of their own."""
    return {stored: declared for each in properties.values() for stored, declared in _stored(each)}


def _stored(declared: Property) -> Iterator[tuple[str, Property]]:
    yield declared.name, declared
    for stored in declared.secret_maps:
        yield stored, Property(PropertyType.STRING_MAP, default=None, secret=True, name=stored)


def as_today(properties: Mapping[str, Property], values: Mapping[str, Any]) -> dict[str, Any]:
    """Copy values out of state as this release writes them, at any depth.

    Former names are replaced; a new name that is there wins. An empty string that older releases took counts as left
    out, and directories have one spelling.
    """
    former = {declared.former_name: name for name, declared in properties.items() if declared.former_name}
    renamed = {former.get(name, name): value for name, value in values.items() if former.get(name) not in values}
    return {name: _as_today_below(properties.get(name), value) for name, value in renamed.items()}


def _as_today_below(declared: Property | None, value: Any) -> Any:
    if declared is not None and declared.property_type is PropertyType.STRING and isinstance(value, str):
        return declared.normal(value) if value.strip() or declared.may_be_empty else None
    if declared is None or declared.args is None or declared.key:
        return value
    if isinstance(value, Mapping):
        return as_today(declared.nested, value)
    if isinstance(value, (list, tuple)):
        return [_as_today_below(declared, item) for item in value]
    return value
