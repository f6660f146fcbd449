"""The provider classes whose paths are in every user's state.

Pulumi stores a provider as its module and class name. Moving or renaming one would break refresh and destroy of every
stack that exists, so this module stays where it is and the rooms behind it may move.
"""

from __future__ import annotations

from pulumi_ehpc.lifecycle.identity import IdentityProviderBase
from pulumi_ehpc.lifecycle.provider import Provider

__all__ = [
    "ClusterProvider",
    "IdentityProvider",
    "NodeGroupProvider",
    "QueueProvider",
    "UserSetProvider",
    "VolumeProvider",
]


class ClusterProvider(Provider):
    """Persisted name of the cluster's provider."""

    noun = "Cluster"


class NodeGroupProvider(Provider):
    """Persisted name of the node group's provider."""

    noun = "NodeGroup"


class UserSetProvider(Provider):
    """Persisted name of the user set's provider."""

    noun = "UserSet"


class QueueProvider(Provider):
    """Persisted name of the queue's provider."""

    noun = "Queue"


class VolumeProvider(Provider):
    """Persisted name of the volume's provider."""

    noun = "Volume"


class IdentityProvider(IdentityProviderBase):
    """Persisted name of the stack identity's provider."""
