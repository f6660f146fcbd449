"""The client against a server on this machine: signing, retries, connections, accounts, limits."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import Settings, spec
from pulumi_ehpc.api.settings import MAX_CONNECTIONS
from pulumi_ehpc.api.signing import acs3_signature, parse_acs3_authorization, v1_signature
from tests.api.bench import CREDENTIALS, FAULT, GONE, NEW, OLD, READ, THROTTLED, Bench, Case
from tests.api.clocks import START
from tests.api.loopback import GOOD, Received, Reply
from tests.api.test_sdk_witness import filled

WRITE: Case = ("DeleteCluster", {"ClusterId": "c"}, NEW)
SET: Case = ("UpdateUser", {"ClusterId": "c", "UserName": "u"}, NEW)
TOKEN_WRITE: Case = ("CreateCluster", {"Name": "c", "ClientToken": "token-1"}, OLD)
CUT_OFF = Reply({"RequestId": "R" * 99}, cut=40)


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
    assert bench.call((name, filled(action, 0), version)) == GOOD
    (received,) = bench.received
    assert received.method == action.method
    assert signature_is_right(received)


def signature_is_right(received: Received) -> bool:
    if "authorization" not in received.headers:
        pairs = received.query + received.form
        return dict(pairs)["Signature"] == v1_signature(
            method=received.method, parameters=pairs, secret=CREDENTIALS.access_key_secret
        )
    _, signed_headers, signature = parse_acs3_authorization(received.headers["authorization"])
    return signature == acs3_signature(
        method=received.method,
        path=received.path,
        query=received.query,
        headers=received.headers,
        signed_headers=signed_headers,
        payload_sha256=hashlib.sha256(received.body).hexdigest(),
        secret=CREDENTIALS.access_key_secret,
    )


@pytest.mark.parametrize(
    ("case", "first_reply", "calls"),
    [
        (READ, FAULT, 2),
        (READ, THROTTLED, 2),
        (READ, Reply(b"<html>", status=502), 2),
        (READ, CUT_OFF, 2),
        (READ, Reply({"Success": False}), 2),
        (READ, Reply({}), 2),
        (READ, Reply({"RequestId": "R-1"}), 2),
        (READ, Reply({**GOOD, "ClusterId": 7}), 2),
        (READ, GONE, 1),
        (WRITE, THROTTLED, 2),
        (WRITE, FAULT, 1),
        (WRITE, Reply(b"<html>", status=502), 1),
        (WRITE, CUT_OFF, 1),
        (WRITE, Reply({}), 1),
        (SET, FAULT, 2),
        (SET, CUT_OFF, 2),
        (TOKEN_WRITE, FAULT, 2),
        (TOKEN_WRITE, CUT_OFF, 2),
    ],
)
def test_what_is_retried(case: Case, first_reply: Reply, calls: int) -> None:
    with Bench(first_reply, Reply()) as bench:
        if calls == 2:
            assert bench.call(case) == GOOD
        else:
            with pytest.raises(errors.EhpcError):
                bench.call(case)
    assert len(bench.received) == calls


def test_an_unknown_version() -> None:
    with Bench() as bench, pytest.raises(errors.InputError, match="version = '2020-01-01': must be one of 2018-04-12"):
        bench.client.for_version("2020-01-01")


def test_three_retries_then_the_last_error() -> None:
    with Bench(FAULT) as bench, pytest.raises(errors.ServiceError, match="R-f"):
        bench.call()
    assert len(bench.received) == 4
    assert len(bench.clock.slept) == 3


def test_the_service_says_when_to_retry() -> None:
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


def test_a_refused_connection_is_retried_even_for_a_write() -> None:
    with Bench() as bench:
        endpoint = bench.server.endpoint
    with pytest.raises(errors.NetworkError) as raised:
        bench.call(WRITE)
    assert len(bench.clock.slept) == 3
    assert raised.value.endpoint == endpoint
    assert not raised.value.sent


def test_one_connection_serves_one_call_after_the_other() -> None:
    with Bench() as bench:
        for _ in range(5):
            bench.call()
    assert len({received.peer for received in bench.received}) == 1


def test_as_many_threads_as_connections() -> None:
    barrier = threading.Barrier(MAX_CONNECTIONS)
    with Bench() as bench, ThreadPoolExecutor(MAX_CONNECTIONS) as pool:

        def call_twice(number: int) -> None:
            for _ in range(2):
                barrier.wait(20)
                bench.v2024.call("GetCluster", {"ClusterId": str(number)})

        list(pool.map(call_twice, range(MAX_CONNECTIONS)))
    assert {received.parameters["ClusterId"] for received in bench.received} == {
        str(number) for number in range(MAX_CONNECTIONS)
    }
    assert len(bench.received) == 2 * MAX_CONNECTIONS
    # The second round found the connections of the first one open.
    assert len({received.peer for received in bench.received}) <= MAX_CONNECTIONS


def test_the_account_is_asked_for_once() -> None:
    with Bench(Reply({"AccountId": "123", "RequestId": "R"})) as bench, ThreadPoolExecutor(8) as pool:
        accounts = [future.result() for future in [pool.submit(bench.client.account_id) for _ in range(8)]]
    assert accounts == ["123"] * 8
    (received,) = bench.received
    assert (received.headers["x-acs-action"], received.headers["x-acs-version"]) == ("GetCallerIdentity", "2015-04-01")


def test_an_endpoint_without_accounts() -> None:
    with Bench(Reply({"Code": "InvalidAction.NotFound"}, status=404)) as bench:
        assert [bench.client.account_id(), bench.client.account_id()] == [None, None]
    assert len(bench.received) == 1


def test_an_account_that_cannot_be_asked_for_at_the_moment() -> None:
    with Bench(FAULT, FAULT, FAULT, FAULT, Reply({"AccountId": "123", "RequestId": "R"})) as bench:
        assert [bench.client.account_id(), bench.client.account_id()] == [None, "123"]


def test_credentials_that_are_not_accepted_are_an_error() -> None:
    unknown_key = Reply({"Code": "InvalidAccessKeyId.NotFound"}, status=404)
    with Bench(unknown_key) as bench, pytest.raises(errors.AuthenticationError, match="access key does not exist"):
        bench.client.account_id()


def test_sts_has_an_endpoint_of_its_own() -> None:
    with Bench(settings=Settings("cn-hangzhou")) as bench:
        assert bench.client._sts_url() == "https://sts.cn-hangzhou.aliyuncs.com"


def test_probing_measures_the_clock_skew() -> None:
    date = format_datetime(START - timedelta(seconds=60), usegmt=True)
    refusal = Reply({"Code": "MissingParameter"}, status=400, headers={"Date": date})
    with Bench(refusal) as bench:
        assert bench.client.probe() == (0, 60)
    assert "authorization" not in bench.received[0].headers


def test_the_limit_is_shared_by_threads(tmp_path: Path) -> None:
    with Bench(cache_folder=tmp_path) as bench, ThreadPoolExecutor(8) as pool:
        bench.client.settings = Settings("cn-hangzhou", endpoint=bench.server.endpoint, max_qps=5)
        list(pool.map(lambda _: bench.call(), range(12)))
    assert len(bench.received) == 12
    # Twelve calls at five a second: full seconds passed, on a clock that moves only when a thread waits.
    assert bench.clock.seconds > 2
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix == ".sqlite"] == [".sqlite"]


def test_a_throttled_response_delays_the_calls_of_all_threads(tmp_path: Path) -> None:
    with Bench(THROTTLED, Reply(), cache_folder=tmp_path) as bench:
        bench.client.settings = Settings("cn-hangzhou", endpoint=bench.server.endpoint, max_qps=5)
        bench.call()
    (pause, *rest) = bench.clock.slept
    assert 0.25 <= pause <= 0.5
    # The limit of five had four places left; they were given up.
    assert 1 <= pause + sum(rest) < 1.1
