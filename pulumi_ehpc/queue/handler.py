"""What the queue is in both API versions: one object, known by its name."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_ehpc.common.rules import not_greater
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.named import NamedHandler
from pulumi_ehpc.queue.properties import QueueInputs


class QueueHandler(NamedHandler[QueueInputs]):
    """The queue; a subclass for each API version makes the calls."""

    def validate(self, inputs: QueueInputs) -> Iterator[Violation]:
        """Check that the minimum is not above the maximum."""
        yield from not_greater(("min_count", inputs.min_count), ("max_count", inputs.max_count))

    def id_of(self, inputs: QueueInputs) -> str:
        """Return cluster and name."""
        return f"{inputs.cluster}:{inputs.name}"

    def describe(self, inputs: QueueInputs) -> str:
        """Return the queue in words."""
        return f"queue {inputs.name}"
