"""An HPC environment: a cluster, a queue that scales, a fixed group of nodes, users and a shared file system."""

import pulumi

import pulumi_ehpc as ehpc

config = pulumi.Config()
nodes = config.get_int("nodes") or 2
people = config.get_object("people") or ["alice.chen", "bob.smith"]
password = config.require_secret("password")

cluster = ehpc.Cluster(
    "genomics",
    description="Sequencing_team",
    zone_id="cn-hangzhou-i",
    vpc_id="vpc-bp1quickstart",
    vswitch_id="vsw-bp1quickstart",
    scheduler="slurm",
    manager=ehpc.ManagerArgs(instance_type="ecs.c7.xlarge"),
    password=password,
    shared_storages=[
        ehpc.SharedStorageArgs(
            file_system_id="0quick01", mount_target="0quick01.cn-hangzhou.nas.aliyuncs.com", mount_directory="/home"
        )
    ],
    tags={"team": "sequencing"},
)
work = ehpc.Queue(
    "work",
    cluster=cluster,
    compute_nodes=[ehpc.ComputeNodeArgs(instance_type="ecs.c7.2xlarge")],
    enable_scale_out=True,
    enable_scale_in=True,
    max_count=50,
)
fixed = ehpc.NodeGroup("fixed", cluster=cluster, queue=work, instance_type="ecs.c7.2xlarge", count=nodes)
team = ehpc.UserSet(
    "team",
    cluster=cluster,
    users=[
        ehpc.UserArgs(name=name, group="wheel" if name == people[0] else "users", password=password) for name in people
    ],
)
data = ehpc.Volume(
    "data",
    cluster=cluster,
    file_system_id="0quick02",
    mount_target="0quick02.cn-hangzhou.nas.aliyuncs.com",
    mount_directory="/data",
)

pulumi.export("cluster", cluster.id)
pulumi.export("status", cluster.status)
pulumi.export("manager", cluster.manager_ip)
pulumi.export("nodes", fixed.nodes.apply(lambda found: [node["hostname"] for node in found]))
pulumi.export("users", team.users)
pulumi.export("mounted", data.mount_directory)
