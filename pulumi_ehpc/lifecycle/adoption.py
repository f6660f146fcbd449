"""Adopting what exists already under a natural key: a queue's name, a mount's directory.

Found and as declared: used and kept up to date, but left in place at delete. Found and different: refused. In both
cases, with ``adopt_existing=True``, it is changed and deleted as if this program had created it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.diff import as_declared, compare
from pulumi_ehpc.schema.properties import I, Inputs


def adopt(op: Operation[I], what: str, found: Mapping[str, Any]) -> bool:
    """Decide about an object that exists already.

    Args:
        op: The create.
        what: The object in words, such as ``queue work``.
        found: What the service reports of the object, as declared values.

    Returns:
        Whether this resource owns it, and so deletes it.

    Raises:
        RefusedError: It differs from what is declared.
    """
    values = op.inputs.values
    if values.get("adopt_existing"):
        op.log(f"{what} exists already and is adopted (adopt_existing)")
        return True
    names = differing(op.inputs, found)
    if names:
        how = ", ".join(f"{name} is {found[name]!r} and not {values[name]!r}" for name in names)
        raise RefusedError(
            f"{op.title}: {what} exists already and differs: {how}. Nothing was changed.",
            next_step="Set adopt_existing=True if this program may change and delete it, or choose another one.",
        )
    op.log(f"{what} exists already as declared: it is used, and will be left in place at delete")
    return False


def differing(inputs: Inputs, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the declared properties that a living object has otherwise, as far as the service reports them."""
    declared = {name: value for name, value in inputs.values.items() if value is not None and name in found}
    seen = {name: as_declared(value, found[name]) for name, value in declared.items()}
    properties = {name: each for name, each in inputs.properties().items() if name in declared}
    difference = compare(properties, {}, seen, declared)
    return (*difference.updates, *difference.replaces)


def not_owned(op: Operation[I], what: str) -> bool:
    """Tell whether delete leaves the object in place because it was there before; say so when it does."""
    if op.outputs.get("created") is False and not op.inputs.values.get("adopt_existing"):
        op.log(f"{what} was there before this program and is left in place")
        return True
    return False
