"""A queue that scales out to 50 nodes while jobs wait, and in to none afterwards."""

import pulumi

import pulumi_ehpc as ehpc

work = ehpc.Queue(
    "work",
    cluster="ehpc-hz-example01",  # or a Cluster of this program
    compute_nodes=[
        ehpc.ComputeNodeArgs(
            instance_type="ecs.c7.2xlarge",
            spot_strategy="spot_as_price_go",
            system_disk=ehpc.SystemDiskArgs(category="cloud_essd", size_gib=60),
        )
    ],
    enable_scale_out=True,
    enable_scale_in=True,
    min_count=0,
    max_count=50,
)

pulumi.export("queue", work.name)
