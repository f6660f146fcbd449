"""What every message writes alike: the mask of a secret, a value cut short, a duration, the name that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

SECRET: Final = "[secret]"
"""What is shown in place of a secret."""
NOT_GIVEN: Final = "[not given]"
"""What is shown in place of a value that is missing."""

_MAX_SHOWN: Final = 60
_MAX_LISTED: Final = 10


def shown(value: Any, *, secret: bool = False) -> str:
    """Write a value for a message: at most 60 characters, and never a secret."""
    if value is None:
        return NOT_GIVEN
    if secret:
        return SECRET
    text = type(value).__name__ if isinstance(value, (Mapping, list, tuple)) else repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 3]}..."


def listed(names: Sequence[str]) -> str:
    """Join names for a message; of many only the first ones."""
    more = len(names) - _MAX_LISTED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_MAX_LISTED])} and {more} more"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the names that were probably meant, without regard to case; all of them when none is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=2)
    if near:
        return f"did you mean {' or '.join(by_lower[match] for match in near)}?"
    return f"known are {', '.join(by_lower.values())}"


def duration(seconds: float) -> str:
    """Write a duration, such as ``2 min 5 s``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
