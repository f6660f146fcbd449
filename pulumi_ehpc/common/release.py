"""Releasing nodes, whatever they belonged to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.common.in_cluster import C
from pulumi_ehpc.lifecycle.member_set import batches
from pulumi_ehpc.lifecycle.operation import Operation

RELEASING: Final = "releasing"
"""State of a node that is being released."""
_MAX_PER_CALL: Final = 100
"""Nodes that one call may release (both versions)."""


def release_nodes(
    op: Operation[C],
    nodes: Mapping[str, str],
    delete_nodes: Callable[[Operation[C], Sequence[str]], None],
    present: Callable[[], Collection[str]],
) -> None:
    """Release nodes, 100 a call, and wait until they are gone.

    Args:
        op: The operation.
        nodes: Ids and states; the service is not asked again to release one that is being released.
        delete_nodes: Makes a call.
        present: Lists the ids that are there.
    """
    for batch in batches([node for node, status in nodes.items() if status != RELEASING], _MAX_PER_CALL):
        op.stop_if_cancelled("not all nodes are released yet")
        delete_nodes(op, batch)

    def probe() -> tuple[Outcome, str]:
        left = len(nodes.keys() & set(present()))
        return (Outcome.PENDING if left else Outcome.DONE), f"{left} of {len(nodes)} nodes left"

    if nodes:
        op.wait_until(probe, "releasing nodes")
