"""The stack's identity: one call-free resource whose random id tells this stack's clusters from everybody else's.

It is in state before any cloud call is made and is an input of every noun, so a run that was killed can find what it
made, and two people with the same project and stack names on two backends never touch each other's.
"""

from __future__ import annotations

import secrets
from typing import Any
from weakref import WeakKeyDictionary

from pulumi import Output, ResourceOptions, RunError
from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
)
from pulumi.runtime.settings import get_root_resource

__all__ = ["Identity", "IdentityProviderBase", "identity_of_stack"]

_RANDOM_BYTES = 8


class IdentityProviderBase(ResourceProvider):
    """Makes an id and keeps it; there is nothing to call."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Make the process ready; this may be the first provider that it runs."""
        from pulumi_ehpc.lifecycle.provider import configured  # what programs import stays light

        configured(req)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Accept: there is nothing to declare."""
        return CheckResult(news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Never differ."""
        return DiffResult(False, [], [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the random id."""
        return CreateResult(secrets.token_hex(_RANDOM_BYTES), {})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Keep the id."""
        return ReadResult(id_, {})


class Identity(Resource, module="ehpc", name="Identity"):
    """The stack's identity; made by the first noun of a program, never by hand."""

    def __init__(self, name: str = "identity", opts: ResourceOptions | None = None) -> None:
        from pulumi_ehpc._providers import IdentityProvider

        super().__init__(IdentityProvider(), name, {}, opts)


_identities: WeakKeyDictionary[object, Identity] = WeakKeyDictionary()


def identity_of_stack() -> Output[str]:
    """Return the id of the running stack's identity, making the identity with the first noun.

    Programs of several stacks may run in one process, each with its own root resource.
    """
    root = get_root_resource()
    if root is None:
        raise RunError("Resources of pulumi_ehpc are made while a program runs: use `pulumi preview` or `pulumi up`.")
    if root not in _identities:
        _identities[root] = Identity()
    return _identities[root].id
