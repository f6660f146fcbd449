"""A cluster with a Slurm manager and a shared /home. The password is a secret of the stack's configuration."""

import pulumi

import pulumi_ehpc as ehpc

config = pulumi.Config()

cluster = ehpc.Cluster(
    "genomics",
    description="Sequencing_team",
    zone_id="cn-hangzhou-i",
    vpc_id="vpc-bp1example",
    vswitch_id="vsw-bp1example",
    scheduler="slurm",
    manager=ehpc.ManagerArgs(instance_type="ecs.c7.xlarge"),
    password=config.require_secret("password"),
    shared_storages=[
        ehpc.SharedStorageArgs(
            file_system_id="0example1",
            mount_target="0example1.cn-hangzhou.nas.aliyuncs.com",
            mount_directory="/home",
        )
    ],
    max_count=100,
    tags={"team": "sequencing"},
    deletion_protection=True,
)

pulumi.export("cluster", cluster.id)
pulumi.export("status", cluster.status)
