"""Construction of new nodes, the same for both API versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.ids import Ids
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Hardware, Node, Role
from pulumi_ehpc.fake.models.queue import Queue
from pulumi_ehpc.fake.models.rules import check_hostname_part
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["DEFAULT_IMAGE", "add_login_node", "add_manager_nodes", "new_compute_nodes"]

DEFAULT_IMAGE: Final = "aliyun_3_x64_20G_alibase_20240819.vhd"
_DEFAULT_PREFIX: Final = "compute"

_MANAGER_ROLES: Final = {
    1: ((Role.SCHEDULER, Role.ACCOUNT),),
    2: ((Role.SCHEDULER,), (Role.ACCOUNT,)),
}
_BACKUP_ROLES: Final = {
    1: ((Role.SCHEDULER_BACKUP, Role.ACCOUNT_BACKUP),),
    2: ((Role.SCHEDULER_BACKUP,), (Role.ACCOUNT_BACKUP,)),
}


def add_manager_nodes(
    cluster: Cluster, ids: Ids, count: int = 1, *, backups: bool = False, login: bool = False
) -> None:
    """Add one node with all manager roles, or two that share them, and a backup of each if wanted.

    Args:
        cluster: The new cluster.
        ids: Generates the instance ids.
        count: 1 or 2, without the backups.
        backups: Whether to add a backup of each.
        login: Whether the first one is also the login node.
    """
    roles = _MANAGER_ROLES[count] + (_BACKUP_ROLES[count] if backups else ())
    for number, node_roles in enumerate(roles):
        login_role = (Role.LOGIN,) if login and number == 0 else ()
        _add(cluster, ids, f"manager{number}", (*node_roles, *login_role), cluster.manager)


def add_login_node(cluster: Cluster, ids: Ids, *, public: bool) -> Node:
    """Add a login node, with or without a public address."""
    number = sum(Role.LOGIN in node.roles for node in cluster.nodes.values())
    node = _add(cluster, ids, f"login{number}", (Role.LOGIN,), cluster.login)
    if public:
        node.public_ip_address = ids.public_address()
    return node


def _add(cluster: Cluster, ids: Ids, hostname: str, roles: tuple[Role, ...], hardware: Hardware) -> Node:
    node = Node(ids.instance(), hostname, cluster.next_address(), roles, hardware, cluster.created_at)
    cluster.nodes[node.id] = node
    return node


def new_compute_nodes(
    call: Call,
    cluster: Cluster,
    queue: Queue,
    hardware: Hardware,
    count: int,
    *,
    prefix: str = "",
    suffix: str = "",
    hostnames: Sequence[str] = (),
    parameter: str = "HostnamePrefix",
) -> list[Node]:
    """Make compute nodes without adding them to the cluster.

    Args:
        call: The call that creates them.
        cluster: Their cluster.
        queue: Their queue.
        hardware: Their hardware.
        count: How many.
        prefix: Start of the host names; by default the queue's prefix, else ``compute``.
        suffix: End of the host names; by default the queue's suffix.
        hostnames: The host names themselves, instead of prefix and suffix.
        parameter: Name of the prefix parameter, for errors.

    Raises:
        ResponseError: InvalidParams for unsuitable names.
    """
    prefix, suffix = prefix or queue.hostname_prefix, suffix or queue.hostname_suffix
    check_hostname_part(prefix, parameter)
    check_hostname_part(suffix, parameter.replace("Prefix", "Suffix"))
    names = list(hostnames) or cluster.hostnames(prefix or _DEFAULT_PREFIX, suffix, count)
    taken = {node.hostname for node in cluster.nodes.values()}
    if len(names) != count or len(set(names)) != count or not taken.isdisjoint(names):
        raise invalid("Hostnames", "There has to be one new name for each node.")
    return [
        Node(
            call.world.ids.instance(),
            name,
            cluster.next_address(),
            (Role.COMPUTE,),
            hardware,
            call.now,
            queue=queue.name,
        )
        for name in names
    ]
