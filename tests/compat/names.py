"""What stands in every user's state, as the package has it now.

``python -m tests.compat.names`` writes the golden file anew; only ever to add what is new.
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
from pulumi_ehpc.lifecycle.identity import Identity
from pulumi_ehpc.lifecycle.noun import ROOMS
from tests.nouns.maximal import live
from tests.nouns.stack import stack_on

GOLDEN = Path(__file__).with_name("persisted_names.json")


def current() -> dict[str, Any]:
    """The names, in the golden file's form."""
    nouns = {name: {"type": type_token(getattr(ehpc, name))} for name in sorted(ROOMS)}
    nouns["Identity"] = {"type": type_token(Identity)}
    state = {version: state_keys(version) for version in spec.VERSIONS}
    return {"providers": {name: provider(name) for name in _providers.__all__}, "nouns": nouns, "state": state}


def provider(name: str) -> dict[str, str]:
    """A provider's class path, and the pickle of it that every resource in state has."""
    made = getattr(_providers, name)()
    return {"class": f"{type(made).__module__}.{type(made).__qualname__}", "pickle": serialize_provider(made)}


def type_token(resource: Any) -> str:
    """The type of a resource in its URN."""
    return f"pulumi-python:{resource._resource_type_name}"


def state_keys(version: str) -> dict[str, dict[str, list[str]]]:
    """The keys of inputs and outputs of every noun, seen where everything is declared that a version takes."""
    keys: dict[str, dict[str, set[str]]] = {}
    with stack_on(version) as stack:
        for living in live(stack):
            known = keys.setdefault(living.noun, {"inputs": set(), "outputs": set()})
            known["inputs"].update(living.inputs)
            known["outputs"].update(living.outputs)
    return {name: {side: sorted(keys[name][side]) for side in ("inputs", "outputs")} for name in sorted(keys)}


def pickled(name: str) -> bytes:
    """The pickle of a provider in the golden file."""
    return base64.b64decode(json.loads(GOLDEN.read_text())["providers"][name]["pickle"])


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(current(), indent=2) + "\n")
