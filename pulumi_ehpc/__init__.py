"""Alibaba Cloud Elastic HPC as code, on the Pulumi engine."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pulumi_ehpc import errors
from pulumi_ehpc.cluster import args as cluster_args
from pulumi_ehpc.cluster.args import *
from pulumi_ehpc.common import args as common_args
from pulumi_ehpc.common.args import *
from pulumi_ehpc.errors import *
from pulumi_ehpc.user_set.properties import UserArgs
from pulumi_ehpc.wording import did_you_mean

if TYPE_CHECKING:
    from pulumi_ehpc.cluster.resource import Cluster
    from pulumi_ehpc.node_group.resource import NodeGroup
    from pulumi_ehpc.queue.resource import Queue
    from pulumi_ehpc.user_set.resource import UserSet
    from pulumi_ehpc.volume.resource import Volume

    __version__: str

__all__ = ["Cluster", "NodeGroup", "Queue", "UserArgs", "UserSet", "Volume"]
__all__ += cluster_args.__all__
__all__ += common_args.__all__
__all__ += errors.__all__

# A library's log goes where the user sends it, and nowhere else: not to the engine's output.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    """Load the resource classes, and pulumi with them, when one is first asked for: all else works without."""
    if name == "__version__":
        from importlib.metadata import version  # slow to import, and rarely asked for

        return version("pulumi-ehpc")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; {did_you_mean(name, __all__)}")
    from pulumi_ehpc._resources import RESOURCES

    globals().update(RESOURCES)
    return RESOURCES[name]


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted(__all__)
