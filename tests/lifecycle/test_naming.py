"""Generated names fit what ``check`` takes, and are a resource's own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_ehpc.lifecycle.ownership import NamingContext, hostname_prefix, logical_name
from pulumi_ehpc.node_group.properties import NodeGroupInputs
from pulumi_ehpc.schema.unknowns import UNKNOWN

PATTERN = NodeGroupInputs.properties()["hostname_prefix"].pattern


@given(st.text(), st.text(), st.text())
def test_prefix_fits_what_check_takes(identity: str, urn: str, name: str) -> None:
    prefix = hostname_prefix(NamingContext(name, urn, identity))
    assert re.fullmatch(PATTERN, prefix)
    assert 2 <= len(prefix) <= 8


def test_prefix_never_changes() -> None:
    """A run that was killed before the group was in state finds its nodes by it."""
    assert hostname_prefix(NamingContext("fixed", "urn", "identity")) == "fixk0b1-"


@pytest.mark.parametrize("identity", ["1f2e3d4c5b6a7988", "0000000000000000", "identity"])
def test_forty_groups_of_like_names_get_different_prefixes(identity: str) -> None:
    urn = "urn:pulumi:dev::test::pulumi-python:dynamic/ehpc:NodeGroup"
    contexts = [NamingContext(f"gpu-{number:02}", f"{urn}::gpu-{number:02}", identity) for number in range(1, 41)]
    prefixes = [str(hostname_prefix(context)) for context in contexts]
    assert len(set(prefixes)) == 40
    assert not [(one, other) for one in prefixes for other in prefixes if one != other and one.startswith(other)]


def test_prefix_is_readable_and_its_own() -> None:
    one = hostname_prefix(NamingContext("fixed", "urn-1", "identity"))
    assert one.startswith("fix")
    assert one != hostname_prefix(NamingContext("fixed", "urn-2", "identity"))
    assert one != hostname_prefix(NamingContext("fixed", "urn-1", "other"))


def test_prefix_is_not_known_before_the_identity() -> None:
    assert hostname_prefix(NamingContext("fixed", "urn", None)) is UNKNOWN


def test_logical_name_is_known_at_once() -> None:
    assert logical_name(NamingContext("fixed", "urn", None)) == "fixed"
