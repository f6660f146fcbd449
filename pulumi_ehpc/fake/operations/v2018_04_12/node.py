"""Nodes in API version 2018-04-12."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pulumi_ehpc.fake.clock import iso_seconds
from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Hardware, Node, require_releasable
from pulumi_ehpc.fake.models.queue import Queue
from pulumi_ehpc.fake.models.states import NodeStatus
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.operations.factories import new_compute_nodes
from pulumi_ehpc.fake.operations.v2018_04_12.hardware import hardware_from

__all__ = ["add_nodes", "delete_nodes", "list_nodes", "list_nodes_by_queue", "list_nodes_no_paging", "set_queue"]


def add_nodes(call: Call) -> dict[str, Any]:
    """AddNodes: returns the ids at once, or none (switch); the nodes run later. Count is always in stock."""
    cluster = call.running_cluster()
    count = call.parameters["Count"]
    if call.get("MinCount", 1) > count:
        raise invalid("MinCount", "It is more than Count.")
    queue = cluster.find_queue(call.get("JobQueue") or cluster.default_queue, "JobQueue")
    hardware = _hardware(call, cluster, queue)
    prefix, suffix = call.get("HostNamePrefix"), call.get("HostNameSuffix")
    nodes = new_compute_nodes(
        call, cluster, queue, hardware, count, prefix=prefix, suffix=suffix, parameter="HostNamePrefix"
    )
    for node in nodes:
        node.create_mode = call.get("CreateMode", "manual")
        if call.get("AllocatePublicAddress", False):
            node.public_ip_address = call.world.ids.public_address()
    record = call.record(cluster.id, queue.name, "AddComputes")
    call.region.add_nodes(cluster, nodes, record)
    cluster.compute = replace(cluster.compute, instance_type=hardware.instance_type)
    returned = nodes if call.world.assumptions.add_nodes_answers_ids else []
    return {"InstanceIds": {"InstanceId": [node.id for node in returned]}, "TaskId": record.task_id}


def _hardware(call: Call, cluster: Cluster, queue: Queue) -> Hardware:
    candidates = (call.get("InstanceType"), *(entry.instance_type for entry in queue.compute_nodes))
    instance_type = next(filter(None, (*candidates, cluster.compute.instance_type)), "")
    if not instance_type:
        raise invalid("InstanceType", "It is mandatory: the cluster has none of its own.")
    hardware = hardware_from(call.parameters, instance_type, "InstanceType", "cloud_efficiency")
    return replace(
        hardware,
        image_id=call.get("ImageId") or cluster.compute.image_id,
        vswitch_id=hardware.vswitch_id or cluster.vswitch_id,
        zone_id=hardware.zone_id or cluster.zone_id,
    )


def delete_nodes(call: Call) -> dict[str, Any]:
    """DeleteNodes: all or none of them; they disappear later."""
    cluster = call.running_cluster()
    nodes = cluster.find_nodes([entry["Id"] for entry in call.parameters["Instance"]], "Instance")
    if call.get("ReleaseInstance", True):
        require_releasable(nodes)
    record = call.record(cluster.id, ",".join(node.id for node in nodes), "DeleteComputes")
    call.region.delete_nodes(nodes, record)
    return {"TaskId": record.task_id}


def set_queue(call: Call) -> dict[str, Any]:
    """SetQueue: moves nodes, named by host name, to a queue."""
    cluster = call.running_cluster()
    queue = cluster.find_queue(call.parameters["QueueName"])
    by_name = {node.hostname: node for node in cluster.compute_nodes()}
    names = [entry.get("Name", "") for entry in call.parameters["Node"]]
    for name in names:
        if name not in by_name:
            raise ResponseError("ComputeNotFound", f"There is no node {name}.")
    for name in names:
        by_name[name].queue = queue.name
    call.log(cluster, queue.name)
    return {}


def list_nodes(call: Call) -> dict[str, Any]:
    """ListNodes: includes manager and login nodes."""
    cluster = call.cluster()
    nodes = [node for node in cluster.nodes.values() if _matches(call, node)]
    if status := _status_filter(call):
        nodes = [node for node in nodes if node.status.value == status]
    if call.get("SortBy") == "HostName":
        nodes.sort(key=lambda node: node.hostname)
    items, page = call.page(_in_sequence(call, nodes))
    return {**page.as_dict(), "Nodes": {"NodeInfo": [_listed(cluster, node) for node in items]}}


def _matches(call: Call, node: Node) -> bool:
    role = call.get("Role")
    return (
        (not role or node.has_role(role))
        and _host_name_matches(call, node)
        and node.hostname.startswith(call.get("HostNamePrefix"))
        and node.hostname.endswith(call.get("HostNameSuffix"))
        and call.get("PrivateIpAddress") in ("", node.ip_address)
    )


def _host_name_matches(call: Call, node: Node) -> bool:
    try:
        return re.search(call.get("HostName"), node.hostname) is not None
    except re.error:
        raise invalid("HostName", "It is not a regular expression.") from None


def _status_filter(call: Call) -> str:
    condition = call.get("Filter")
    if not condition:
        return ""
    try:
        return str(json.loads(condition).get("status", ""))
    except (ValueError, AttributeError):
        raise invalid("Filter", 'It has to be of the form {"status": "running"}.') from None


def _in_sequence(call: Call, nodes: Sequence[Node]) -> list[Node]:
    return list(reversed(nodes)) if call.get("Sequence") == "Backward" else list(nodes)


def list_nodes_no_paging(call: Call) -> dict[str, Any]:
    """ListNodesNoPaging: compute nodes, unless Role names another role."""
    role = call.get("Role", "Compute")
    nodes = [node for node in call.cluster().nodes.values() if node.has_role(role) and _host_name_matches(call, node)]
    listed = [
        {
            "HostName": node.hostname,
            "Id": node.id,
            "ImageId": node.hardware.image_id,
            "InstanceType": node.hardware.instance_type,
            "Status": node.status.value,
        }
        for node in _in_sequence(call, nodes)
    ]
    return {"Nodes": {"NodeInfo": listed}}


def list_nodes_by_queue(call: Call) -> dict[str, Any]:
    """ListNodesByQueue: returns ``init`` where ListNodes returns ``initing``."""
    cluster = call.cluster()
    queue = cluster.find_queue(call.parameters["QueueName"])
    items, page = call.page(cluster.compute_nodes(queue.name))
    listed = []
    for node in items:
        entry = _listed(cluster, node)
        del entry["InstanceType"], entry["Roles"]
        listed.append({**entry, "Status": "init" if node.status is NodeStatus.INITING else node.status.value})
    return {**page.as_dict(), "Nodes": {"NodeInfo": listed}}


def _listed(cluster: Cluster, node: Node) -> dict[str, Any]:
    resources = node.resources
    return {
        "AddTime": iso_seconds(node.added_at),
        "CreateMode": node.create_mode,
        "CreatedByEhpc": True,
        "Expired": False,
        "ExpiredTime": "",
        "HostName": node.hostname,
        "HtEnabled": node.hardware.enable_ht,
        "Id": node.id,
        "ImageId": node.hardware.image_id,
        "ImageOwnerAlias": node.hardware.image_owner,
        "InstanceType": node.hardware.instance_type,
        "IpAddress": node.ip_address,
        "Location": "PublicCloud",
        "LockReason": "",
        "PublicIpAddress": node.public_ip_address,
        "RegionId": cluster.region_id,
        "Roles": {"Role": [role.value for role in node.roles]},
        "SpotStrategy": node.hardware.spot_strategy,
        "StateInSched": "idle" if node.is_compute and node.status is NodeStatus.RUNNING else "",
        "Status": node.status.value,
        "TotalResources": {"Cpu": resources.cpus, "Gpu": resources.gpus, "Memory": resources.memory_gib * 1024},
        "UsedResources": {"Cpu": 0, "Gpu": 0, "Memory": 0},
        "VSwitchId": node.hardware.vswitch_id or cluster.vswitch_id,
        "Version": cluster.client_version,
        "VpcId": cluster.vpc_id,
        "ZoneId": node.hardware.zone_id or cluster.zone_id,
    }
