"""The queue in API 2024-07-30: CreateQueue, GetQueue, UpdateQueue, DeleteQueues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.api import spec
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.adoption import adopt, stays
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.fields import FieldMap, as_request, each, words
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Made, Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.parts.release import release_nodes
from pulumi_ehpc.parts.rules import at_most
from pulumi_ehpc.parts.v2024_07_30 import COMPUTE_NODE
from pulumi_ehpc.queue.resource import Queue

VERSION: Final = "2024-07-30"

CREATE = FieldMap(
    "CreateQueue",
    VERSION,
    under="Queue",
    name="QueueName",
    compute_nodes=each("ComputeNodes", COMPUTE_NODE),
    initial_count="InitialCount",
    min_count="MinCount",
    max_count="MaxCount",
    max_count_per_cycle="MaxCountPerCycle",
    enable_scale_out="EnableScaleOut",
    enable_scale_in="EnableScaleIn",
    vswitch_ids="VSwitchIds",
    hostname_prefix="HostnamePrefix",
    hostname_suffix="HostnameSuffix",
    inter_connect=words("InterConnect", {"vpc": "vpc", "erdma": "eRDMA"}),
    derived={"cluster": "goes to ClusterId of every action"},
)
MAPS = (CREATE,)
_ROWS = rows_of(Queue)
_DEFAULT_PREFIX: Final = "compute"
"""Beginning of the host names that the service gives by itself."""


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from at_most(inputs, "name", 15, f"CreateQueue, API {VERSION}")
    fewest, most = inputs.get("min_count"), inputs.get("max_count")
    if isinstance(fewest, int) and isinstance(most, int) and fewest > most:
        yield Violation("min_count", str(fewest), f"must not be greater than max_count, which is {most}")


def create(request: Request) -> Made:
    """Create the queue, or take over one that exists."""
    found = _find(request)
    if found is not None:
        created = adopt(request, f"queue {request.inputs['name']}", _ROWS, CREATE.from_wire(_ROWS, found))
        request.made(_id(request), {"created": created})
        return update(request)
    parameters = {**CREATE.to_wire(_ROWS, request.inputs), "ClusterId": request.inputs["cluster"]}
    make_sure(request, lambda: request.api.call("CreateQueue", parameters), lambda: _find(request) is not None)
    return request.made(_id(request), {"created": True})


def update(request: Request) -> Made:
    """Send the whole queue, with what was never declared as it is now; make it anew if it has vanished meanwhile."""
    assert request.accepted is not None, "a queue to update is known by its id"
    found = _find(request)
    if found is None:
        return create(request)
    current = as_request(found, spec.action("UpdateQueue", VERSION).parameters["Queue"].properties)
    for name, entry in CREATE.fields.items():
        if request.olds.get(name) is not None and request.inputs.get(name) is None:
            current.pop(entry.wire, None)
    queue = {**current, **CREATE.to_wire(_ROWS, request.inputs)["Queue"]}
    request.api.call("UpdateQueue", {"ClusterId": request.inputs["cluster"], "Queue": queue})
    return Made(request.accepted.id, {"created": request.accepted.outputs.get("created", True)})


def read(request: Request) -> Found | Gone:
    """Look at the queue."""
    found = _find(request)
    return GONE if found is None else Found({}, CREATE.from_wire(_ROWS, found))


def delete(request: Request) -> None:
    """Release the nodes that the queue grew or was born with, then delete it.

    Nodes of a NodeGroup went with their group; of what is left the queue's own are known by their host names. With
    others in it the service refuses to delete the queue.
    """
    name = request.inputs["name"]
    if stays(request, f"queue {name}"):
        return
    found = _find(request)
    if found is None:
        return
    if request.inputs.get("initial_count") or request.inputs.get("enable_scale_out"):
        prefix = found.get("HostnamePrefix") or _DEFAULT_PREFIX
        release_nodes(
            request,
            _nodes(request, prefix),
            remove=lambda ids: _remove(request, ids),
            present=lambda: _nodes(request, prefix),
        )
    request.api.call("DeleteQueues", {"ClusterId": request.inputs["cluster"], "QueueNames": [name]})


def _id(request: Request) -> str:
    return f"{request.inputs['cluster']}:{request.inputs['name']}"


def _find(request: Request) -> dict[str, Any] | None:
    """Look for the queue in the list first.

    GetQueue answers a missing one with InvalidParams, as it does a real mistake.
    """
    cluster, name = request.inputs["cluster"], request.inputs["name"]
    listed = request.api.pages("ListQueues", {"ClusterId": cluster, "QueueNames": [name]})
    if not any(queue.get("QueueName") == name for queue in listed):
        return None
    found: dict[str, Any] = request.api.call("GetQueue", {"ClusterId": cluster, "QueueName": name})["Queue"]
    return found


def _nodes(request: Request, prefix: str) -> dict[str, str]:
    """Ids and states of the queue's nodes whose host names begin so."""
    where = {"ClusterId": request.inputs["cluster"], "QueueNames": [request.inputs["name"]], "PageSize": 100}
    nodes = request.api.pages("ListNodes", where)
    return {
        str(node["Id"]): str(node.get("Status") or "")
        for node in nodes
        if str(node.get("Hostname") or "").startswith(prefix)
    }


def _remove(request: Request, ids: Sequence[str]) -> None:
    request.api.call("DeleteNodes", {"ClusterId": request.inputs["cluster"], "InstanceIds": list(ids)})
