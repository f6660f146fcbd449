"""Nodes of a cluster and their hardware."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from pulumi_ehpc.fake.errors import ResponseError
from pulumi_ehpc.fake.models.rules import Resources, resources_of
from pulumi_ehpc.fake.models.states import NodeStatus

__all__ = ["Disk", "Hardware", "Node", "Role", "require_releasable"]


class Role(str, Enum):
    """What a node does; one node can have several roles."""

    SCHEDULER = "Scheduler"
    SCHEDULER_BACKUP = "SchedulerBackup"
    ACCOUNT = "Account"
    ACCOUNT_BACKUP = "AccountBackup"
    LOGIN = "Login"
    COMPUTE = "Compute"


MANAGER_ROLES = frozenset({Role.SCHEDULER, Role.SCHEDULER_BACKUP, Role.ACCOUNT, Role.ACCOUNT_BACKUP})


@dataclass(frozen=True)
class Disk:
    """A system or data disk."""

    category: str = ""
    size_gib: int = 40
    level: str = "PL1"
    delete_with_instance: bool = True
    encrypted: bool = False
    kms_key_id: str = ""
    device: str = ""
    mount_directory: str = ""
    snapshot_id: str = ""


@dataclass(frozen=True)
class Hardware:
    """The settings an instance is created with."""

    instance_type: str = ""
    image_id: str = ""
    image_owner: str = "system"
    charge_type: str = "PostPaid"
    period: int = 0
    period_unit: str = "Month"
    auto_renew: bool = False
    auto_renew_period: int = 1
    spot_strategy: str = "NoSpot"
    spot_price_limit: float = 0
    spot_duration_hours: int = 1
    spot_interruption_behavior: str = "Terminate"
    enable_ht: bool = True
    system_disk: Disk = Disk()
    data_disks: tuple[Disk, ...] = ()
    vswitch_id: str = ""
    zone_id: str = ""


@dataclass
class Node:
    """One instance in a cluster.

    Attributes:
        queue: Name of its queue; empty for manager and login nodes.
        keep_alive: Whether automatic scale-in spares it.
        reason: Why it is in ``exception``.
    """

    id: str
    hostname: str
    ip_address: str
    roles: tuple[Role, ...]
    hardware: Hardware
    added_at: float
    queue: str = ""
    public_ip_address: str = ""
    status: NodeStatus = NodeStatus.UNINIT
    keep_alive: bool = False
    create_mode: str = "manual"
    deployment_set_id: str = ""
    reason: str = ""
    resources: Resources = field(init=False)

    def __post_init__(self) -> None:
        self.resources = resources_of(self.hardware.instance_type)

    @property
    def is_compute(self) -> bool:
        """Whether it runs jobs."""
        return Role.COMPUTE in self.roles

    @property
    def is_manager(self) -> bool:
        """Whether it runs the scheduler or the account service."""
        return not MANAGER_ROLES.isdisjoint(self.roles)

    def has_role(self, kind: str) -> bool:
        """Return whether it is a ``Manager``, ``Login`` or ``Compute`` node."""
        return self.is_manager if kind == "Manager" else Role(kind) in self.roles


def require_releasable(nodes: Iterable[Node]) -> None:
    """Check that no node's instance is a subscription.

    Raises:
        ResponseError: DeletePrePaidInstance.
    """
    if any(node.hardware.charge_type == "PrePaid" for node in nodes):
        raise ResponseError("DeletePrePaidInstance")
