"""The provider classes whose paths are in every user's state.

Pulumi stores a provider as its module and class name. Moving or renaming one would break refresh and destroy of every
stack that exists, so this module stays where it is and the packages behind it may move.
"""

from __future__ import annotations

from pulumi_ehpc.cluster.resource_type import CLUSTER
from pulumi_ehpc.engine.identity import IDENTITY, IdentityProviderBase
from pulumi_ehpc.engine.provider import Provider
from pulumi_ehpc.node_group.resource_type import NODE_GROUP
from pulumi_ehpc.queue.resource_type import QUEUE
from pulumi_ehpc.user_set.resource_type import USER_SET
from pulumi_ehpc.volume.resource_type import VOLUME

__all__ = [
    "ClusterProvider",
    "IdentityProvider",
    "NodeGroupProvider",
    "QueueProvider",
    "UserSetProvider",
    "VolumeProvider",
]


class ClusterProvider(Provider, resource_type=CLUSTER):
    """Persisted name of the cluster's provider."""


class NodeGroupProvider(Provider, resource_type=NODE_GROUP):
    """Persisted name of the node group's provider."""


class UserSetProvider(Provider, resource_type=USER_SET):
    """Persisted name of the user set's provider."""


class QueueProvider(Provider, resource_type=QUEUE):
    """Persisted name of the queue's provider."""


class VolumeProvider(Provider, resource_type=VOLUME):
    """Persisted name of the volume's provider."""


class IdentityProvider(IdentityProviderBase, serves=IDENTITY):
    """Persisted name of the stack identity's provider."""
