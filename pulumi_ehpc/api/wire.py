"""Parameters as each API version wants them: checked against the spec, then encoded.

Encoded as the official SDKs do it: plain values as text (``True`` and ``False`` with capitals), the lists and objects
of 2018-04-12 as flat keys counted from 1 (``User.1.Name``), those of 2024-07-30 as one JSON string a parameter.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_ehpc.api.spec import REDACTED, Action, Shape, redact
from pulumi_ehpc.errors import Violation

__all__ = ["check", "encode"]


def check(action: Action, parameters: Mapping[str, Any]) -> list[Violation]:
    """Compare parameters with the spec: names, types, and that nothing required is missing.

    Documented limits and value lists are not enforced here: the service may know more than its documentation.

    Returns:
        Every broken rule; none when the parameters may be sent.
    """
    return list(_check_members(parameters, action.parameters, path="", owner=action.name))


def encode(action: Action, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Encode checked parameters. What is None is left out, at every depth.

    Returns:
        Names and values as they go onto the wire, not yet percent-encoded.
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
            yield _reason(f"{path}{name}", name, member, f"{owner} has no such parameter{_nearest(name, shapes)}")
        elif member is not None:
            yield from _check_value(member, shapes[name], path=f"{path}{name}", name=name)
    for name, shape in shapes.items():
        if shape.required and _absent(value.get(name), shape):
            yield Violation(f"{path}{name}", "not set", f"required by {owner}")


def _check_value(value: Any, shape: Shape, *, path: str, name: str) -> Iterator[Violation]:
    if not _fits(value, shape):
        yield _reason(path, name, value, f"{_article(shape.type)} is expected, not {_article(type(value).__name__)}")
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
        # Pulumi's engine knows floats only, so that 4.0 is a whole number too.
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole or (shape.type == "number" and isinstance(value, float) and math.isfinite(value))
    types: dict[str, type | tuple[type, ...]] = {"string": str, "array": (list, tuple), "object": Mapping}
    return shape.type in types and isinstance(value, types[shape.type])


def _absent(value: Any, shape: Shape) -> bool:
    """Whether nothing of the value would be sent: an empty list or object has no flat keys."""
    return value is None or (shape.encoding == "flat" and not value)


def _plain(value: Any, shape: Shape) -> Any:
    """Copy a value without its Nones, with whole numbers where the spec wants them."""
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


def _reason(path: str, name: str, value: Any, rule: str) -> Violation:
    shown = redact({name: value})[name]
    text = "[secret]" if shown == REDACTED else str(shown)
    return Violation(path, text if len(text) <= 60 else f"{text[:57]}...", rule)


def _nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the name that was probably meant."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[matches[0]]}?" if matches else ""


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
