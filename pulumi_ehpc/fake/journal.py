"""Every call the fake answered, with secrets removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pulumi_ehpc.api.spec import redact

__all__ = ["Journal", "JournalEntry"]


@dataclass(frozen=True)
class JournalEntry:
    """One call. Secrets are removed while it is built, so an entry that holds one cannot exist.

    Attributes:
        time: Fake time of the call, ISO 8601 in UTC.
        action: The action asked for; empty when the request named none.
        version: The API version asked for.
        parameters: The parameters by the API's own names, as a tree; as received where they could not be read.
        status: HTTP status of the answer.
        code: Error code; empty for a success.
        request_id: The id the caller was given.
    """

    time: str
    action: str
    version: str
    parameters: dict[str, Any]
    status: int
    code: str
    request_id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", redact(self.parameters))

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON can hold it."""
        return asdict(self)


class Journal:
    """The calls, oldest first."""

    def __init__(self) -> None:
        self._entries: list[JournalEntry] = []

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(tuple(self._entries))

    def add(self, entry: JournalEntry) -> None:
        """Write a call down."""
        self._entries.append(entry)

    def calls(self, action: str | None = None) -> list[JournalEntry]:
        """The calls of one action, or all."""
        return [entry for entry in self if action is None or entry.action == action]

    def clear(self) -> None:
        """Forget every call."""
        self._entries.clear()
