"""Programs that type checkers accept; never run."""

from __future__ import annotations

from typing import Any

import pulumi
from typing_extensions import assert_type

import pulumi_ehpc as ehpc

config = pulumi.Config()

cluster = ehpc.Cluster(
    "genomics",
    vpc_id="vpc-1",
    vswitch_id=config.require("vswitch"),
    zone_id="cn-hangzhou-i",
    scheduler="slurm",
    manager=ehpc.ManagerArgs(instance_type="ecs.c7.xlarge", system_disk=ehpc.SystemDiskArgs(size_gib=60)),
    password=config.require_secret("rootPassword"),
    shared_storages=[
        ehpc.SharedStorageArgs(file_system_id="fs-1", mount_target="fs-1.example", mount_directory="/home"),
        {"file_system_id": "fs-2", "mount_target": "fs-2.example", "mount_directory": "/data"},
    ],
    tags={"team": "one", "cost": pulumi.Output.from_input("42")},
    max_count=100,
    enable_scale_in=True,
)
work = ehpc.Queue(
    "work",
    pulumi.ResourceOptions(protect=True),
    cluster=cluster,
    compute_nodes=[ehpc.ComputeNodeArgs(instance_type="ecs.c7.2xlarge"), {"instance_type": "ecs.g7.large"}],
    max_count=pulumi.Output.from_input(50),
    vswitch_ids=[pulumi.Output.from_input("vsw-1"), "vsw-2"],
)
by_id = ehpc.Queue("other", opts=pulumi.ResourceOptions(), cluster="ehpc-1", name="other")
fixed = ehpc.NodeGroup("fixed", cluster=cluster.id, queue=work, instance_type="ecs.c7.2xlarge", count=4)
named = ehpc.NodeGroup("named", cluster=cluster, queue="comp", instance_type="ecs.c7.2xlarge", count=fixed.count)
team = ehpc.UserSet(
    "team",
    cluster=cluster,
    users=[
        ehpc.UserArgs(name="alice", group="wheel", password=config.require_secret("alice")),
        {"name": "bob", "password": "from somewhere safe"},
    ],
    exclusive=True,
)
data = ehpc.Volume(
    "data", cluster=cluster, file_system_id="fs-3", mount_target="fs-3.example", mount_directory="/data", queue=work
)
theirs = ehpc.Cluster.get("theirs", "ehpc-1")
batch = ehpc.Queue.get("batch", pulumi.Output.concat(theirs.id, ":batch"), pulumi.ResourceOptions())
borrowed = ehpc.NodeGroup("borrowed", cluster=theirs, queue=batch, instance_type="ecs.c7.2xlarge", count=1)

assert_type(theirs, ehpc.Cluster)
assert_type(theirs.vpc_id, pulumi.Output[str | None])
assert_type(batch, ehpc.Queue)
assert_type(ehpc.NodeGroup.get("fixed", id="ehpc-1:fix-").nodes, pulumi.Output[list[dict[str, str]]])
assert_type(ehpc.UserSet.get("team", id="ehpc-1", opts=None).users, pulumi.Output[dict[str, str]])
assert_type(ehpc.Volume.get("data", "ehpc-1:/data"), ehpc.Volume)
assert_type(cluster.status, pulumi.Output[str])
assert_type(cluster.max_count, pulumi.Output[int | None])
assert_type(cluster.enable_scale_in, pulumi.Output[bool | None])
assert_type(cluster.manager, pulumi.Output[dict[str, Any] | None])
assert_type(cluster.tags, pulumi.Output[dict[str, str] | None])
assert_type(cluster.id, pulumi.Output[str])
assert_type(cluster.api_version, pulumi.Output[str])
assert_type(work.cluster, pulumi.Output[str])
assert_type(work.name, pulumi.Output[str])
assert_type(work.max_count, pulumi.Output[int | None])
assert_type(work.vswitch_ids, pulumi.Output[list[str] | None])
assert_type(work.compute_nodes, pulumi.Output[list[dict[str, Any]] | None])
assert_type(work.created, pulumi.Output[bool])
assert_type(fixed.queue, pulumi.Output[str | None])
assert_type(fixed.count, pulumi.Output[int])
assert_type(fixed.nodes, pulumi.Output[list[dict[str, str]]])
assert_type(fixed.spot_price_limit, pulumi.Output[float | None])
assert_type(team.users, pulumi.Output[dict[str, str]])
assert_type(team.created_users, pulumi.Output[list[str]])
assert_type(data.mount_directory, pulumi.Output[str])
