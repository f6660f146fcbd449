"""A cluster, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import ResourceOptions

from pulumi_ehpc.cluster.properties import ClusterProperties
from pulumi_ehpc.cluster.resource_type import CLUSTER
from pulumi_ehpc.engine.resource import Resource
from pulumi_ehpc.schema.descriptors import output


class Cluster(ClusterProperties, Resource, resource_type=CLUSTER):
    """An E-HPC cluster.

    Created by CreateCluster (`2024-07-30 <https://api.alibabacloud.com/document/EHPC/2024-07-30/CreateCluster>`_,
    `2018-04-12 <https://api.alibabacloud.com/document/EHPC/2018-04-12/CreateCluster>`_), which takes 5 to 20 minutes;
    the resource's line shows the state meanwhile. ``shared_storages``, ``addons``, ``additional_packages``, ``login``
    and ``compute`` are what the cluster is created with; they are never compared with what other resources add later.
    """

    status = output(str)
    """State when the cluster was last looked at, such as ``running``."""
    manager_ip = output(str)
    """IP address of the manager node; empty where the API version does not return it."""
    create_time = output(str)
    """When the cluster was created."""

    def options(self, given: Mapping[str, Any]) -> ResourceOptions:
        """Return the engine's protection with the service's; 2018-04-12 has no protection of its own."""
        protect = True if given.get("deletion_protection") is True else None
        return ResourceOptions.merge(super().options(given), ResourceOptions(protect=protect))
