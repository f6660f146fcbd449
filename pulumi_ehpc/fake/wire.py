"""Decoding of requests: from HTTP to a tree of parameters, by the spec data alone.

A client may send a parameter in the query or in a form body, and as a string, as ``Name.1.Field`` keys or as JSON. No
code is shared with the client of this package: it would hide shared mistakes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request

from pulumi_ehpc.api.spec import Action, Shape
from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.errors import invalid

__all__ = ["Decoded", "WireRequest", "decode"]

COMMON_PARAMETERS: Final = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "RegionId",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""Parameters of the gateway, accepted with every action."""

_HOST = re.compile(r"ehpc(?:-[a-z0-9]+)?\.([a-z0-9-]+)\.aliyuncs\.com(?::\d+)?")
_FORM = "application/x-www-form-urlencoded"
_TRUE_FALSE: Final = {"true": True, "false": False}


@dataclass(frozen=True)
class WireRequest:
    """An HTTP request as received.

    Attributes:
        method: HTTP method in uppercase.
        path: Path, undecoded.
        host: The Host header.
        headers: Headers, with lowercase names.
        query: Decoded names and values of the query string.
        form: Decoded names and values of a form body.
        body: The body.
    """

    method: str
    path: str
    host: str
    headers: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    body: bytes
    values: Mapping[str, str] = field(init=False, repr=False)
    """Query and form together; the query takes precedence."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {**dict(self.form), **dict(self.query)})

    @classmethod
    def read(cls, request: Request) -> WireRequest:
        """Read a request with its body."""
        body = request.get_data()
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True) if request.mimetype == _FORM else []
        return cls(
            method=request.method,
            path=request.path,
            host=request.headers.get("Host", ""),
            headers={name.lower(): value for name, value in request.headers.items()},
            query=tuple(parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)),
            form=tuple(form),
            body=body,
        )

    def common(self, parameter: str, header: str) -> str:
        """Return a value that clients send as a header or, with version 1 signatures, as a parameter."""
        return self.headers.get(header) or self.values.get(parameter, "")

    @property
    def action(self) -> str:
        """Name of the requested action."""
        return self.common("Action", "x-acs-action")

    @property
    def version(self) -> str:
        """Requested API version."""
        return self.common("Version", "x-acs-version")

    def region(self, default: str) -> str:
        """Return the region: RegionId, else the header x-acs-region-id, else from the host name, else the default."""
        if named := self.values.get("RegionId") or self.headers.get("x-acs-region-id"):
            return named
        host = _HOST.fullmatch(self.host)
        return host[1] if host else default

    def own_parameters(self) -> dict[str, str]:
        """Return the action's own parameters as received, without those of the gateway."""
        return {name: value for name, value in self.values.items() if name not in COMMON_PARAMETERS}


@dataclass(frozen=True)
class Decoded:
    """Parameters as a tree by the API's own names.

    Attributes:
        parameters: The tree; its values have the spec's types.
        unknown: Names that the action does not have.
    """

    parameters: dict[str, Any]
    unknown: tuple[str, ...]


def decode(action: Action, wire: WireRequest, assumptions: Assumptions) -> Decoded:
    """Decode the parameters of an action.

    Raises:
        ResponseError: InvalidParams, for a value that is not of the parameter's type.
    """
    given = wire.own_parameters()
    if "RegionId" in action.parameters and "RegionId" in wire.values:
        given["RegionId"] = wire.values["RegionId"]
    grouped: dict[str, dict[str, str]] = {}
    for name, string in given.items():
        head, _, rest = name.partition(".")
        grouped.setdefault(head, {})[rest] = string
    parameters: dict[str, Any] = {}
    for name, shape in action.parameters.items():
        if name in grouped:
            value = _Decoder(assumptions, ignores_case=name == "Tags").top(shape, grouped[name], name)
            if value is not None:
                parameters[name] = value
    return Decoded(parameters, tuple(sorted(set(grouped) - set(action.parameters))))


