"""The pages on ownership and on what exists already claim nothing that no test shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.docs.__main__ import ROOT

PAGES = [ROOT / "docs" / "ownership.md", ROOT / "docs" / "existing.md"]
TEST = re.compile(r"\[`(test_\w+)`\]\(([^)]+\.py)\)")


def missing(page: Path) -> list[str]:
    """Return the tests that a page names and that are not where it says."""
    return [
        name
        for name, path in TEST.findall(page.read_text("utf-8"))
        if f"def {name}(" not in (page.parent / path).read_text("utf-8")
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_the_page_names_exists(page: Path) -> None:
    assert TEST.findall(page.read_text("utf-8"))
    assert missing(page) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_test_is_named_as_a_link(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"test_\w+", TEST.sub("", text)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_section_names_a_test(page: Path) -> None:
    sections = re.split(r"^##+ ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert [section.splitlines()[0] for section in sections if not TEST.search(section)] == []


def test_a_test_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_one() -> None: ...\n")
    page = tmp_path / "page.md"
    page.write_text("[`test_one`](test_a.py), [`test_two`](test_a.py)\n")
    assert missing(page) == ["test_two"]
