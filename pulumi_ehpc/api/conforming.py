"""Comparing the body of a response with the spec: what does not conform is not believed.

A body that lacks what it should have, or has something else in its place, would otherwise be read as "there is
nothing", and what is there be made twice, left behind or removed.

Plain values are converted as the official SDKs do it (``"5"`` where the spec has an integer); words that an enumeration
does not have, and members that the spec does not know, are left as they are: the service may be ahead of its
documentation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from pulumi_ehpc.api import spec
from pulumi_ehpc.api.spec import Action, Shape, dig

_MAY_BE_EMPTY: Final = ("TagResources.TagResource[].TagValue",)
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_BOOLEANS: Final = {"true": True, "false": False}
_IN_WORDS: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


class UnfitBodyError(Exception):
    """A body does not have the shape that the spec gives it; the text says where, and never quotes a value."""


def conform(
    body: Mapping[str, Any], action: Action, *, needs: tuple[str, ...], offset: int | None = None
) -> dict[str, Any]:
    """Return the body of a response of success with plain values as the spec has them.

    Args:
        body: The body.
        action: The action that was called.
        needs: Paths that must be there for this call, beside those that the action's response always has. The list of
            a paginated action need not be where the spec has a TotalCount and that is 0.
        offset: For a page of a list: how many items come before it, where that is known.

    Raises:
        UnfitBodyError: It has no RequestId, lacks something, has something else in its place, or has an empty page that
            is not empty by its TotalCount.
    """
    request_id = body.get("RequestId", body.get("requestId"))
    if not isinstance(request_id, str) or not request_id.strip():
        raise UnfitBodyError("has no RequestId")
    fitting: dict[str, Any] = _fitting(body, action.response, "")
    total = fitting.get("TotalCount")
    paginator = None if total is None else spec.paginators(action.version).get(action.name)
    counted = paginator.items if paginator is not None and total == 0 else ""
    missing = [path for path in needs if path != counted and not _has(fitting, path)]
    missing += [path for path in action.response_required if not _has(fitting, path)]
    if missing:
        raise UnfitBodyError(f"has no {missing[0]}")
    if paginator is not None and total is not None:
        _compare(total, dig(fitting, paginator.items), paginator.items, offset)
    return fitting


def _has(value: Any, path: str, below: str = "") -> bool:
    """Tell whether there is something at a path, such as ``Nodes[].Id``: in each object of a list that is there."""
    name, _, within = path.partition("[].")
    found = dig(value, name)
    if within:
        return all(_has(element, within, f"{below}{name}[].") for element in found or ())
    return _says(found, f"{below}{name}")


def _says(value: Any, path: str) -> bool:
    """Tell whether something is said. A string without characters names nothing; it is good for a tag's value only."""
    return bool(value.strip()) or path in _MAY_BE_EMPTY if isinstance(value, str) else value is not None


def _compare(total: float, items: Any, path: str, offset: int | None) -> None:
    """Refuse a count that cannot be, and an empty page of a list that has items there.

    Services may count otherwise than they list, so a page that is only shorter than the count says is no contradiction.
    """
    if total < 0:
        raise UnfitBodyError("has a TotalCount below 0")
    if not items and offset is not None and offset < total:
        raise UnfitBodyError(f"has no {path}, and a TotalCount of {total:g}")


def _fitting(value: Any, shape: Shape, path: str) -> Any:
    if value is None:
        return None
    if shape.type == "object":
        if not isinstance(value, Mapping):
            raise _unfit(value, path, "object")
        return {name: _member(member, shape, f"{path}.{name}".lstrip("."), name) for name, member in value.items()}
    if shape.type == "array":
        if not isinstance(value, list):
            raise _unfit(value, path, "array")
        if None in value:
            raise UnfitBodyError(f"has nothing for {path}[{value.index(None)}]")
        return value if shape.items is None else [_fitting(element, shape.items, f"{path}[]") for element in value]
    return _plain(value, shape.type, path)


def _member(value: Any, shape: Shape, path: str, name: str) -> Any:
    # A shape without members is one that the spec does not describe further.
    return _fitting(value, shape.properties[name], path) if name in shape.properties else value


def _plain(value: Any, expected: Literal["string", "integer", "number", "boolean"], path: str) -> Any:
    if expected == "string":
        if isinstance(value, str) and _can_be_written(value):
            return value
        # A number is no id, whatever it looks like.
        if isinstance(value, (bool, int, float)) and not path.endswith("Id"):
            return str(value).lower() if isinstance(value, bool) else str(value)
    elif value == "":
        return None  # how some members say that they are not set
    elif expected == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return value
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    raise _unfit(value, path, expected)


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unfit(value: Any, path: str, expected: str) -> UnfitBodyError:
    return UnfitBodyError(f"has {_IN_WORDS.get(type(value), 'something else')} for {path}, which is of type {expected}")
