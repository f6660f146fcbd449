"""What was asked of a cluster and how it went: the tasks of one API version and the logs of the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pulumi_ehpc.api.spec import redact
from pulumi_ehpc.fake.models.states import TaskStatus

__all__ = ["Record"]


@dataclass
class Record:
    """One change of a cluster.

    Attributes:
        request_id: Id of the call that asked for it.
        action: That call.
        cluster_id: The cluster.
        target: The object it is about: a cluster, a queue, nodes ...
        request: The call's parameters, without secrets.
        started_at: Fake time of the call.
        asked_at: Real time of the call, the only one its caller knows.
        task_id: Its id as a task; empty for what is done at once.
        task_type: What kind of task.
        instances: Ids of the instances it is about.
        error: What went wrong.
    """

    request_id: str
    action: str
    cluster_id: str
    target: str
    request: dict[str, Any]
    started_at: float
    asked_at: float = field(metadata={"shown": False})
    task_id: str = ""
    task_type: str = ""
    status: TaskStatus = TaskStatus.SUCCESS
    finished_at: float | None = None
    instances: tuple[str, ...] = ()
    error: str = ""

    def __post_init__(self) -> None:
        self.request = redact(self.request)

    def finish(self, moment: float, error: str = "") -> None:
        """Note how it ended."""
        self.status = TaskStatus.FAILED if error else TaskStatus.SUCCESS
        self.finished_at = moment
        self.error = error
