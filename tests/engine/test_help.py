"""What ``inspect.signature`` and ``help`` show of the classes that a program uses."""

from __future__ import annotations

import inspect
import pydoc
import re
from typing import Any

import pytest

import pulumi_ehpc as ehpc
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.properties import Args, outputs_of

pytestmark = pytest.mark.sdk

RESOURCES = [getattr(ehpc, each.name) for each in RESOURCE_TYPES]
ARGS = [each for name in ehpc.__all__ if isinstance(each := getattr(ehpc, name), type) and issubclass(each, Args)]


def shown(owner: type) -> str:
    """What ``help`` shows, in one line."""
    overstrikes = pydoc.render_doc(owner)
    text = re.sub(r"^ \|", "", re.sub(".\b", "", overstrikes), flags=re.MULTILINE)
    return " ".join(text.split())


def documented(owner: Any, name: str) -> str:
    """How a property must appear: its name and its own text."""
    text = " ".join((inspect.getdoc(getattr(owner, name)) or "").split())
    assert text, f"{owner.__name__}.{name} has no text"
    return f" {name} {text}"


def test_classes_are_looked_at() -> None:
    assert {each.__name__ for each in ARGS} >= {"UserArgs", "ManagerArgs", "ComputeNodeArgs", "ClusterNodesArgs"}
    nested = {each.args for owner in (*RESOURCES, *ARGS) for each in owner.properties().values() if each.args}
    assert nested <= set(ARGS), "every nested class is public"


@pytest.mark.parametrize("owner", [*RESOURCES, *ARGS])
def test_signature_has_every_property(owner: Any) -> None:
    parameters = inspect.signature(owner).parameters
    leading = ["resource_name", "opts"] if owner in RESOURCES else []
    declared = owner.properties()
    first = sorted(declared, key=lambda name: not declared[name].required)
    assert list(parameters) == [*leading, *first]
    required = [name for name, each in parameters.items() if each.default is each.empty]
    assert required == [*leading[:1], *(name for name, each in declared.items() if each.required)]


@pytest.mark.parametrize("owner", [*RESOURCES, *ARGS])
def test_help_has_every_property_with_its_text(owner: Any) -> None:
    text = shown(owner)
    for name in owner.properties():
        assert documented(owner, name) in text


@pytest.mark.parametrize("owner", RESOURCES)
def test_help_has_every_output_with_its_text(owner: Any) -> None:
    text = shown(owner)
    assert len(outputs_of(owner)) >= 3
    for name in outputs_of(owner):
        assert documented(owner, name) in text


@pytest.mark.parametrize("owner", [*RESOURCES, *ARGS])
def test_help_begins_with_the_class_s_own_text(owner: Any) -> None:
    assert " ".join(inspect.cleandoc(owner.__doc__).split()) in shown(owner)


def test_references_are_named_in_the_signature() -> None:
    parameters = inspect.signature(ehpc.NodeGroup).parameters
    assert parameters["cluster"].annotation == "Cluster | Input[str]"
    assert parameters["queue"].annotation == "Queue | Input[str] | None"
