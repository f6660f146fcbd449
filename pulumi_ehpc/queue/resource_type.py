"""The queue as data."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.common.in_cluster import CLUSTER_GONE
from pulumi_ehpc.lifecycle.ownership import logical_name
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.queue.properties import QueueInputs
from pulumi_ehpc.queue.v2018_04_12 import QueueV20180412
from pulumi_ehpc.queue.v2024_07_30 import QueueV20240730

QUEUE: Final = ResourceType(
    "Queue",
    QueueInputs,
    handlers={"2018-04-12": QueueV20180412(), "2024-07-30": QueueV20240730()},
    gone_codes=CLUSTER_GONE,
    example_id="ehpc-hz-PxsD4rED9C:work",
    generated={"name": logical_name},
    key="name",
    within="cluster",
    prefix="hostname_prefix",
)
