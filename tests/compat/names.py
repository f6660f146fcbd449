"""What stands in every user's state, as the package has it now.

``python -m tests.compat.names`` writes the golden file again; only ever to add what is new.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from pulumi.dynamic.dynamic import serialize_provider

import pulumi_ehpc as ehpc
from pulumi_ehpc import _providers
from pulumi_ehpc.api import spec
from pulumi_ehpc.engine.identity import CLAIMS, IDENTITY, OF_STACK, Identity
from tests.resources.maximal import create_and_update_everything
from tests.resources.stack import TYPES, stack_on

GOLDEN = Path(__file__).with_name("persisted_names.json")


def current() -> dict[str, Any]:
    """Return the names, in the golden file's form."""
    types: dict[str, dict[str, Any]] = {name: {"type": type_token(getattr(ehpc, name))} for name in sorted(TYPES)}
    types[IDENTITY] = {"type": type_token(Identity), "inputs": [CLAIMS, OF_STACK]}
    return {
        "providers": {name: provider(name) for name in _providers.__all__},
        "nouns": types,  # the resource types; the golden file keeps its first words, too
        "state": {version: state_keys(version) for version in spec.VERSIONS},
    }


def provider(name: str) -> dict[str, str]:
    """Return a provider's class path, and the pickle of it that every resource in state has."""
    made = getattr(_providers, name)()
    return {"class": f"{type(made).__module__}.{type(made).__qualname__}", "pickle": serialize_provider(made)}


def type_token(resource: Any) -> str:
    """Return the type of a resource in its URN."""
    return f"pulumi-python:{resource._resource_type_name}"


def state_keys(version: str) -> dict[str, dict[str, list[str]]]:
    """Return the keys of inputs and outputs of every resource type.

    They are seen where everything is declared that a version supports; a key counts where it holds something.
    """
    keys: dict[str, dict[str, set[str]]] = {}
    with stack_on(version) as stack:
        for resource in create_and_update_everything(stack):
            known = keys.setdefault(resource.type_name, {"inputs": set(), "outputs": set()})
            known["inputs"].update(held(resource.inputs))
            known["outputs"].update(held(resource.outputs))
    return {name: {side: sorted(keys[name][side]) for side in ("inputs", "outputs")} for name in sorted(keys)}


def held(values: dict[str, Any]) -> list[str]:
    """Return the keys that hold something."""
    return [name for name, value in values.items() if value not in (None, [], {})]


def pickled(name: str) -> bytes:
    """Return the pickle of a provider in the golden file."""
    return base64.b64decode(json.loads(GOLDEN.read_text())["providers"][name]["pickle"])


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(current(), indent=2) + "\n")
