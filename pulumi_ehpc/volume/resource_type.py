"""The volume as data."""

from __future__ import annotations

from typing import Final

from pulumi_ehpc.common.in_cluster import CLUSTER_GONE
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.volume.properties import VolumeInputs
from pulumi_ehpc.volume.v2018_04_12 import VolumeV20180412
from pulumi_ehpc.volume.v2024_07_30 import VolumeV20240730

VOLUME: Final = ResourceType(
    "Volume",
    VolumeInputs,
    handlers={"2018-04-12": VolumeV20180412(), "2024-07-30": VolumeV20240730()},
    gone_codes=CLUSTER_GONE,
    example_id="ehpc-hz-PxsD4rED9C:/data",
    key="mount_directory",
    within="cluster",
)
