"""Responses of success with wrong bodies, and what a service looks like from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from pulumi_ehpc.api import spec
from pulumi_ehpc.api.signers import HttpRequest
from pulumi_ehpc.api.transport import Response, Transport
from tests.resources.stack import Stack

NEW = "2024-07-30"

Body = dict[str, Any]


def _without_containers(body: Body) -> Body:
    return {name: value for name, value in body.items() if not isinstance(value, (dict, list))}


def _in_containers(body: Body, change: Callable[[Any], Any]) -> Body:
    return {name: change(value) if isinstance(value, (dict, list)) else value for name, value in body.items()}


def _other_container(value: Any) -> Any:
    return [value] if isinstance(value, dict) else {"Item": value}


def _odd_values(value: Any) -> Any:
    """Put a number for each string, and a text for all else that is plain."""
    if isinstance(value, dict):
        return {name: _odd_values(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_odd_values(element) for element in value]
    return 7 if isinstance(value, str) else "odd"


def _blank(value: Any) -> Any:
    """Put an empty text for each string."""
    if isinstance(value, dict):
        return {name: _blank(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_blank(element) for element in value]
    return "" if isinstance(value, str) else value


def _emptied(body: Body) -> Body:
    """Take everything out of the lists of a page, and count some items."""
    return {**_in_containers(body, lambda value: _with_entries(value, [])), "TotalCount": 5}


def _with_entries(value: Any, entries: list[Any]) -> Any:
    if isinstance(value, list):
        return entries
    return {
        name: _with_entries(member, entries) if isinstance(member, list) else member for name, member in value.items()
    }


WRONG: Mapping[str, Callable[[Body], Any]] = {
    "nothing": lambda body: {},
    "a list": lambda body: [body],
    "an id only": lambda body: {"RequestId": body["RequestId"]},
    "no id": lambda body: {name: value for name, value in body.items() if name != "RequestId"},
    "no containers": _without_containers,
    "null containers": lambda body: _in_containers(body, lambda value: None),
    "empty containers": lambda body: _in_containers(body, lambda value: {} if isinstance(value, dict) else None),
    "other containers": lambda body: _in_containers(body, _other_container),
    "null entries": lambda body: _in_containers(body, lambda value: _with_entries(value, [None])),
    "empty entries": lambda body: _in_containers(body, lambda value: _with_entries(value, [{}])),
    "odd values": lambda body: {**_odd_values(body), "RequestId": body["RequestId"]},
    "blank strings": lambda body: {**_blank(body), "RequestId": body["RequestId"]},
    "counted, not listed": lambda body: _emptied(body) if "TotalCount" in body else {},
    "endless count": lambda body: {**body, "TotalCount": float("inf")},
}
"""What is made of a body. A list that is said to be empty is no wrong body: it can only be believed."""


@contextmanager
def answering(stack: Stack, action: str, wrong: Callable[[Body], Any]) -> Iterator[None]:
    """Let every response of success to an action have a wrong body, though the service does what it is asked."""
    send = Transport.send

    def changed(transport: Transport, request: HttpRequest, *, action: str, **more: Any) -> Response:
        response = send(transport, request, action=action, **more)
        if action != wanted or response.status >= 300:
            return response
        return replace(response, body=json.dumps(wrong(json.loads(response.body))).encode())

    wanted = action
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "send", changed)
        yield


def world(stack: Stack, cluster: str) -> dict[str, Any]:
    """Return what stands in a cluster, without what differs between two runs of the same program."""
    api = stack.session.failing_client.for_version(NEW)
    whose = {"ClusterId": cluster}
    names = sorted(queue["QueueName"] for queue in api.pages("ListQueues", whose))
    queues = [api.call("GetQueue", {**whose, "QueueName": name})["Queue"] for name in names]
    return {
        "queues": [_lasting(queue) for queue in queues],
        "users": sorted((user["UserName"], user["Group"]) for user in api.pages("ListUsers", whose)),
        "nodes": sorted(node["Hostname"] for node in api.pages("ListNodes", whose)),
        "mounts": sorted(json.dumps(mount, sort_keys=True) for mount in api.pages("ListSharedStorages", whose)),
        "cluster": _lasting(api.call("GetCluster", whose)),
        "clusters": clusters(stack),
        "scaling": _scaling(stack, cluster),
    }


def without_ids(seen: Mapping[str, Any], cluster: str) -> dict[str, Any]:
    """Put a word for each id that a cluster gets anew when it is created again."""
    described, text = seen["cluster"], json.dumps(seen)
    ids = {
        "cluster": cluster,
        "security group": described["SecurityGroupId"],
        "manager": described["Manager"]["ManagerNode"]["InstanceId"],
    }
    for word, id in ids.items():
        text = text.replace(id, word)
    anonymous: dict[str, Any] = json.loads(text)
    return anonymous


def clusters(stack: Stack) -> int:
    """Return how many clusters there are."""
    return len(list(stack.session.failing_client.for_version(NEW).pages("ListClusters", {})))


def _scaling(stack: Stack, cluster: str) -> Any:
    response = stack.session.failing_client.for_version(spec.VERSIONS[0]).call(
        "GetAutoScaleConfig", {"ClusterId": cluster}
    )
    return _lasting(response)


def _lasting(response: Mapping[str, Any]) -> dict[str, Any]:
    changing = ("RequestId", "CreateTime", "UpdateTime", "ClusterId", "ClusterCreateTime", "ClusterModifyTime", "Uid")
    return {name: value for name, value in response.items() if name not in changing}
