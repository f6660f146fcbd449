"""What goes by another name than when the program ran before, as far as the claims of both programs show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pulumi_ehpc.lifecycle.claims import Claim


def renamed(before: Iterable[Claim], now: Iterable[Claim]) -> Iterator[Claim]:
    """Yield what is not declared any more, and seems to go on under another name.

    It is of the few resources whose delete loses more than themselves, and something new declares the same. The pair is
    kept for as long as the new one is declared: a run that is refused has forgotten by the next what came before.
    """
    # One whose URN the program does not know yet is no sign of anything: it may be the very one.
    declared = {claim.urn: claim for claim in now if claim.urn}
    known = {claim.urn for claim in before}
    for old in before:
        if not old.loses or old.urn in declared:
            continue
        if old.renamed in declared:
            yield old
            continue
        fresh = [claim for urn, claim in declared.items() if claim.loses and urn not in known]
        new = next((claim for claim in fresh if claim.declares_same(old)), None)
        if new is not None:
            yield replace(old, renamed=new.urn)


def only_read(before: Iterable[Claim], now: Iterable[Claim]) -> Iterator[Claim]:
    """Yield what was declared and is only read now, of the few resources whose delete loses more than themselves.

    The engine deletes what was declared if it is not what is read, and asks nobody.
    """
    declared = {claim.urn: claim for claim in now}
    return (old for old in before if old.loses and old.urn in declared and not declared[old.urn].loses)


def misnamed(before: Iterable[Claim], now: Iterable[Claim]) -> Iterator[tuple[Claim, str, Claim]]:
    """Yield what names something that goes by another name now: its claim, the name, and the claim of what it means.

    The engine would replace both at once, and what was named so is gone when it is made again.
    """
    declared = {claim.urn: claim for claim in now}
    for claim in declared.values():
        for resource_type, name in claim.names.items():
            alike = [each for each in declared.values() if each.resource_type == resource_type]
            near = [each for each in alike if each.cluster in ("", claim.cluster)]
            if any(each.keys is None or name in each.keys for each in near):
                continue
            for old in before:
                same = old.resource_type == resource_type and old.cluster == claim.cluster and name in (old.keys or ())
                if same and claim.cluster and old.urn in declared:
                    yield claim, name, declared[old.urn]
