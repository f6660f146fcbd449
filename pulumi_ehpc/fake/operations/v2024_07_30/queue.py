"""Queues in API version 2024-07-30."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi_ehpc.fake.clock import iso_minutes
from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Hardware, Node
from pulumi_ehpc.fake.models.queue import Queue, QueueScale
from pulumi_ehpc.fake.models.rules import check_hostname_part, check_queue_name
from pulumi_ehpc.fake.models.states import NodeStatus
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.factories import new_compute_nodes
from pulumi_ehpc.fake.operations.v2024_07_30.hardware import hardware_from, hardware_to

__all__ = [
    "add_queue",
    "create_queue",
    "delete_queues",
    "get_queue",
    "hardware_for",
    "initial_nodes",
    "list_queues",
    "update_queue",
]


def add_queue(call: Call, cluster: Cluster, template: Mapping[str, Any], parameter: str) -> Queue:
    """Add the queue that a QueueTemplate describes.

    Raises:
        ResponseError: InvalidParams.
    """
    check_queue_name(template["QueueName"], 15, f"{parameter}.QueueName")
    queue = _apply_template(Queue(template["QueueName"], call.now, call.now), template, parameter)
    cluster.add_queue(queue, call.world.limits.queues_per_cluster, f"{parameter}.QueueName")
    return queue


def hardware_for(cluster: Cluster, queue: Queue, parameter: str) -> Hardware:
    """Return the hardware of a new node of a queue.

    Raises:
        ResponseError: InvalidParams when neither queue nor cluster names an instance type.
    """
    for hardware in (*queue.compute_nodes, cluster.compute):
        if hardware.instance_type:
            return hardware
    raise invalid(parameter, "An instance type is needed.")


def initial_nodes(call: Call, cluster: Cluster, queue: Queue, parameter: str) -> list[Node]:
    """Make the InitialCount nodes of a new queue, without adding them to the cluster.

    Raises:
        ResponseError: InvalidParams without an instance type, TooManyNodes.
    """
    if not queue.initial_count:
        return []
    hardware = hardware_for(cluster, queue, parameter)
    nodes = new_compute_nodes(call, cluster, queue, hardware, queue.initial_count)
    call.region.require_room_for_nodes(cluster, nodes)
    return nodes


def _apply_template(queue: Queue, template: Mapping[str, Any], parameter: str) -> Queue:
    """Set every given field; the others stay as they are."""
    for name in ("HostnamePrefix", "HostnameSuffix"):
        check_hostname_part(template.get(name, ""), f"{parameter}.{name}")
    computes = template.get("ComputeNodes") or ()
    if len(computes) > 10:
        raise invalid(f"{parameter}.ComputeNodes", "At most 10 are accepted.")
    if computes:
        queue.compute_nodes = tuple(
            hardware_from(entry, f"{parameter}.ComputeNodes.{index}") for index, entry in enumerate(computes, 1)
        )
    scale = queue.scale
    queue.scale = replace(
        scale,
        enable_scale_out=template.get("EnableScaleOut", scale.enable_scale_out),
        enable_scale_in=template.get("EnableScaleIn", scale.enable_scale_in),
        min_count=template.get("MinCount", scale.min_count),
        max_count=template.get("MaxCount", scale.max_count),
        max_count_per_cycle=template.get("MaxCountPerCycle", scale.max_count_per_cycle),
    )
    queue.initial_count = template.get("InitialCount", queue.initial_count)
    queue.vswitch_ids = tuple(template.get("VSwitchIds") or queue.vswitch_ids)
    queue.hostname_prefix = template.get("HostnamePrefix", queue.hostname_prefix)
    queue.hostname_suffix = template.get("HostnameSuffix", queue.hostname_suffix)
    queue.inter_connect = template.get("InterConnect", queue.inter_connect)
    queue.allocation_strategy = template.get("AllocationStrategy", queue.allocation_strategy)
    queue.keep_alive_nodes = tuple(template.get("KeepAliveNodes") or queue.keep_alive_nodes)
    queue.ram_role = template.get("RamRole", queue.ram_role)
    queue.reserved_node_pool_id = template.get("ReservedNodePoolId", queue.reserved_node_pool_id)
    _check_counts(queue, parameter)
    return queue


def _check_counts(queue: Queue, parameter: str) -> None:
    scale = queue.scale
    counts = {"MinCount": scale.min_count, "InitialCount": queue.initial_count, "MaxCount": scale.max_count}
    for name, count in counts.items():
        if count < 0:
            raise invalid(f"{parameter}.{name}", "It has to be 0 or more.")
        if scale.max_count and count > scale.max_count:
            raise invalid(f"{parameter}.{name}", "It is more than MaxCount.")


def create_queue(call: Call) -> dict[str, Any]:
    """CreateQueue: adds a queue with InitialCount nodes."""
    cluster = call.running_cluster()
    queue = add_queue(call, cluster, call.parameters["Queue"], "Queue")
    try:
        nodes = initial_nodes(call, cluster, queue, "Queue.ComputeNodes")
    except ResponseError:
        del cluster.queues[queue.name]
        raise
    if nodes:
        call.region.add_nodes(cluster, nodes, call.record(cluster.id, queue.name, "AddComputes"))
    else:
        call.log(cluster, queue.name)
    return {"Name": queue.name}


def update_queue(call: Call) -> dict[str, Any]:
    """UpdateQueue: omitted fields stay as they are, or fall back to their defaults (switch)."""
    cluster = call.running_cluster()
    template = call.parameters["Queue"]
    queue = cluster.find_queue(template["QueueName"], "Queue.QueueName")
    keeps = call.world.assumptions.update_queue_keeps_omitted
    base = replace(queue) if keeps else Queue(queue.name, queue.created_at, queue.updated_at, QueueScale())
    updated = _apply_template(base, template, "Queue")
    updated.updated_at = call.now
    cluster.queues[queue.name] = updated
    call.log(cluster, queue.name)
    return {"Success": True}


def delete_queues(call: Call) -> dict[str, Any]:
    """DeleteQueues: all or none of them."""
    cluster = call.running_cluster()
    names = list(dict.fromkeys(call.parameters["QueueNames"]))
    needs_no_nodes = call.world.assumptions.delete_queue_needs_no_nodes
    cluster.remove_queues(names, "QueueNames", needs_no_nodes=needs_no_nodes)
    call.log(cluster, ",".join(names))
    return {"Success": True}


def get_queue(call: Call) -> dict[str, Any]:
    """GetQueue: InvalidParams for a queue that does not exist."""
    queue = call.cluster().find_queue(call.parameters["QueueName"])
    return {
        "Queue": {
            **_shared(queue),
            "AllocationStrategy": queue.allocation_strategy,
            "HostnamePrefix": queue.hostname_prefix,
            "HostnameSuffix": queue.hostname_suffix,
            "InitialCount": queue.initial_count,
            "InterConnect": queue.inter_connect,
            "KeepAliveNodes": list(queue.keep_alive_nodes),
            "RamRole": queue.ram_role,
            "ReservedNodePoolId": queue.reserved_node_pool_id,
        }
    }


def _shared(queue: Queue) -> dict[str, Any]:
    """Return what GetQueue and ListQueues both return."""
    return {
        "QueueName": queue.name,
        "ComputeNodes": [hardware_to(hardware) for hardware in queue.compute_nodes],
        "CreateTime": iso_minutes(queue.created_at),
        "UpdateTime": iso_minutes(queue.updated_at),
        "EnableScaleIn": queue.scale.enable_scale_in,
        "EnableScaleOut": queue.scale.enable_scale_out,
        "MinCount": queue.scale.min_count,
        "MaxCount": queue.scale.max_count,
        "MaxCountPerCycle": queue.scale.max_count_per_cycle,
        "VSwitchIds": list(queue.vswitch_ids),
    }


def list_queues(call: Call) -> dict[str, Any]:
    """ListQueues: all on one page, as the request has no paging."""
    cluster = call.cluster()
    names = call.get("QueueNames", ())
    if len(names) > 8:
        raise invalid("QueueNames", "At most 8 are accepted.")
    queues = [queue for queue in cluster.queues.values() if not names or queue.name in names]
    return {
        "ClusterId": cluster.id,
        "PageNumber": 1,
        "PageSize": max(len(queues), 1),
        "TotalCount": len(queues),
        "Queues": [_listed(cluster, queue) for queue in queues],
    }


def _listed(cluster: Cluster, queue: Queue) -> dict[str, Any]:
    nodes = cluster.compute_nodes(queue.name)
    statuses = Counter(node.status for node in nodes)
    shared = _shared(queue)
    return {
        **shared,
        "ComputeNodes": shared["ComputeNodes"][:5],
        "VSwitchIds": shared["VSwitchIds"][:3],
        "TotalCores": sum(node.resources.cpus for node in nodes),
        "Nodes": {
            "CreatingCounts": statuses[NodeStatus.UNINIT] + statuses[NodeStatus.INITING],
            "ExceptionCounts": statuses[NodeStatus.EXCEPTION],
            "RunningCounts": statuses[NodeStatus.RUNNING],
        },
    }
