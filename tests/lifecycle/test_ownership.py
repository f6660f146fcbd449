"""Ownership markers: stable, apart from each other, and within what the service allows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_ehpc.lifecycle.ownership import DESCRIPTION_PATTERN, MARKER_LENGTH, marker, with_marker, without_marker

ONE = marker("identity", "urn")
DESCRIPTIONS = st.from_regex(rf"\A(?:{DESCRIPTION_PATTERN})\Z")


def test_marker_never_changes() -> None:
    """Living clusters carry it: another hash would lose every one of them."""
    assert ONE == "pulumi-b5e56a0dad8a"


@pytest.mark.parametrize(("identity", "urn"), [("other", "urn"), ("identity", "other")])
def test_markers_of_others_differ(identity: str, urn: str) -> None:
    assert marker(identity, urn) != ONE


@given(DESCRIPTIONS)
def test_description_loses_its_marker_and_nothing_else(description: str) -> None:
    marked = with_marker(description, ONE)
    assert re.fullmatch(DESCRIPTION_PATTERN, marked)
    assert len(marked) <= len(description) + MARKER_LENGTH
    assert without_marker(marked) == description


def test_description_of_nothing_is_the_marker() -> None:
    assert with_marker(None, ONE) == ONE
    assert without_marker(ONE) == ""


@pytest.mark.parametrize("description", ["Team", "Team_pulumi-", "pulumi-xyz", f"{ONE}_Team"])
def test_what_only_looks_like_a_marker_stays(description: str) -> None:
    assert without_marker(description) == description
