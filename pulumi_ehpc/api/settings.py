"""Where to call and how fast, from stack configuration and environment."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pulumi_ehpc.api.spec import VERSIONS
from pulumi_ehpc.errors import ConfigurationError, InputError, Violation

__all__ = ["Settings"]

_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MOST_THREADS: Final = 64
"""Connections a client keeps, hence the most calls it can have under way."""


@dataclass(frozen=True)
class Settings:
    """Where to call and how fast.

    Attributes:
        region: Region id, for example ``cn-hangzhou``; empty when not set.
        api_version: Version of the E-HPC API that new resources are made with.
        endpoint: Address to call in place of the region's own, with scheme; empty for the region's own.
        max_qps: Most calls a second; None for the default, which is 20, and no limit on a loopback endpoint.
        concurrency: Most operations at the same time, 1 to 64.
    """

    region: str = ""
    api_version: str = VERSIONS[-1]
    endpoint: str = ""
    max_qps: int | None = None
    concurrency: int = 32

    @classmethod
    def resolve(cls, config: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
        """Read the settings; configuration wins over environment, and an empty value counts as not set.

        Args:
            config: Stack configuration: ``ehpc:region``, ``ehpc:apiVersion``, ``ehpc:endpoint``, ``ehpc:maxQps``,
                ``ehpc:concurrency``.
            environ: Environment: ``ALIBABA_CLOUD_REGION_ID``, ``EHPC_API_VERSION``, ``EHPC_ENDPOINT``.

        Raises:
            InputError: Values are not accepted; it names every one of them.
        """
        reader = _Reader(config, environ)
        settings = cls(
            region=reader.region(),
            api_version=reader.api_version(),
            endpoint=reader.endpoint(),
            max_qps=reader.integer("ehpc:maxQps", 1, 1000),
            concurrency=reader.integer("ehpc:concurrency", 1, _MOST_THREADS) or cls.concurrency,
        )
        if reader.violations:
            raise InputError(
                "The settings are not accepted.", reader.violations, next_step="Correct them with `pulumi config set`."
            )
        return settings

    def require_region(self) -> str:
        """The region.

        Raises:
            ConfigurationError: It is not set.
        """
        if not self.region:
            raise ConfigurationError(
                "No region is set.",
                next_step="Set it with `pulumi config set ehpc:region cn-hangzhou`, or in ALIBABA_CLOUD_REGION_ID.",
            )
        return self.region

    @property
    def base_url(self) -> str:
        """The address that is called: scheme and host, without a path.

        Raises:
            ConfigurationError: Neither endpoint nor region is set.
        """
        return self.endpoint or f"https://ehpc.{self.require_region()}.aliyuncs.com"

    @property
    def loopback(self) -> bool:
        """Whether the endpoint is on this machine."""
        return bool(self.endpoint) and _is_loopback(urlsplit(self.endpoint).hostname or "")

    @property
    def rate_limit(self) -> int | None:
        """Most calls a second; None when there is no limit."""
        if self.max_qps is None and not self.loopback:
            return 20
        return self.max_qps


class _Reader:
    """Reads one setting after the other and collects what is wrong with them."""

    def __init__(self, config: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self.violations: list[Violation] = []
        self._config = config
        self._environ = environ

    def region(self) -> str:
        name, text = self._find("ehpc:region", "ALIBABA_CLOUD_REGION_ID")
        if text and not _REGION.fullmatch(text):
            self._refuse(name, text, "not a region id such as cn-hangzhou")
        return text

    def api_version(self) -> str:
        name, text = self._find("ehpc:apiVersion", "EHPC_API_VERSION")
        if text and text not in VERSIONS:
            self._refuse(name, text, f"not an API version; there are {' and '.join(VERSIONS)}")
        return text or VERSIONS[-1]

    def endpoint(self) -> str:
        name, text = self._find("ehpc:endpoint", "EHPC_ENDPOINT")
        try:
            return _endpoint(text) if text else ""
        except ValueError as error:
            # Whatever stands before an "@" may be a password.
            self._refuse(name, text.rpartition("@")[2], str(error))
            return ""

    def integer(self, name: str, least: int, most: int) -> int | None:
        name, text = self._find(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            self._refuse(name, text, f"not a whole number from {least} to {most}")
            return None
        return int(text)

    def _find(self, config_name: str, variable: str = "") -> tuple[str, str]:
        text = (self._config.get(config_name) or "").strip()
        if text or not variable:
            return config_name, text
        return variable, (self._environ.get(variable) or "").strip()

    def _refuse(self, name: str, text: str, rule: str) -> None:
        self.violations.append(Violation(name, text, rule))


def _endpoint(text: str) -> str:
    """Bring an endpoint into the form ``scheme://host[:port]``.

    Raises:
        ValueError: It is more, or less, than that.
    """
    host_only = urlsplit(text if "://" in text else f"//{text}")
    host = host_only.hostname
    scheme = host_only.scheme or ("http" if host and _is_loopback(host) else "https")
    if scheme not in _DEFAULT_PORTS:
        raise ValueError("the scheme is neither http nor https")
    if not host or not re.fullmatch(r"[A-Za-z0-9._:-]+", host):
        raise ValueError("there is no host name or address in it")
    if host_only.username is not None or host_only.path not in ("", "/") or host_only.query or host_only.fragment:
        raise ValueError("only a scheme, a host and a port are expected")
    port = host_only.port
    shown_host = f"[{host}]" if ":" in host else host
    # The default port is left out because HTTP leaves it out of the Host header, which is signed.
    return f"{scheme}://{shown_host}" + (f":{port}" if port not in (None, _DEFAULT_PORTS[scheme]) else "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
