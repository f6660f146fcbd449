"""Putting new nodes together, the same way for both API versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.ids import Ids
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.node import Hardware, Node, Role
from pulumi_ehpc.fake.models.rules import check_hostname_part

__all__ = ["DEFAULT_IMAGE", "DEFAULT_PREFIX", "add_login_node", "add_manager_nodes", "new_compute_nodes"]

DEFAULT_IMAGE: Final = "aliyun_3_x64_20G_alibase_20240819.vhd"
DEFAULT_PREFIX: Final = "compute"

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
    """Add one node with all manager roles or two that share them, and as many backups.

    Args:
        cluster: The new cluster.
        ids: Makes the instance ids.
        count: 1 or 2.
        backups: Whether to double them.
        login: Whether the first one is the login node, too.
    """
    roles = _MANAGER_ROLES[count] + (_BACKUP_ROLES[count] if backups else ())
    for number, played in enumerate(roles):
        everything = (*played, Role.LOGIN) if login and number == 0 else played
        _add(cluster, ids, f"manager{number}", everything, cluster.manager)


def add_login_node(cluster: Cluster, ids: Ids, *, public: bool) -> Node:
    """Add a login node, with a public address or without."""
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
    cluster: Cluster,
    ids: Ids,
    hardware: Hardware,
    queue: str,
    count: int,
    moment: float,
    *,
    prefix: str = "",
    suffix: str = "",
    hostnames: Sequence[str] = (),
    parameter: str = "HostnamePrefix",
) -> list[Node]:
    """Make compute nodes that are not yet in the cluster.

    Args:
        cluster: The cluster they are for.
        ids: Makes the instance ids.
        hardware: What they are made of.
        queue: Their queue.
        count: How many.
        moment: When they are added.
        prefix: Start of the host names; ``compute`` when empty.
        suffix: End of the host names.
        hostnames: The names themselves, in place of prefix and suffix.
        parameter: Name of the prefix parameter, for errors.

    Raises:
        ServiceError: InvalidParams when names do not fit.
    """
    check_hostname_part(prefix, parameter)
    check_hostname_part(suffix, parameter.replace("Prefix", "Suffix"))
    names = list(hostnames) or cluster.hostnames(prefix or DEFAULT_PREFIX, suffix, count)
    taken = {node.hostname for node in cluster.nodes.values()}
    if len(names) != count or len(set(names)) != count or not taken.isdisjoint(names):
        raise invalid("Hostnames", "There has to be one new name for each node.")
    return [
        Node(ids.instance(), name, cluster.next_address(), (Role.COMPUTE,), hardware, moment, queue=queue)
        for name in names
    ]
