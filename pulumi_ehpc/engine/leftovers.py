"""What a run leaves behind: objects that the program declared once and that no resource owns.

A run that is killed while it creates something leaves a claim in state, but no resource. When the program then drops
that resource, the engine has nothing to delete. So at the end of a run what was declared before it, and is declared by
nobody now, is looked up and named where it still stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.persisted import provider_for
from pulumi_ehpc.engine.provider import Provider
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle
from pulumi_ehpc.lifecycle.session import Session


def tell_at_the_end(session: Session) -> None:
    """Name what is left behind when the engine has done all it had to do, and was not interrupted."""

    def tell() -> None:
        if not session.program.is_busy():
            for line in left_behind(session):
                plugin_process.show("", line, lasting=True)

    plugin_process.at_end(tell)


def left_behind(session: Session) -> Iterator[str]:
    """Name what still stands of what nobody declares any more; a line for each resource that declared it.

    On a cluster that is not this stack's only what the journal shows: a claim that was refused is of somebody else's.
    """
    for claim, cluster_id, declared in session.program.given_up():
        provider = provider_for(claim.resource_type)
        if not isinstance(provider, Provider):
            continue
        own = session.program.is_own(cluster_id)
        keys = declared if own else sorted(set(declared) & session.journal.noted(claim.urn, cluster_id))
        if not keys:
            continue
        lifecycle = Lifecycle(provider.resource_type, session)
        try:
            there = lifecycle.keys_there(cluster_id, api_version=session.api_version, region=session.settings.region)
        except EhpcError as error:
            what = f"Whether {claim.named(keys)} of {claim.title} is left on {cluster_id}"
            yield f"{what} could not be looked up: {error}"
            continue
        left = [key for key in keys if any(_stands(lifecycle, key, each) for each in there)]
        if left:
            how = "" if own else " (with adopt_existing=True if the stack was destroyed since)"
            yield (
                f"{claim.named(left)} on {cluster_id}, which {claim.title} declared, is left behind: no resource "
                f"declares it. Declare it again to take it over{how}, or delete it by other means."
            )


def _stands(lifecycle: Lifecycle[Any], key: str, there: str) -> bool:
    by_prefix = lifecycle.resource_type.key == lifecycle.resource_type.prefix
    return there.startswith(key) if by_prefix else there == key
