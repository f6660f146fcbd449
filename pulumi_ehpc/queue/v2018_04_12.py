"""The queue in API 2018-04-12: AddQueue, ListQueues, UpdateQueueConfig, SetAutoScaleConfig, DeleteQueue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.cluster.autoscale import change_autoscale
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.adoption import adopt, stays
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.diff import as_declared
from pulumi_ehpc.lifecycle.fields import FieldMap, block, each, words
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Made, Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.parts.args import ComputeNodeArgs
from pulumi_ehpc.parts.release import release_nodes
from pulumi_ehpc.parts.v2018_04_12 import DATA_DISK
from pulumi_ehpc.queue.resource import Queue

VERSION: Final = "2018-04-12"

_PAY_AS_YOU_GO = "nodes that come and go by themselves are pay as you go; leave it out"
_NODE = FieldMap(
    instance_type="InstanceType",
    spot_strategy="SpotStrategy",
    spot_price_limit="SpotPriceLimit",
    spot_duration_hours="SpotDuration",
    derived={
        "image_id": "it is one for the queue, QueueImageId",
        "system_disk": "it is one for the queue, SystemDiskCategory and others",
        "data_disks": "they are one list for the queue",
    },
    refused={
        "instance_charge_type": _PAY_AS_YOU_GO,
        "period": _PAY_AS_YOU_GO,
        "period_unit": _PAY_AS_YOU_GO,
        "auto_renew": _PAY_AS_YOU_GO,
        "auto_renew_period": _PAY_AS_YOU_GO,
        "enable_ht": "it is set for all queues of a cluster at once; leave it out",
    },
)
ADD = FieldMap(
    "AddQueue",
    VERSION,
    name="QueueName",
    inter_connect=words("NetworkInterfaceTrafficMode", {"vpc": "Standard", "erdma": "HighPerformance"}),
    derived={"cluster": "goes to ClusterId of every action"},
    refused={"initial_count": "it makes queues without nodes; declare a NodeGroup"},
)
SCALE = FieldMap(
    "SetAutoScaleConfig",
    VERSION,
    under="Queues",
    compute_nodes=each("InstanceTypes", _NODE),
    min_count="MinNodesInQueue",
    max_count="MaxNodesInQueue",
    max_count_per_cycle="MaxNodesPerCycle",
    enable_scale_out="EnableAutoGrow",
    enable_scale_in="EnableAutoShrink",
    hostname_prefix="HostNamePrefix",
    hostname_suffix="HostNameSuffix",
    derived={"vswitch_ids": "goes to VSwitchId of each kind of node"},
)
OF_THE_QUEUE = FieldMap(
    "SetAutoScaleConfig",
    VERSION,
    under="Queues",
    compute_nodes=each(
        "",
        FieldMap(
            image_id="QueueImageId",
            system_disk=block(
                "",
                FieldMap(category="SystemDiskCategory", size_gib="SystemDiskSize", level="SystemDiskLevel"),
                read=".",
            ),
            data_disks=each("DataDisks", DATA_DISK),
        ),
    ),
)
"""What 2018-04-12 sets once for a queue and people write at its kinds of node."""
MAPS = (ADD, SCALE, OF_THE_QUEUE)
_SHARED = OF_THE_QUEUE.inner(OF_THE_QUEUE.fields["compute_nodes"])
_OF_NODES = (
    "InstanceType",
    "InstanceTypes",
    "QueueImageId",
    "SystemDiskCategory",
    "SystemDiskSize",
    "SystemDiskLevel",
    "DataDisks",
)
"""What a change of the kinds of node writes anew as a whole."""
_SCALING = tuple(name for name in (*SCALE.fields, "vswitch_ids"))
_ROWS = rows_of(Queue)
_NODE_ROWS = rows_of(ComputeNodeArgs)


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    where = f"(SetAutoScaleConfig, API {VERSION})"
    if len(inputs.get("vswitch_ids") or ()) > 1:
        yield Violation("vswitch_ids", "list", f"must have at most one entry {where}")
    fewest, most = inputs.get("min_count"), inputs.get("max_count")
    if isinstance(fewest, int) and isinstance(most, int) and fewest > most:
        yield Violation("min_count", str(fewest), f"must not be greater than max_count, which is {most}")
    for name in ("image_id", "system_disk", "data_disks"):
        declared = [node.get(name) for node in inputs.get("compute_nodes") or () if isinstance(node, Mapping)]
        if any(value != declared[0] for value in declared):
            yield Violation(
                f"compute_nodes[].{name}", "several", f"must be the same for all kinds of node of a queue {where}"
            )


def create(request: Request) -> Made:
    """Add the queue, or take over one that exists, and set how it scales."""
    found = _find(request)
    if found is not None:
        created = adopt(request, f"queue {request.inputs['name']}", _ROWS, _declared(request, found))
    else:
        created = True
        parameters = {**ADD.to_wire(_ROWS, request.inputs), **_cluster(request)}
        make_sure(request, lambda: request.api.call("AddQueue", parameters), lambda: _find(request) is not None)
    made = request.made(_id(request), {"created": created})
    _set_scale(request)
    return made


def update(request: Request) -> Made:
    """Change the queue; add it anew if it has vanished meanwhile."""
    assert request.accepted is not None, "a queue to update is known by its id"
    if _find(request) is None:
        return create(request)
    if request.inputs.get("inter_connect") != request.olds.get("inter_connect"):
        request.api.call("UpdateQueueConfig", {**ADD.to_wire(_ROWS, request.inputs), **_cluster(request)})
    _set_scale(request)
    return Made(request.accepted.id, {"created": request.accepted.outputs.get("created", True)})


def read(request: Request) -> Found | Gone:
    """Look at the queue and at how it scales."""
    found = _find(request)
    return GONE if found is None else Found({}, _declared(request, found))


def delete(request: Request) -> None:
    """Release the nodes that the queue grew by itself, then delete it; with others in it the service refuses."""
    name = request.inputs["name"]
    if stays(request, f"queue {name}") or _find(request) is None:
        return
    release_nodes(
        request,
        _grown_nodes(request),
        remove=lambda ids: _remove(request, ids),
        present=lambda: _grown_nodes(request),
    )
    request.api.call("DeleteQueue", {**_cluster(request), "QueueName": name})


class _QueueScale:
    """The queue's part of the cluster's scaling."""

    def __init__(self, request: Request) -> None:
        self.name = request.inputs["name"]
        self.inputs = request.inputs
        self.olds = request.olds

    def __bool__(self) -> bool:
        return any(values.get(name) is not None for values in (self.inputs, self.olds) for name in _SCALING)

    def change(self, config: dict[str, Any]) -> None:
        """Write the part; what was declared before and is not any more falls back to the service's defaults."""
        queues = config.setdefault("Queues", [])
        own = next((queue for queue in queues if queue.get("QueueName") == self.name), None)
        if own is None:
            own = {"QueueName": self.name}
            queues.append(own)
        for name, entry in SCALE.fields.items():
            if self.olds.get(name) is not None and self.inputs.get(name) is None:
                own.pop(entry.wire, None)
        if self.olds and any(self.olds.get(name) != self.inputs.get(name) for name in ("compute_nodes", "vswitch_ids")):
            for name in _OF_NODES:
                own.pop(name, None)
        wanted = SCALE.to_wire(_ROWS, self.inputs).get("Queues", {})
        nodes = self.inputs.get("compute_nodes") or ()
        if nodes:
            wanted.update(_SHARED.to_wire(_NODE_ROWS, nodes[0], under=""))
        for vswitch_id in self.inputs.get("vswitch_ids") or ():
            for kind in wanted.get("InstanceTypes", ()):
                kind["VSwitchId"] = vswitch_id
        # What is as wanted already keeps the service's own additions, so that nothing is sent for nothing.
        own.update({name: value for name, value in wanted.items() if as_declared(value, own.get(name)) != value})


