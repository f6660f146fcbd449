"""The states clusters, nodes and tasks go through."""

from __future__ import annotations

from enum import Enum

__all__ = ["ClusterStatus", "NodeStatus", "TaskStatus"]


class ClusterStatus(str, Enum):
    """States of a cluster; deleted is not a state, the cluster is then gone."""

    UNINIT = "uninit"
    CREATING = "creating"
    INITING = "initing"
    RUNNING = "running"
    EXCEPTION = "exception"
    RELEASING = "releasing"


class NodeStatus(str, Enum):
    """States of a node."""

    UNINIT = "uninit"
    INITING = "initing"
    RUNNING = "running"
    EXCEPTION = "exception"
    RELEASING = "releasing"


class TaskStatus(str, Enum):
    """States of what runs in the background."""

    PROCESSING = "Processing"
    SUCCESS = "Success"
    FAILED = "Failed"
