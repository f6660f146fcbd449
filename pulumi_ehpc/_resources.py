"""The resource classes, which need pulumi; ``pulumi_ehpc`` loads them when one is first asked for."""

from __future__ import annotations

from typing import Any, Final

from pulumi_ehpc.cluster.resource import Cluster
from pulumi_ehpc.node_group.resource import NodeGroup
from pulumi_ehpc.queue.resource import Queue
from pulumi_ehpc.user_set.resource import UserSet
from pulumi_ehpc.volume.resource import Volume

RESOURCES: Final[dict[str, Any]] = {each.__name__: each for each in (Cluster, Queue, NodeGroup, UserSet, Volume)}
