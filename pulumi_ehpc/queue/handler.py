"""What the queue is in both API versions: one object, known by its name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.common.in_cluster import DEFAULT_QUEUES, queue_names
from pulumi_ehpc.common.release import RELEASING, release_nodes
from pulumi_ehpc.common.rules import not_greater
from pulumi_ehpc.errors import ApiError, ConflictError, InvalidRequestError, ServiceError, Violation
from pulumi_ehpc.lifecycle.named import Found, NamedHandler
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.queue.properties import QueueInputs
from pulumi_ehpc.wording import listed

_LOOKS: Final = 7
"""How often nodes that are not being released are looked at: about 8 seconds, in which their group's delete begins."""


@dataclass(frozen=True)
class QueueNode:
    """A node of the queue; ``own`` if the queue was created with it or added it by itself."""

    id: str
    hostname: str
    status: str
    own: bool


class QueueHandler(NamedHandler[QueueInputs]):
    """The queue; a subclass for each API version makes the calls.

    A subclass must also implement ``list_nodes``, ``release`` and ``call_delete``.
    """

    @abstractmethod
    def list_nodes(self, op: Operation[QueueInputs], found: Found) -> list[QueueNode]:
        """Return the queue's nodes, in every state."""

    @abstractmethod
    def release(self, op: Operation[QueueInputs], ids: Sequence[str]) -> None:
        """Release nodes with one call."""

    @abstractmethod
    def call_delete(self, op: Operation[QueueInputs]) -> None:
        """Make the deleting call."""

    def validate(self, inputs: QueueInputs) -> Iterator[Violation]:
        """Check that the minimum is not above the maximum."""
        yield from not_greater(("min_count", inputs.min_count), ("max_count", inputs.max_count))

    def key_of(self, inputs: QueueInputs) -> str:
        """Return the name."""
        return inputs.name

    def keys_there(self, op: Operation[QueueInputs]) -> list[str]:
        """Call ListQueues."""
        return queue_names(op, empty_if_absent=True)

    def belongs_to_service(self, op: Operation[QueueInputs], found: Found) -> bool:
        """Tell whether it is the queue that every cluster of its scheduler has from the beginning."""
        return op.inputs.name in DEFAULT_QUEUES

    def describe(self, inputs: QueueInputs) -> str:
        """Return the queue in words."""
        return f"queue {inputs.name}"

    def delete_one(self, op: Operation[QueueInputs], found: Found) -> None:
        """Release the queue's own nodes, wait for those that others release, and delete the queue.

        With nodes in it the service refuses that. Those of a NodeGroup are released with their group.

        Raises:
            ConflictError: It has other nodes, which the message names.
        """
        own = {node.id: node.status for node in self.list_nodes(op, found) if node.own}
        release_nodes(op, own, self.release, lambda: {node.id for node in self.list_nodes(op, found)})
        self._wait_for_others(op, found)
        try:
            self.call_delete(op)
        except (ConflictError, InvalidRequestError, ServiceError) as error:
            left = self.list_nodes(op, found)
            if not left:
                raise
            raise _in_use(op, left, error) from None

    def _wait_for_others(self, op: Operation[QueueInputs], found: Found) -> None:
        """Wait while nodes are being released, and a little for that to begin."""
        looks = 0

        def probe() -> tuple[Outcome, str]:
            nonlocal looks
            nodes = self.list_nodes(op, found)
            looks = 0 if any(node.status == RELEASING for node in nodes) else looks + 1
            return (Outcome.PENDING if nodes and looks < _LOOKS else Outcome.DONE), f"{len(nodes)} nodes left"

        op.wait_until(probe, f"nodes of {self.describe(op.inputs)}")


def _in_use(op: Operation[QueueInputs], nodes: Sequence[QueueNode], error: ApiError) -> ConflictError:
    """Return the error for a queue that still has nodes: which, whose, and what to do."""
    names = sorted(node.hostname for node in nodes)
    groups = [claim.title for claim in op.program.groups_of(op.cluster, names)]
    whose = f" of {listed(groups)}" if groups else ""
    take = f"Take {listed(groups)} out of the program as well, or give it another queue. " if groups else ""
    gone = (
        ""
        if groups
        else (
            f" If the cluster is to be deleted with them: pulumi state delete '{op.engine.urn}', then `pulumi destroy`."
        )
    )
    return ConflictError(
        f"{error.message.rstrip('.')}. In it are nodes{whose}: {listed(names)}",
        code=error.code,
        http_status=error.http_status,
        request_id=error.request_id,
        action=error.action,
        version=error.version,
        next_step=f"{take}Once they are released, run the same again: it deletes the queue. "
        f"`ehpc owners {op.cluster}` lists whose they are.{gone}",
    )
