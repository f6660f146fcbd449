"""Settings from stack configuration and environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_ehpc.api import Settings
from pulumi_ehpc.engine.stack_settings import STACK_SETTINGS, StackSettings, find_setting
from pulumi_ehpc.errors import InputError


def test_defaults() -> None:
    settings = StackSettings.resolve({}, {})
    assert settings == StackSettings(Settings(region="", endpoint="", max_qps=None), "2024-07-30", 32)
    assert settings == StackSettings()
    assert settings.client.rate_limit == 20


def test_configuration_wins_over_environment() -> None:
    environ = {
        "ALIBABA_CLOUD_REGION_ID": "cn-beijing",
        "EHPC_API_VERSION": "2018-04-12",
        "EHPC_ENDPOINT": "ehpc.example.com",
        "EHPC_JOURNAL": "/of/environment",
    }
    client = Settings("cn-beijing", "https://ehpc.example.com")
    folder = Path("/of/environment")
    assert StackSettings.resolve({}, environ) == StackSettings(client, "2018-04-12", journal=folder)
    config = {
        "ehpc:region": "cn-hangzhou",
        "ehpc:apiVersion": "2024-07-30",
        "ehpc:endpoint": "localhost:8080",
        "ehpc:maxQps": "5",
        "ehpc:concurrency": "8",
        "ehpc:journal": "/of/config",
    }
    client = Settings("cn-hangzhou", "http://localhost:8080", max_qps=5)
    assert StackSettings.resolve(config, environ) == StackSettings(client, "2024-07-30", 8, Path("/of/config"))


def test_an_empty_value_counts_as_not_set() -> None:
    settings = StackSettings.resolve({"ehpc:region": " "}, {"ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"})
    assert settings.client.region == "cn-hangzhou"


def test_journal_is_in_the_users_state_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/alice")
    monkeypatch.setenv("XDG_STATE_HOME", "/home/alice/state")
    assert StackSettings.resolve({}, {}).journal.parts[-2:] == ("pulumi-ehpc", "intents")
    assert StackSettings.resolve({}, {"EHPC_JOURNAL": "~/kept"}).journal == Path("/home/alice/kept")


def test_all_violations_are_listed_at_once() -> None:
    config = {
        "ehpc:region": "CN Hangzhou",
        "ehpc:apiVersion": "2020-01-01",
        "ehpc:endpoint": "ftp://x",
        "ehpc:maxQps": "0",
        "ehpc:concurrency": "65",
        "ehpc:journal": "kept/here",
    }
    with pytest.raises(InputError) as raised:
        StackSettings.resolve(config, {})
    assert {violation.property for violation in raised.value.violations} == set(config) == set(STACK_SETTINGS)
    assert "`pulumi config set`" in raised.value.next_step


@pytest.mark.parametrize("value", ["-1", "1.5", "²", "many", "1001"])
def test_a_rate_is_an_integer(value: str) -> None:
    with pytest.raises(InputError):
        StackSettings.resolve({"ehpc:maxQps": value}, {})


@pytest.mark.parametrize(
    ("value", "endpoint"),
    [
        ("127.0.0.1:9", "http://127.0.0.1:9"),
        ("[::1]:9", "http://[::1]:9"),
        ("localhost", "http://localhost"),
        ("ehpc-vpc.cn-hangzhou.aliyuncs.com", "https://ehpc-vpc.cn-hangzhou.aliyuncs.com"),
        ("http://10.0.0.1:8080/", "http://10.0.0.1:8080"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:80", "http://example.com"),
    ],
)
def test_an_endpoint_gets_a_scheme(value: str, endpoint: str) -> None:
    settings = StackSettings.resolve({"ehpc:endpoint": value}, {}).client
    assert (settings.endpoint, settings.base_url) == (endpoint, endpoint)


@pytest.mark.parametrize(
    "value",
    ["http://", "https://x/path", "x?y=1", "http://a b", "x:port", "https://[::1", "u:pw-canary@x", "http://x#f"],
)
def test_an_invalid_endpoint_is_refused(value: str) -> None:
    with pytest.raises(InputError) as raised:
        StackSettings.resolve({"ehpc:endpoint": value}, {})
    assert "pw-canary" not in str(raised.value)


def test_a_missing_setting() -> None:
    assert find_setting("ehpc:region", {}, {}) == ("ALIBABA_CLOUD_REGION_ID", "")
    assert find_setting("ehpc:maxQps", {}, {"ehpc:maxQps": "5"}) == ("ehpc:maxQps", "")
