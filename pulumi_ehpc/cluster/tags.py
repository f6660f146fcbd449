"""Tags of a cluster.

Only 2018-04-12 has actions for them (TagResources, UnTagResources, ListTagResources); both versions use those.
"""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.errors import NotFoundError
from pulumi_ehpc.lifecycle.request import Request

__all__ = ["change_tags", "read_tags"]

_RESOURCE_TYPE = "cluster"


def change_tags(request: Request, cluster_id: str) -> None:
    """Make the cluster's tags what is declared; tags that were never declared are left alone."""
    before, after = request.olds.get("tags") or {}, request.inputs.get("tags") or {}
    whose = {"ResourceType": _RESOURCE_TYPE, "ResourceId": [cluster_id]}
    dropped = [key for key in before if key not in after]
    if dropped:
        request.older.call("UnTagResources", {**whose, "TagKey": dropped})
    changed = [{"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value]
    if changed:
        request.older.call("TagResources", {**whose, "Tag": changed})


def read_tags(request: Request) -> dict[str, Any]:
    """Return the declared tags as they are now, as an input; nothing when none are declared or they cannot be read."""
    declared = request.inputs.get("tags")
    if not declared or not request.api.client.settings.region:
        # The action needs a region; without one the tags stay as they were last written.
        return {}
    try:
        listed = list(
            request.older.pages("ListTagResources", {"ResourceType": _RESOURCE_TYPE, "ResourceId": [request.id]})
        )
    except NotFoundError:
        # The older version may not see a cluster of the newer one; then the tags stay as they were last written.
        return {}
    return {"tags": {tag["TagKey"]: tag["TagValue"] for tag in listed if tag["TagKey"] in declared}}
