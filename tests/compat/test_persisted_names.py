"""Names in state never change: a stack made by any release can be refreshed and destroyed by every later one.

A new name is added to ``persisted_names.json`` (``python -m tests.compat.names``); a line that disappears from it
breaks the stacks of everybody who has it in state.
"""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.dynamic import ResourceProvider

from pulumi_ehpc import _providers
from tests.compat.names import GOLDEN, current, pickled

pytestmark = pytest.mark.sdk

PERSISTED: dict[str, Any] = json.loads(GOLDEN.read_text())
LONGEST_PICKLE = 100


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every name of a golden file, with what it stands for."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(tree, list):
        yield from ((f"{path}/{item}", True) for item in tree)
    else:
        yield path, tree


def test_no_name_has_disappeared_or_changed() -> None:
    now = dict(leaves(current()))
    lost = {name: value for name, value in leaves(PERSISTED) if now.get(name) != value}
    assert lost == {}


def test_no_name_is_missing_from_the_golden_file() -> None:
    assert dict(leaves(current())).keys() - dict(leaves(PERSISTED)).keys() == set()


@pytest.mark.parametrize("name", _providers.__all__)
def test_provider_in_state_is_a_name_and_nothing_else(name: str) -> None:
    made = getattr(_providers, name)()
    assert isinstance(made, ResourceProvider)
    assert vars(made) == {}
    assert made.serialize_as_secret_always is False
    assert len(pickled(name)) < LONGEST_PICKLE


def test_every_provider_in_any_state_loads_in_a_fresh_process() -> None:
    pickles = {name: base64.b64encode(pickled(name)).decode() for name in PERSISTED["providers"]}
    program = (
        "import base64, json, pickle, sys\n"
        "made = {name: pickle.loads(base64.b64decode(text)) for name, text in json.load(sys.stdin).items()}\n"
        "print(json.dumps({name: type(one).__module__ + '.' + type(one).__qualname__ for name, one in made.items()}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(pickles), capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == {name: entry["class"] for name, entry in PERSISTED["providers"].items()}


def test_configured_provider_would_not_be_pickled_as_a_name() -> None:
    """What ``configure`` gives a provider must stay in its process: attributes would go into every state."""
    made = _providers.QueueProvider()
    made.config = {"ehpc:region": "cn-hangzhou"}
    assert pickle.dumps(made) != pickled("QueueProvider")
    assert vars(_providers.QueueProvider()) == {}
