"""Compute nodes in API version 2024-07-30, which lists neither manager nor login nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pulumi_ehpc.fake.clock import iso_minutes
from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Hardware, Node, require_releasable
from pulumi_ehpc.fake.models.queue import Queue
from pulumi_ehpc.fake.models.states import NodeStatus
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.factories import new_compute_nodes
from pulumi_ehpc.fake.operations.v2024_07_30.hardware import hardware_from
from pulumi_ehpc.fake.operations.v2024_07_30.queue import hardware_for

__all__ = ["create_nodes", "delete_nodes", "list_nodes", "update_nodes"]


def create_nodes(call: Call) -> dict[str, Any]:
    """CreateNodes: returns the ids at once; the nodes run later. Count is always in stock."""
    cluster = call.running_cluster()
    hostnames = call.get("Hostnames", ())
    count = call.get("Count", len(hostnames) or 1)
    if call.get("MinCount", 0) > count:
        raise invalid("MinCount", "It is more than Count.")
    queue = cluster.find_queue(call.get("QueueName") or cluster.default_queue)
    hardware = _hardware(call, cluster, queue)
    prefix, suffix = call.get("HostnamePrefix"), call.get("HostnameSuffix")
    nodes = new_compute_nodes(call, cluster, queue, hardware, count, prefix=prefix, suffix=suffix, hostnames=hostnames)
    for node in nodes:
        node.keep_alive = call.get("KeepAlive").lower() == "true"
        node.deployment_set_id = call.get("DeploymentSetId")
    call.region.add_nodes(cluster, nodes, call.record(cluster.id, queue.name, "AddComputes"))
    return {"Success": True, "InstanceIds": [node.id for node in nodes]}


def _hardware(call: Call, cluster: Cluster, queue: Queue) -> Hardware:
    hardware = hardware_from(call.get("ComputeNode", {}), "ComputeNode")
    if not hardware.instance_type:
        hardware = hardware_for(cluster, queue, "ComputeNode.InstanceType")
    vswitches = (call.get("VSwitchId"), *queue.vswitch_ids, cluster.vswitch_id)
    return replace(hardware, vswitch_id=next(filter(None, vswitches), ""))


def list_nodes(call: Call) -> dict[str, Any]:
    """ListNodes."""
    cluster = call.cluster()
    wanted = {
        "queue": call.get("QueueNames", ()),
        "hostname": call.get("Hostnames", ()),
        "ip_address": call.get("PrivateIpAddress", ()),
        "status": call.get("Status", ()),
    }
    nodes = [
        node
        for node in cluster.compute_nodes()
        if all(not values or getattr(node, name) in values for name, values in wanted.items())
    ]
    if call.get("SortBy") == "HostName":
        nodes.sort(key=lambda node: node.hostname)
    if call.get("Sequence") == "Backward":
        nodes.reverse()
    items, page = call.page(nodes)
    return {**page.as_dict(), "Nodes": [_listed(cluster, node) for node in items]}


def _listed(cluster: Cluster, node: Node) -> dict[str, Any]:
    resources = node.resources
    return {
        "AddTime": iso_minutes(node.added_at),
        "DeploymentSetId": node.deployment_set_id,
        "ExpiredTime": "",
        "Hostname": node.hostname,
        "HtEnabled": node.hardware.enable_ht,
        "Id": node.id,
        "ImageId": node.hardware.image_id,
        "InstanceType": node.hardware.instance_type,
        "IpAddress": node.ip_address,
        "KeepAlive": node.keep_alive,
        "PublicIpAddress": node.public_ip_address,
        "QueueName": node.queue,
        "Reason": node.reason,
        "SpotStrategy": node.hardware.spot_strategy,
        "StateInSched": "idle" if node.status is NodeStatus.RUNNING else "",
        "Status": node.status.value,
        "TotalResources": {"Cpu": resources.cpus, "Gpu": resources.gpus, "Memory": resources.memory_gib},
        "VSwitchId": node.hardware.vswitch_id,
        "VpcId": cluster.vpc_id,
        "ZoneId": node.hardware.zone_id or cluster.zone_id,
    }


def update_nodes(call: Call) -> dict[str, Any]:
    """UpdateNodes: sets whether automatic scale-in spares the nodes."""
    cluster = call.running_cluster()
    entries = call.get("Instances", ())
    if not entries:
        raise invalid("Instances")
    wanted = {entry.get("InstanceId", ""): entry.get("KeepAlive", False) for entry in entries}
    for node in cluster.find_nodes(wanted, "Instances"):
        node.keep_alive = wanted[node.id]
    call.log(cluster, ",".join(wanted))
    return {"Success": True}


def delete_nodes(call: Call) -> dict[str, Any]:
    """DeleteNodes: all or none of them; they disappear later."""
    cluster = call.running_cluster()
    nodes = cluster.find_nodes(call.parameters["InstanceIds"], "InstanceIds")
    require_releasable(nodes)
    record = call.record(cluster.id, ",".join(node.id for node in nodes), "DeleteComputes")
    call.region.delete_nodes(nodes, record)
    return {"Success": True, "TaskId": record.task_id}
