"""The autoscale configuration of API 2018-04-12: one for a cluster and all its queues.

GetAutoScaleConfig returns it and SetAutoScaleConfig sets the whole of it. Its parts are the cluster's settings, by the
names of their parameters, and what each queue has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pulumi_ehpc.common.full_state import FullState, Parts
from pulumi_ehpc.common.v2018_04_12 import VERSION
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import Parameters, to_request

_QUEUE: Final = "queue "


def queue_part(name: str) -> str:
    """Return the name of a queue's part."""
    return f"{_QUEUE}{name}"


def change_autoscale(op: Operation[Any], cluster_id: str, change: Callable[[Parts], Parts]) -> None:
    """Change one part of a cluster's autoscale configuration and keep the others; see ``FullState.change_or_note``.

    Args:
        op: The operation.
        cluster_id: The cluster.
        change: Returns the parts with one changed.
    """
    shapes = Parameters("SetAutoScaleConfig", VERSION).shapes()

    def read() -> Parts:
        # What is not said of the queues must not be taken for "none": they would lose what they have.
        needs = ("Queues.QueueInfo",)
        config = to_request(op.api.call("GetAutoScaleConfig", {"ClusterId": cluster_id}, needs=needs), shapes)
        queues = config.pop("Queues", ())
        return {**config, **{queue_part(queue["QueueName"]): queue for queue in queues}}

    def write(parts: Parts) -> None:
        config = {name: part for name, part in parts.items() if not name.startswith(_QUEUE)}
        queues = [part for name, part in parts.items() if name.startswith(_QUEUE)]
        op.api.call("SetAutoScaleConfig", {**config, "Queues": queues or None, "ClusterId": cluster_id})

    FullState(op, cluster_id, f"the autoscale configuration of {cluster_id}", read, write).change_or_note(change)
