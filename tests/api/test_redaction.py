"""No secret survives redaction, wherever it hides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_ehpc.api.spec.redaction import redact, secret_names, secret_values

CANARY = "Canary-Passw0rd!"
HIDDEN: list[Any] = [
    {"Password": CANARY},
    {"password": CANARY},
    {"ClusterCredentials": {"Password": CANARY}},
    {"User": [{"Name": "alice", "Password": CANARY}]},
    {"User.1.Password": CANARY},
    {"WinAdPar.AdUserPasswd": CANARY},
    {"User": json.dumps([{"UserName": "alice", "AuthKey": CANARY}])},
    {"Outer": json.dumps({"Inner": json.dumps({"Password": CANARY})})},
    {"User": f'[{{"Password": "{CANARY}"'},
    {"Password": {"nested": CANARY}},
    ({"Passwd": CANARY},),
]


@pytest.mark.parametrize("tree", HIDDEN, ids=str)
def test_secrets_are_hidden(tree: Any) -> None:
    assert CANARY not in json.dumps(redact(tree))
    assert "[secret]" in json.dumps(redact(tree))


@pytest.mark.parametrize(
    "tree",
    [{"Name": "alice"}, {"Count": 3, "Sync": True, "Nothing": None}, {"Queues": '[{"QueueName":"a"}]'}, [], "text"],
    ids=str,
)
def test_all_else_stays(tree: Any) -> None:
    assert redact(tree) == tree


def test_the_original_is_left_alone() -> None:
    tree = {"User": [{"Password": CANARY}]}
    redact(tree)
    assert tree == {"User": [{"Password": CANARY}]}


@pytest.mark.parametrize("tree", HIDDEN[:7], ids=str)
def test_secret_values_are_found(tree: Any) -> None:
    assert set(secret_values(tree)) == {CANARY}


words = st.text(alphabet="abcXYZ .{[", max_size=8)
leaves = words | st.integers() | st.booleans() | st.none()


@given(st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)))
def test_any_tree_keeps_its_shape(tree: Any) -> None:
    hidden = redact({"tree": tree, next(iter(secret_names())): CANARY})
    assert hidden["tree"] == tree
    assert CANARY not in str(hidden)
