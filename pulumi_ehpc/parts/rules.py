"""Rules that a row cannot say, because they span characters, properties or versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_ehpc.errors import Violation

__all__ = ["NAME", "NAME_WORDS", "at_most", "password", "user_name"]

NAME = r"[A-Za-z0-9_\-\u4e00-\u9fff]+"
"""What the service allows in names."""
NAME_WORDS = "must consist of letters, digits, - and _ (Chinese characters are allowed)"

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_CLASSES_NEEDED = 3
_USER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.]*")


def password(path: str, value: Any, *, longest: int) -> Iterator[Violation]:
    """Check a password's length and mixture; the value never shows."""
    if not isinstance(value, str):
        return
    if not 8 <= len(value) <= longest:
        yield Violation(path, "[secret]", f"must have 8 to {longest} characters, has {len(value)}")
    if sum(bool(re.search(kind, value)) for kind in _CLASSES) < _CLASSES_NEEDED:
        rule = "must mix at least three of lower-case letters, upper-case letters, digits and special characters"
        yield Violation(path, "[secret]", f"is too weak: {rule}")


def user_name(path: str, value: str, *, shortest: int, longest: int) -> Iterator[Violation]:
    """Check a user's name."""
    problems = []
    if not shortest <= len(value) <= longest:
        problems.append(f"must have {shortest} to {longest} characters, has {len(value)}")
    if not _USER_NAME.fullmatch(value):
        problems.append("must begin with a letter and go on with letters, digits and periods")
    if problems:
        yield Violation(path, repr(value), " and ".join(problems))


def at_most(inputs: Mapping[str, Any], name: str, longest: int, where: str) -> Iterator[Violation]:
    """Check a text against a limit that only one API version has."""
    value = inputs.get(name)
    if isinstance(value, str) and len(value) > longest:
        yield Violation(name, repr(value), f"must have at most {longest} characters, has {len(value)} ({where})")
