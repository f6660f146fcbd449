"""Queues in API version 2018-04-12; ``scale`` has their automatic scaling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.queue import Queue
from pulumi_ehpc.fake.models.rules import check_instance_type, check_queue_name
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["add_queue", "delete_queue", "list_queues", "update_queue_config"]

_INTER_CONNECTS = {"Standard": "vpc", "HighPerformance": "eRDMA"}


def add_queue(call: Call) -> dict[str, Any]:
    """AddQueue: adds a queue without nodes."""
    cluster = call.running_cluster()
    name = call.parameters["QueueName"]
    check_queue_name(name, 63, "QueueName")
    queue = Queue(
        name,
        call.now,
        call.now,
        inter_connect=_INTER_CONNECTS[call.get("NetworkInterfaceTrafficMode", "Standard")],
        deployment_set_id=call.get("DeploymentSetId"),
        use_ess=call.get("UseESS", False),
    )
    cluster.add_queue(queue, call.world.limits.queues_per_cluster)
    call.log(cluster, name)
    return {}


def update_queue_config(call: Call) -> dict[str, Any]:
    """UpdateQueueConfig: omitted attributes stay as they are."""
    cluster = call.running_cluster()
    queue = cluster.find_queue(call.parameters["QueueName"])
    if instance_type := call.get("ComputeInstanceType"):
        check_instance_type(instance_type, "ComputeInstanceType")
        base = queue.compute_nodes[0] if queue.compute_nodes else cluster.compute
        queue.compute_nodes = (replace(base, instance_type=instance_type),)
    queue.resource_group_id = call.get("ResourceGroupId", queue.resource_group_id)
    queue.deployment_set_id = call.get("DeploymentSetId", queue.deployment_set_id)
    if mode := call.get("NetworkInterfaceTrafficMode"):
        queue.inter_connect = _INTER_CONNECTS[mode]
    queue.updated_at = call.now
    call.log(cluster, queue.name)
    return {}


def delete_queue(call: Call) -> dict[str, Any]:
    """DeleteQueue."""
    cluster = call.running_cluster()
    name = call.parameters["QueueName"]
    needs_no_nodes = call.world.assumptions.delete_queue_needs_no_nodes
    cluster.remove_queues([name], "QueueName", needs_no_nodes=needs_no_nodes)
    call.log(cluster, name)
    return {}


def list_queues(call: Call) -> dict[str, Any]:
    """ListQueues: all of them, without paging."""
    cluster = call.cluster()
    return {"Queues": {"QueueInfo": [_listed(cluster, queue) for queue in cluster.queues.values()]}}


def _listed(cluster: Cluster, queue: Queue) -> dict[str, Any]:
    computes = queue.compute_nodes or (cluster.compute,)
    first = computes[0]
    spots = [hardware for hardware in computes if hardware.spot_strategy != "NoSpot"]
    return {
        "ComputeInstanceType": {"InstanceType": [entry.instance_type for entry in computes if entry.instance_type]},
        "DeploymentSetId": queue.deployment_set_id,
        "EnableAutoGrow": queue.scale.enable_scale_out,
        "HostNamePrefix": queue.hostname_prefix,
        "HostNameSuffix": queue.hostname_suffix,
        "ImageId": first.image_id,
        "NetworkInterfaceTrafficMode": "HighPerformance" if queue.inter_connect == "eRDMA" else "Standard",
        "QueueName": queue.name,
        "ResourceGroupId": queue.resource_group_id or cluster.resource_group_id,
        "SpotInstanceTypes": {
            "Instance": [
                {"InstanceType": entry.instance_type, "SpotPriceLimit": entry.spot_price_limit} for entry in spots
            ]
        },
        "SpotStrategy": first.spot_strategy,
        "Type": "Execution",
        "UseESS": queue.use_ess,
    }
