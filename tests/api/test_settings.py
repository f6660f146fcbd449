"""Settings from configuration and environment."""

from __future__ import annotations

import pytest

from pulumi_ehpc.api import Settings
from pulumi_ehpc.errors import ConfigurationError, InputError


def test_defaults() -> None:
    settings = Settings.resolve({}, {})
    assert settings == Settings(region="", api_version="2024-07-30", endpoint="", max_qps=None, concurrency=32)
    assert settings.rate_limit == 20


def test_configuration_wins_over_environment() -> None:
    environ = {
        "ALIBABA_CLOUD_REGION_ID": "cn-beijing",
        "EHPC_API_VERSION": "2018-04-12",
        "EHPC_ENDPOINT": "ehpc.example.com",
    }
    assert Settings.resolve({}, environ) == Settings("cn-beijing", "2018-04-12", "https://ehpc.example.com")
    config = {
        "ehpc:region": "cn-hangzhou",
        "ehpc:apiVersion": "2024-07-30",
        "ehpc:endpoint": "localhost:8080",
        "ehpc:maxQps": "5",
        "ehpc:concurrency": "8",
    }
    assert Settings.resolve(config, environ) == Settings("cn-hangzhou", "2024-07-30", "http://localhost:8080", 5, 8)


def test_an_empty_value_counts_as_not_set() -> None:
    assert Settings.resolve({"ehpc:region": " "}, {"ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}).region == "cn-hangzhou"


def test_all_bad_values_are_named_at_once() -> None:
    config = {
        "ehpc:region": "CN Hangzhou",
        "ehpc:apiVersion": "2020-01-01",
        "ehpc:endpoint": "ftp://x",
        "ehpc:maxQps": "0",
        "ehpc:concurrency": "65",
    }
    with pytest.raises(InputError) as raised:
        Settings.resolve(config, {})
    assert {violation.property for violation in raised.value.violations} == set(config)


@pytest.mark.parametrize("text", ["-1", "1.5", "²", "many", "1001"])
def test_a_rate_is_a_whole_number(text: str) -> None:
    with pytest.raises(InputError):
        Settings.resolve({"ehpc:maxQps": text}, {})


@pytest.mark.parametrize(
    ("text", "endpoint"),
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
def test_an_endpoint_gets_a_scheme(text: str, endpoint: str) -> None:
    settings = Settings.resolve({"ehpc:endpoint": text}, {})
    assert (settings.endpoint, settings.base_url) == (endpoint, endpoint)


@pytest.mark.parametrize(
    "text",
    ["http://", "https://x/path", "x?y=1", "http://a b", "x:port", "https://[::1", "u:pw-canary@x", "http://x#f"],
)
def test_a_bad_endpoint_is_refused(text: str) -> None:
    with pytest.raises(InputError) as raised:
        Settings.resolve({"ehpc:endpoint": text}, {})
    assert "pw-canary" not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        (Settings(region="cn-hangzhou"), 20),
        (Settings(endpoint="https://example.com"), 20),
        (Settings(endpoint="http://127.0.0.1:1"), None),
        (Settings(endpoint="http://[::1]:1"), None),
        (Settings(endpoint="http://localhost"), None),
        (Settings(endpoint="http://127.0.0.1:1", max_qps=3), 3),
    ],
)
def test_calls_are_limited_but_on_this_machine(settings: Settings, limit: int | None) -> None:
    assert settings.rate_limit == limit


def test_the_region_decides_the_address() -> None:
    assert Settings(region="cn-hangzhou").base_url == "https://ehpc.cn-hangzhou.aliyuncs.com"


def test_a_missing_region_says_how_to_set_it() -> None:
    with pytest.raises(ConfigurationError, match="pulumi config set ehpc:region"):
        _ = Settings().base_url
