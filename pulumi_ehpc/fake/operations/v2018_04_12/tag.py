"""Tags of clusters in API version 2018-04-12."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["list_tag_resources", "tag_resources", "untag_resources"]

_PAGE_SIZE: Final = 50


def _clusters(call: Call) -> list[Cluster]:
    """Return the clusters named by ResourceId, or all."""
    if call.parameters["ResourceType"] != "cluster":
        raise invalid("ResourceType", "Accepted is cluster.")
    ids = call.get("ResourceId", ())
    if len(ids) > 50:
        raise invalid("ResourceId", "At most 50 are accepted.")
    if not ids:
        return call.region.visible(call.generation)
    return [call.region.find(cluster_id, call.generation) for cluster_id in ids]


def tag_resources(call: Call) -> dict[str, Any]:
    """TagResources: sets the given tags and keeps the others."""
    clusters = _clusters(call)
    wanted = call.tags("Tag")
    limit = call.world.limits.tags_per_cluster
    for cluster in clusters:
        if len(cluster.tags | wanted) > limit:
            raise invalid("Tag", f"A cluster has at most {limit} tags.")
    for cluster in clusters:
        cluster.tags |= wanted
        call.log(cluster, cluster.id)
    return {}


def untag_resources(call: Call) -> dict[str, Any]:
    """UnTagResources: removes the given keys; without keys, All removes every tag."""
    clusters = _clusters(call)
    keys = call.get("TagKey", ())
    if not keys and not call.get("All", False):
        raise invalid("TagKey", "Keys, or All, are needed.")
    for cluster in clusters:
        for key in keys or tuple(cluster.tags):
            cluster.tags.pop(key, None)
        call.log(cluster, cluster.id)
    return {}


def list_tag_resources(call: Call) -> dict[str, Any]:
    """ListTagResources: NextToken is valid only with the same parameters."""
    wanted = [(tag.get("Key", ""), tag.get("Value")) for tag in call.get("Tag", ())]
    found = [
        {"ResourceId": cluster.id, "ResourceType": "cluster", "TagKey": key, "TagValue": value}
        for cluster in _clusters(call)
        if all(_has(cluster, key, value) for key, value in wanted)
        for key, value in cluster.tags.items()
    ]
    start = _offset(call)
    following = start + _PAGE_SIZE
    token = _token(call, following) if following < len(found) else ""
    return {"NextToken": token, "TagResources": {"TagResource": found[start:following]}}


def _has(cluster: Cluster, key: str, value: str | None) -> bool:
    return key in cluster.tags and value in (None, "", cluster.tags[key])


def _token(call: Call, offset: int) -> str:
    parameters = {name: value for name, value in call.parameters.items() if name != "NextToken"}
    check = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]
    return base64.urlsafe_b64encode(f"{offset}/{check}".encode()).decode()


def _offset(call: Call) -> int:
    token = call.get("NextToken")
    if not token:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(token).partition(b"/")[0])
    except ValueError:
        raise invalid("NextToken") from None
    if token != _token(call, offset):
        raise invalid("NextToken", "It belongs to another request.")
    return offset
