"""A cluster with many queues."""

import os

import pulumi_ehpc as ehpc

cluster = ehpc.Cluster(
    "bench", vpc_id="vpc-1", vswitch_id="vsw-1", zone_id="cn-hangzhou-i", scheduler="slurm", key_pair_name="bench"
)
for number in range(int(os.environ["BENCHMARK_COUNT"])):
    ehpc.Queue(
        f"queue{number:02}",
        cluster=cluster,
        compute_nodes=[ehpc.ComputeNodeArgs(instance_type="ecs.c7.2xlarge")],
        max_count=50,
    )
