"""Tags of a cluster.

Only 2018-04-12 has actions for them (TagResources, UnTagResources, ListTagResources); both versions use those.
"""

from __future__ import annotations

from typing import Any, Final

from pulumi_ehpc.api import VersionClient
from pulumi_ehpc.cluster.properties import ClusterInputs
from pulumi_ehpc.common.v2018_04_12 import VERSION
from pulumi_ehpc.errors import NotFoundError
from pulumi_ehpc.lifecycle.operation import Operation

_RESOURCE_TYPE: Final = "cluster"


def change_tags(op: Operation[ClusterInputs]) -> None:
    """Make the cluster's tags what is declared; tags that were never declared are left alone."""
    before, after = op.old_inputs.tags, op.inputs.tags
    whose = {"ResourceType": _RESOURCE_TYPE, "ResourceId": [op.id]}
    dropped = [key for key in before if key not in after]
    if dropped:
        _api(op).call("UnTagResources", {**whose, "TagKey": dropped})
    changed = [{"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value]
    if changed:
        _api(op).call("TagResources", {**whose, "Tag": changed})


def read_tags(op: Operation[ClusterInputs]) -> dict[str, Any]:
    """Return the declared tags as they are now, as an input; nothing when none are declared or they cannot be read."""
    if not op.inputs.tags or not op.api.client.settings.region:
        # The action needs a region; without one the tags stay as they were last written.
        return {}
    whose = {"ResourceType": _RESOURCE_TYPE, "ResourceId": [op.id]}
    try:
        listed = list(_api(op).pages("ListTagResources", whose, empty_if_absent=True))
    except NotFoundError:
        # The older version may not see a cluster of the newer one; then the tags stay as they were last written.
        return {}
    return {"tags": {tag["TagKey"]: tag["TagValue"] for tag in listed if tag["TagKey"] in op.inputs.tags}}


def _api(op: Operation[ClusterInputs]) -> VersionClient:
    return op.api.in_version(VERSION)
