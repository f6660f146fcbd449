"""Keys, and the chain they come from by default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from pulumi_ehpc.api import Keys
from pulumi_ehpc.api.credentials import DefaultChain
from pulumi_ehpc.errors import ConfigurationError
from tests.api.clocks import ManualClock

CANARY = "canary-secret"


class Provider:
    """Stands for the library's chain."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked = 0

    def get_credentials(self) -> Any:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def found(token: str | None = None) -> Any:
    return SimpleNamespace(
        get_access_key_id=lambda: "id", get_access_key_secret=lambda: CANARY, get_security_token=lambda: token
    )


def chain_of(provider: Provider, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> DefaultChain:
    monkeypatch.setattr("pulumi_ehpc.api.credentials._default_provider", lambda: provider)
    return DefaultChain(clock)


def test_keys_do_not_show_their_secrets() -> None:
    assert repr(Keys("id", CANARY, CANARY)) == "Keys(key_id='id')"


def test_keys_are_a_source_of_keys() -> None:
    keys = Keys("id", "secret")
    assert keys.keys() is keys


def test_the_chain_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(found(), found("renewed"))
    chain = chain_of(provider, ManualClock(), monkeypatch)
    assert [chain.keys(), chain.keys()] == [Keys("id", CANARY), Keys("id", CANARY, "renewed")]


def test_no_keys_name_the_chain_and_quote_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chain_of(Provider(RuntimeError(f"cannot parse {CANARY}")), ManualClock(), monkeypatch)
    with pytest.raises(ConfigurationError) as raised:
        chain.keys()
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


def test_many_threads_wait_once_for_keys_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, clock = Provider(RuntimeError()), ManualClock()
    chain = chain_of(provider, clock, monkeypatch)
    with ThreadPoolExecutor(16) as pool:
        failures = [future.exception() for future in [pool.submit(chain.keys) for _ in range(64)]]
    assert {type(failure) for failure in failures} == {ConfigurationError}
    assert provider.asked == 1


def test_keys_that_appear_later_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, clock = Provider(RuntimeError(), found()), ManualClock()
    chain = chain_of(provider, clock, monkeypatch)
    with pytest.raises(ConfigurationError):
        chain.keys()
    clock.sleep(10.5)
    assert chain.keys() == Keys("id", CANARY)


ASK = """
import json
from pulumi_ehpc.api import SystemClock
from pulumi_ehpc.api.credentials import DefaultChain
from pulumi_ehpc.errors import ConfigurationError
try:
    keys = DefaultChain(SystemClock()).keys()
    print(json.dumps([keys.key_id, keys.secret, keys.token]))
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


def test_the_real_chain_without_keys_prints_no_traceback(tmp_path: os.PathLike[str]) -> None:
    answer = ask({"HOME": os.fspath(tmp_path)})
    assert "No Alibaba Cloud credentials were found." in answer.stdout_json
    assert answer.stderr == ""


def ask(variables: dict[str, str]) -> Any:
    """Ask the real chain in a process of its own: the library reads the environment when it is imported."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ALIBABA_CLOUD_")}
    # The metadata service is another machine.
    environ |= {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", **variables}
    ran = subprocess.run([sys.executable, "-c", ASK], env=environ, capture_output=True, text=True, check=True)
    return SimpleNamespace(stdout_json=json.loads(ran.stdout), stderr=ran.stderr)
