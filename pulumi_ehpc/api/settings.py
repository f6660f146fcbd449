"""Which endpoint to call, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pulumi_ehpc.errors import ConfigurationError
from pulumi_ehpc.hosts import is_loopback

DEFAULT_MAX_QPS: Final = 20
"""Maximum number of calls per second, unless set otherwise or the endpoint is on this machine."""

MAX_CONNECTIONS: Final = 64
"""Connections a client keeps open to a host, and so the maximum number of calls in progress."""


@dataclass(frozen=True)
class Settings:
    """Which endpoint to call, and how fast.

    Attributes:
        region: Region id, for example ``cn-hangzhou``; empty when not set.
        endpoint: Scheme and host to call instead of the region's endpoint; empty for the region's endpoint.
        max_qps: Maximum number of calls per second. None for the default: ``DEFAULT_MAX_QPS``, or no limit when the
            endpoint is on this machine.
    """

    region: str = ""
    endpoint: str = ""
    max_qps: int | None = None

    def require_region(self) -> str:
        """Return the region.

        Raises:
            ConfigurationError: It is not set.
        """
        if not self.region:
            raise ConfigurationError(
                "No region is set.", next_step="Set ALIBABA_CLOUD_REGION_ID, for example to cn-hangzhou."
            )
        return self.region

    @property
    def base_url(self) -> str:
        """Scheme and host to call, without a path.

        Raises:
            ConfigurationError: Neither endpoint nor region is set.
        """
        return self.endpoint or f"https://ehpc.{self.require_region()}.aliyuncs.com"

    @property
    def loopback(self) -> bool:
        """Whether the endpoint is on this machine."""
        return bool(self.endpoint) and is_loopback(urlsplit(self.endpoint).hostname or "")

    @property
    def rate_limit(self) -> int | None:
        """Maximum number of calls per second; None for no limit."""
        if self.max_qps is None and not self.loopback:
            return DEFAULT_MAX_QPS
        return self.max_qps
