"""Settings from stack configuration and environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from pulumi_ehpc.api.settings import MAX_CONNECTIONS, Settings
from pulumi_ehpc.api.spec import VERSIONS
from pulumi_ehpc.errors import InputError, Violation
from pulumi_ehpc.hosts import is_loopback

STACK_SETTINGS: Final = ("ehpc:region", "ehpc:apiVersion", "ehpc:endpoint", "ehpc:maxQps", "ehpc:concurrency")
"""Stack configuration that this package reads. Credentials are never part of it."""

REGION, API_VERSION, ENDPOINT, MAX_QPS, CONCURRENCY = STACK_SETTINGS

DEFAULT_CONCURRENCY: Final = 32
"""Maximum number of operations at the same time, unless set otherwise."""

SET_REGION: Final = f"Set it with `pulumi config set {REGION} cn-hangzhou`, or in ALIBABA_CLOUD_REGION_ID."
"""Next step when no region is set."""

_VARIABLES: Final = {REGION: "ALIBABA_CLOUD_REGION_ID", API_VERSION: "EHPC_API_VERSION", ENDPOINT: "EHPC_ENDPOINT"}
_HIGHEST_MAX_QPS: Final = 1000
_REGION_ID: Final = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class StackSettings:
    """The settings of a stack.

    Attributes:
        client: Which endpoint to call, and how fast.
        api_version: API version that new resources are created with.
        concurrency: Maximum number of operations at the same time.
    """

    client: Settings = field(default_factory=Settings)
    api_version: str = VERSIONS[-1]
    concurrency: int = DEFAULT_CONCURRENCY

    @classmethod
    def resolve(cls, config: Mapping[str, str], environ: Mapping[str, str]) -> StackSettings:
        """Read the settings; configuration wins over environment, and an empty value counts as not set.

        Args:
            config: Stack configuration.
            environ: Environment variables.

        Raises:
            InputError: Values are not valid; it lists every one of them.
        """
        reader = _Reader(config, environ)
        client = Settings(reader.region(), reader.endpoint(), reader.integer(MAX_QPS, _HIGHEST_MAX_QPS))
        concurrency = reader.integer(CONCURRENCY, MAX_CONNECTIONS) or DEFAULT_CONCURRENCY
        settings = cls(client, reader.api_version(), concurrency)
        if reader.violations:
            raise InputError(
                "The settings are not valid.", reader.violations, next_step="Correct them with `pulumi config set`."
            )
        return settings


def find_setting(setting: str, config: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, str]:
    """Look a setting up in stack configuration, then in the environment.

    Returns:
        Name of the setting or environment variable that has the value, and the value; empty when neither has one.
    """
    value = (config.get(setting) or "").strip()
    if value or setting not in _VARIABLES:
        return setting, value
    variable = _VARIABLES[setting]
    return variable, (environ.get(variable) or "").strip()


class _Reader:
    """Reads one setting after the other and collects the violations."""

    def __init__(self, config: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self.violations: list[Violation] = []
        self._config = config
        self._environ = environ

    def region(self) -> str:
        name, value = self._find(REGION)
        if value and not _REGION_ID.fullmatch(value):
            self._refuse(name, value, "must be a region id such as cn-hangzhou")
        return value

    def api_version(self) -> str:
        name, value = self._find(API_VERSION)
        if value and value not in VERSIONS:
            self._refuse(name, value, f"must be one of {', '.join(VERSIONS)}")
        return value or VERSIONS[-1]

    def endpoint(self) -> str:
        name, value = self._find(ENDPOINT)
        try:
            return _normalized_endpoint(value) if value else ""
        except ValueError as error:
            # What stands before an "@" may be a password.
            self._refuse(name, value.rpartition("@")[2], str(error))
            return ""

    def integer(self, setting: str, maximum: int) -> int | None:
        name, value = self._find(setting)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= maximum):
            self._refuse(name, value, f"must be an integer from 1 to {maximum}")
            return None
        return int(value)

    def _find(self, setting: str) -> tuple[str, str]:
        return find_setting(setting, self._config, self._environ)

    def _refuse(self, name: str, value: str, rule: str) -> None:
        self.violations.append(Violation(name, value, rule))


def _normalized_endpoint(endpoint: str) -> str:
    """Return an endpoint in the form ``scheme://host[:port]``.

    Raises:
        ValueError: It has more or fewer parts than that.
    """
    parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
    host = parts.hostname
    scheme = parts.scheme or ("http" if host and is_loopback(host) else "https")
    if scheme not in _DEFAULT_PORTS:
        raise ValueError("the scheme must be http or https")
    if not host or not re.fullmatch(r"[A-Za-z0-9._:-]+", host):
        raise ValueError("it must contain a host name or address")
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("it must contain a scheme, a host and a port only")
    port = parts.port
    shown_host = f"[{host}]" if ":" in host else host
    # The default port is left out because HTTP leaves it out of the Host header, which is signed.
    return f"{scheme}://{shown_host}" + (f":{port}" if port not in (None, _DEFAULT_PORTS[scheme]) else "")
