"""Handing over: what another resource of the running program declares is not deleted, but left to that one.

So a rename without aliases, a move into a component and a user moved between two sets work at the first try, in any
order. On a cluster that is not this stack's a resource takes nothing that exists, so a giver removes what it made and a
taker creates it; but for a taker with ``adopt_existing``, which would lose what it took to the giver's delete.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from pulumi_ehpc.errors import RefusedError
from pulumi_ehpc.lifecycle.claims import Claim, keys_of
from pulumi_ehpc.lifecycle.operation import Operation, Plain
from pulumi_ehpc.lifecycle.resource_type import ResourceType


def handed_over(op: Operation[Any], resource_type: ResourceType[Any], inputs: Plain) -> bool:
    """Tell whether a delete deletes nothing, because what it concerns lives on as another resource; say so.

    Raises:
        RefusedError: It is not known yet what another resource declares.
    """
    keys = keys_of(inputs.get(resource_type.key)) or ()
    if not isinstance(inputs.get(resource_type.key), str):
        return False  # a set hands over each of its members by itself
    (key,) = keys
    if op.program.lives_on(op.engine.urn, op.cluster, key):
        op.engine.log(f"{key} is kept: it is what {op.title} declares now; nothing is deleted")
        return True
    taker = taker_of(op, key)
    if taker is None:
        return False
    if not op.program.is_held(taker, key) and not resource_type.fits(inputs["api_version"], inputs, taker):
        return False
    op.engine.log(f"{key} is handed over to {taker.title}; nothing is deleted")
    return True


def taker_of(op: Operation[Any], key: str) -> Claim | None:
    """Return the other resource of the running program that declares a key; None when there is none.

    Raises:
        RefusedError: It is not known yet what another resource declares.
    """
    others = _others(op, key)
    if not op.in_own_cluster:
        others = [claim for claim in others if claim.adopts]
    sure = [claim for claim in others if _is_clear(claim)]
    if sure:
        return sure[0]
    if others:
        raise _not_known_yet(op, others[0], key)
    return None


def refuse_shared(op: Operation[Any], keys: Iterable[str]) -> None:
    """Refuse to take what exists under keys that another resource of the running program declares as well.

    Raises:
        RefusedError: Another resource declares one of them, or had it when the program ran before and may declare it.
    """
    claim = op.program.claim_of(op.engine.urn)
    before = {old.urn: old for old in op.program.claimed_before(claim)} if claim is not None else {}
    for key in keys:
        for other in _others(op, key):
            if _is_clear(other):
                raise RefusedError(
                    f"{op.title}: {key} on cluster {op.cluster} is declared by {other.title} as well. "
                    "What exists was left as it is.",
                    next_step="Declare it once.",
                )
            held = before.get(other.urn)
            if other.keys is not None or (held is not None and key in (held.keys or ())):
                raise _not_known_yet(op, other, key)


def givers_of(op: Operation[Any], keys: Collection[str]) -> str:
    """Name the other resources of the program that declared some keys when it ran before, and do not now.

    One that is not in the program any more is deleted only after all creates went well, so nothing is to be waited for.
    """
    claim = op.program.claim_of(op.engine.urn)
    titles = []
    for old in op.program.claimed_before(claim) if claim is not None else ():
        now = op.program.claim_of(old.urn)
        if now is not None and set(keys) & set(old.keys or ()) - set(now.keys or ()):
            titles.append(old.title)
    return " and ".join(titles)


def _others(op: Operation[Any], key: str) -> list[Claim]:
    """Return what other resources may declare under a key, once their own checks have told, if they soon do."""
    for claim in op.program.others(op.engine.urn, op.resource_type, op.cluster, key):
        if not _is_clear(claim):
            op.program.wait_until_checked(claim, op.engine.cancelled)
    return list(op.program.others(op.engine.urn, op.resource_type, op.cluster, key))


def _is_clear(claim: Claim) -> bool:
    return claim.keys is not None and bool(claim.cluster)


def _not_known_yet(op: Operation[Any], other: Claim, key: str) -> RefusedError:
    return RefusedError(
        f"{op.title}: whether {other.title} declares {key} as well is not known yet. What exists was left as it is.",
        next_step=f"Declare its cluster and its {key} with values that are known before the run.",
    )
