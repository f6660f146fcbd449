"""The API actions that an operation of a handler may call, followed through the source from method to method."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from textwrap import dedent
from types import FunctionType
from typing import Any

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.schema.codec import FieldMap

__all__ = ["OPERATIONS", "calls", "version_of"]

OPERATIONS = ("create", "read", "update", "delete")
_PACKAGE = "pulumi_ehpc."
_CLIENT = "pulumi_ehpc.api"
"""What stands there gets the actions' names from its callers."""


def calls(handler: Handler[Any], operation: str) -> list[str]:
    """Return the actions that an operation may call, in the order they stand in the source."""
    return list(dict.fromkeys(_Reading(handler).of(getattr(type(handler), operation), {})))


def version_of(action: str, version: str) -> str:
    """Return the API version that an action belongs to: the handler's own, or else the one that has it."""
    return version if action in spec.actions(version) else next(v for v in spec.VERSIONS if action in spec.actions(v))


class _Reading:
    """One walk from an operation through all functions that it reaches."""

    def __init__(self, handler: Handler[Any]) -> None:
        self.handler = type(handler)
        self.waiters = spec.waiters(handler.version)
        self.known = {name for version in spec.VERSIONS for name in spec.actions(version)}
        self.seen: set[tuple[FunctionType, tuple[tuple[str, str], ...]]] = set()

    def of(self, function: FunctionType, maps: Mapping[str, str]) -> Iterator[str]:
        """Yield the actions of a function.

        Args:
            function: The function.
            maps: Its parameters that are field maps, and the action of each.
        """
        reached = (function, tuple(sorted(maps.items())))
        if reached in self.seen or not function.__module__.startswith(_PACKAGE):
            return
        if function.__module__.startswith(_CLIENT):
            return
        self.seen.add(reached)
        yield from self._below(_source(function), function, maps)

    def _below(self, node: ast.AST, function: FunctionType, maps: Mapping[str, str]) -> Iterator[str]:
        if isinstance(node, ast.Constant) and node.value in self.known:
            yield str(node.value)
        elif isinstance(node, ast.Constant) and node.value in self.waiters:
            yield self.waiters[str(node.value)].action
        elif isinstance(node, ast.Attribute) and node.attr == "parameters" and isinstance(node.value, ast.Name):
            yield from filter(None, [maps.get(node.value.id)])
        if isinstance(node, ast.Call) and (called := self._reached(node.func, function)) is not None:
            yield from self.of(called, _maps_given(node, called, function))
        elif (called := self._reached(node, function)) is not None:
            yield from self.of(called, {})
        for child in ast.iter_child_nodes(node):
            yield from self._below(child, function, maps)

    def _reached(self, node: ast.AST, function: FunctionType) -> FunctionType | None:
        """Return the function that an expression means: a global of the module, or a method of the handler."""
        found = None
        if isinstance(node, ast.Name):
            found = function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            found = getattr(self.handler, node.attr, None)
        return found if isinstance(found, FunctionType) else None


def _maps_given(call: ast.Call, called: FunctionType, function: FunctionType) -> dict[str, str]:
    """Return the field maps among the arguments of a call, by the called function's own names."""
    names = [name for name in inspect.signature(called).parameters if name != "self"]
    given = (
        (name, function.__globals__.get(arg.id))
        for name, arg in zip(names, call.args, strict=False)
        if isinstance(arg, ast.Name)
    )
    return {name: value.parameters.action for name, value in given if isinstance(value, FieldMap)}


@cache
def _source(function: FunctionType) -> ast.AST:
    return ast.parse(dedent(inspect.getsource(function)))
