"""The clusters of one account in one region, and how they change over time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.clock import FakeClock
from pulumi_ehpc.fake.errors import ResponseError
from pulumi_ehpc.fake.ids import Ids
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Node
from pulumi_ehpc.fake.models.states import ClusterStatus, NodeStatus, TaskStatus
from pulumi_ehpc.fake.models.task import Record
from pulumi_ehpc.fake.models.timeline import Event, Step, Timeline

__all__ = ["ClientTokens", "Region", "World"]


@dataclass
class World:
    """What all regions share: clock, ids, settings, and the failures ordered for the next creations.

    Attributes:
        wall_clock: Real time, for filters that callers express in it.
        failures: Reasons why the next creations fail, by what is created: ``cluster`` or ``nodes``.
    """

    clock: FakeClock
    ids: Ids
    durations: Durations
    limits: Limits
    assumptions: Assumptions
    wall_clock: Callable[[], float]
    failures: dict[str, deque[str]] = field(default_factory=dict)

    def next_failure(self, kind: str) -> str:
        """Return why the next creation of a kind fails; an empty string when it succeeds."""
        waiting = self.failures.get(kind)
        return waiting.popleft() if waiting else ""


class ClientTokens:
    """Responses by client token, so that a repeated call gets its first response and does nothing again."""

    def __init__(self) -> None:
        self._responses: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}

    def find(self, action: str, token: str, fingerprint: str) -> Mapping[str, Any] | None:
        """Return the first response; None for a new token.

        Raises:
            ResponseError: IdempotentParameterMismatch when the parameters differ.
        """
        known = self._responses.get((action, token))
        if known is None:
            return None
        if known[0] != fingerprint:
            raise ResponseError("IdempotentParameterMismatch")
        return known[1]

    def store(self, action: str, token: str, fingerprint: str, response: Mapping[str, Any]) -> None:
        """Store a response."""
        self._responses[action, token] = (fingerprint, response)


class Region:
    """The state of one account in one region."""

    def __init__(self, account: str, region_id: str, world: World) -> None:
        self.account = account
        self.region_id = region_id
        self.world = world
        self.clusters: dict[str, Cluster] = {}
        self.records: list[Record] = []
        self.timeline = Timeline()
        self.tokens = ClientTokens()
        self._running: dict[str, Record] = {}

    # Lookup

    def visible(self, generation: int) -> list[Cluster]:
        """Return the clusters that one product generation lists, oldest first."""
        return [cluster for cluster in self.clusters.values() if self._is_visible(cluster, generation)]

    def find(self, cluster_id: str, generation: int) -> Cluster:
        """Return a cluster by id.

        Raises:
            ResponseError: ClusterNotFound.
        """
        cluster = self.clusters.get(cluster_id)
        if cluster is None or not self._is_visible(cluster, generation):
            raise ResponseError("ClusterNotFound")
        return cluster

    def _is_visible(self, cluster: Cluster, generation: int) -> bool:
        return self.world.assumptions.cross_version_visibility or cluster.generation == generation

    # Changes

    def create_cluster(self, cluster: Cluster, record: Record) -> None:
        """Add a new cluster and schedule its way to running.

        Raises:
            ResponseError: TooManyClusters.
        """
        self.require_room_for_cluster()
        self.clusters[cluster.id] = cluster
        reason = self.world.next_failure("cluster")
        durations = self.world.durations
        due = cluster.created_at + durations.cluster_accept
        self._schedule(due, Step.CLUSTER_CREATING, record)
        due += durations.cluster_create
        self._schedule(due, Step.CLUSTER_INITING, record)
        last = Step.CLUSTER_EXCEPTION if reason else Step.CLUSTER_RUNNING
        self._schedule(due + durations.cluster_init, last, record, reason=reason)
        self._start(record, tuple(cluster.nodes))

    def require_room_for_cluster(self) -> None:
        """Check the quota of clusters.

        Raises:
            ResponseError: TooManyClusters.
        """
        if len(self.clusters) >= self.world.limits.clusters:
            raise ResponseError("TooManyClusters")

    def delete_cluster(self, cluster: Cluster, record: Record) -> None:
        """Start to release a cluster and all its nodes.

        Raises:
            ResponseError: InvalidOpt, InvalidClusterStatus.
        """
        cluster.require_deletable(while_creating=self.world.assumptions.delete_cluster_while_creating)
        cluster.status = ClusterStatus.RELEASING
        for node in cluster.nodes.values():
            node.status = NodeStatus.RELEASING
        self._schedule(record.started_at + self.world.durations.cluster_release, Step.CLUSTER_GONE, record)
        self._start(record, tuple(cluster.nodes))

    def add_nodes(self, cluster: Cluster, nodes: Sequence[Node], record: Record) -> None:
        """Add new nodes and schedule their way to running.

        Raises:
            ResponseError: TooManyNodes.
        """
        self.require_room_for_nodes(cluster, nodes)
        cluster.nodes.update({node.id: node for node in nodes})
        reason = self.world.next_failure("nodes")
        due = record.started_at + self.world.durations.node_accept
        ids = tuple(node.id for node in nodes)
        self._schedule(due, Step.NODES_INITING, record, ids)
        last = Step.NODES_EXCEPTION if reason else Step.NODES_RUNNING
        self._schedule(due + self.world.durations.node_init, last, record, ids, reason)
        self._start(record, ids)

    def require_room_for_nodes(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Check the limits of the cluster and of the nodes' queues.

        Raises:
            ResponseError: TooManyNodes.
        """
        computes = cluster.compute_nodes()
        limit = min(cluster.max_count or self.world.limits.nodes_per_cluster, self.world.limits.nodes_per_cluster)
        if len(computes) + len(nodes) > limit:
            raise ResponseError("TooManyNodes", f"The cluster has at most {limit} compute nodes.")
        cores = sum(node.resources.cpus for node in (*computes, *nodes))
        if cluster.max_core_count and cores > cluster.max_core_count:
            raise ResponseError("TooManyNodes", f"The cluster has at most {cluster.max_core_count} cores.")
        if not self.world.assumptions.queue_max_count_limits_nodes:
            return
        for name in {node.queue for node in nodes}:
            maximum = cluster.queues[name].scale.max_count
            wanted = sum(node.queue == name for node in (*computes, *nodes))
            if maximum and wanted > maximum:
                raise ResponseError("TooManyNodes", f"The queue {name} has at most {maximum} nodes.")

    def delete_nodes(self, nodes: Sequence[Node], record: Record) -> None:
        """Start to release nodes.

        Raises:
            ResponseError: InvalidNodeStatus when one is being released already.
        """
        for node in nodes:
            if node.status is NodeStatus.RELEASING:
                raise ResponseError("InvalidNodeStatus", f"The node {node.id} is releasing.")
        for node in nodes:
            node.status = NodeStatus.RELEASING
        ids = tuple(node.id for node in nodes)
        self._schedule(record.started_at + self.world.durations.node_release, Step.NODES_GONE, record, ids)
        self._start(record, ids)

    def log(self, record: Record) -> None:
        """Add the record of a change that is complete."""
        record.finished_at = record.started_at
        self.records.append(record)

    def _start(self, record: Record, instances: tuple[str, ...]) -> None:
        record.status = TaskStatus.PROCESSING
        record.instances = instances
        self.records.append(record)
        self._running[record.task_id] = record

    def _schedule(
        self, due: float, step: Step, record: Record, node_ids: tuple[str, ...] = (), reason: str = ""
    ) -> None:
        self.timeline.schedule(due, step, record.cluster_id, node_ids=node_ids, task_id=record.task_id, reason=reason)

    # Time

    def run_due(self, now: float) -> None:
        """Apply every event that is due."""
        for event in self.timeline.take_due(now):
            self._apply(event)

    def _apply(self, event: Event) -> None:
        cluster = self.clusters.get(event.cluster_id)
        if cluster is None:
            return
        if event.step in _CLUSTER_STEPS:
            self._apply_to_cluster(cluster, event)
        else:
            self._apply_to_nodes(cluster, event)

    def _apply_to_cluster(self, cluster: Cluster, event: Event) -> None:
        if event.step is Step.CLUSTER_GONE:
            del self.clusters[cluster.id]
            self._finish(event)
            for record in self._running.copy().values():
                if record.cluster_id == cluster.id:
                    self._running.pop(record.task_id).finish(event.due, "The cluster was released.")
        elif cluster.status is ClusterStatus.RELEASING:
            self._finish(event, "The cluster was released.")
        else:
            cluster.status, node_status = _CLUSTER_STEPS[event.step]
            for node in cluster.nodes.values():
                node.status = node_status
                node.reason = event.reason
            if event.step in (Step.CLUSTER_RUNNING, Step.CLUSTER_EXCEPTION):
                self._finish(event, event.reason)

    def _apply_to_nodes(self, cluster: Cluster, event: Event) -> None:
        if event.step is Step.NODES_GONE:
            for node_id in event.node_ids:
                cluster.nodes.pop(node_id, None)
            self._finish(event)
            return
        if cluster.status is ClusterStatus.RELEASING:
            self._finish(event, "The cluster was released.")
            return
        for node_id in event.node_ids:
            node = cluster.nodes.get(node_id)
            if node is not None and node.status is not NodeStatus.RELEASING:
                node.status = _NODE_STEPS[event.step]
                node.reason = event.reason
        if event.step in (Step.NODES_RUNNING, Step.NODES_EXCEPTION):
            self._finish(event, event.reason)

    def _finish(self, event: Event, error: str = "") -> None:
        if record := self._running.pop(event.task_id, None):
            record.finish(event.due, error)


_CLUSTER_STEPS: Mapping[Step, tuple[ClusterStatus, NodeStatus]] = {
    Step.CLUSTER_CREATING: (ClusterStatus.CREATING, NodeStatus.UNINIT),
    Step.CLUSTER_INITING: (ClusterStatus.INITING, NodeStatus.INITING),
    Step.CLUSTER_RUNNING: (ClusterStatus.RUNNING, NodeStatus.RUNNING),
    Step.CLUSTER_EXCEPTION: (ClusterStatus.EXCEPTION, NodeStatus.EXCEPTION),
    Step.CLUSTER_GONE: (ClusterStatus.RELEASING, NodeStatus.RELEASING),
}
_NODE_STEPS: Mapping[Step, NodeStatus] = {
    Step.NODES_INITING: NodeStatus.INITING,
    Step.NODES_RUNNING: NodeStatus.RUNNING,
    Step.NODES_EXCEPTION: NodeStatus.EXCEPTION,
}
