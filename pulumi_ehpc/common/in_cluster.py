"""What everything that stands in a cluster has in common: the reference to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.builders import reference
from pulumi_ehpc.schema.descriptors import Descriptor
from pulumi_ehpc.schema.properties import Inputs, Properties
from pulumi_ehpc.schema.property import REPLACE

if TYPE_CHECKING:
    from pulumi import Input

    from pulumi_ehpc.cluster.resource import Cluster

CLUSTER_GONE: Final = ("ClusterNotFound", "InvalidClusterId.NotFound")
"""Error codes that mean that the whole cluster does not exist, and nothing in it."""
DEFAULT_QUEUES: Final = ("comp", "workq", "all.q", "none")
"""Queues that a cluster is made with: of Slurm, PBS, Open Grid Scheduler and Deadline."""


class ClusterRef(Descriptor[str, str]):
    """A cluster, given as the resource or as its id, and read as the id."""

    def __set__(self, instance: object, value: Cluster | Input[str]) -> None:
        self._keep(instance, value)


class InClusterProperties(Properties):
    """Properties of everything that stands in a cluster."""

    cluster: ClusterRef = reference(
        ClusterRef, to="Cluster", by="id", change=REPLACE, handled="ClusterId of every action"
    )
    """The cluster, or its id."""


class InClusterInputs(InClusterProperties, Inputs):
    """Inputs of everything that stands in a cluster."""


C = TypeVar("C", bound=InClusterInputs)


def cluster_id(op: Operation[C]) -> dict[str, str]:
    """Return the parameter that every action on something in a cluster takes."""
    return {"ClusterId": op.inputs.cluster}


def queue_names(op: Operation[C], *, empty_if_absent: bool = False) -> list[str]:
    """Call ListQueues, which both versions answer alike; see ``VersionClient.pages``."""
    listed = op.api.pages("ListQueues", cluster_id(op), empty_if_absent=empty_if_absent)
    return [queue["QueueName"] for queue in listed]
