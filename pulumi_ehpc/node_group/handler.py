"""What the node group is in both API versions: the nodes whose host names have its prefix, as many as declared."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.common.in_cluster import DEFAULT_QUEUES, queue_names
from pulumi_ehpc.common.release import RELEASING, release_nodes
from pulumi_ehpc.common.rules import not_greater
from pulumi_ehpc.errors import RefusedError, Violation, WaitFailedError
from pulumi_ehpc.lifecycle.handing_over import refuse_shared
from pulumi_ehpc.lifecycle.member_set import MemberSetHandler, Plan
from pulumi_ehpc.lifecycle.named import differing, not_ours
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, NotFound, Operation, ReadOutcome, ResourceState
from pulumi_ehpc.node_group.properties import NodeGroupInputs, NodeGroupProperties
from pulumi_ehpc.schema.codec import FieldMap

NodeGroupOperation = Operation[NodeGroupInputs]

_FAILED: Final = "exception"
_LISTED: Final = FieldMap(
    NodeGroupProperties,
    queue="QueueName",
    instance_type="InstanceType",
    image_id="ImageId",
    vswitch_id="VSwitchId",
    spot_strategy="SpotStrategy",
)
"""What ListNodes of both versions reports of a node."""


@dataclass(frozen=True)
class Node:
    """A node as the service lists it; ``added`` is when it was added."""

    hostname: str
    id: str
    ip: str
    status: str
    added: str
    declared: Mapping[str, Any]

    @property
    def queue(self) -> str:
        """The queue it works for; empty where the version does not report it."""
        return str(self.declared.get("queue") or "")


class NodeGroupHandler(MemberSetHandler[NodeGroupInputs, Node, int]):
    """The node group; a subclass for each API version makes the calls.

    All nodes under its prefix are the group's on a cluster of this stack. On any other cluster those are that its
    outputs record, that an interrupted run of it added, or that it adopts; others are neither counted nor released.

    A subclass must implement ``list_nodes``, ``add`` and ``release``. It should override ``settle`` where this version
    sets something on living nodes, and ``with_queues`` where its ListNodes does not report queues.
    """

    max_added = 99
    members = "nodes"

    @abstractmethod
    def list_nodes(self, op: NodeGroupOperation) -> list[Node]:
        """Return the nodes whose host names have the group's prefix, in every state."""

    @abstractmethod
    def release(self, op: NodeGroupOperation, ids: Sequence[str]) -> None:
        """Release nodes with one call."""

    def with_queues(self, op: NodeGroupOperation, nodes: Sequence[Node]) -> Sequence[Node]:
        """Return nodes with the queue they work for, where listing nodes does not report it."""
        return nodes

    def settle(self, op: NodeGroupOperation, nodes: Sequence[Node]) -> None:
        """Set what is set on living nodes."""
        return

    def validate(self, inputs: NodeGroupInputs) -> Iterator[Violation]:
        """Check that a call can bring enough nodes."""
        count = inputs.count if "count" in inputs else None
        yield from not_greater(("min_count", inputs.min_count), ("count", count))

    def create(self, op: NodeGroupOperation) -> ResourceState:
        """Add the nodes.

        Nodes that stand there under the prefix are taken on a cluster of this stack, and where an interrupted run of
        this resource added them.

        Raises:
            RefusedError: They are not this stack's, or differ in what cannot change in place.
        """
        present = self.list_members(op)
        if present:
            self._refuse_or_take(op, present)
        else:
            op.intents.drop((op.inputs.hostname_prefix,))
        return self._converge(op, present)

    def refuse_create(self, op: NodeGroupOperation) -> None:
        """Refuse nodes that stand under the prefix and may not be taken."""
        present = self.list_members(op)
        if present:
            self._refuse_or_take(op, present)

    def held(self, inputs: NodeGroupInputs, outputs: Mapping[str, Any]) -> Iterator[str]:
        """Return the prefix."""
        yield inputs.hostname_prefix

    def _refuse_or_take(self, op: NodeGroupOperation, present: Sequence[Node]) -> None:
        what = f"{len(present)} nodes with the host name prefix {op.inputs.hostname_prefix}"
        refuse_shared(op, (op.inputs.hostname_prefix,))
        adopts = bool(op.inputs.adopt_existing)
        interrupted = bool(op.intents.show({op.inputs.hostname_prefix: [node.added for node in present]}))
        if not (adopts or interrupted or op.in_own_cluster):
            raise not_ours(op, f"{what} exist already", (op.inputs.hostname_prefix,))
        default = _default_queue(op) if op.inputs.queue is None else None
        for node in self.with_queues(op, present):
            values = op.inputs.values
            fixed = differing(op.inputs, node.declared, self.changes).replaces
            how = [f"{name} is {node.declared[name]!r} and not {values[name]!r}" for name in fixed]
            if default and node.queue not in ("", default):
                how.append(f"queue is {node.queue!r} and not given, which means {default!r}")
            if how:
                raise RefusedError(
                    f"{op.title}: {what} exist already and differ in what cannot change in place: {', '.join(how)} "
                    f"({node.hostname}). They were left as they are.",
                    next_step="Declare them as they are, choose another hostname_prefix, or delete them.",
                )
        if adopts:
            op.intents.take((op.inputs.hostname_prefix,))
        by = " (an interrupted run of this resource added them)" if interrupted else ""
        then = " and are adopted (adopt_existing)" if adopts else f"{by}: they are this resource's from now on"
        op.engine.log(f"{what} exist already{then}")

    def list_members(self, op: NodeGroupOperation) -> list[Node]:
        """List the group's nodes that are not being released."""
        return [node for node in self._own_nodes(op) if node.status != RELEASING]

    def _own_nodes(self, op: NodeGroupOperation) -> list[Node]:
        """List the group's nodes; who else has some is decided once, so that those added since are the group's."""
        nodes = self.list_nodes(op)
        if op.others is None:
            op.others = frozenset(self._of_others(op, nodes))
        return [node for node in nodes if node.id not in op.others]

    def _of_others(self, op: NodeGroupOperation, nodes: Sequence[Node]) -> Iterator[str]:
        if op.in_own_cluster or op.inputs.adopt_existing or op.only_read or not op.engine.id:
            return
        recorded = {node["id"] for node in op.outputs.get("nodes") or ()}
        if "" in recorded:
            return  # some were added and not seen by the run that added them
        for node in nodes:
            added_by_us = op.intents.show({op.inputs.hostname_prefix: (node.added,)})
            if node.id not in recorded and not added_by_us:
                yield node.id

    def plan(self, op: NodeGroupOperation, present: Sequence[Node]) -> Plan[Node, int]:
        """Keep the oldest healthy nodes, replace failed ones, release the newest, add what is missing.

        Raises:
            RefusedError: Some are missing, and others have nodes under the prefix.
        """
        count = int(op.inputs.count)
        failed = [node for node in present if node.status == _FAILED]
        healthy = sorted((node for node in present if node.status != _FAILED), key=_by_age)
        if op.others and len(healthy) < count:
            what = f"{len(op.others)} nodes with the host name prefix {op.inputs.hostname_prefix}"
            raise not_ours(op, f"{what} that it has not recorded exist already", (op.inputs.hostname_prefix,))
        return Plan(healthy[:count], [*failed, *healthy[count:]], range(len(healthy), count))

    def keys_of(self, op: NodeGroupOperation, batch: Sequence[int]) -> Collection[str]:
        """Return the prefix; its intent is as old as that of the first batch."""
        return (op.inputs.hostname_prefix,)

    def was_added(self, batch: Sequence[int], before: Sequence[Node], now: Sequence[Node]) -> bool:
        """Tell whether there are more nodes than before."""
        return len(now) > len(before)

    def remove(self, op: NodeGroupOperation, members: Sequence[Node]) -> None:
        """Release nodes and wait until they are gone."""
        release_nodes(
            op,
            {node.id: node.status for node in members},
            self.release,
            lambda: {node.id for node in self._own_nodes(op)},
        )

    def record_members(self, op: NodeGroupOperation, members: Sequence[Node], added: Sequence[int] = ()) -> list[Node]:
        """Put the nodes into state; added ones are looked up, because a response may lack their ids."""
        # Before the look: the service has accepted the nodes, and a look that fails must not lose them.
        op.record(f"{op.inputs.cluster}:{op.inputs.hostname_prefix}", _outputs(members, not_seen=len(added)))
        now = self.list_members(op) if added else list(members)
        op.record(f"{op.inputs.cluster}:{op.inputs.hostname_prefix}", _outputs(now))
        return now

    def finish(self, op: NodeGroupOperation, plan: Plan[Node, int], members: Sequence[Node]) -> ResourceState:
        """Wait until all nodes run.

        Raises:
            WaitFailedError: New nodes ended in ``exception``; the others stay and the next run replaces these.
        """
        nodes = self._wait_until_running(op, int(op.inputs.count))
        self.record_members(op, nodes)
        self.settle(op, nodes)
        return op.recorded

    def report(self, op: NodeGroupOperation, members: Sequence[Node]) -> ReadOutcome | NotFound:
        """Return the number of nodes, and their queue where the version reports it."""
        if not members:
            op.intents.drop((op.inputs.hostname_prefix,))
        if not members and op.inputs.count != 0:
            # A group without nodes exists only while none are declared.
            return NOT_FOUND
        if op.only_read:
            return ReadOutcome(_outputs(members), {"count": len(members), **_alike(self.with_queues(op, members))})
        queues = {node.queue for node in members}
        queue = queues.pop() if len(queues) == 1 else ""
        return ReadOutcome(_outputs(members), {"count": len(members), **({"queue": queue} if queue else {})})

    def owned(self, op: NodeGroupOperation, members: Sequence[Node]) -> Sequence[Node]:
        """Return all nodes, those that are being released among them: delete waits until they are gone.

        Raises:
            RefusedError: It is the delete half of a replacement, and nodes of others would be in the way of its create.
        """
        if op.others:
            what = f"{len(op.others)} nodes with the host name prefix {op.inputs.hostname_prefix}"
            if op.program.inputs_after_replacement(op.engine.urn):
                raise not_ours(op, f"{what} that it has not recorded exist already", (op.inputs.hostname_prefix,))
            op.engine.log(f"left in place, because this resource has not recorded them: {what}")
        return self._own_nodes(op)

    def _wait_until_running(self, op: NodeGroupOperation, count: int) -> list[Node]:
        nodes: list[Node] = []

        def probe() -> tuple[Outcome, str]:
            nodes[:] = self.list_members(op)
            running = sum(node.status == "running" for node in nodes)
            failed = sum(node.status == _FAILED for node in nodes)
            state = f"{running} of {count} nodes running" + (f", {failed} in exception" if failed else "")
            if running + failed < count:
                return Outcome.PENDING, state
            return (Outcome.FAILED if failed else Outcome.DONE), state

        try:
            op.wait_until(probe, "nodes")
        except WaitFailedError as error:
            self.record_members(op, nodes)
            raise WaitFailedError(
                f"{op.title}: {error.state}.",
                state=error.state,
                next_step="They may be billed. Run `pulumi up` again: it releases them and adds new ones.",
            ) from None
        return nodes


