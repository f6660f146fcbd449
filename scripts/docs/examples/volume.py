"""A NAS file system mounted at /data on all nodes of a cluster."""

import pulumi

import pulumi_ehpc as ehpc

data = ehpc.Volume(
    "data",
    cluster="ehpc-hz-example01",  # or a Cluster of this program
    file_system_id="0example2",
    mount_target="0example2.cn-hangzhou.nas.aliyuncs.com",
    mount_directory="/data",
)

pulumi.export("mounted", data.mount_directory)
