"""A queue, as a program declares it."""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.engine.resource import Resource
from pulumi_ehpc.lifecycle.ids import key_of_id
from pulumi_ehpc.queue.properties import QueueProperties
from pulumi_ehpc.queue.resource_type import QUEUE
from pulumi_ehpc.schema.descriptors import output


class Queue(QueueProperties, Resource, resource_type=QUEUE):
    """A queue of a cluster and the nodes it scales out with.

    Created by `CreateQueue <https://api.alibabacloud.com/document/EHPC/2024-07-30/CreateQueue>`_ (2024-07-30), or by
    `AddQueue <https://api.alibabacloud.com/document/EHPC/2018-04-12/AddQueue>`_ and `SetAutoScaleConfig
    <https://api.alibabacloud.com/document/EHPC/2018-04-12/SetAutoScaleConfig>`_ (2018-04-12). Deleting the queue
    releases the nodes that it added by itself. Nodes of a ``NodeGroup`` are released with their group, and waited for.
    With other nodes in it the queue is not deleted, and the message names them.

    If a queue of that name exists already on a cluster that this stack creates, it becomes this resource's: it is made
    what is declared and, at delete, deleted. On any other cluster it is refused, unless ``adopt_existing`` is set. The
    queues that every cluster is created with can be configured, and are never deleted.
    """

    created = output(bool)
    """Whether this resource created the queue, and so deletes it."""

    def reference(self) -> Any:
        """Return what other resources name it by: its name."""
        if self._options.id is None:
            return self.name
        # Not every engine tells the outputs of what it reads during a preview.
        return self.id.apply(key_of_id)
