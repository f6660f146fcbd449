"""What the stored stacks were made of: every resource type, with as much declared as its API version takes.

The stacks keep what an older release made of this program, so it must go on meaning the same: a change here is right
only where programs have to change with a release. ``compat:edited`` turns every edit on.

Nested values of the cluster are plain dicts, since classes of nested arguments may be renamed; elsewhere both forms
stand side by side.
"""

from __future__ import annotations

from typing import Any

import pulumi

import pulumi_ehpc as ehpc

# The key of a data disk's mount point as programs write it now. A release that renames it changes this line and no
# other: the stored stacks hold the old key, and neither it nor what is read from it may show as a change.
MOUNT = "mount_directory"

NEWER = pulumi.Config("ehpc").require("apiVersion") == "2024-07-30"
EDITED = pulumi.Config().get_bool("edited") or False


def secret(value: str) -> pulumi.Output[str]:
    """Mark a password as one."""
    return pulumi.Output.secret(value)


def when(given: bool, **arguments: Any) -> dict[str, Any]:
    """Arguments that one API version takes and the other refuses."""
    return arguments if given else {}


def storage(name: str) -> dict[str, Any]:
    """Say where a file system is."""
    return {"file_system_id": f"fs-{name}", "mount_target": f"fs-{name}.cn-hangzhou.nas.aliyuncs.com"}


# -- the cluster -------------------------------------------------------------------------------------------------------

system_disk = {"category": "cloud_essd", "size_gib": 80, "level": "PL1"}
ONLY_2018: dict[str, Any] = {
    "scheduler": "slurm",
    "deploy_mode": "simple",
    "directory_service": {"type": "ldap"},
    "domain": "hpc.example",
    "image_id": "m-compat",
    "ehpc_version": "1.0.0",
    "manager": {"instance_type": "ecs.c7.xlarge", "count": 1},
    "login": {"instance_type": "ecs.c7.large", "count": 1},
    "compute": {"instance_type": "ecs.c7.2xlarge", "count": 1},
    "addons": [{"name": "portal", "version": "1.1", "port": 8443}],
    "post_install_scripts": [
        {"url": "https://scripts.example/first.sh", "args": "--quiet"},
        {"url": "oss://scripts/second.sh"},
    ],
}
ONLY_2024: dict[str, Any] = {
    "scheduler": "slurm",
    "scheduler_version": "22.05.8",
    "category": "standard",
    "cluster_mode": "integrated",
    "directory_service": {"type": "ldap", "version": "2.4"},
    "dns": {"type": "nis", "version": "2.31"},
    "manager": {
        "instance_type": "ecs.c7.xlarge",
        "image_id": "m-compat",
        "instance_charge_type": "post_paid",
        "enable_ht": False,
        "system_disk": system_disk,
        "data_disks": [{"category": "cloud_essd", "size_gib": 100, "level": "PL0", MOUNT: "/manager"}],
    },
    "addons": [{"name": "Login", "version": "1.0", "services_spec": "[]", "resources_spec": "{}"}],
    "post_install_scripts": [{"url": "https://scripts.example/first.sh", "args": "--quiet"}],
    "max_core_count": 4000,
    "monitor_spec": {"enable_compute_load_monitor": True},
    "scheduler_spec": {"enable_topology_awareness": True},
}

hpc = ehpc.Cluster(
    "hpc",
    name="genomics",
    description="Second" if EDITED else "First",
    zone_id="cn-hangzhou-i",
    vpc_id="vpc-compat",
    vswitch_id="vsw-compat",
    security_group_id="sg-compat",
    resource_group_id="rg-compat",
    password=secret("Compat-root-1"),
    tags={"team": "sequencing", "cost-center": "4711"},
    max_count=200,
    enable_scale_out=True,
    enable_scale_in=True,
    grow_interval_minutes=3,
    idle_interval_minutes=12,
    client_version="2.1.0",
    shared_storages=[
        {**storage("home"), "mount_directory": "/home"},
        {**storage("apps"), "mount_directory": "/opt/apps", "storage_directory": "/apps", "protocol": "nfs"},
    ],
    additional_packages=[{"name": "mpich", "version": "4.0.3"}, {"name": "gromacs", "version": "2023.1"}],
    **(ONLY_2024 if NEWER else ONLY_2018),
)

# -- queues ------------------------------------------------------------------------------------------------------------


def scratch_disk(size_gib: int, where: str) -> dict[str, Any]:
    """A data disk; 2018-04-12 mounts none."""
    disk = {"category": "cloud_essd", "size_gib": size_gib, "level": "PL1", "delete_with_instance": True}
    return {**disk, MOUNT: where} if NEWER else {**disk, "encrypted": True}


# One image and one set of disks for all kinds of node, as 2018-04-12 asks for.
common: dict[str, Any] = {"image_id": "m-nodes", "data_disks": [scratch_disk(200, "/scratch")]}
work = ehpc.Queue(
    "work",
    cluster=hpc,
    name="batch",
    compute_nodes=[
        {"instance_type": "ecs.c7.2xlarge", "system_disk": system_disk, **common},
        ehpc.ComputeNodeArgs(
            instance_type="ecs.g7.2xlarge",
            spot_strategy="spot_with_price_limit",
            spot_price_limit=1.5,
            system_disk=ehpc.SystemDiskArgs(category="cloud_essd", size_gib=80, level="PL1"),
            **common,
        ),
    ],
    min_count=0,
    max_count=60 if EDITED else 50,
    max_count_per_cycle=10,
    enable_scale_out=True,
    enable_scale_in=True,
    vswitch_ids=["vsw-compat"],
    hostname_prefix="batch",
    hostname_suffix="-x",
    inter_connect="vpc",
    **when(NEWER, initial_count=1),
)
plain = ehpc.Queue("plain", cluster=hpc)

