"""The client from end to end, against a server on this machine."""

from __future__ import annotations

import hashlib
import json
import logging
import random
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import Client, Keys, Outcome, Probed, Settings, spec
from pulumi_ehpc.api.signing import acs3_signature, parse_acs3_authorization, v1_signature
from tests.api.clocks import START, ManualClock
from tests.api.loopback import Loopback, Received, Reply
from tests.api.test_sdk_witness import filled

OLD, NEW = spec.VERSIONS
KEYS = Keys("LTAIid", "canary-secret", "canary-token")
CANARY = "Canary-Passw0rd"
FAULT = Reply({"Code": "InternalError", "Message": "m", "RequestId": "R-f"}, status=500)
THROTTLED = Reply({"Code": "Throttling.User", "Message": "m", "RequestId": "R-t"}, status=429)
GONE = Reply({"Code": "ClusterNotFound", "Message": "m", "RequestId": "R-g"}, status=404)
READ: tuple[str, dict[str, Any], str] = ("GetCluster", {"ClusterId": "c"}, NEW)
WRITE: tuple[str, dict[str, Any], str] = ("DeleteCluster", {"ClusterId": "c"}, NEW)
SET: tuple[str, dict[str, Any], str] = ("UpdateUser", {"ClusterId": "c", "UserName": "u"}, NEW)
TOKEN_WRITE: tuple[str, dict[str, Any], str] = ("CreateCluster", {"Name": "c", "ClientToken": "token-1"}, OLD)


class Bench:
    """A client, its clock, and the server it calls."""

    def __init__(self, *replies: Reply, **options: Any) -> None:
        self.server = Loopback(*replies)
        self.clock = ManualClock()
        settings = options.pop("settings", None) or Settings("cn-hangzhou", endpoint=self.server.endpoint)
        self.client = Client(
            settings, **{"keys": KEYS, "clock": self.clock, "rng": random.Random(1), "read_timeout": 5.0, **options}
        )

    def __enter__(self) -> Bench:
        self.server.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.client.close()
        self.server.__exit__(*exc)

    def call(self, case: tuple[str, dict[str, Any], str] = READ) -> dict[str, Any]:
        return self.client.call(case[0], case[1], version=case[2])

    @property
    def received(self) -> list[Received]:
        return self.server.received


