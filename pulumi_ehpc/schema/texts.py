"""The texts of properties: the string below each one in its class, read from the source when it is asked for."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache


@cache
def property_texts(owner: type) -> Mapping[str, str]:
    """Return the text of each attribute that a class declares itself, by name; none where there is no source."""
    try:
        source = inspect.getsource(owner)
    except (OSError, TypeError):
        return {}
    (declared,) = ast.parse(textwrap.dedent(source)).body
    assert isinstance(declared, ast.ClassDef), "the source of a class is a class"
    texts: dict[str, str] = {}
    for statement, following in zip(declared.body, declared.body[1:], strict=False):
        name = _assigned(statement)
        if name and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            texts[name] = inspect.cleandoc(str(following.value.value))
    return texts


def _assigned(statement: ast.stmt) -> str:
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")
