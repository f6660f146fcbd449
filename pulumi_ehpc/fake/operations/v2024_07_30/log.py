"""Operation logs and regions in API version 2024-07-30."""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.fake.clock import iso_seconds
from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.states import TaskStatus
from pulumi_ehpc.fake.models.task import Record
from pulumi_ehpc.fake.operations.call import Call
from pulumi_ehpc.fake.regions import regions

__all__ = ["get_common_log_detail", "list_common_logs", "list_regions"]

_STATUSES = {
    TaskStatus.PROCESSING: "InProgress",
    TaskStatus.SUCCESS: "Finished",
    TaskStatus.FAILED: "Failed",
}


def list_common_logs(call: Call) -> dict[str, Any]:
    """ListCommonLogs: changes of clusters, newest first unless IsReverse is false."""
    records = [record for record in call.region.records if _matches(call, record)]
    if call.get("IsReverse", True):
        records.reverse()
    items, page = call.page(records, 20)
    return {**page.as_dict(), "Uid": call.region.account, "Logs": [_listed(call, record) for record in items]}


def _matches(call: Call, record: Record) -> bool:
    wanted = (
        (call.get("ClusterId"), record.cluster_id),
        (call.get("LogRequestId"), record.request_id),
        (call.get("ActionStatus"), _STATUSES[record.status]),
        (call.get("Resource"), record.target),
        (call.get("OperatorUid"), call.region.account),
        (call.get("LogType"), "Operation"),
    )
    named = not call.get("ActionName", ()) or record.action in call.parameters["ActionName"]
    return named and _in_window(call, record) and all(not given or given == value for given, value in wanted)


def _in_window(call: Call, record: Record) -> bool:
    """Return whether a change lies between From and To, in the fake's time or in real time."""
    start, end = call.parameters["From"], call.parameters["To"]
    return any(start <= moment <= end for moment in (record.started_at, record.called_at))


def _listed(call: Call, record: Record) -> dict[str, Any]:
    return {
        "Action": record.action,
        "ClusterId": record.cluster_id,
        "LogType": "Operation",
        "Message": record.error or f"{record.action} {_STATUSES[record.status]}",
        "OperatorUid": call.region.account,
        "RequestId": record.request_id,
        "Status": _STATUSES[record.status],
        "Target": record.target,
        "Time": iso_seconds(record.started_at),
    }


def get_common_log_detail(call: Call) -> dict[str, Any]:
    """GetCommonLogDetail: the stages of one change, with the reason of a failure."""
    request_id = call.parameters["LogRequestId"]
    record = next((r for r in call.region.records if r.request_id == request_id and _in_window(call, r)), None)
    if record is None:
        raise invalid("LogRequestId", "There is no such log in this time.")
    moments = [(record.started_at, "INFO", f"{record.action} was accepted.", "Finished")]
    if record.finished_at is not None:
        outcome = ("ERROR", record.error) if record.error else ("INFO", f"{record.action} is done.")
        moments.append((record.finished_at, *outcome, _STATUSES[record.status]))
    stages = [
        {
            "LogLevel": level,
            "Message": message,
            "Method": record.action,
            "RequestId": record.request_id,
            "Status": status,
            "Target": record.target,
            "Time": iso_seconds(moment),
        }
        for moment, level, message, status in moments
    ]
    return {
        "Action": record.action,
        "ClusterId": record.cluster_id,
        "LogType": "Operation",
        "OperatorUid": call.region.account,
        "Uid": call.region.account,
        "LogDetail": [{"StageName": record.action, "Stages": stages}],
    }


def list_regions(call: Call) -> dict[str, Any]:
    """ListRegions: NextToken is the first region of the next page."""
    ids = sorted(regions())
    token, size = call.get("NextToken"), call.get("MaxResults", 20)
    if token and token not in ids:
        raise invalid("NextToken")
    start = ids.index(token) if token else 0
    following = ids[start + size : start + size + 1]
    language = call.get("AcceptLanguage", "zh-CN")
    return {
        "MaxResults": size,
        "NextToken": following[0] if following else "",
        "TotalCount": len(ids),
        "Regions": [{"RegionId": name, "LocalName": regions()[name][language]} for name in ids[start : start + size]],
    }
