"""What a preview says beforehand, out of old and new claims: who takes over what, and where much is removed."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.wording import listed


def taken_over(program: Program, claim: Claim, old: Claim) -> Iterator[str]:
    """Say what a resource takes over from others on a cluster of this stack.

    Args:
        program: What is known of the program.
        claim: What the resource declares now.
        old: What it declared when it was last checked.
    """
    if claim.keys is None or not program.is_own(claim.cluster):
        return
    fresh = set(claim.keys) - set(old.keys or ())
    for giver in program.claimed_before(claim):
        still = program.claim_of(giver.urn)
        keys = fresh & set(giver.keys or ()) - set(still.keys or () if still is not None else ())
        if keys and giver.declares_same(claim):
            yield f"takes over {claim.named(keys)} from {giver.title}: nothing is deleted"


def much_removed(program: Program, claim: Claim, old: Claim) -> Iterator[str]:
    """Say that a resource drops more than half of its users, or all of its nodes."""
    if claim.size is None and claim.keys is not None and old.keys is not None:
        dropped = [key for key in old.keys if key not in claim.keys and not _declared_elsewhere(program, old, key)]
        if claim.members and len(dropped) * 2 > len(old.keys):
            yield f"{len(dropped)} of {len(old.keys)} {claim.members} are removed: {claim.named(dropped)}"
    elif old.size and claim.size == 0:
        yield f"all {old.size} {claim.members} are removed"


def much_dropped(program: Program) -> Iterator[str]:
    """Say which sets of users and groups of nodes are not declared any more, and how many members they have."""
    for claim in program.not_declared_any_more():
        left = [key for key in claim.keys or () if not _declared_elsewhere(program, claim, key)]
        size = len(left) if claim.size is None else claim.size
        # A generated key is none that the program declares, and nobody else's.
        if claim.members and size and (left or not claim.keys):
            yield f"{claim.title} is not declared any more: its {size} {claim.members} are removed, if state has them"


def also_replaced(program: Program, urn: str) -> Iterator[str]:
    """Say which other resources change what a replacement needs consent for: the engine stops at the first of them.

    Only their own check knows whether they have that consent.
    """
    for claim, names in program.declared_otherwise(urn):
        yield f"{claim.title} changes what cannot change in place, too, unless it is ignored: {listed(names)}"


def _declared_elsewhere(program: Program, claim: Claim, key: str) -> bool:
    others = program.beside(claim)
    return any(other.resource_type == claim.resource_type and key in (other.keys or ()) for other in others)
