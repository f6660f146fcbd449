"""The signature of a constructor, as ``inspect.signature`` and ``help`` show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import Parameter
from typing import Final

from pulumi_ehpc.schema.property import Property, PropertyType

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
    """Yield a keyword parameter for each property that is an argument, required ones first."""
    arguments = {name: declared for name, declared in properties.items() if declared.init}
    for name, declared in sorted(arguments.items(), key=lambda item: not item[1].required):
        annotation = _ANNOTATIONS[declared.property_type].format(args=declared.args.__name__ if declared.args else "")
        if declared.reference:
            annotation = f"{declared.reference} | {annotation}"
        if declared.required:
            yield Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation)
        else:
            optional = annotation if declared.default is not None else f"{annotation} | None"
            yield Parameter(name, Parameter.KEYWORD_ONLY, annotation=optional, default=declared.default)
