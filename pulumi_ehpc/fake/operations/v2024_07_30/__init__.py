"""The actions of API version 2024-07-30, one module for each resource type."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_ehpc.fake.operations.call import Operation
from pulumi_ehpc.fake.operations.v2024_07_30 import cluster, log, node, queue, user, views, volume

__all__ = ["OPERATIONS"]

OPERATIONS: Mapping[str, Operation] = {
    "AttachSharedStorages": volume.attach_shared_storages,
    "CreateCluster": cluster.create_cluster,
    "CreateNodes": node.create_nodes,
    "CreateQueue": queue.create_queue,
    "CreateUsers": user.create_users,
    "DeleteCluster": cluster.delete_cluster,
    "DeleteNodes": node.delete_nodes,
    "DeleteQueues": queue.delete_queues,
    "DeleteUsers": user.delete_users,
    "DetachSharedStorages": volume.detach_shared_storages,
    "GetCluster": views.get_cluster,
    "GetCommonLogDetail": log.get_common_log_detail,
    "GetQueue": queue.get_queue,
    "GetUser": user.get_user,
    "ListClusters": views.list_clusters,
    "ListCommonLogs": log.list_common_logs,
    "ListNodes": node.list_nodes,
    "ListQueues": queue.list_queues,
    "ListRegions": log.list_regions,
    "ListSharedStorages": volume.list_shared_storages,
    "ListUsers": user.list_users,
    "UpdateCluster": cluster.update_cluster,
    "UpdateNodes": node.update_nodes,
    "UpdateQueue": queue.update_queue,
    "UpdateUser": user.update_user,
}
