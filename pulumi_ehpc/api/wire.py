"""Checking parameters against the spec, and encoding them as each API version expects them.

They are encoded as the official SDKs do it: plain values as strings (``True`` and ``False`` capitalized), lists and
objects of 2018-04-12 as flat keys counted from 1 (``User.1.Name``), those of 2024-07-30 as one JSON string a parameter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_ehpc.api.spec import Action, Shape
from pulumi_ehpc.api.spec.redaction import redact
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.wording import NOT_GIVEN, did_you_mean, shown


def check(action: Action, parameters: Mapping[str, Any]) -> list[Violation]:
    """Compare parameters with the spec: names, types, and whether a required one is missing.

    Documented limits and allowed values are not enforced here: the service may be ahead of its documentation.

    Returns:
        Every violation; none when the parameters may be sent.
    """
    return list(_check_members(parameters, action.parameters, path="", owner=action.name))


def encode(action: Action, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Encode checked parameters, leaving out what is None at every depth.

    Returns:
        Names and values as they are sent, not yet percent-encoded.
    """
    encoded: dict[str, str] = {}
    for name, value in parameters.items():
        if value is None:
            continue
        shape = action.parameters[name]
        plain = _plain(value, shape)
        if shape.encoding == "json":
            encoded[name] = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        else:
            encoded.update(_flatten(name, plain))
    return encoded


def _check_members(
    value: Mapping[str, Any], shapes: Mapping[str, Shape], *, path: str, owner: str
) -> Iterator[Violation]:
    for name, member in value.items():
        if name not in shapes:
            hint = f"; {did_you_mean(name, shapes)}" if shapes else ""
            yield _violation(f"{path}{name}", name, member, f"{owner} has no such parameter{hint}")
        elif member is not None:
            yield from _check_value(member, shapes[name], path=f"{path}{name}", name=name)
    for name, shape in shapes.items():
        if shape.required and _absent(value.get(name), shape):
            yield Violation(f"{path}{name}", NOT_GIVEN, f"required by {owner}")


def _check_value(value: Any, shape: Shape, *, path: str, name: str) -> Iterator[Violation]:
    if not _fits(value, shape):
        yield _violation(path, name, value, f"expected type {shape.type}, got {type(value).__name__}")
    elif shape.type == "object":
        yield from _check_members(value, shape.properties, path=f"{path}.", owner=path)
    elif shape.items is not None:
        for index, element in enumerate(value):
            if element is not None:
                yield from _check_value(element, shape.items, path=f"{path}[{index}]", name=name)


def _fits(value: Any, shape: Shape) -> bool:
    if isinstance(value, bool):
        return shape.type == "boolean"
    if shape.type in ("integer", "number"):
        # JSON does not distinguish 4.0 from 4, so both are accepted.
        integral = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return integral or (shape.type == "number" and isinstance(value, float) and math.isfinite(value))
    types: dict[str, type | tuple[type, ...]] = {"string": str, "array": (list, tuple), "object": Mapping}
    return shape.type in types and isinstance(value, types[shape.type])


def _absent(value: Any, shape: Shape) -> bool:
    """Return whether nothing of the value would be sent: an empty list or object has no flat keys."""
    return value is None or (shape.encoding == "flat" and not value)


def _plain(value: Any, shape: Shape) -> Any:
    """Copy a value without its Nones, with integers where the spec has them."""
    if shape.type == "object":
        return {name: _plain(member, shape.properties[name]) for name, member in value.items() if member is not None}
    if shape.items is not None:
        return [_plain(element, shape.items) for element in value if element is not None]
    return int(value) if shape.type == "integer" else value


def _flatten(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _flatten(f"{path}.{name}", member)
    elif isinstance(value, list):
        for number, element in enumerate(value, start=1):
            yield from _flatten(f"{path}.{number}", element)
    else:
        yield path, str(value)


def _violation(path: str, name: str, value: Any, rule: str) -> Violation:
    given = {name: value}
    return Violation(path, shown(value, secret=redact(given) != given), rule)
