"""Runs programs under pulumi's mocks: no engine, no provider; what a program registers is written down."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

CONFIGURED = {"ehpc:region": "cn-hangzhou", "ehpc:apiVersion": "2024-07-30"}


@dataclass
class Registered(Mocks):
    """What a program registers, by name.

    Outputs are what was put in, or what ``outputs`` has by the resource's name, with integers as the engine's floats.
    """

    preview: bool = False
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    resources: dict[str, MockResourceArgs] = field(default_factory=dict)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources[args.name] = args
        outputs = {key: value for key, value in args.inputs.items() if value is not None}
        outputs.update(self.outputs.get(args.name, {}))
        outputs = {**as_engine(outputs), "status": "running", "nodes": [{"id": "i-1"}]}
        return (None, outputs) if self.preview else (f"{args.name}-id", outputs)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError("no program here calls functions")

    def inputs(self, name: str) -> dict[str, Any]:
        """The inputs of a resource, secrets unwrapped, without the provider and without what is left out."""
        given = self.resources[name].inputs
        plain = {key: rpc.unwrap_rpc_secret(value) for key, value in given.items() if key != "__provider"}
        return {key: value for key, value in plain.items() if value is not None}

    def secrets(self, name: str) -> set[str]:
        """Which inputs of a resource are secret."""
        return {key for key, value in self.resources[name].inputs.items() if rpc.is_rpc_secret(value)} - {"__provider"}


def as_engine(value: Any) -> Any:
    """Make floats of integers: the engine has no others."""
    if isinstance(value, dict):
        return {key: as_engine(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_engine(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def run(
    program: Callable[[], Any],
    settings: Mapping[str, str] = CONFIGURED,
    *,
    preview: bool = False,
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> Registered:
    """Run a program; raises what it raises.

    With ``preview=True`` ids are unknown, as in the preview of a new stack. ``outputs`` are what state has of resources
    besides what the program gives.
    """
    registered = Registered(preview, outputs or {})

    async def body() -> None:
        asyncio.get_running_loop().set_default_executor(threads)
        set_all_config(dict(settings))
        set_mocks(registered, project="test", stack="dev", preview=preview)
        try:
            await run_pulumi_func(program)
        finally:
            # A program that failed leaves its Outputs to the next one, whose event loop is another.
            SETTINGS.outputs.clear()

    with threads_with_loops() as threads:
        contextvars.copy_context().run(asyncio.run, body())
    return registered


@contextmanager
def threads_with_loops() -> Iterator[ThreadPoolExecutor]:
    """Threads with event loops of their own; the mocks would make some and leave them open."""
    loops: list[asyncio.AbstractEventLoop] = []

    def begin() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    try:
        with ThreadPoolExecutor(4, initializer=begin) as threads:
            yield threads
    finally:
        for loop in loops:
            loop.close()


def values(
    program: Callable[[], Mapping[str, pulumi.Output[Any]]], outputs: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Run a program and return what the Outputs that it returns hold."""
    held: dict[str, Any] = {}

    def wrapped() -> None:
        pulumi.Output.all(**program()).apply(held.update)

    run(wrapped, outputs=outputs)
    return held
