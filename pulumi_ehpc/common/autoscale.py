"""The autoscale configuration of API 2018-04-12: one for a cluster and all its queues.

GetAutoScaleConfig returns it and SetAutoScaleConfig sets the whole of it, so a change of one part reads it, changes
that part and sends everything back, one at a time for a cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_ehpc.common.v2018_04_12 import VERSION
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import Parameters, to_request


def change_autoscale(op: Operation[Any], cluster_id: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one part of a cluster's autoscale configuration and keep the others; nothing is sent for nothing.

    Args:
        op: The operation.
        cluster_id: The cluster.
        change: Writes the part into a configuration in the request's spelling.
    """
    shapes = Parameters("SetAutoScaleConfig", VERSION).shapes()
    with op.lock(cluster_id):
        # What is not said of the queues must not be taken for "none": they would lose what they have.
        needs = ("Queues.QueueInfo",)
        config = to_request(op.api.call("GetAutoScaleConfig", {"ClusterId": cluster_id}, needs=needs), shapes)
        before = to_request(config, shapes)
        change(config)
        if config != before:
            op.api.call("SetAutoScaleConfig", {**config, "ClusterId": cluster_id})