def _set_scale(request: Request) -> None:
    change_autoscale(request, request.inputs["cluster"], _QueueScale(request))


def _declared(request: Request, found: Mapping[str, Any]) -> dict[str, Any]:
    """The living queue as declared values; how it scales is left out while it was never set."""
    declared = ADD.from_wire(_ROWS, found)
    answer = request.api.call("GetAutoScaleConfig", _cluster(request))
    queues = (answer.get("Queues") or {}).get("QueueInfo") or ()
    own = next((queue for queue in queues if queue.get("QueueName") == request.inputs["name"]), None)
    if own is None:
        return declared
    kinds = (own.get("InstanceTypes") or {}).get("InstanceTypeInfo") or ()
    disks = (own.get("DataDisks") or {}).get("DataDisksInfo") or ()
    declared.update(SCALE.from_wire(_ROWS, {**own, "InstanceTypes": kinds}))
    shared = _SHARED.from_wire(_NODE_ROWS, {**own, "DataDisks": disks})
    declared["compute_nodes"] = [{**shared, **kind} for kind in declared.get("compute_nodes", ())]
    vswitches = sorted({str(kind["VSwitchId"]) for kind in kinds if kind.get("VSwitchId")})
    return {**declared, "vswitch_ids": vswitches} if vswitches else declared


def _id(request: Request) -> str:
    return f"{request.inputs['cluster']}:{request.inputs['name']}"


def _cluster(request: Request) -> dict[str, Any]:
    return {"ClusterId": request.inputs["cluster"]}


def _find(request: Request) -> dict[str, Any] | None:
    listed = request.api.pages("ListQueues", _cluster(request))
    return next((queue for queue in listed if queue.get("QueueName") == request.inputs["name"]), None)


def _grown_nodes(request: Request) -> dict[str, str]:
    """Ids and states of the nodes that scaling added."""
    where = {**_cluster(request), "QueueName": request.inputs["name"], "PageSize": 50}
    nodes = request.api.pages("ListNodesByQueue", where)
    return {str(node["Id"]): str(node.get("Status") or "") for node in nodes if node.get("CreateMode") == "autoscale"}


def _remove(request: Request, ids: Sequence[str]) -> None:
    instances = [{"Id": node} for node in ids]
    request.api.call("DeleteNodes", {**_cluster(request), "Instance": instances, "ReleaseInstance": True})