@pytest.fixture(scope="module", params=["acs3", "v1"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with Bench(signature=request.param) as bench:
        yield bench


@pytest.mark.parametrize(
    ("version", "name"), [(version, name) for version in spec.VERSIONS for name in spec.actions(version)]
)
def test_every_action_can_be_called_by_name(bench: Bench, version: str, name: str) -> None:
    action = spec.action(name, version)
    bench.received.clear()
    assert bench.client.call(name, filled(action, 0), version=version) == {"RequestId": "R-1"}
    (received,) = bench.received
    assert received.method == action.method
    assert signature_is_right(received)


def signature_is_right(received: Received) -> bool:
    if "authorization" not in received.headers:
        pairs = received.query + received.form
        return dict(pairs)["Signature"] == v1_signature(method=received.method, parameters=pairs, secret=KEYS.secret)
    _, signed_headers, signature = parse_acs3_authorization(received.headers["authorization"])
    return signature == acs3_signature(
        method=received.method,
        path=received.path,
        query=received.query,
        headers=received.headers,
        signed_headers=signed_headers,
        payload_sha256=hashlib.sha256(received.body).hexdigest(),
        secret=KEYS.secret,
    )


def test_the_region_is_filled_in_where_the_action_has_it() -> None:
    with Bench() as bench:
        bench.client.call("ListTagResources", {"ResourceType": "cluster"}, version=OLD)
        bench.client.call("ListTagResources", {"ResourceType": "cluster", "RegionId": "cn-beijing"}, version=OLD)
        bench.call()
    assert [received.parameters.get("RegionId") for received in bench.received] == ["cn-hangzhou", "cn-beijing", None]
    assert {received.headers["x-acs-region-id"] for received in bench.received} == {"cn-hangzhou"}


@pytest.mark.parametrize(
    ("action", "parameters", "version"),
    [
        ("CreateGWSCluster", {}, OLD),
        ("GetCluster", {}, NEW),
        ("GetCluster", {"ClusterId": 1}, NEW),
        ("GetCluster", {"ClusterId": "c"}, "2020-01-01"),
    ],
)
def test_nothing_is_sent_that_the_api_does_not_know(action: str, parameters: dict[str, Any], version: str) -> None:
    with Bench() as bench, pytest.raises(errors.InputError) as raised:
        bench.client.call(action, parameters, version=version)
    assert raised.value.violations
    assert bench.received == []


def test_no_region_and_no_endpoint() -> None:
    with Bench(settings=Settings()) as bench, pytest.raises(errors.ConfigurationError, match="No region is set"):
        bench.call()


@pytest.mark.parametrize(
    ("case", "trouble", "calls"),
    [
        (READ, FAULT, 2),
        (READ, THROTTLED, 2),
        (READ, Reply(b"<html>", status=502), 2),
        (READ, Reply({"RequestId": "R" * 99}, cut=40), 2),
        (READ, Reply({"Success": False}), 2),
        (READ, GONE, 1),
        (WRITE, THROTTLED, 2),
        (WRITE, FAULT, 1),
        (WRITE, Reply(b"<html>", status=502), 1),
        (WRITE, Reply({"RequestId": "R" * 99}, cut=40), 1),
        (SET, FAULT, 2),
        (SET, Reply({"RequestId": "R" * 99}, cut=40), 2),
        (TOKEN_WRITE, FAULT, 2),
        (TOKEN_WRITE, Reply({"RequestId": "R" * 99}, cut=40), 2),
    ],
)
def test_what_is_repeated(case: tuple[str, dict[str, Any], str], trouble: Reply, calls: int) -> None:
    with Bench(trouble, Reply()) as bench:
        if calls == 2:
            assert bench.call(case) == {"RequestId": "R-1"}
        else:
            with pytest.raises(errors.EhpcError):
                bench.call(case)
    assert len(bench.received) == calls


def test_three_retries_then_the_last_error() -> None:
    with Bench(FAULT) as bench, pytest.raises(errors.ServiceError, match="R-f"):
        bench.call()
    assert len(bench.received) == 4
    assert len(bench.clock.slept) == 3


def test_the_service_says_when_to_repeat() -> None:
    reply = Reply(THROTTLED.body, status=429, headers={"x-acs-retry-after": "7000"})
    with Bench(reply, Reply()) as bench:
        bench.call()
    assert bench.clock.slept == [7.0]


def test_a_client_token_stays_and_a_nonce_does_not() -> None:
    with Bench(FAULT, FAULT, Reply()) as bench:
        bench.call(TOKEN_WRITE)
    assert [received.parameters["ClientToken"] for received in bench.received] == ["token-1"] * 3
    assert len({received.headers["x-acs-signature-nonce"] for received in bench.received}) == 3
    assert all(signature_is_right(received) for received in bench.received)


def test_a_refused_connection_is_tried_again_even_for_a_write() -> None:
    with Bench() as bench:
        port = bench.server.endpoint
    with pytest.raises(errors.NetworkError) as raised:
        bench.call(WRITE)
    assert len(bench.clock.slept) == 3
    assert raised.value.endpoint == port
    assert not raised.value.sent


def test_one_connection_serves_one_call_after_the_other() -> None:
    with Bench() as bench:
        for _ in range(5):
            bench.call()
    assert len({received.peer for received in bench.received}) == 1


def test_sixty_four_threads_at_once() -> None:
    barrier = threading.Barrier(64)
    with Bench() as bench, ThreadPoolExecutor(64) as pool:

        def call_twice(number: int) -> None:
            for _ in range(2):
                barrier.wait(20)
                bench.client.call("GetCluster", {"ClusterId": str(number)}, version=NEW)

        list(pool.map(call_twice, range(64)))
    assert {received.parameters["ClusterId"] for received in bench.received} == {str(number) for number in range(64)}
    assert len(bench.received) == 128
    # The second round found the connections of the first one open.
    assert len({received.peer for received in bench.received}) <= 64


def test_pages_of_a_list() -> None:
    pages = [
        Reply({"TotalCount": "3", "Users": {"UserInfo": [{"Name": name} for name in names]}}) for names in ("ab", "c")
    ]
    with Bench(*pages) as bench:
        users = list(bench.client.pages("ListUsers", {"ClusterId": "c", "PageSize": 2}, version=OLD))
    assert users == [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]
    assert [received.parameters["PageNumber"] for received in bench.received] == ["1", "2"]


@pytest.mark.parametrize(
    ("action", "version"), [("GetCluster", NEW), ("ListSecurityGroups", OLD), ("ListUsers", "2020")]
)
def test_pages_of_what_is_not_a_list(action: str, version: str) -> None:
    with Bench() as bench, pytest.raises(errors.InputError):
        list(bench.client.pages(action, {}, version=version))
    assert bench.received == []


def test_waiting_for_a_running_cluster() -> None:
    states = [Reply({"ClusterStatus": state}) for state in ("creating", "initing", "running")]
    ticks: list[str] = []
    with Bench(states[0], FAULT, THROTTLED, *states[1:]) as bench:
        answer = bench.client.wait(
            "ClusterRunning",
            {"ClusterId": "c"},
            version=NEW,
            timeout_seconds=600,
            tick=lambda state, _: ticks.append(state),
        )
    assert answer == {"ClusterStatus": "running"}
    assert ticks == ["creating", "creating", "creating", "initing", "running"]
    assert len(bench.received) == 5


def test_waiting_for_a_deleted_cluster() -> None:
    with Bench(Reply({"ClusterInfo": {"Status": "releasing"}}), GONE) as bench:
        assert bench.client.wait("ClusterDeleted", {"ClusterId": "c"}, version=OLD, timeout_seconds=600) == {}


def test_waiting_in_vain() -> None:
    with Bench(Reply({"ClusterStatus": "exception"})) as bench:
        with pytest.raises(errors.WaitFailedError, match=r"ClusterRunning \(c\): the state is exception"):
            bench.client.wait("ClusterRunning", {"ClusterId": "c"}, version=NEW, timeout_seconds=600)
        with pytest.raises(errors.WaitCancelledError):
            bench.client.wait(
                "ClusterRunning", {"ClusterId": "c"}, version=NEW, timeout_seconds=600, cancelled=lambda: True
            )
    with Bench(GONE) as bench, pytest.raises(errors.WaitFailedError, match="ClusterNotFound"):
        bench.client.wait("ClusterRunning", {"ClusterId": "c"}, version=NEW, timeout_seconds=600)


def test_an_error_that_is_not_the_waiters_concern_ends_the_wait() -> None:
    with Bench(Reply({"Code": "Forbidden.RAM"}, status=403)) as bench, pytest.raises(errors.AuthorizationError):
        bench.client.wait("ClusterDeleted", {"ClusterId": "c"}, version=NEW, timeout_seconds=600)


def test_an_unknown_waiter() -> None:
    with Bench() as bench, pytest.raises(errors.InputError, match="ClusterStopped"):
        bench.client.wait("ClusterStopped", {}, version=NEW, timeout_seconds=1)


def test_waiting_by_probe() -> None:
    with Bench() as bench:
        found = iter([(Outcome.PENDING, "1 of 2 nodes"), (Outcome.DONE, "2 of 2 nodes")])
        assert bench.client.wait_until(lambda: next(found), doing="Nodes", timeout_seconds=9) == "2 of 2 nodes"
        assert bench.clock.slept


def test_the_account_is_asked_for_once() -> None:
    with Bench(Reply({"AccountId": "123", "RequestId": "R"})) as bench, ThreadPoolExecutor(8) as pool:
        accounts = [future.result() for future in [pool.submit(bench.client.account_id) for _ in range(8)]]
    assert accounts == ["123"] * 8
    (received,) = bench.received
    assert (received.headers["x-acs-action"], received.headers["x-acs-version"]) == ("GetCallerIdentity", "2015-04-01")


def test_an_endpoint_that_does_not_know_accounts() -> None:
    with Bench(Reply({"Code": "InvalidAction.NotFound"}, status=404)) as bench:
        assert [bench.client.account_id(), bench.client.account_id()] == [None, None]
    assert len(bench.received) == 1


def test_an_account_that_cannot_be_asked_for_now() -> None:
    with Bench(FAULT, FAULT, FAULT, FAULT, Reply({"AccountId": "123"})) as bench:
        assert [bench.client.account_id(), bench.client.account_id()] == [None, "123"]


def test_keys_that_are_not_accepted_are_an_error() -> None:
    unknown_key = Reply({"Code": "InvalidAccessKeyId.NotFound"}, status=404)
    with Bench(unknown_key) as bench, pytest.raises(errors.AuthenticationError, match="access key does not exist"):
        bench.client.account_id()


def test_sts_has_an_address_of_its_own() -> None:
    with Bench(settings=Settings("cn-hangzhou")) as bench:
        assert bench.client._sts_url() == "https://sts.cn-hangzhou.aliyuncs.com"


def test_probing_tells_how_far_the_clock_is_off() -> None:
    date = format_datetime(START - timedelta(seconds=60), usegmt=True)
    refusal = Reply({"Code": "MissingParameter"}, status=400, headers={"Date": date})
    with Bench(refusal) as bench:
        probed = bench.client.probe()
    assert probed == Probed(latency_seconds=0, clock_skew_seconds=60)
    assert "authorization" not in bench.received[0].headers


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [{"level": record.levelname, **json.loads(record.message)} for record in caplog.records]


def test_a_line_for_each_attempt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="pulumi_ehpc.api")
    with Bench(FAULT, Reply({"RequestId": "R-2"})) as bench:
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


SECRETIVE: list[tuple[str, dict[str, Any], str]] = [
    ("AddUsers", {"ClusterId": "c", "User": [{"Name": "a", "Group": "users", "Password": CANARY}]}, OLD),
    ("CreateUsers", {"ClusterId": "c", "User": [{"UserName": "a", "AuthKey": CANARY, "Password": CANARY}]}, NEW),
    ("CreateCluster", {"ClusterCredentials": {"Password": CANARY}}, NEW),
    ("CreateCluster", {"Name": "c", "Password": CANARY, "ClientToken": "t"}, OLD),
]


@pytest.mark.parametrize("signature", ["acs3", "v1"])
@pytest.mark.parametrize("case", SECRETIVE, ids=lambda case: f"{case[2]}-{case[0]}")
@pytest.mark.parametrize(
    "reply",
    [
        FAULT,
        Reply({"RequestId": "R" * 99}, cut=40),
        Reply({"Code": "InvalidParams", "Message": f"Password {CANARY} is not allowed"}, status=400),
        Reply(f"<html>{CANARY}</html>".encode(), status=502),
        None,
    ],
    ids=["fault", "cut", "quoted", "html", "refused"],
)
def test_no_secret_in_errors_and_logs(
    reply: Reply | None, case: tuple[str, dict[str, Any], str], signature: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Bench(reply or Reply(), signature=signature) as bench:
        if reply is None:
            bench.server._server.server_close()
        with pytest.raises(errors.EhpcError) as raised:
            bench.call(case)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + str(vars(raised.value))
    logged = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)
    assert logged
    for secret in (CANARY, KEYS.secret, KEYS.token):
        assert secret not in told
        assert secret not in logged


def test_the_limit_is_shared_by_threads(tmp_path: Path) -> None:
    with Bench(cache_folder=tmp_path) as bench, ThreadPoolExecutor(8) as pool:
        bench.client.settings = Settings("cn-hangzhou", endpoint=bench.server.endpoint, max_qps=5)
        list(pool.map(lambda _: bench.call(), range(12)))
    assert len(bench.received) == 12
    # Twelve calls at five a second: full seconds passed, on a clock that moves only when a thread waits.
    assert bench.clock.seconds > 2
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix == ".sqlite"] == [".sqlite"]


def test_a_throttled_answer_holds_everybody_back_for_a_moment(tmp_path: Path) -> None:
    with Bench(THROTTLED, Reply(), cache_folder=tmp_path) as bench:
        bench.client.settings = Settings("cn-hangzhou", endpoint=bench.server.endpoint, max_qps=5)
        bench.call()
    (pause, *rest) = bench.clock.slept
    assert 0.25 <= pause <= 0.5
    # The limit of five had four places left; they were given up.
    assert 1 <= pause + sum(rest) < 1.1
