"""A group of compute nodes, as a program declares it."""

from __future__ import annotations

from pulumi_ehpc.engine.resource import Resource
from pulumi_ehpc.node_group.properties import NodeGroupProperties
from pulumi_ehpc.node_group.resource_type import NODE_GROUP
from pulumi_ehpc.schema.descriptors import output


class NodeGroup(NodeGroupProperties, Resource, resource_type=NODE_GROUP):
    """Compute nodes of one kind, as many as declared.

    Created by `CreateNodes <https://api.alibabacloud.com/document/EHPC/2024-07-30/CreateNodes>`_ (2024-07-30) or
    `AddNodes <https://api.alibabacloud.com/document/EHPC/2018-04-12/AddNodes>`_ (2018-04-12). The service does not
    know groups: the nodes whose host names begin with ``hostname_prefix`` are the group. A greater ``count`` adds
    nodes, a smaller one releases the newest. Nodes that ended in ``exception`` are replaced at the next update.

    If nodes stand under the prefix already on a cluster that this stack creates, they become the group's, unless they
    are of another kind than declared: then they are refused. On any other cluster they are refused, unless
    ``adopt_existing`` is set.
    """

    nodes = output(list[dict[str, str]])
    """The nodes by host name: ``id``, ``hostname`` and ``ip`` of each."""
