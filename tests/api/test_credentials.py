"""Credentials, and the chain they come from by default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from pulumi_ehpc.api import Credentials
from pulumi_ehpc.api.credentials import DefaultCredentialChain
from pulumi_ehpc.errors import ConfigurationError
from tests.api.clocks import ManualClock

CANARY = "canary-secret"


class LibraryChain:
    """Stands in for the library's chain: returns or raises the given results in turn."""

    def __init__(self, *results: Any) -> None:
        self.results = list(results)
        self.asked = 0

    def get_credentials(self) -> Any:
        self.asked += 1
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result


def found(token: str | None = None) -> Any:
    return SimpleNamespace(
        get_access_key_id=lambda: "id", get_access_key_secret=lambda: CANARY, get_security_token=lambda: token
    )


def chain_of(library: LibraryChain, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> DefaultCredentialChain:
    monkeypatch.setattr("pulumi_ehpc.api.credentials.load_default_chain", lambda: library)
    return DefaultCredentialChain(clock)


def test_credentials_do_not_show_their_secrets() -> None:
    assert repr(Credentials("id", CANARY, CANARY)) == "Credentials(access_key_id='id')"


def test_credentials_are_a_provider() -> None:
    credentials = Credentials("id", "secret")
    assert credentials.credentials() is credentials


def test_the_chain_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    library = LibraryChain(found(), found("renewed"))
    chain = chain_of(library, ManualClock(), monkeypatch)
    assert [chain.credentials(), chain.credentials()] == [
        Credentials("id", CANARY),
        Credentials("id", CANARY, "renewed"),
    ]


def test_without_credentials_the_chain_is_named_and_nothing_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chain_of(LibraryChain(RuntimeError(f"cannot parse {CANARY}")), ManualClock(), monkeypatch)
    with pytest.raises(ConfigurationError) as raised:
        chain.credentials()
    for word in (
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ".aliyun/config.json",
        "OIDC",
        "ECS",
    ):
        assert word in str(raised.value)
    assert raised.value.__context__ is None
    assert CANARY not in str(raised.value)


def test_many_threads_wait_once_for_missing_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    library, clock = LibraryChain(RuntimeError()), ManualClock()
    chain = chain_of(library, clock, monkeypatch)
    with ThreadPoolExecutor(16) as pool:
        failures = [future.exception() for future in [pool.submit(chain.credentials) for _ in range(64)]]
    assert {type(failure) for failure in failures} == {ConfigurationError}
    assert library.asked == 1


def test_credentials_that_appear_later_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    library, clock = LibraryChain(RuntimeError(), found()), ManualClock()
    chain = chain_of(library, clock, monkeypatch)
    with pytest.raises(ConfigurationError):
        chain.credentials()
    clock.sleep(10.5)
    assert chain.credentials() == Credentials("id", CANARY)


ASK = """
import json
from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.api.credentials import DefaultCredentialChain
from pulumi_ehpc.errors import ConfigurationError
try:
    found = DefaultCredentialChain(Clock()).credentials()
    print(json.dumps([found.access_key_id, found.access_key_secret, found.security_token]))
except ConfigurationError as error:
    print(json.dumps(str(error)))
"""


def test_the_real_chain_reads_the_environment() -> None:
    variables = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "id",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s",
        "ALIBABA_CLOUD_SECURITY_TOKEN": "t",
    }
    assert ask(variables).stdout_json == ["id", "s", "t"]


def test_the_real_chain_without_credentials_prints_no_traceback(tmp_path: os.PathLike[str]) -> None:
    asked = ask({"HOME": os.fspath(tmp_path)})
    assert "No Alibaba Cloud credentials were found." in asked.stdout_json
    assert asked.stderr == ""


def ask(variables: dict[str, str]) -> Any:
    """Ask the real chain in a process of its own: the library reads the environment when it is imported."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ALIBABA_CLOUD_")}
    # The metadata service is another machine.
    environ |= {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", **variables}
    ran = subprocess.run([sys.executable, "-c", ASK], env=environ, capture_output=True, text=True, check=True)
    return SimpleNamespace(stdout_json=json.loads(ran.stdout), stderr=ran.stderr)
