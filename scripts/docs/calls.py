"""The API actions that a step of a version file may call, followed from function to function through the rooms."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from textwrap import dedent
from types import FunctionType, ModuleType

from pulumi_ehpc.api import spec

__all__ = ["calls"]

_ROOMS_ONLY = ("pulumi_ehpc.lifecycle", "pulumi_ehpc.api")
"""What these call, they are told by name."""


def calls(dialect: ModuleType, step: str) -> list[str]:
    """Return the actions that a step may call, in the order they stand in the source."""
    return list(dict.fromkeys(_Reading(dialect).of(getattr(dialect, step))))


class _Reading:
    """One walk from a step through all functions it reaches."""

    def __init__(self, dialect: ModuleType) -> None:
        self.waiters = spec.waiters(dialect.VERSION)
        self.known = {name for version in spec.VERSIONS for name in spec.actions(version)}
        own = [kind for kind in vars(dialect).values() if inspect.isclass(kind) and kind.__module__ == dialect.__name__]
        self.methods = {name: found for kind in own for name, found in vars(kind).items() if inspect.isfunction(found)}
        self.seen: set[FunctionType] = set()

    def of(self, function: FunctionType) -> Iterator[str]:
        if function in self.seen or function.__module__.startswith(_ROOMS_ONLY):
            return
        self.seen.add(function)
        tree = ast.parse(dedent(inspect.getsource(function)))
        yield from self._below(tree, function)

    def _below(self, node: ast.AST, function: FunctionType) -> Iterator[str]:
        if isinstance(node, ast.Constant) and node.value in self.known:
            yield str(node.value)
        elif isinstance(node, ast.Constant) and node.value in self.waiters:
            yield self.waiters[str(node.value)].action
        elif (reached := self._reached(node, function)) is not None:
            yield from self.of(reached)
        for child in ast.iter_child_nodes(node):
            yield from self._below(child, function)

    def _reached(self, node: ast.AST, function: FunctionType) -> FunctionType | None:
        """The function that a name means: one of this module or of a module, or a method of the version's own class."""
        found = None
        if isinstance(node, ast.Name):
            found = function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute):
            owner = function.__globals__.get(node.value.id) if isinstance(node.value, ast.Name) else None
            found = getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else self.methods.get(node.attr)
        in_package = isinstance(found, FunctionType) and found.__module__.startswith("pulumi_ehpc.")
        return found if in_package and isinstance(found, FunctionType) else None
