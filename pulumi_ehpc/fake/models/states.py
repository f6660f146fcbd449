"""The states of clusters, nodes and tasks."""

from __future__ import annotations

from enum import Enum

__all__ = ["ClusterStatus", "NodeStatus", "TaskStatus"]


class ClusterStatus(str, Enum):
    """States of a cluster. There is none for deleted: the cluster is then gone."""

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
    """States of a task."""

    PROCESSING = "Processing"
    SUCCESS = "Success"
    FAILED = "Failed"
