"""Records of changes, which one API version returns as tasks and the other as logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api.spec.redaction import redact
from pulumi_ehpc.fake.models.states import TaskStatus

__all__ = ["Record"]


@dataclass
class Record:
    """One change of a cluster, requested by one call.

    Attributes:
        request_id: Request id of the call.
        action: Name of the call's action.
        cluster_id: The cluster.
        target: What changes: a cluster, a queue, nodes ...
        request: The call's parameters, without secrets.
        started_at: Fake time of the call.
        called_at: Real time of the call, the only time its caller knows.
        task_id: Its id as a task; empty for a change that is complete at once.
        task_type: Its type as a task.
        instances: Ids of the instances it creates or releases.
        error: Why it failed.
    """

    request_id: str
    action: str
    cluster_id: str
    target: str
    request: dict[str, Any]
    started_at: float
    called_at: float = field(metadata={"shown": False})
    task_id: str = ""
    task_type: str = ""
    status: TaskStatus = TaskStatus.SUCCESS
    finished_at: float | None = None
    instances: tuple[str, ...] = ()
    error: str = ""

    def __post_init__(self) -> None:
        self.request = redact(self.request)

    def finish(self, moment: float, error: str = "") -> None:
        """Set the outcome."""
        self.status = TaskStatus.FAILED if error else TaskStatus.SUCCESS
        self.finished_at = moment
        self.error = error
