"""The queue in API 2018-04-12: AddQueue, ListQueues, UpdateQueueConfig, SetAutoScaleConfig, DeleteQueue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.common.args import ComputeNodeArgs, SystemDiskArgs
from pulumi_ehpc.common.autoscale import change_autoscale, queue_part
from pulumi_ehpc.common.full_state import Parts
from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2018_04_12 import DATA_DISK, INTER_CONNECT, VERSION, delete_nodes
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.named import Found
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.queue.handler import QueueHandler, QueueNode
from pulumi_ehpc.queue.properties import QueueInputs, QueueProperties
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map, nested, unwrapped
from pulumi_ehpc.schema.diff import as_declared
from pulumi_ehpc.schema.unknowns import has_unknown

_SUBSCRIPTION: Final = ("instance_charge_type", "period", "period_unit", "auto_renew", "auto_renew_period")

ADD = FieldMap(
    QueueProperties,
    Parameters("AddQueue", VERSION),
    name="QueueName",
    inter_connect=enum_map("NetworkInterfaceTrafficMode", INTER_CONNECT),
    unsupported={"initial_count": "queues are created empty; declare a NodeGroup"},
)
CONFIG = ADD.replace(parameters=Parameters("UpdateQueueConfig", VERSION))
NODE = FieldMap(
    ComputeNodeArgs,
    instance_type="InstanceType",
    spot_strategy="SpotStrategy",
    spot_price_limit="SpotPriceLimit",
    spot_duration_hours="SpotDuration",
    handled=dict.fromkeys(("image_id", "system_disk", "data_disks"), "once for all kinds of node of the queue"),
    unsupported={
        **dict.fromkeys(_SUBSCRIPTION, "nodes that a queue adds by itself are pay as you go; leave it out"),
        "enable_ht": "it is one setting for all queues of a cluster; leave it out",
    },
)
SCALE = FieldMap(
    QueueProperties,
    Parameters("SetAutoScaleConfig", VERSION, under="Queues"),
    compute_nodes=nested("InstanceTypes", NODE),
    min_count="MinNodesInQueue",
    max_count="MaxNodesInQueue",
    max_count_per_cycle="MaxNodesPerCycle",
    enable_scale_out="EnableAutoGrow",
    enable_scale_in="EnableAutoShrink",
    hostname_prefix="HostNamePrefix",
    hostname_suffix="HostNameSuffix",
    handled={"vswitch_ids": "VSwitchId of each kind of node"},
)
SYSTEM_DISK = FieldMap(
    SystemDiskArgs, category="SystemDiskCategory", size_gib="SystemDiskSize", level="SystemDiskLevel"
)
QUEUE_NODE = FieldMap(
    ComputeNodeArgs,
    Parameters("SetAutoScaleConfig", VERSION, under="Queues"),
    image_id="QueueImageId",
    system_disk=nested("", SYSTEM_DISK, response="."),
    data_disks=nested("DataDisks", DATA_DISK),
)
"""What 2018-04-12 sets once for a queue and a program declares for each kind of node."""
SCALE_NODE = FieldMap(
    QueueProperties, Parameters("SetAutoScaleConfig", VERSION, under="Queues"), compute_nodes=nested("", QUEUE_NODE)
)
_SCALED: Final = (*SCALE.fields, "vswitch_ids")
_NODE_FIELDS: Final = ("InstanceType", "InstanceTypes", "QueueImageId", *SYSTEM_DISK.wires(), "DataDisks")
"""What a change of the kinds of node writes again as a whole."""


class QueueV20180412(QueueHandler):
    """The queue in API 2018-04-12."""

    version = VERSION
    maps = (ADD, SCALE, SCALE_NODE)

    def validate(self, inputs: QueueInputs) -> Iterator[Violation]:
        """Check what this version sets once for a queue."""
        yield from super().validate(inputs)
        where = f"(SetAutoScaleConfig, API {VERSION})"
        if len(inputs.vswitch_ids) > 1:
            yield Violation("vswitch_ids", "list", f"must have at most one entry {where}")
        for name in QUEUE_NODE.fields:
            declared = [node.to_dict().get(name) for node in inputs.compute_nodes]
            known = [value for value in declared if not has_unknown(value)]
            if any(value != known[0] for value in known):
                rule = f"must be the same for all kinds of node of a queue {where}"
                yield Violation(f"compute_nodes[].{name}", "several", rule)

    def find(self, op: Operation[QueueInputs]) -> Found | None:
        """Look for the queue in the list."""
        listed = op.api.pages("ListQueues", cluster_id(op), empty_if_absent=op.creates)
        return next((queue for queue in listed if queue.get("QueueName") == op.inputs.name), None)

    def decode(self, op: Operation[QueueInputs], found: Found) -> dict[str, Any]:
        """Return the queue, and how it scales, as declared values."""
        return {**ADD.decode(found), **self._scale(op)}

    def create_one(self, op: Operation[QueueInputs]) -> None:
        """Call AddQueue."""
        op.api.call("AddQueue", {**cluster_id(op), **ADD.encode(op.inputs)})

    def finish_create(self, op: Operation[QueueInputs]) -> None:
        """Set how the queue scales."""
        if any(name in inputs for inputs in (op.inputs, op.old_inputs) for name in _SCALED):
            change_autoscale(op, op.inputs.cluster, lambda parts: self._write_scale(op, parts))

    def update_one(self, op: Operation[QueueInputs], found: Found) -> None:
        """Change the network between the nodes, and how the queue scales."""
        if op.inputs.inter_connect not in (op.old_inputs.inter_connect, ADD.decode(found).get("inter_connect")):
            op.api.call("UpdateQueueConfig", {**cluster_id(op), **CONFIG.encode(op.inputs)})
        self.finish_create(op)

    def list_nodes(self, op: Operation[QueueInputs], found: Found) -> list[QueueNode]:
        """Call ListNodesByQueue, which reports the nodes that autoscaling added."""
        nodes = op.api.pages("ListNodesByQueue", {**cluster_id(op), "QueueName": op.inputs.name, "PageSize": 50})
        return [
            QueueNode(
                str(node["Id"]),
                str(node.get("HostName") or ""),
                str(node.get("Status") or ""),
                own=node.get("CreateMode") == "autoscale",
            )
            for node in nodes
        ]

    def release(self, op: Operation[QueueInputs], ids: Sequence[str]) -> None:
        """Call DeleteNodes."""
        delete_nodes(op, ids)

    def call_delete(self, op: Operation[QueueInputs]) -> None:
        """Call DeleteQueue."""
        op.api.call("DeleteQueue", {**cluster_id(op), "QueueName": op.inputs.name})

    def _scale(self, op: Operation[QueueInputs]) -> dict[str, Any]:
        """Return how the queue scales as declared values; nothing while it was never set."""
        config = op.api.call("GetAutoScaleConfig", cluster_id(op))
        own = _own_part(unwrapped(config.get("Queues")), op.inputs.name)
        if own is None:
            return {}
        kinds = unwrapped(own.get("InstanceTypes"))
        shared = QUEUE_NODE.decode({**own, "DataDisks": unwrapped(own.get("DataDisks")) or None})
        scale = SCALE.decode({**own, "InstanceTypes": kinds})
        scale["compute_nodes"] = [{**shared, **kind} for kind in scale.get("compute_nodes", ())]
        vswitches = sorted({str(kind["VSwitchId"]) for kind in kinds if kind.get("VSwitchId")})
        return {**scale, "vswitch_ids": vswitches} if vswitches else scale

    def _write_scale(self, op: Operation[QueueInputs], parts: Parts) -> Parts:
        """Write the queue's part; what was declared before and is not any more falls back to the service defaults."""
        own = parts.setdefault(queue_part(op.inputs.name), {"QueueName": op.inputs.name})
        for name, entry in SCALE.fields.items():
            if name in op.old_inputs and name not in op.inputs:
                own.pop(entry.wire, None)
        old, new = op.old_inputs.values, op.inputs.values
        if old and any(old.get(name) != new.get(name) for name in ("compute_nodes", "vswitch_ids")):
            for name in _NODE_FIELDS:
                own.pop(name, None)
        wanted = {**SCALE.encode_object(op.inputs), **_queue_node(op.inputs)}
        for vswitch_id in op.inputs.vswitch_ids:
            for kind in wanted.get("InstanceTypes", ()):
                kind["VSwitchId"] = vswitch_id
        # What is as wanted already keeps the service's own additions, so that nothing is sent for nothing.
        own.update({name: value for name, value in wanted.items() if as_declared(value, own.get(name)) != value})
        return parts


def _own_part(queues: Sequence[Any], name: str | None) -> dict[str, Any] | None:
    return next((queue for queue in queues if queue.get("QueueName") == name), None)


def _queue_node(inputs: QueueInputs) -> Mapping[str, Any]:
    return QUEUE_NODE.encode_object(inputs.compute_nodes[0]) if inputs.compute_nodes else {}
