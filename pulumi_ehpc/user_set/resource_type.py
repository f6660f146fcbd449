"""The user set as data."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.common.in_cluster import CLUSTER_GONE
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.user_set.properties import UserSetInputs
from pulumi_ehpc.user_set.v2018_04_12 import UserSetV20180412
from pulumi_ehpc.user_set.v2024_07_30 import UserSetV20240730

USER_SET: Final = ResourceType(
    "UserSet",
    UserSetInputs,
    handlers={"2018-04-12": UserSetV20180412(), "2024-07-30": UserSetV20240730()},
    gone_codes=CLUSTER_GONE,
    example_id="ehpc-hz-PxsD4rED9C:team",
    key="users",
    within="cluster",
    members="users",
)
