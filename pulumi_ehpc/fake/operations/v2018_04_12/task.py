"""Tasks and regions in API version 2018-04-12."""

from __future__ import annotations

import json
from typing import Any

from pulumi_ehpc.fake.models.states import TaskStatus
from pulumi_ehpc.fake.models.task import Record
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.regions import regions

__all__ = ["list_regions", "list_tasks"]


def list_tasks(call: Call) -> dict[str, Any]:
    """ListTasks: the one that TaskId names, else the running ones; with Archived all of them.

    The tasks of a cluster can still be listed after the cluster is gone.
    """
    cluster_id, task_id = call.parameters["ClusterId"], call.get("TaskId")
    tasks = [record for record in call.region.records if record.task_id and record.cluster_id == cluster_id]
    if not tasks:
        call.cluster()  # raises ClusterNotFound when there never was one
    if task_id:
        tasks = [record for record in tasks if record.task_id == task_id]
    elif not call.get("Archived", False):
        tasks = [record for record in tasks if record.status is TaskStatus.PROCESSING]
    items, page = call.page(tasks)
    return {**page.as_dict(), "Tasks": [_listed(record) for record in items]}


def _listed(record: Record) -> dict[str, Any]:
    errors = [{"Code": "TaskFailed", "Message": record.error}] if record.error else []
    creates = record.task_type in ("CreateCluster", "AddComputes")
    return {
        "ClusterId": record.cluster_id,
        "CurrentStep": 0 if record.status is TaskStatus.PROCESSING else 1,
        "Errors": json.dumps(errors),
        "Request": json.dumps(record.request, ensure_ascii=False),
        "Result": json.dumps({"Instances": list(record.instances)} if creates else {}),
        "Status": record.status.value,
        "TaskId": record.task_id,
        "TaskType": record.task_type,
        "TotalSteps": 1,
    }


def list_regions(call: Call) -> dict[str, Any]:
    """ListRegions."""
    listed = [{"RegionId": name, "LocalName": names["zh-CN"]} for name, names in sorted(regions().items())]
    return {"Regions": {"RegionInfo": listed}}
