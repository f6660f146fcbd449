"""A cluster: its settings, what is in it, and what may be done to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.models.node import Hardware, Node
from pulumi_ehpc.fake.models.queue import AutoScale, Queue
from pulumi_ehpc.fake.models.states import ClusterStatus
from pulumi_ehpc.fake.models.user import SecretHash, User
from pulumi_ehpc.fake.models.volume import Mount

__all__ = ["Addon", "Cluster", "Package", "Script", "Service"]


@dataclass(frozen=True)
class Service:
    """A service of the cluster: scheduler, directory or name service."""

    type: str
    version: str = ""


@dataclass(frozen=True)
class Script:
    """A script that runs after the installation."""

    url: str
    args: str = ""


@dataclass(frozen=True)
class Package:
    """Software to install."""

    name: str
    version: str = ""


@dataclass(frozen=True)
class Addon:
    """A service component besides the scheduler."""

    id: str
    name: str
    version: str
    services: tuple[dict[str, Any], ...] = ()


@dataclass
class Cluster:
    """A cluster and everything in it.

    Attributes:
        generation: The product generation that created it, 1 or 2.
        manager: Hardware of manager nodes.
        compute: Hardware of compute nodes that name none of their own.
        default_queue: Queue of compute nodes that name none.
        max_count: Maximum number of compute nodes; 0 for no limit of its own.
        declared: Parameters of its creation that have no effect in the fake but are returned again.
    """

    id: str
    region_id: str
    generation: int
    name: str
    created_at: float
    modified_at: float
    description: str = ""
    status: ClusterStatus = ClusterStatus.UNINIT
    vpc_id: str = ""
    vswitch_id: str = ""
    zone_id: str = ""
    security_group_id: str = ""
    resource_group_id: str = ""
    scheduler: Service = Service("slurm", "22.05.8")
    directory: Service = Service("nis", "2.31")
    dns: Service = Service("nis", "2.31")
    category: str = "Standard"
    mode: str = "Integrated"
    deploy_mode: str = "Standard"
    client_version: str = "2.1.0"
    manager: Hardware = field(default_factory=Hardware)
    login: Hardware = field(default_factory=Hardware)
    compute: Hardware = field(default_factory=Hardware)
    default_queue: str = ""
    password: SecretHash | None = field(default=None, metadata={"shown": False})
    key_pair_name: str = ""
    deletion_protection: bool = False
    max_count: int = 5000
    max_core_count: int = 100_000
    scale: AutoScale = field(default_factory=AutoScale)
    scripts: tuple[Script, ...] = ()
    monitors_compute_load: bool = False
    topology_aware: bool = False
    packages: tuple[Package, ...] = ()
    addons: tuple[Addon, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    mounts: dict[str, Mount] = field(default_factory=dict)
    declared: dict[str, Any] = field(default_factory=dict)
    addresses_used: int = 0
    users_added: int = 0

    # States

    def require_running(self) -> None:
        """Check that the cluster is running.

        Raises:
            ResponseError: InvalidClusterStatus.
        """
        if self.status is not ClusterStatus.RUNNING:
            raise ResponseError("InvalidClusterStatus", f"The cluster is {self.status.value}.")

    def require_deletable(self, *, while_creating: bool) -> None:
        """Check that the cluster is neither protected nor busy.

        Raises:
            ResponseError: InvalidOpt under deletion protection, InvalidClusterStatus while busy.
        """
        if self.deletion_protection:
            raise ResponseError("InvalidOpt", "Deletion protection is enabled for the cluster.")
        settled = self.status in (ClusterStatus.RUNNING, ClusterStatus.EXCEPTION)
        if not settled and (self.status is ClusterStatus.RELEASING or not while_creating):
            raise ResponseError("InvalidClusterStatus", f"The cluster is {self.status.value}.")

    # Nodes

    def compute_nodes(self, queue: str | None = None) -> list[Node]:
        """Return the compute nodes in the order they were added; of one queue, or all."""
        return [node for node in self.nodes.values() if node.is_compute and queue in (None, node.queue)]

    def find_nodes(self, ids: Iterable[str], parameter: str) -> list[Node]:
        """Return compute nodes by instance id.

        Raises:
            ResponseError: ComputeNotFound, or InvalidParams for a manager or login node.
        """
        found = []
        for instance_id in dict.fromkeys(ids):
            node = self.nodes.get(instance_id)
            if node is None:
                raise ResponseError("ComputeNotFound", f"There is no node {instance_id}.")
            if not node.is_compute:
                raise invalid(parameter, f"{instance_id} is not a compute node.")
            found.append(node)
        return found

    def next_address(self) -> str:
        """Return the next private address."""
        self.addresses_used += 1
        third, fourth = divmod(self.addresses_used + 9, 250)
        return f"192.168.{third}.{fourth + 1}"

    def hostnames(self, prefix: str, suffix: str, count: int) -> list[str]:
        """Return the lowest free host names: prefix, three digits, suffix."""
        taken = {node.hostname for node in self.nodes.values()}
        names: list[str] = []
        number = 0
        while len(names) < count:
            name = f"{prefix}{number:03d}{suffix}"
            number += 1
            if name not in taken:
                names.append(name)
        return names

    # Queues

    def find_queue(self, name: str, parameter: str = "QueueName") -> Queue:
        """Return a queue by name.

        Raises:
            ResponseError: InvalidParams, as the service says that a queue does not exist.
        """
        if name not in self.queues:
            raise invalid(parameter, f"There is no queue {name}.")
        return self.queues[name]

    def add_queue(self, queue: Queue, limit: int, parameter: str = "QueueName") -> None:
        """Add a queue.

        Raises:
            ResponseError: InvalidParams when it exists or there are too many.
        """
        if queue.name in self.queues:
            raise invalid(parameter, f"The queue {queue.name} already exists.")
        if len(self.queues) >= limit:
            raise invalid(parameter, f"A cluster has at most {limit} queues.")
        self.queues[queue.name] = queue

    def remove_queues(self, names: Sequence[str], parameter: str, *, needs_no_nodes: bool) -> None:
        """Remove queues, all or none of them.

        Raises:
            ResponseError: InvalidParams when one does not exist, AgentError when one has nodes.
        """
        for name in names:
            self.find_queue(name, parameter)
            if needs_no_nodes and self.compute_nodes(name):
                raise ResponseError("AgentError", reason=f"the queue {name} still has compute nodes.")
        for name in names:
            self.queues.pop(name, None)

    # Users

    def find_user(self, name: str) -> User:
        """Return a user by name.

        Raises:
            ResponseError: AgentError.Account.UserNotExist.
        """
        if name not in self.users:
            raise ResponseError("AgentError.Account.UserNotExist", user=name)
        return self.users[name]

    def require_new_users(self, names: Sequence[str], parameter: str) -> None:
        """Check that no name is taken or given twice.

        Raises:
            ResponseError: AgentError.Account.UserAlreadyExist, InvalidParams.
        """
        for name in names:
            if name in self.users:
                raise ResponseError("AgentError.Account.UserAlreadyExist", user=name)
        if len(set(names)) != len(names):
            raise invalid(parameter, "A user is named twice.")

    def add_user(self, name: str, group: str, password: SecretHash | None, moment: float) -> None:
        """Add a user; user ids are never reused."""
        self.users[name] = User(name, group, 1000 + self.users_added, moment, password)
        self.users_added += 1

    def remove_users(self, names: Sequence[str]) -> None:
        """Remove users, all or none of them.

        Raises:
            ResponseError: AgentError.Account.UserNotExist.
        """
        for name in names:
            self.find_user(name)
        for name in names:
            self.users.pop(name, None)

    # Mounts

    def mount(self, mounts: Sequence[Mount], parameter: str) -> None:
        """Mount file systems, all or none of them.

        Raises:
            ResponseError: InvalidParams when a directory is in use.
        """
        wanted = [mount.mount_directory for mount in mounts]
        for directory in wanted:
            if directory in self.mounts or wanted.count(directory) > 1:
                raise invalid(parameter, f"Something is mounted at {directory} already.")
        self.mounts.update({mount.mount_directory: mount for mount in mounts})

    def unmount(self, directories: Sequence[str]) -> None:
        """Unmount file systems, all or none of them.

        Raises:
            ResponseError: VolumeNotFound, or InvalidOpt for a mount that the cluster needs.
        """
        for directory in directories:
            if directory not in self.mounts:
                raise ResponseError("VolumeNotFound", f"Nothing is mounted at {directory}.")
            if self.mounts[directory].must_keep:
                raise ResponseError("InvalidOpt", f"{directory} cannot be unmounted.")
        for directory in directories:
            self.mounts.pop(directory, None)

    def replace_mounts(self, mounts: Sequence[Mount], *, unmounts: bool) -> None:
        """Replace the additional mounts; what the cluster needs stays mounted in any case."""
        keep = {directory: mount for directory, mount in self.mounts.items() if mount.must_keep or not unmounts}
        self.mounts = keep | {
            mount.mount_directory: mount
            for mount in mounts
            if not (mount.mount_directory in keep and keep[mount.mount_directory].must_keep)
        }
