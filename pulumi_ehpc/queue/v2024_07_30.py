"""The queue in API 2024-07-30: CreateQueue, GetQueue, UpdateQueue, DeleteQueues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pulumi_ehpc.common.full_state import FullState
from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.rules import at_most
from pulumi_ehpc.common.v2024_07_30 import COMPUTE_NODE, INTER_CONNECT, VERSION, delete_nodes
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.named import Found
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.queue.handler import QueueHandler, QueueNode
from pulumi_ehpc.queue.properties import QueueInputs, QueueProperties
from pulumi_ehpc.schema.codec import FieldMap, Parameters, enum_map, nested, to_request

CREATE = FieldMap(
    QueueProperties,
    Parameters("CreateQueue", VERSION, under="Queue"),
    name="QueueName",
    compute_nodes=nested("ComputeNodes", COMPUTE_NODE),
    initial_count="InitialCount",
    min_count="MinCount",
    max_count="MaxCount",
    max_count_per_cycle="MaxCountPerCycle",
    enable_scale_out="EnableScaleOut",
    enable_scale_in="EnableScaleIn",
    vswitch_ids="VSwitchIds",
    hostname_prefix="HostnamePrefix",
    hostname_suffix="HostnameSuffix",
    inter_connect=enum_map("InterConnect", INTER_CONNECT),
)
UPDATE = CREATE.replace(parameters=Parameters("UpdateQueue", VERSION, under="Queue"))
_DEFAULT_PREFIX: Final = "compute"
"""Prefix of the host names that the service gives by itself."""
_MAX_NAME: Final = 15


class QueueV20240730(QueueHandler):
    """The queue in API 2024-07-30."""

    version = VERSION
    maps = (CREATE, UPDATE)

    def validate(self, inputs: QueueInputs) -> Iterator[Violation]:
        """Check the name's length, which is shorter than in 2018-04-12."""
        yield from super().validate(inputs)
        yield from at_most("name", inputs.name, _MAX_NAME, f"CreateQueue, API {VERSION}")

    def find(self, op: Operation[QueueInputs]) -> Found | None:
        """Look for the queue in the list first: GetQueue reports a missing one as it reports a real mistake."""
        name = op.inputs.name
        listed = op.api.pages("ListQueues", {**cluster_id(op), "QueueNames": [name]})
        if not any(queue.get("QueueName") == name for queue in listed):
            return None
        return self._get(op)

    def made_at(self, found: Found) -> str:
        """Return the time in the queue."""
        return found.get("CreateTime") or ""

    def decode(self, op: Operation[QueueInputs], found: Found) -> dict[str, Any]:
        """Return the queue as declared values."""
        return CREATE.decode(found)

    def create_one(self, op: Operation[QueueInputs]) -> None:
        """Call CreateQueue."""
        op.api.call("CreateQueue", {**cluster_id(op), **CREATE.encode(op.inputs)})

    def update_one(self, op: Operation[QueueInputs], found: Found) -> None:
        """Call UpdateQueue with the whole queue; what was never declared stays as it is."""
        where, name = op.inputs.cluster, op.inputs.name
        FullState(
            op,
            lock=f"{where}:{name}",
            name=f"queue {name} of {where}",
            read=lambda: to_request(self._get(op), UPDATE.parameters.shapes()),
            write=lambda queue: op.api.call("UpdateQueue", {**cluster_id(op), "Queue": queue}),
        ).change_or_note(lambda queue: UPDATE.overwrite(queue, op.inputs, op.old_inputs))

    def list_nodes(self, op: Operation[QueueInputs], found: Found) -> list[QueueNode]:
        """Call ListNodes. Nodes that the queue was created with or added by itself are known by their host names."""
        makes_nodes = bool(op.inputs.initial_count or op.inputs.enable_scale_out)
        prefix = found.get("HostnamePrefix") or _DEFAULT_PREFIX
        nodes = op.api.pages("ListNodes", {**cluster_id(op), "QueueNames": [op.inputs.name], "PageSize": 100})
        return [
            QueueNode(
                str(node["Id"]),
                str(node.get("Hostname") or ""),
                str(node.get("Status") or ""),
                own=makes_nodes and str(node.get("Hostname") or "").startswith(prefix),
            )
            for node in nodes
        ]

    def release(self, op: Operation[QueueInputs], ids: Sequence[str]) -> None:
        """Call DeleteNodes."""
        delete_nodes(op, ids)

    def call_delete(self, op: Operation[QueueInputs]) -> None:
        """Call DeleteQueues."""
        op.api.call("DeleteQueues", {**cluster_id(op), "QueueNames": [op.inputs.name]})

    def _get(self, op: Operation[QueueInputs]) -> Found:
        queue: Found = op.api.call("GetQueue", {**cluster_id(op), "QueueName": op.inputs.name})["Queue"]
        return queue
