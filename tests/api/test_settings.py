"""Which endpoint is called, and how fast."""

from __future__ import annotations

import pytest

from pulumi_ehpc.api import Settings
from pulumi_ehpc.api.settings import DEFAULT_MAX_QPS
from pulumi_ehpc.errors import ConfigurationError


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        (Settings(region="cn-hangzhou"), DEFAULT_MAX_QPS),
        (Settings(endpoint="https://example.com"), DEFAULT_MAX_QPS),
        (Settings(endpoint="http://127.0.0.1:1"), None),
        (Settings(endpoint="http://[::1]:1"), None),
        (Settings(endpoint="http://localhost"), None),
        (Settings(endpoint="http://127.0.0.1:1", max_qps=3), 3),
    ],
)
def test_calls_are_limited_except_on_this_machine(settings: Settings, limit: int | None) -> None:
    assert settings.rate_limit == limit


def test_the_region_decides_the_address() -> None:
    assert Settings(region="cn-hangzhou").base_url == "https://ehpc.cn-hangzhou.aliyuncs.com"


def test_an_endpoint_wins_over_the_region() -> None:
    assert Settings("cn-hangzhou", "http://127.0.0.1:1").base_url == "http://127.0.0.1:1"


def test_a_missing_region_says_how_to_set_it() -> None:
    with pytest.raises(ConfigurationError, match="ALIBABA_CLOUD_REGION_ID"):
        _ = Settings().base_url
