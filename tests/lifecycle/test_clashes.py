"""Two resources of one program that would act on the same objects of one cluster are refused."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.lifecycle.checking import clash, clashes
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.node_group.resource_type import NODE_GROUP
from pulumi_ehpc.queue.resource_type import QUEUE
from pulumi_ehpc.user_set.resource_type import USER_SET
from pulumi_ehpc.volume.resource_type import VOLUME

TYPES: dict[str, ResourceType[Any]] = {each.name: each for each in (NODE_GROUP, QUEUE, USER_SET, VOLUME)}


def claim(kind: str, name: str, *keys: str, **more: Any) -> Claim:
    return Claim(kind, f"urn::{name}", name, **{"cluster": "ehpc-1", "keys": keys, **more})


def broken(one: Claim, other: Claim) -> dict[str, str]:
    """Return what is wrong with the one, by property."""
    found = list(clash(TYPES[one.resource_type], one, other))
    return {violation.property: f"{violation.value} {violation.rule}" for violation in found}


@pytest.mark.parametrize(
    ("kind", "key", "property"),
    [
        ("Queue", "work", "name"),
        ("Volume", "/data", "mount_directory"),
        ("NodeGroup", "fix-", "hostname_prefix"),
        ("UserSet", "alice.chen", "users.alice.chen"),
    ],
)
def test_one_key_has_one_resource(kind: str, key: str, property: str) -> None:
    message = f"'{key}' is taken by {kind} 'two' of the same cluster; it must be unique there"
    assert broken(claim(kind, "one", key), claim(kind, "two", key)) == {property: message}
    assert broken(claim(kind, "one", key), claim(kind, "two", "other")) == {}


def test_one_user_of_many_in_two_sets_is_named() -> None:
    one = claim("UserSet", "one", "alice", "bob", "carol")
    assert list(broken(one, claim("UserSet", "two", "dave", "bob"))) == ["users.bob"]


def test_resources_of_different_types_may_have_one_key() -> None:
    assert broken(claim("Queue", "one", "work"), claim("UserSet", "two", "work")) == {}


@pytest.mark.parametrize("keys", [None, ()])
def test_keys_that_are_not_known_clash_with_none(keys: tuple[str, ...] | None) -> None:
    one, other = claim("Queue", "one", "work"), claim("Queue", "two", keys=keys)
    assert (broken(one, other), broken(other, one)) == ({}, {})


@pytest.mark.parametrize("kinds", [("NodeGroup", "NodeGroup"), ("NodeGroup", "Queue"), ("Queue", "Queue")])
@pytest.mark.parametrize(
    ("prefixes", "words"),
    [
        (("wk", "wk-"), "'wk' clashes with wk- of"),
        (("wk-", "wk"), "'wk-' clashes with wk of"),
        (("wk-", "wk-"), "'wk-' is taken by"),
        (("wk-", "fix-"), ""),
        (("wk-", ""), ""),
        (("", ""), ""),
    ],
)
def test_no_prefix_of_host_names_begins_with_another(
    kinds: tuple[str, str], prefixes: tuple[str, str], words: str
) -> None:
    """A group's nodes are known by their prefix, and a queue's nodes would be counted among them."""
    pairs = enumerate(zip(kinds, prefixes, strict=True))
    one, other = (claim(kind, f"r{number}", f"key{number}", prefix=prefix) for number, (kind, prefix) in pairs)
    found = broken(one, other)
    assert list(found) == (["hostname_prefix"] if words else [])
    assert not words or words in found["hostname_prefix"]


@pytest.mark.parametrize("exclusive", ["one", "two"])
def test_exclusive_set_stands_alone(exclusive: str) -> None:
    one, two = (claim("UserSet", name, name, exclusive=name == exclusive) for name in ("one", "two"))
    assert "cannot stand beside UserSet 'two' of the same cluster" in broken(one, two)["exclusive"]
    assert broken(claim("Queue", "work", "work"), two) == {}


def test_only_resources_of_the_same_cluster_are_compared() -> None:
    program = Program()
    program.own_cluster("urn::hpc", "ehpc-1")
    one = claim("Queue", "one", "work", cluster="ehpc-1")
    program.begin(
        [], [one, claim("Queue", "two", "work", cluster="ehpc-2"), claim("Queue", "three", "work", cluster="")]
    )
    assert list(clashes(QUEUE, one, program)) == []
    program.declare(claim("Queue", "two", "work", cluster="urn::hpc"))
    assert [violation.property for violation in clashes(QUEUE, one, program)] == ["name"]