class _Decoder:
    """Decodes one top-level parameter to a value of its shape."""

    def __init__(self, assumptions: Assumptions, *, ignores_case: bool) -> None:
        self._assumptions = assumptions
        self._ignores_case = ignores_case

    def top(self, shape: Shape, strings: Mapping[str, str], path: str) -> Any:
        if "" not in strings:
            return self._value(shape, _unflatten(strings, path), path)
        string = strings[""]
        if shape.type not in ("array", "object"):
            return self._scalar(shape, string, path)
        if not string.strip():
            return None
        try:
            return self._value(shape, json.loads(string), path)
        except (json.JSONDecodeError, RecursionError):
            raise invalid(path, "It is not JSON.") from None

    def _value(self, shape: Shape, value: Any, path: str) -> Any:
        if value is None:
            return None
        if shape.type == "array":
            return self._array(shape, value, path)
        if shape.type == "object":
            return self._object(shape, value, path)
        if isinstance(value, (dict, list)):
            raise invalid(path, f"It has to be a {shape.type}.")
        if self._assumptions.zero_values_are_unset and _is_zero_outside_limits(shape, value):
            return None
        return self._scalar(shape, value, path)

    def _array(self, shape: Shape, value: Any, path: str) -> list[Any]:
        if isinstance(value, _Flat):
            value = [value[index] for index in _indices(value, path)]
        if not isinstance(value, list) or shape.items is None:
            raise invalid(path, "It has to be a list.")
        read = (self._value(shape.items, element, f"{path}.{index}") for index, element in enumerate(value, 1))
        return [element for element in read if element is not None]

    def _object(self, shape: Shape, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid(path, "It has to be an object.")
        found = {}
        for given, member in value.items():
            name = self._member_name(given, path)
            if name in shape.properties:
                read = self._value(shape.properties[name], member, f"{path}.{name}")
                if read is not None:
                    found[name] = read
            elif self._assumptions.unknown_parameters_refused:
                raise invalid(f"{path}.{given}", "There is no such member.")
        return found

    def _member_name(self, given: str, path: str) -> str:
        if not self._ignores_case:
            return given
        if self._assumptions.tag_items_lower_case_only and not given.islower():
            items, _, index = path.rpartition(".")
            raise invalid(f"{items}.{int(index) - 1}.{given.lower()}")
        return given[:1].upper() + given[1:]

    def _scalar(self, shape: Shape, value: Any, path: str) -> Any:
        if shape.type == "string":
            if isinstance(value, str):
                return value
            raise invalid(path, "It has to be a string.")
        read: bool | float | None
        if shape.type == "boolean":
            read = value if isinstance(value, bool) else _TRUE_FALSE.get(str(value).lower())
        elif isinstance(value, bool):
            read = None
        else:
            read = _number(value, integer=shape.type == "integer")
        if read is None and str(value).strip():
            raise invalid(path, f"It has to be a {shape.type}.")
        return read


def _number(value: Any, *, integer: bool) -> int | float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")) or (integer and not number.is_integer()):
        return None
    return int(number) if integer or number.is_integer() else number


def _is_zero_outside_limits(shape: Shape, value: Any) -> bool:
    """Return whether a zero value stands for unset, because the parameter's limits exclude it."""
    if value == "":
        return bool(shape.enum) or shape.type != "string"
    if isinstance(value, bool) or value != 0:
        return False
    return (bool(shape.enum) and 0 not in shape.enum) or (shape.minimum or 0) > 0


class _Flat(dict[str, Any]):
    """Members by the next part of dotted keys: an object's, or a list's by number."""


def _unflatten(strings: Mapping[str, str], path: str) -> _Flat:
    tree = _Flat()
    for dotted, string in strings.items():
        node = tree
        *inner, last = dotted.split(".")
        for part in inner:
            node = node.setdefault(part, _Flat())
            if not isinstance(node, _Flat):
                raise invalid(f"{path}.{dotted}")
        node[last] = string
    return tree


def _indices(keys: Iterable[str], path: str) -> list[str]:
    names = list(keys)
    if not all(name.isdecimal() and int(name) > 0 for name in names):
        raise invalid(path, "List elements are numbered from 1.")
    return sorted(names, key=int)
