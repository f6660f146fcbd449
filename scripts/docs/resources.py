"""The page of a resource type."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.ids import form_of
from pulumi_ehpc.lifecycle.resource_type import Timeouts
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.descriptors import OutputProperty
from scripts.docs.calls import OPERATIONS, calls, version_of
from scripts.docs.facts import PropertyFacts
from scripts.docs.markdown import listed, prose, table
from scripts.docs.objects import Described, describe, package_of, widest
from scripts.docs.options import section

__all__ = ["EXAMPLES", "outputs_of", "page", "pages"]

EXAMPLES = Path(__file__).with_name("examples")
_OUTPUT_TYPES = {
    "str": "string",
    "bool": "boolean",
    "list[str]": "list of strings",
    "list[dict[str, str]]": "list of maps of strings",
}


def pages() -> dict[str, str]:
    """Return the page of every resource type, by file name."""
    return {f"{package_of(known)}.md": page(known.name) for known in RESOURCE_TYPES}


def page(name: str) -> str:
    """Write the page of a resource type."""
    known = describe(name)
    parts = [
        f"# {name}",
        prose(inspect.getdoc(known.resource) or ""),
        *_missing(known),
        "How to read the tables: [Resource types](README.md#how-to-read-the-pages).",
        "## Example",
        *_example(package_of(known.resource_type)),
        "## Read one that exists",
        *_reading(known),
        "## Properties",
        _properties(known.properties, changes=True),
        *_unique(known),
        "### In the API",
        _spelled(known, [known.properties]),
        *_objects(known),
        "## Outputs",
        "Every property that is not secret is an output too.",
        _outputs(known),
        "## Resource options",
        section(known),
        "## Actions",
        "The actions that each operation may call:",
        _actions(known),
        _timeouts(known.resource_type.timeouts),
    ]
    return "\n\n".join(parts)


def _missing(known: Described) -> Iterator[str]:
    """Say which API versions do not have the resource type."""
    missing = [version for version in spec.VERSIONS if version not in known.versions]
    if missing:
        yield f"API {listed(missing, 'and')} does not have it."


def _example(package: str) -> Iterator[str]:
    """The example's docstring is the sentence above it."""
    _, said, code = (EXAMPLES / f"{package}.py").read_text("utf-8").split('"""', 2)
    yield prose(said)
    yield f"```python\n{code.strip()}\n```"


def _reading(known: Described) -> Iterator[str]:
    name, example_id = known.resource_type.name, known.resource_type.example_id
    logical_name = example_id.rpartition(":")[2].strip("/-") if known.resource_type.within else "theirs"
    yield f'```python\nehpc.{name}.get("{logical_name}", "{example_id}")\n```'
    yield (
        f"By {form_of(known.resource_type).words}. What is read is never changed or deleted, and has as outputs "
        "what the service reports: [What exists already](../existing.md)."
    )


def _properties(properties: Sequence[PropertyFacts], *, changes: bool) -> str:
    """Return the table of properties, required ones first."""
    head = ["property", "type", "default", "what it is", *(["a change"] if changes else [])]
    rows = (
        [
            f"`{facts.name}`",
            ", ".join(filter(None, [facts.type(), facts.limits()])),
            facts.default(),
            facts.text,
            *([facts.change()] if changes else []),
        ]
        for facts in sorted(properties, key=lambda facts: not facts.declared.required)
    )
    return table(head, rows)


def _unique(known: Described) -> Iterator[str]:
    named = dict.fromkeys(filter(None, (known.resource_type.key, known.resource_type.prefix)))
    if named:
        names = listed(f"`{name}`" for name in named)
        yield f"Two resources of one cluster must not have the same {names}; `pulumi preview` reports it."
    if known.resource_type.prefix:
        yield "No prefix of a queue's or a group's host names may begin with another of the cluster."
    if named:
        yield "Objects that exist already, are renamed or are moved: [Who owns what](../ownership.md)."


def _spelled(known: Described, places: Sequence[Sequence[PropertyFacts]]) -> str:
    """Write how the versions spell properties; where an object is used in several places, what each place has."""
    rows = (
        [f"`{same[0].name}`", *(_everywhere(same, version) for version in known.versions)]
        for same in zip(*places, strict=True)
    )
    return table(["property", *known.versions], rows)


def _everywhere(same: Sequence[PropertyFacts], version: str) -> str:
    spelled = {facts.path.rpartition(".")[0]: facts.spelled(version) for facts in same}
    if len(set(spelled.values())) == 1:
        return same[0].spelled(version)
    return "; ".join(f"in `{place}`: {words}" for place, words in spelled.items())


def _objects(known: Described) -> Iterator[str]:
    for args, places in known.objects.items():
        users = listed((f"`{place[0].path.rpartition('.')[0]}`" for place in places), "and")
        yield f"## {args.__name__}"
        yield f"{prose(inspect.getdoc(args) or '')} Used by {users}."
        yield _properties(widest(places), changes=False)
        yield _spelled(known, places)


def outputs_of(known: Described) -> dict[str, OutputProperty[object]]:
    """Return the outputs that are no properties: those of the resource type, then those of all."""
    return {
        name: value
        for base in known.resource.__mro__
        for name, value in vars(base).items()
        if isinstance(value, OutputProperty)
    }


def _outputs(known: Described) -> str:
    rows = ([f"`{name}`", _output_type(each), prose(each.text)] for name, each in outputs_of(known).items())
    return table(["output", "type", "what it is"], rows)


def _output_type(output: OutputProperty[object]) -> str:
    value_type = output.value_type
    return _OUTPUT_TYPES[value_type.__name__ if type(value_type) is type else str(value_type)]


def _actions(known: Described) -> str:
    rows = (
        [operation, *(_called(known, version, operation) for version in known.versions)] for operation in OPERATIONS
    )
    return table(["operation", *known.versions], rows)


def _called(known: Described, version: str, operation: str) -> str:
    actions = calls(known.resource_type.handlers[version], operation)
    return ", ".join(_link(action, version_of(action, version), version) for action in actions)


def _link(action: str, own: str, version: str) -> str:
    link = f"[{action}](https://api.alibabacloud.com/document/EHPC/{own}/{action})"
    return link if own == version else f"{link} (of {own})"


def _timeouts(timeouts: Timeouts) -> str:
    minutes = {
        "create": timeouts.create_minutes,
        "update": timeouts.update_minutes,
        "delete": timeouts.delete_minutes,
    }
    each = ", ".join(f"{operation} {count} minutes" for operation, count in minutes.items())
    return f"Time limits: {each}. The resource option `custom_timeouts` sets others."
