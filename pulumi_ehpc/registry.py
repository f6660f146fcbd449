"""The resource types, in the order in which a cluster is built. Lifecycle and engine are given one, and name none."""

from __future__ import annotations

from typing import Any, Final

from pulumi_ehpc.cluster.resource_type import CLUSTER
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.node_group.resource_type import NODE_GROUP
from pulumi_ehpc.queue.resource_type import QUEUE
from pulumi_ehpc.user_set.resource_type import USER_SET
from pulumi_ehpc.volume.resource_type import VOLUME

RESOURCE_TYPES: Final[tuple[ResourceType[Any], ...]] = (CLUSTER, QUEUE, NODE_GROUP, USER_SET, VOLUME)
