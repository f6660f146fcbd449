"""The stack's identity: a resource without API calls whose random id distinguishes this stack's clusters from others.

It is in state before any cloud call is made and is an input of every resource, so a run that was killed can find what
it made, and two people with the same project and stack names on two backends never touch each other's.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from pulumi import ResourceOptions
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource

from pulumi_ehpc.engine.persisted import PersistedProvider, provider_for

IDENTITY: Final = "Identity"
_RANDOM_BYTES: Final = 8


class IdentityProviderBase(PersistedProvider):
    """Makes an id and keeps it; there is nothing to call."""

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Never differ."""
        return DiffResult(False, [], [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the random id."""
        return CreateResult(secrets.token_hex(_RANDOM_BYTES), {})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Keep the id."""
        return ReadResult(id_, {})


class Identity(Resource, module="ehpc", name=IDENTITY):
    """The stack's identity; made by the first resource of a program, never by hand."""

    def __init__(self, name: str = "identity", opts: ResourceOptions | None = None) -> None:
        super().__init__(provider_for(IDENTITY), name, {}, opts)
