"""Taking over what exists already under a natural key: a queue's name, a mount's directory, a user's name.

Found and as declared: used and kept up to date, but left in place at delete. Found and different: refused. In both
cases ``adopt_existing=True`` says that it is this program's, to change and to delete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.diff import as_declared, compare
from pulumi_ehpc.lifecycle.request import Request
from pulumi_ehpc.lifecycle.rows import Row

__all__ = ["adopt", "differing", "stays"]


def adopt(request: Request, what: str, rows: Mapping[str, Row], found: Mapping[str, Any]) -> bool:
    """Decide about an object that exists already.

    Args:
        request: The create.
        what: The object in words, such as ``queue work``.
        rows: The noun's rows.
        found: What the service tells of the object, as declared values.

    Returns:
        Whether this resource owns it, and so deletes it.

    Raises:
        RefusedError: It differs from what is declared.
    """
    if request.inputs.get("adopt_existing"):
        request.note(f"{what} exists already and is taken over (adopt_existing)")
        return True
    names = differing(rows, request.inputs, found)
    if names:
        how = ", ".join(f"{name} is {found[name]!r} and not {request.inputs[name]!r}" for name in names)
        raise RefusedError(
            f"{request.title}: {what} exists already and differs: {how}. Nothing was changed.",
            next_step="Set adopt_existing=True if it is this program's to change and delete, or choose another one.",
        )
    request.note(f"{what} exists already as declared: it is used, and will be left in place at delete")
    return False


def differing(rows: Mapping[str, Row], declared: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the declared properties that a living object has otherwise.

    What the service does not tell is not among them.
    """
    told = {name: value for name, value in declared.items() if name in found}
    seen = {name: as_declared(value, found[name]) for name, value in told.items()}
    difference = compare({name: rows[name] for name in told}, {}, seen, told)
    return (*difference.updates, *difference.replaces)


def stays(request: Request, what: str) -> bool:
    """Tell whether delete leaves the object in place because it was here before; says so when it does."""
    if request.outputs.get("created") is False and not request.inputs.get("adopt_existing"):
        request.note(f"{what} was here before this program and is left in place")
        return True
    return False
