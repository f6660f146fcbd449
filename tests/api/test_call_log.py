"""What is logged about a call, and that neither logs nor errors contain secrets."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import pytest

from pulumi_ehpc import errors
from tests.api.bench import CREDENTIALS, FAULT, GONE, NEW, OLD, Bench, Case
from tests.api.loopback import GOOD, Reply

CANARY = "Canary-Passw0rd"


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [{"level": record.levelname, **json.loads(record.message)} for record in caplog.records]


def test_a_line_for_each_attempt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="pulumi_ehpc.api")
    with Bench(FAULT, Reply({**GOOD, "RequestId": "R-2"})) as bench:
        bench.call()
    first, second = lines_of(caplog)
    assert first.pop("retry_in_seconds") > 0
    assert first == {
        "level": "WARNING",
        "action": "GetCluster",
        "version": NEW,
        "milliseconds": 0,
        "status": 500,
        "code": "InternalError",
        "request_id": "R-f",
        "attempt": 1,
        "parameters": {"ClusterId": "c"},
    }
    assert second.items() >= {"level": "DEBUG", "status": 200, "request_id": "R-2", "attempt": 2}.items()
    assert "code" not in second


def test_a_line_for_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="pulumi_ehpc.api")
    with Bench(GONE) as bench, pytest.raises(errors.NotFoundError):
        bench.call()
    (line,) = lines_of(caplog)
    assert line.items() >= {"level": "DEBUG", "status": 404, "code": "ClusterNotFound", "request_id": "R-g"}.items()


WITH_SECRETS: list[Case] = [
    ("AddUsers", {"ClusterId": "c", "User": [{"Name": "a", "Group": "users", "Password": CANARY}]}, OLD),
    ("CreateUsers", {"ClusterId": "c", "User": [{"UserName": "a", "AuthKey": CANARY, "Password": CANARY}]}, NEW),
    ("CreateCluster", {"ClusterCredentials": {"Password": CANARY}}, NEW),
    ("CreateCluster", {"Name": "c", "Password": CANARY, "ClientToken": "t"}, OLD),
]


@pytest.mark.parametrize("signature", ["acs3", "v1"])
@pytest.mark.parametrize("case", WITH_SECRETS, ids=lambda case: f"{case[2]}-{case[0]}")
@pytest.mark.parametrize(
    "reply",
    [
        FAULT,
        Reply({"RequestId": "R" * 99}, cut=40),
        Reply({"Code": "InvalidParams", "Message": f"Password {CANARY} is not allowed"}, status=400),
        Reply(f"<html>{CANARY}</html>".encode(), status=502),
        None,
    ],
    ids=["fault", "cut off", "quoted", "html", "refused"],
)
def test_no_secret_in_errors_and_logs(
    reply: Reply | None, case: Case, signature: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Bench(reply or Reply(), signature=signature) as bench:
        if reply is None:
            bench.server._server.server_close()
        with pytest.raises(errors.EhpcError) as raised:
            bench.call(case)
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + str(vars(raised.value))
    logged = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)
    assert logged
    for secret in (CANARY, CREDENTIALS.access_key_secret, CREDENTIALS.security_token):
        assert secret not in shown
        assert secret not in logged
