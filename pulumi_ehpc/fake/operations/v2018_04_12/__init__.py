"""The actions of API version 2018-04-12, one module for each resource type."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_ehpc.fake.operations.call import Operation
from pulumi_ehpc.fake.operations.v2018_04_12 import cluster, node, queue, scale, tag, task, user, views, volume

__all__ = ["OPERATIONS"]

OPERATIONS: Mapping[str, Operation] = {
    "AddNodes": node.add_nodes,
    "AddQueue": queue.add_queue,
    "AddUsers": user.add_users,
    "CreateCluster": cluster.create_cluster,
    "DeleteCluster": cluster.delete_cluster,
    "DeleteNodes": node.delete_nodes,
    "DeleteQueue": queue.delete_queue,
    "DeleteUsers": user.delete_users,
    "DescribeAutoScaleConfig": scale.describe_auto_scale_config,
    "DescribeCluster": views.describe_cluster,
    "GetAutoScaleConfig": scale.get_auto_scale_config,
    "GetClusterVolumes": volume.get_cluster_volumes,
    "ListClusters": views.list_clusters,
    "ListClustersMeta": views.list_clusters_meta,
    "ListNodes": node.list_nodes,
    "ListNodesByQueue": node.list_nodes_by_queue,
    "ListNodesNoPaging": node.list_nodes_no_paging,
    "ListQueues": queue.list_queues,
    "ListRegions": task.list_regions,
    "ListTagResources": tag.list_tag_resources,
    "ListTasks": task.list_tasks,
    "ListUsers": user.list_users,
    "ListVolumes": volume.list_volumes,
    "ModifyClusterAttributes": cluster.modify_cluster_attributes,
    "ModifyUserGroups": user.modify_user_groups,
    "ModifyUserPasswords": user.modify_user_passwords,
    "SetAutoScaleConfig": scale.set_auto_scale_config,
    "SetQueue": node.set_queue,
    "TagResources": tag.tag_resources,
    "UnTagResources": tag.untag_resources,
    "UpdateClusterVolumes": volume.update_cluster_volumes,
    "UpdateQueueConfig": queue.update_queue_config,
    "UpgradeClient": cluster.upgrade_client,
}