# -- nodes -------------------------------------------------------------------------------------------------------------

fixed = ehpc.NodeGroup(
    "fixed",
    cluster=hpc,
    queue=plain,
    instance_type="ecs.c7.large",
    count=3 if EDITED else 2,
    min_count=1,
    hostname_prefix="node-",
    image_id="m-nodes",
    instance_charge_type="post_paid",
    spot_strategy="no_spot",
    enable_ht=True,
    inter_connect="vpc",
    system_disk=ehpc.SystemDiskArgs(category="cloud_essd", size_gib=60, level="PL0"),
    **when(NEWER, keep_alive=True),
)
disks = ehpc.NodeGroup(
    "disks",
    cluster=hpc,
    queue=work,
    instance_type="ecs.c7.2xlarge",
    count=1,
    data_disks=[scratch_disk(100, "/fast"), {"category": "cloud_ssd", "size_gib": 300}],
)

# -- users -------------------------------------------------------------------------------------------------------------

team = ehpc.UserSet(
    "team",
    cluster=hpc,
    users=[
        ehpc.UserArgs(name="alice.chen", group="wheel", password=secret("Compat-alice-1")),
        ehpc.UserArgs(name="bob.smith", group="wheel" if EDITED else "users", password=secret("Compat-bob-1")),
        {"name": "carol.jones", "password": secret("Compat-carol-2" if EDITED else "Compat-carol-1")},
        {"name": "dave.miller", "auth_key": secret("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAcompat dave")}
        if NEWER
        else {"name": "dave.miller", "password": secret("Compat-dave-1")},
        *([{"name": "erin.brown", "group": "wheel", "password": secret("Compat-erin-1")}] if EDITED else []),
    ],
)
guests = ehpc.UserSet(
    "guests",
    cluster=hpc,
    users=[{"name": "frank.guest", "group": "users", "password": secret("Compat-frank-1")}],
    exclusive=False,
    adopt_existing=True,
)

# -- volumes -----------------------------------------------------------------------------------------------------------

data = ehpc.Volume(
    "data",
    cluster=hpc,
    **storage("data"),
    mount_directory="/data",
    volume_type="nas",
    protocol="nfs",
    mount_options="-t nfs -o vers=3,nolock",
    **when(not NEWER, roles=["manager", "compute"]),
)
archive = ehpc.Volume("archive", cluster=hpc, **storage("data"), mount_directory="/archive", storage_directory="/old")

# -- what a program reads ----------------------------------------------------------------------------------------------

pulumi.export("cluster", hpc.id)
for name in ("name", "status", "manager_ip", "create_time", "api_version", "region", "account_id", "max_count", "tags"):
    pulumi.export(f"cluster_{name}", getattr(hpc, name))
pulumi.export(
    "cluster_mounts", hpc.shared_storages.apply(lambda found: [one["mount_directory"] for one in found or ()])
)
pulumi.export("cluster_manager", hpc.manager.apply(lambda found: found and found["instance_type"]))
pulumi.export("queue", work.name)
pulumi.export("queue_created", work.created)
pulumi.export("queue_max_count", work.max_count)
pulumi.export("queue_in_words", work.max_count.apply("at most {} nodes".format))
pulumi.export(
    "queue_disk_in_words",
    work.compute_nodes.apply(lambda found: found and f"{found[0]['system_disk']['size_gib']} GiB"),
)
pulumi.export(
    "queue_sizes", work.compute_nodes.apply(lambda found: [one["system_disk"]["size_gib"] for one in found or ()])
)
pulumi.export("queue_price_limit", work.compute_nodes.apply(lambda found: found and found[1]["spot_price_limit"]))
pulumi.export("plain_queue", plain.name)
pulumi.export("plain_queue_created", plain.created)
for group, made in (("fixed", fixed), ("disks", disks)):
    pulumi.export(f"{group}_queue", made.queue)
    pulumi.export(f"{group}_count", made.count)
    pulumi.export(f"{group}_prefix", made.hostname_prefix)
    pulumi.export(f"{group}_nodes", made.nodes)
    pulumi.export(f"{group}_hostnames", made.nodes.apply(lambda found: [node["hostname"] for node in found]))
pulumi.export("disks_sizes", disks.data_disks.apply(lambda found: [disk["size_gib"] for disk in found or ()]))
if NEWER:
    pulumi.export("disks_mount", disks.data_disks.apply(lambda found: found and found[0][MOUNT]))
    pulumi.export("queue_mount", work.compute_nodes.apply(lambda found: found and found[1]["data_disks"][0][MOUNT]))
pulumi.export("users", team.users)
pulumi.export("users_created", team.created_users.apply(sorted))
pulumi.export("guests", guests.users)
pulumi.export("guests_created", guests.created_users)
pulumi.export("mounts", pulumi.Output.all(data.mount_directory, archive.mount_directory))
pulumi.export("archive_volume_type", archive.volume_type)
pulumi.export("archive_storage_directory", archive.storage_directory)
pulumi.export("archive_created", archive.created)
