"""What handlers read, as type checkers see it; never run."""

from __future__ import annotations

from typing_extensions import assert_type

import pulumi_ehpc as ehpc
from pulumi_ehpc.cluster.properties import ClusterInputs
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.node_group.properties import NodeGroupInputs
from pulumi_ehpc.queue.properties import QueueInputs
from pulumi_ehpc.schema.descriptors import Prop
from pulumi_ehpc.user_set.properties import UserSetInputs
from pulumi_ehpc.volume.properties import VolumeInputs


def read_queue(op: Operation[QueueInputs]) -> None:
    assert_type(op.inputs.cluster, str)
    assert_type(op.inputs.name, str)
    assert_type(op.inputs.max_count, int | None)
    assert_type(op.old_inputs.enable_scale_in, bool | None)
    assert_type(op.inputs.vswitch_ids, list[str])
    assert_type(op.inputs.compute_nodes, list[ehpc.ComputeNodeArgs])
    for node in op.inputs.compute_nodes:
        assert_type(node.spot_price_limit, float | None)
        assert_type(node.system_disk, ehpc.SystemDiskArgs | None)


def read_others(
    cluster: Operation[ClusterInputs],
    nodes: Operation[NodeGroupInputs],
    users: Operation[UserSetInputs],
    volume: Operation[VolumeInputs],
) -> None:
    assert_type(cluster.inputs.manager, ehpc.ManagerArgs | None)
    assert_type(cluster.inputs.tags, dict[str, str])
    assert_type(nodes.inputs.count, int)
    assert_type(nodes.inputs.queue, str | None)
    assert_type(users.inputs.users, dict[str, ehpc.UserArgs])
    assert_type(users.inputs.users["alice"].group, str)
    assert_type(users.inputs.users["alice"].password, str | None)
    assert_type(volume.inputs.storage_directory, str)


assert_type(QueueInputs.of({}).max_count, int | None)
assert_type(QueueInputs.max_count, Prop[int | None])
