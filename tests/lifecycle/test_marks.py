"""Marks and prefixes: stable, apart from each other, and within what the service allows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_ehpc.lifecycle.marks import DESCRIPTION_PATTERN, MARK_ROOM, described, hostname_prefix, mark, own_words

ONE = mark("identity", "urn")
WORDS = st.from_regex(rf"\A(?:{DESCRIPTION_PATTERN})\Z")


def test_mark_never_changes() -> None:
    """Living clusters carry it: another hash would lose every one of them."""
    assert ONE == "pulumi-b5e56a0dad8a"


@pytest.mark.parametrize(("identity", "urn"), [("other", "urn"), ("identity", "other")])
def test_marks_of_others_differ(identity: str, urn: str) -> None:
    assert mark(identity, urn) != ONE


@given(WORDS)
def test_description_loses_its_mark_and_nothing_else(words: str) -> None:
    marked = described(words, ONE)
    assert re.fullmatch(DESCRIPTION_PATTERN, marked)
    assert len(marked) <= len(words) + MARK_ROOM
    assert own_words(marked) == words


def test_description_of_nothing_is_the_mark() -> None:
    assert described(None, ONE) == ONE
    assert own_words(ONE) == ""


@pytest.mark.parametrize("words", ["Team", "Team_pulumi-", "pulumi-xyz", f"{ONE}_Team"])
def test_what_only_looks_like_a_mark_stays(words: str) -> None:
    assert own_words(words) == words


@given(st.text(), st.text(), st.text())
def test_prefix_fits_what_check_takes(identity: str, urn: str, name: str) -> None:
    prefix = hostname_prefix(identity, urn, name)
    assert re.fullmatch(r"[a-z][a-z0-9]*-", prefix)
    assert 2 <= len(prefix) <= 8


def test_prefix_is_readable_and_its_own() -> None:
    assert hostname_prefix("identity", "urn", "fixed").startswith("fix")
    assert hostname_prefix("identity", "urn-1", "fixed") != hostname_prefix("identity", "urn-2", "fixed")
