"""Programs that type checkers refuse; never run.

Each comment names the error that is expected in its line. mypy complains of a comment that is not needed, so a mistake
that slips through is an error, too.
"""

from __future__ import annotations

import pulumi_ehpc as ehpc

ehpc.Queue("work", cluster="ehpc-1", max_count="many")  # type: ignore[arg-type]
ehpc.Queue("work", cluster="ehpc-1", max_coun=5)  # type: ignore[call-arg]
ehpc.Queue("work")  # type: ignore[call-arg]
ehpc.Queue(cluster="ehpc-1")  # type: ignore[call-arg]
ehpc.Queue("work", None, "ehpc-1")  # type: ignore[call-arg]
ehpc.Queue("work", cluster=5)  # type: ignore[arg-type]
ehpc.Queue("work", cluster="ehpc-1", created=True)  # type: ignore[call-arg]
ehpc.Queue("work", cluster="ehpc-1", compute_nodes=[ehpc.SystemDiskArgs()])  # type: ignore[list-item]
ehpc.Queue("work", cluster="ehpc-1", vswitch_ids=[1])  # type: ignore[list-item]
ehpc.Cluster("hpc", status="running")  # type: ignore[call-arg]
ehpc.Cluster("hpc", tags={"team": 1})  # type: ignore[dict-item]
ehpc.Cluster("hpc", manager=ehpc.ComputeNodeArgs())  # type: ignore[arg-type]
ehpc.NodeGroup("fixed", cluster="ehpc-1", instance_type="ecs.c7.large")  # type: ignore[call-arg]
ehpc.NodeGroup("fixed", cluster="ehpc-1", instance_type="ecs.c7.large", count=1.5)  # type: ignore[arg-type]
ehpc.UserSet("team", cluster="ehpc-1", users=["alice"])  # type: ignore[list-item]
ehpc.UserSet("team", cluster="ehpc-1", users=[], passwords={"alice": "x"})  # type: ignore[call-arg]
ehpc.Volume("data", cluster="ehpc-1", file_system_id="fs-1", mount_target="x")  # type: ignore[call-arg]
ehpc.UserArgs(group="wheel")  # type: ignore[call-arg]
ehpc.UserArgs("alice")  # type: ignore[call-arg]
ehpc.SharedStorageArgs(file_system_id="fs-1", mount_target="x", mount_directory=1)  # type: ignore[arg-type]
ehpc.SystemDiskArgs(size_gib="60")  # type: ignore[arg-type]
ehpc.DataDiskArgs(mount_dir="/scratch")  # type: ignore[call-arg]
ehpc.Queue.get("work")  # type: ignore[call-arg]
ehpc.Queue.get("work", idd="ehpc-1:work")  # type: ignore[call-arg]
ehpc.Queue.get("work", 5)  # type: ignore[arg-type]
ehpc.Queue.get("work", None)  # type: ignore[arg-type]
ehpc.Queue.get("work", "ehpc-1:work", cluster="ehpc-1")  # type: ignore[call-arg]
