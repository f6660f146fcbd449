"""Checks of requests and responses against the spec data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.api.spec import Action, Shape
from pulumi_ehpc.fake.errors import ResponseError, invalid

__all__ = ["ResponseShapeError", "check_parameters", "check_response"]


def check_parameters(action: Action, parameters: Mapping[str, Any]) -> None:
    """Check decoded parameters: first what is missing, then values, ranges and lengths.

    Raises:
        ResponseError: MissingClusterId and the like for a top-level parameter that is missing, else InvalidParams.
    """
    for name, shape in action.parameters.items():
        if shape.required and (name not in parameters or parameters[name] in ("", [], {})):
            raise ResponseError("Missing{parameter}", parameter=name)
    for name, value in parameters.items():
        _check_value(action.parameters[name], value, name)


def _check_value(shape: Shape, value: Any, path: str) -> None:
    if shape.type == "object":
        for name, member in shape.properties.items():
            if member.required and value.get(name) in (None, "", [], {}):
                raise invalid(f"{path}.{name}", "It is mandatory.")
            if name in value:
                _check_value(member, value[name], f"{path}.{name}")
    elif shape.type == "array" and shape.items is not None:
        if shape.max_items is not None and len(value) > shape.max_items:
            raise invalid(path, f"At most {shape.max_items} are accepted.")
        for index, element in enumerate(value, 1):
            _check_value(shape.items, element, f"{path}.{index}")
    else:
        _check_scalar(shape, value, path)


def _check_scalar(shape: Shape, value: Any, path: str) -> None:
    if shape.enum and value not in shape.enum:
        raise invalid(path, f"Accepted are {', '.join(map(str, shape.enum))}.")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if shape.minimum is not None and value < shape.minimum:
            raise invalid(path, f"It has to be {shape.minimum:g} or more.")
        if shape.maximum is not None and value > shape.maximum:
            raise invalid(path, f"It has to be {shape.maximum:g} or less.")


class ResponseShapeError(AssertionError):
    """A response has a member that the spec does not have, or one of another type: a defect of the fake."""


def check_response(action: Action, response: Any) -> None:
    """Check a response against the spec's response shape.

    Raises:
        ResponseShapeError: A member is unknown or has another type.
    """
    _check_shape(action.response, response, f"{action.version} {action.name}")


_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


def _check_shape(shape: Shape, value: Any, path: str) -> None:
    expected = _PYTHON_TYPES[shape.type]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise ResponseShapeError(f"{path} is {value!r}, the spec says {shape.type}")
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in shape.properties:
                raise ResponseShapeError(f"{path} has {name}, the spec does not")
            _check_shape(shape.properties[name], member, f"{path}.{name}")
    elif isinstance(value, list) and shape.items is not None:
        for element in value:
            _check_shape(shape.items, element, f"{path}[]")
