"""Handing over: what another resource of the running program declares is not deleted, but left to that one.

So a rename without aliases, a move into a component and a user moved between two sets work at the first try, in any
order. On a cluster that is not this stack's a resource takes nothing that exists, so a giver removes what it made and a
taker creates it; but for a taker with ``adopt_existing``, which would lose what it took to the giver's delete.
"""

from __future__ import annotations

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
    others = list(op.program.others(op.engine.urn, op.resource_type, op.cluster, key))
    if not op.in_own_cluster:
        others = [claim for claim in others if claim.adopts]
    sure = [claim for claim in others if claim.keys is not None and claim.cluster]
    if sure:
        return sure[0]
    if others:
        raise RefusedError(
            f"{op.title}: whether {others[0].title} declares {key} as well is not known yet. Nothing was changed.",
            next_step=f"Declare its cluster and its {key} with values that are known before the run.",
        )
    return None
