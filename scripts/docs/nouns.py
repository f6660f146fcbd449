"""The page of a noun."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import cast

from pulumi_ehpc.lifecycle.noun import ROOMS
from pulumi_ehpc.lifecycle.request import Dialect
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import outputs_of
from scripts.docs.blocks import Described, block_of, describe, widest
from scripts.docs.calls import calls
from scripts.docs.declared import attributes
from scripts.docs.facts import NEWEST_FIRST, Property
from scripts.docs.markdown import cell, listed, prose, table

__all__ = ["EXAMPLES", "page"]

EXAMPLES = Path(__file__).with_name("examples")
_STEPS = ("create", "read", "update", "delete")
_KINDS = {
    "str": "text",
    "bool": "true or false",
    "list[str]": "list of texts",
    "list[dict[str, str]]": "list of maps of texts",
}


def page(name: str) -> str:
    """Write the page of a noun."""
    known = describe(name)
    parts = [
        f"# {name}",
        prose(inspect.getdoc(known.declared) or ""),
        "How to read the tables: [the nouns](README.md).",
        "## Example",
        *_example(ROOMS[name]),
        "## Properties",
        _properties(known.properties, changes=True),
        *_unique(known.declared),
        "### In the API",
        _spelled([known.properties]),
        *_blocks(known),
        "## Outputs",
        "Every property that is not secret is an output too.",
        _outputs(known),
        "## What the steps do",
        *_steps(known),
    ]
    return "\n\n".join(parts)


def _example(room: str) -> Iterator[str]:
    """The example's docstring is the sentence above it."""
    _, said, code = (EXAMPLES / f"{room}.py").read_text("utf-8").split('"""', 2)
    yield prose(said)
    yield f"```python\n{code.strip()}\n```"


def _properties(known: Sequence[Property], *, changes: bool) -> str:
    head = ["property", "value", "default", "what it is", *(["a change"] if changes else [])]
    rows = (
        [
            f"`{one.name}`",
            _value(one),
            one.default(),
            one.text,
            *([one.change()] if changes else []),
        ]
        for one in known
        if one.written.given
    )
    return table(head, rows)


def _unique(declared: type[Resource]) -> Iterator[str]:
    if declared.unique:
        names = listed(f"`{name}`" for name in declared.unique)
        yield f"No two resources of a cluster may have the same {names}; `pulumi preview` says so."


def _value(known: Property) -> str:
    limits = known.limits()
    return f"{known.shape(block_of(known))}{', ' if limits else ''}{limits}"


def _spelled(places: Sequence[Sequence[Property]]) -> str:
    """How the versions spell properties; where a block is used in several places, what each place has."""
    rows = (
        [f"`{same[0].name}`", *(_everywhere(same, version) for version in NEWEST_FIRST)]
        for same in zip(*places, strict=True)
    )
    return table(["property", *NEWEST_FIRST], rows)


def _everywhere(same: Sequence[Property], version: str) -> str:
    said = {known.path.rpartition(".")[0]: known.spelled(version) for known in same}
    if len(set(said.values())) == 1:
        return same[0].spelled(version)
    return "; ".join(f"in `{place}`: {words}" for place, words in said.items())


def _blocks(known: Described) -> Iterator[str]:
    for block, places in known.blocks.items():
        users = ", ".join(f"`{place[0].path.rpartition('.')[0]}`" for place in places)
        yield f"## {block.__name__}"
        yield f"{prose(inspect.getdoc(block) or '')} Used by {users}."
        yield _properties(widest(places), changes=False)
        yield _spelled(places)


def _outputs(known: Described) -> str:
    written = attributes(known.declared)
    names = sorted(outputs_of(known.declared), key=lambda name: name in vars(Resource))
    rows = [
        *([f"`{name}`", _KINDS[written[name].call[""]], prose(written[name].text)] for name in names),
        *([f"`{one.name}`", one.shape(None), one.text] for one in known.properties if not one.written.given),
    ]
    return table(["output", "value", "what it is"], rows)


def _steps(known: Described) -> Iterator[str]:
    dialects = [known.noun.dialects[version] for version in NEWEST_FIRST]
    yield "\n".join(f"- {cell(prose(inspect.getdoc(cast(ModuleType, dialect)) or ''))}" for dialect in dialects)
    yield table(["", *NEWEST_FIRST], ([f"`{step}`", *(_step(one, step) for one in dialects)] for step in _STEPS))
    minutes = ", ".join(f"{verb} {count} minutes" for verb, count in known.noun.timeouts.items())
    yield f"Longest time of a step: {minutes}; `custom_timeouts` in the resource options sets others."


def _step(dialect: Dialect, name: str) -> str:
    called = ", ".join(f"`{action}`" for action in calls(cast(ModuleType, dialect), name))
    return f"{prose(inspect.getdoc(getattr(dialect, name)) or '')}\n\nMay call {called}."
