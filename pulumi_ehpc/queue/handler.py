"""What the queue is in both API versions: one object, known by its name."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_ehpc.common.in_cluster import DEFAULT_QUEUES, queue_names
from pulumi_ehpc.common.rules import not_greater
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.named import Found, NamedHandler
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.queue.properties import QueueInputs


class QueueHandler(NamedHandler[QueueInputs]):
    """The queue; a subclass for each API version makes the calls."""

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
