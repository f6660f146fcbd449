"""Markdown: tables, and docstrings rewritten from their own markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent, indent

__all__ = ["cell", "listed", "prose", "table"]

_SECTIONS = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):$")
_ENTRY = re.compile(r"^(\w+): ", re.MULTILINE)
_LINK = re.compile(r"`([^`<>]+) <([^`<>]+)>`_")


def prose(docstring: str) -> str:
    """Rewrite a docstring: paragraphs on a line each, literals in single back-ticks, links, sections as lists."""
    return "\n\n".join(map(_paragraph, re.split(r"\n\s*\n", dedent(docstring).strip())))


def cell(text: str) -> str:
    """Fit a text into a table's cell."""
    lines = re.split(r"\n\s*\n|\n(?=- )", text.strip())
    return " ".join(line.removeprefix("- ").replace("\n", " ").replace("|", r"\|") for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def listed(words: Iterable[str], last: str = "or") -> str:
    """Join words as people do: a, b or c."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def _paragraph(paragraph: str) -> str:
    first, _, rest = paragraph.partition("\n")
    if match := _SECTIONS.match(first):
        return _section(match[1], dedent(rest))
    if paragraph.startswith(("- ", "* ")):
        return _inline(re.sub(r"\n\s+", " ", paragraph))
    if paragraph.startswith("    "):
        return indent(dedent(paragraph), "    ")
    return _inline(" ".join(paragraph.split()))


def _section(name: str, body: str) -> str:
    """A section of entries such as ``RefusedError: There are several`` in a docstring."""
    joined = re.sub(r"\n\s+", " ", body.strip())
    entries = (_inline(_ENTRY.sub(r"``\1``: ", entry)) for entry in joined.split("\n"))
    return "\n".join(f"- {'Raises ' if name == 'Raises' else ''}{entry}" for entry in entries)


def _inline(text: str) -> str:
    return re.sub(r"``(.+?)``", r"`\1`", _LINK.sub(r"[\1](\2)", text))