def nodes_of(prefix: str, listed: Iterable[Mapping[str, Any]], hostname: str) -> list[Node]:
    """Return the listed nodes whose host names have a prefix; each version has another key for host names."""
    return [
        Node(
            hostname=node[hostname],
            id=node["Id"],
            ip=node.get("IpAddress") or "",
            status=node.get("Status") or "",
            added=node.get("AddTime") or "",
            declared={name: value for name, value in _LISTED.decode(node).items() if value != ""},
        )
        for node in listed
        if str(node.get(hostname) or "").startswith(prefix)
    ]


def _alike(nodes: Sequence[Node]) -> dict[str, Any]:
    """Return what the service reports alike of all nodes, as declared values."""
    first, *others = (node.declared for node in nodes)
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}


def _default_queue(op: NodeGroupOperation) -> str | None:
    """Return the queue of nodes for which none is declared; None where it cannot be told."""
    return next((name for name in queue_names(op) if name in DEFAULT_QUEUES), None)


def counts(op: NodeGroupOperation, batch: Sequence[int]) -> dict[str, int | None]:
    """Return how many nodes a call should add, and how many at least."""
    count, least = len(batch), op.inputs.min_count
    return {"Count": count, "MinCount": None if least is None else min(least, count)}


def _outputs(nodes: Sequence[Node], *, not_seen: int = 0) -> dict[str, Any]:
    """Return the nodes as outputs; their states change by themselves and are not kept.

    Args:
        nodes: The nodes.
        not_seen: How many more were added and not listed yet; an entry without an id stands for each.
    """
    seen = [{"id": node.id, "hostname": node.hostname, "ip": node.ip} for node in sorted(nodes, key=_by_age)]
    return {"nodes": [*seen, *[{"id": "", "hostname": "", "ip": ""} for _ in range(not_seen)]]}


def _by_age(node: Node) -> tuple[int, str]:
    """Sort nodes as they were numbered: ``fix-999`` comes before ``fix-1000``."""
    return len(node.hostname), node.hostname
