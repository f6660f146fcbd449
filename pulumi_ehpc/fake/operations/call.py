"""The call that an operation works on, with the steps that most operations share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pulumi_ehpc.fake.errors import ResponseError, invalid
from pulumi_ehpc.fake.models.cluster import Cluster
from pulumi_ehpc.fake.models.region import Region, World
from pulumi_ehpc.fake.models.rules import check_tags
from pulumi_ehpc.fake.models.task import Record
from pulumi_ehpc.fake.models.user import SecretHash

__all__ = ["Call", "Operation", "Page"]

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """The position of a page in a list; ``as_dict`` makes the members that every paged response has."""

    number: int
    size: int
    total: int

    def as_dict(self) -> dict[str, Any]:
        """Return PageNumber, PageSize and TotalCount."""
        return {"PageNumber": self.number, "PageSize": self.size, "TotalCount": self.total}


@dataclass(frozen=True)
class Call:
    """One checked call.

    Attributes:
        action: Name of the action.
        generation: Product generation the caller's API version belongs to, 1 or 2.
        parameters: The parameters as a tree, decoded and checked.
        request_id: Request id of the response.
        region: The state that it works on.
    """

    action: str
    generation: int
    parameters: Mapping[str, Any]
    request_id: str
    region: Region

    @property
    def world(self) -> World:
        """What all regions share."""
        return self.region.world

    @property
    def now(self) -> float:
        """The fake's time."""
        return self.world.clock.now()

    def get(self, name: str, default: Any = "") -> Any:
        """Return a parameter, or the default when it is omitted."""
        return self.parameters.get(name, default)

    def cluster(self) -> Cluster:
        """Return the cluster named by ClusterId.

        Raises:
            ResponseError: ClusterNotFound, or MissingClusterId where the spec does not mark it as required.
        """
        if not self.get("ClusterId"):
            raise ResponseError("Missing{parameter}", parameter="ClusterId")
        return self.region.find(self.parameters["ClusterId"], self.generation)

    def running_cluster(self) -> Cluster:
        """Return the cluster named by ClusterId, which has to be running.

        Raises:
            ResponseError: ClusterNotFound, InvalidClusterStatus.
        """
        cluster = self.cluster()
        cluster.require_running()
        return cluster

    def record(self, cluster_id: str, target: str, task_type: str = "") -> Record:
        """Make a record of this call; with a task type it is a task."""
        return Record(
            request_id=self.request_id,
            action=self.action,
            cluster_id=cluster_id,
            target=target,
            request=dict(self.parameters),
            started_at=self.now,
            called_at=self.world.wall_clock(),
            task_id=self.world.ids.task() if task_type else "",
            task_type=task_type,
        )

    def log(self, cluster: Cluster, target: str) -> None:
        """Log that this call has changed something; the change is complete."""
        cluster.modified_at = self.now
        self.region.log(self.record(cluster.id, target))

    def hash_secret(self, secret: str) -> SecretHash | None:
        """Hash a secret for storage; return None when there is none."""
        return SecretHash.of(secret, self.world.ids.salt()) if secret else None

    def tags(self, parameter: str) -> dict[str, str]:
        """Return the tags of a parameter.

        Raises:
            ResponseError: InvalidParams.
        """
        tags = {tag.get("Key", ""): tag.get("Value", "") for tag in self.get(parameter, ())}
        check_tags(list(tags.items()), self.world.limits.tags_per_cluster, parameter)
        return tags

    def page(self, items: Sequence[Item], default_size: int = 10) -> tuple[Sequence[Item], Page]:
        """Return the page that PageNumber and PageSize select.

        Raises:
            ResponseError: InvalidParams for a number or size below 1.
        """
        number, size = self.get("PageNumber", 1), self.get("PageSize", default_size)
        for name, value in (("PageNumber", number), ("PageSize", size)):
            if value < 1:
                raise invalid(name, "It has to be 1 or more.")
        return items[(number - 1) * size : number * size], Page(number, size, len(items))


Operation = Callable[[Call], dict[str, Any]]
"""Performs one action and returns the response without RequestId."""
