"""A call of an action, checked and encoded, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api.spec import Action


@dataclass(frozen=True)
class Call:
    """One call, through all its attempts.

    Attributes:
        action: The action.
        parameters: Parameters as given.
        encoded: Parameters as they are sent.
        base_url: Scheme and host to call.
    """

    action: Action
    parameters: Mapping[str, Any] = field(repr=False)
    encoded: Mapping[str, str] = field(repr=False)
    base_url: str

    @property
    def idempotent(self) -> bool:
        """Whether making the call twice has the effect of making it once."""
        return self.action.reads or self.action.sets or "ClientToken" in self.encoded
