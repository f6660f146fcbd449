"""The stack's identity: a resource without API calls whose random id distinguishes this stack's clusters from others.

It is in state before any cloud call is made and is an input of every resource, so a run that was killed can find what
it made, and two people with the same project and stack names on two backends never touch each other's.

It also carries the claims of the program (see ``lifecycle/claims.py``). The engine puts its new inputs into state
before anything else is done, although its diff says that nothing changed, and its check shows them to the plugin
process, with those of the run before.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from pulumi import Input, ProviderResource, ResourceOptions
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, Resource
from pulumi.runtime import is_dry_run

from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.persisted import PersistedProvider, provider_for, session_for
from pulumi_ehpc.engine.rpc_context import current_rpc_context
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.announcing import much_dropped
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.renaming import misnamed, only_read, renamed
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.wording import listed

IDENTITY: Final = "Identity"
CLAIMS: Final = "claims"
"""Input: what the resources of the program claim."""
OF_STACK: Final = "of_stack"
"""Input of a further provider's identity: the stack's."""
PREVIEW: Final = "preview"
"""Input that never reaches the state: whether the program runs for a preview."""
_RANDOM_BYTES: Final = 8


class IdentityProviderBase(PersistedProvider):
    """Makes an id and keeps it; there is nothing to call."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Take note of what the program declares, and of what it declared before."""
        before, now = _claims(_olds), _claims(news)
        moved = list(renamed(before, now))
        with suppress(EhpcError):  # a wrong setting is reported by the check of every resource
            session = session_for(self.config)
            session.program.begin([*before, *moved], now)
            for note in much_dropped(session.program):
                plugin_process.show("", note, lasting=True)
            if not news.get(PREVIEW):
                _tell_at_the_end(session)
        inputs = {name: value for name, value in news.items() if name != PREVIEW}
        if moved:
            inputs[CLAIMS] = [*news[CLAIMS], *(claim.to_dict() for claim in moved)]
        reasons = (*_misnamed(before, now), *_only_read(before, now))
        return CheckResult(inputs, [CheckFailure("", reason) for reason in reasons])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Never differ."""
        return DiffResult(False, [], [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the random id; a further provider's identity has that of the stack."""
        return CreateResult(props.get(OF_STACK) or secrets.token_hex(_RANDOM_BYTES), {})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Name what an interrupted run left on clusters of others: nothing else of the stack is in state by now."""
        with suppress(EhpcError):
            session = session_for(self.config)
            session.program.begin(_claims(current_rpc_context().properties("old_inputs")), [])
            _tell_at_the_end(session)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Keep the id."""
        return ReadResult(id_, {})


def _tell_at_the_end(session: Session) -> None:
    from pulumi_ehpc.engine.leftovers import tell_at_the_end  # what programs import stays light

    tell_at_the_end(session)


def _misnamed(before: list[Claim], now: list[Claim]) -> Iterator[str]:
    for claim, name, meant in misnamed(before, now):
        yield (
            f"{claim.title} names the {meant.resource_type} '{name}', but {meant.title} is called "
            f"'{listed(meant.keys or ())}' now. Name it so as well, or give the resource in place of the name."
        )


def _only_read(before: list[Claim], now: list[Claim]) -> Iterator[str]:
    for old in only_read(before, now):
        yield (
            f"{old.title} is only read now, but this stack created one under that name. If it is another one, that one "
            f"would be deleted: {old.loses}. Read it under another name. To keep the one that exists, and have the "
            "stack forget it, set retain_on_delete=True on it, run `pulumi up`, and then take it out of the program."
        )


def _claims(values: Mapping[str, Any]) -> list[Claim]:
    found = values.get(CLAIMS)
    return [Claim.of(claim) for claim in found if isinstance(claim, dict)] if isinstance(found, list) else []


class Identity(Resource, module="ehpc", name=IDENTITY):
    """The stack's identity; made by the first resource of a program, never by hand.

    Args:
        claims: What the resources of the program claim.
        provider: A provider beside the default one, whose process is to know the claims, too.
        of_stack: For that provider: id of the stack's identity.
    """

    def __init__(
        self,
        claims: Input[list[dict[str, Any]]],
        provider: ProviderResource | None = None,
        of_stack: Input[str] | None = None,
    ) -> None:
        name = "identity" if provider is None else f"identity-{provider.pulumi_resource_name}"
        inputs = {CLAIMS: claims, OF_STACK: of_stack, PREVIEW: is_dry_run() or None}
        super().__init__(provider_for(IDENTITY), name, inputs, ResourceOptions(provider=provider))
