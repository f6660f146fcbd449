"""The journal: every call to the fake's API, with secrets removed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pulumi_ehpc.api.spec.redaction import redact

__all__ = ["Journal", "JournalEntry"]


@dataclass(frozen=True)
class JournalEntry:
    """One call. Secrets are removed on construction, so no entry can hold one.

    Attributes:
        time: Fake time of the call, ISO 8601 in UTC.
        action: The requested action; empty when the request names none.
        version: The requested API version.
        parameters: The parameters by the API's own names, as a tree; as received where they could not be decoded.
        status: HTTP status of the response.
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
        """Return the entry as JSON values."""
        return asdict(self)


class Journal:
    """The calls, oldest first."""

    def __init__(self) -> None:
        self._entries: list[JournalEntry] = []

    def add(self, entry: JournalEntry) -> None:
        """Add a call."""
        self._entries.append(entry)

    def calls(self, action: str | None = None) -> list[JournalEntry]:
        """Return the calls of one action, or all."""
        return [entry for entry in tuple(self._entries) if action is None or entry.action == action]

    def clear(self) -> None:
        """Remove every call."""
        self._entries.clear()
