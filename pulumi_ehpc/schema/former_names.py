"""State written by older releases: names that were put right since are read under the new name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.schema.property import Property


def with_new_names(properties: Mapping[str, Property], values: Mapping[str, Any]) -> dict[str, Any]:
    """Copy values out of state with every former name replaced, at any depth; a new name that is there wins."""
    former = {declared.former_name: name for name, declared in properties.items() if declared.former_name}
    renamed = {former.get(name, name): value for name, value in values.items() if former.get(name) not in values}
    return {name: _nested(properties.get(name), value) for name, value in renamed.items()}


def _nested(declared: Property | None, value: Any) -> Any:
    if declared is None or declared.args is None or declared.key:
        return value
    if isinstance(value, Mapping):
        return with_new_names(declared.nested, value)
    if isinstance(value, (list, tuple)):
        return [_nested(declared, item) for item in value]
    return value
