"""Releasing nodes, for whatever they belonged to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.lifecycle.request import Request

__all__ = ["LEAVING", "release_nodes"]

LEAVING: Final = "releasing"
"""State of a node that is being released."""
_MOST_A_CALL: Final = 100
"""Nodes that one call may release (both versions)."""


def release_nodes(
    request: Request,
    nodes: Mapping[str, str],
    *,
    remove: Callable[[Sequence[str]], None],
    present: Callable[[], Collection[str]],
) -> None:
    """Release nodes, 100 a call, and wait until they are gone.

    Args:
        request: The step.
        nodes: Ids and states; one that is leaving already is waited for only.
        remove: Makes a call.
        present: Lists the ids that are there.
    """
    ids = [node for node, status in nodes.items() if status != LEAVING]
    for start in range(0, len(ids), _MOST_A_CALL):
        request.stop_if_cancelled(f"{len(ids) - start} nodes not released yet")
        remove(ids[start : start + _MOST_A_CALL])

    def probe() -> tuple[Outcome, str]:
        left = len(nodes.keys() & set(present()))
        return (Outcome.PENDING if left else Outcome.DONE), f"{left} of {len(nodes)} nodes left"

    if nodes:
        request.wait_until(probe, doing="releasing nodes", until=f"Nodes of {request.title} to be released")
