"""What stands in the source and not in the objects: texts below attributes, annotations, kinds of outputs."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_ehpc.lifecycle.rows import Args, Column

__all__ = ["Attribute", "attributes"]


@dataclass(frozen=True)
class Attribute:
    """An attribute of a class, as it is written.

    Attributes:
        text: The string below it.
        column: The class that types it for editors; None where that is not a ``Column``.
        call: The arguments of the call that declares it, by name, and ``""`` for the first one without.
    """

    text: str
    column: type | None
    call: dict[str, str]

    @property
    def args(self) -> type[Args] | None:
        """The block that a column of its own takes, such as ``UserSet.users``; None where the row knows it."""
        if self.column is None or self.column.__module__ == Column.__module__:
            return None
        named = _named(self.column)
        return next((found for found in named if isinstance(found, type) and issubclass(found, Args)), None)

    @property
    def given(self) -> bool:
        """False for a property that is made of others."""
        return self.call.get("init") != "False"


def attributes(owner: type) -> dict[str, Attribute]:
    """Return the attributes of a class that are assigned in its body, base classes first."""
    found: dict[str, Attribute] = {}
    for base in reversed(owner.__mro__):
        if base.__module__.startswith("pulumi_ehpc."):
            found.update(_own(base))
    return found


def _own(owner: type) -> Iterator[tuple[str, Attribute]]:
    tree = ast.parse(inspect.getsource(owner))
    definition = tree.body[0]
    assert isinstance(definition, ast.ClassDef), "the source of a class is a class"
    for statement, below in zip(definition.body, [*definition.body[1:], ast.Pass()], strict=True):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if isinstance(target, ast.Name):
            annotation = getattr(statement, "annotation", None)
            yield target.id, Attribute(_text(below), _column(owner, annotation), _call(statement))


def _text(statement: ast.stmt) -> str:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return inspect.cleandoc(value.value) if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _column(owner: type, annotation: ast.expr | None) -> type | None:
    name = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    found = getattr(sys.modules[owner.__module__], name.id, None) if isinstance(name, ast.Name) else None
    return found if isinstance(found, type) and issubclass(found, Column) else None


def _call(statement: ast.stmt) -> dict[str, str]:
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.Call):
        return {}
    first = {"": ast.unparse(value.args[0])} if value.args else {}
    return {**first, **{word.arg: ast.unparse(word.value) for word in value.keywords if word.arg}}


def _named(column: type) -> Iterator[object]:
    """What the annotation of a column's value names; it cannot be evaluated, as the engine's SDK quotes parts of it."""
    setter = vars(column).get("__set__")
    for word in re.findall(r"\w+", str(getattr(setter, "__annotations__", {}).get("value", ""))):
        yield getattr(sys.modules[column.__module__], word, None)
