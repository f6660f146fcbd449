"""Rules that a declaration cannot say, because they span characters, properties or versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.wording import SECRET, shown

NAME: Final = r"[A-Za-z0-9_\-\u4e00-\u9fff]+"
"""What the service allows in names."""
NAME_RULE: Final = "must consist of letters, digits, - and _ (Chinese characters are allowed)"
MOUNT_DIRECTORY: Final = r"(/(?!\.{1,2}(/|$))[^\s/]+)+"
"""Where something may be mounted."""
MOUNT_DIRECTORY_RULE: Final = "must be an absolute path below /, without spaces and without . or .. between its slashes"
INSTANCE_TYPE: Final = r"ecs\.[a-z0-9-]+\.[a-z0-9]+"
"""Form of ECS instance types."""
INSTANCE_TYPE_RULE: Final = "must be an instance type such as ecs.c7.2xlarge"

_CLASSES: Final = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_MIN_CLASSES: Final = 3


def password(path: str, value: Any, *, max_length: int) -> Iterator[Violation]:
    """Check a password's length and mixture; the value never shows."""
    if not isinstance(value, str):
        return
    if not 8 <= len(value) <= max_length:
        yield Violation(path, SECRET, f"must have 8 to {max_length} characters, has {len(value)}")
    if sum(bool(re.search(each, value)) for each in _CLASSES) < _MIN_CLASSES:
        rule = "must mix at least three of lowercase letters, uppercase letters, digits and special characters"
        yield Violation(path, SECRET, f"is too weak: {rule}")


def at_most(path: str, value: str | None, max_length: int, where: str) -> Iterator[Violation]:
    """Check a string against a limit that only one API version has."""
    if value is not None and len(value) > max_length:
        yield Violation(path, shown(value), f"must have at most {max_length} characters, has {len(value)} ({where})")


def not_greater(lower: tuple[str, float | None], upper: tuple[str, float | None]) -> Iterator[Violation]:
    """Check that one property is not greater than another."""
    (name, value), (limit_name, limit) = lower, upper
    if value is not None and limit is not None and value > limit:
        yield Violation(name, str(value), f"must not be greater than {limit_name}, which is {limit}")


def at_least(path: str, value: str, min_length: int, where: str) -> Iterator[Violation]:
    """Check a string against a minimum length that only one API version has."""
    if len(value) < min_length:
        yield Violation(path, shown(value), f"must have at least {min_length} characters, has {len(value)} ({where})")
