"""The session of a provider process: one client for a region, and two refusals."""

from __future__ import annotations

import pytest

from pulumi_ehpc.api import Settings
from pulumi_ehpc.errors import AuthenticationError, ConfigurationError, NetworkError, RefusedError
from pulumi_ehpc.lifecycle.session import Session
from tests.lifecycle.bench import ACCOUNT, Bench
from tests.lifecycle.sample import NEW

ENDPOINT = "http://127.0.0.1:9"


def session(region: str = "cn-hangzhou", endpoint: str = ENDPOINT) -> Session:
    """A session with settings."""
    return Session(Settings(region, endpoint), "2024-07-30")


def test_client_is_made_once_for_a_region() -> None:
    made = session()
    assert made.client("") is made.client("cn-hangzhou")


def test_region_that_is_not_set_is_the_recorded_one() -> None:
    made = session(region="")
    assert made.client("cn-beijing").settings.region == "cn-beijing"
    assert made.client("cn-beijing") is not made.client("cn-hangzhou")
    assert made.client("").settings.region == "", "an endpoint is enough"
    with pytest.raises(ConfigurationError, match=r"No region is set\..*pulumi config set ehpc:region"):
        session(region="", endpoint="").client("")


def test_other_region_than_the_recorded_one_is_refused() -> None:
    with pytest.raises(RefusedError, match="Item 'work' lives in cn-beijing, but the region is set to cn-hangzhou"):
        session().require_region("cn-beijing", "Item 'work'")


@pytest.mark.parametrize(("current", "recorded"), [("cn-hangzhou", "cn-hangzhou"), ("", "cn-beijing"), ("x", "")])
def test_same_or_unknown_region_passes(current: str, recorded: str) -> None:
    session(region=current).require_region(recorded, "Item 'work'")


@pytest.mark.parametrize(
    ("current", "named"), [("2000000000000002", "of account 2000000000000002"), (None, "could not be established")]
)
def test_other_account_than_the_recorded_one_is_refused(bench: Bench, current: str | None, named: str) -> None:
    bench.client.account = current
    with pytest.raises(RefusedError, match=f"belongs to account {ACCOUNT} .*{named}.*It stays in state"):
        bench.session.require_account(bench.client.for_version(NEW), ACCOUNT, "Item 'work'", bench.log.append)


def test_same_account_passes(bench: Bench) -> None:
    bench.session.require_account(bench.client.for_version(NEW), ACCOUNT, "Item 'work'", bench.log.append)


def test_nobody_is_asked_while_nothing_answers(bench: Bench) -> None:
    api = bench.client.for_version(NEW)
    with pytest.raises(NetworkError), api.contact.calling(ENDPOINT):
        raise NetworkError("no response", endpoint=ENDPOINT)
    assert (bench.session.account_id(api, bench.log.append), bench.log) == ("", [])
    with api.contact.calling(ENDPOINT):
        pass
    assert bench.session.account_id(api, bench.log.append) == ACCOUNT


def test_nobody_is_asked_where_no_account_was_recorded(bench: Bench) -> None:
    bench.client.account = AuthenticationError(
        "The key is unknown.",
        code="X",
        http_status=403,
        request_id="R",
        action="GetCallerIdentity",
        version="2015-04-01",
    )
    bench.session.require_account(bench.client.for_version(NEW), "", "Item 'work'", bench.log.append)
    assert not bench.log
    with pytest.raises(RefusedError, match=r"could not be established \(The key is unknown\)"):
        bench.session.require_account(bench.client.for_version(NEW), ACCOUNT, "Item 'work'", bench.log.append)
