"""Settings from stack configuration and environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from platformdirs import user_state_path

from pulumi_ehpc.api.settings import MAX_CONNECTIONS, Settings
from pulumi_ehpc.api.spec import VERSIONS
from pulumi_ehpc.errors import InputError, Violation
from pulumi_ehpc.hosts import is_loopback

T = TypeVar("T")

STACK_SETTINGS: Final = (
    "ehpc:region",
    "ehpc:apiVersion",
    "ehpc:endpoint",
    "ehpc:maxQps",
    "ehpc:concurrency",
    "ehpc:journal",
)
"""Stack configuration that this package reads. Credentials are never part of it."""

REGION, API_VERSION, ENDPOINT, MAX_QPS, CONCURRENCY, JOURNAL = STACK_SETTINGS

DEFAULT_CONCURRENCY: Final = 32
"""Maximum number of operations at the same time, unless set otherwise."""

SET_REGION: Final = f"Set it with `pulumi config set {REGION} cn-hangzhou`, or in ALIBABA_CLOUD_REGION_ID."
"""Next step when no region is set."""

_VARIABLES: Final = {
    REGION: "ALIBABA_CLOUD_REGION_ID",
    API_VERSION: "EHPC_API_VERSION",
    ENDPOINT: "EHPC_ENDPOINT",
    JOURNAL: "EHPC_JOURNAL",
}
_HIGHEST_MAX_QPS: Final = 1000
_REGION_ID: Final = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def default_journal() -> Path:
    """Return the folder of the journal of intents, unless set otherwise."""
    return user_state_path("pulumi-ehpc") / "intents"


def lock_folder() -> Path:
    """Return the folder of the locks. It is no setting: all runs of the user on this machine must have it in common."""
    return user_state_path("pulumi-ehpc") / "locks"


@dataclass(frozen=True)
class StackSettings:
    """The settings of a stack.

    Attributes:
        client: Which endpoint to call, and how fast.
        api_version: API version that new resources are created with.
        concurrency: Maximum number of operations at the same time.
        journal: Folder of the journal of intents.
    """

    client: Settings = field(default_factory=Settings)
    api_version: str = VERSIONS[-1]
    concurrency: int = DEFAULT_CONCURRENCY
    journal: Path = field(default_factory=default_journal)

    @classmethod
    def resolve(cls, config: Mapping[str, str], environ: Mapping[str, str]) -> StackSettings:
        """Read the settings; configuration wins over environment, and an empty value counts as not set.

        Args:
            config: Stack configuration.
            environ: Environment variables.

        Raises:
            InputError: Values are not valid; it lists every one of them.
        """
        violations: list[Violation] = []

        def read(setting: str, parse: Callable[[str], T], default: T) -> T:
            name, value = find_setting(setting, config, environ)
            try:
                return parse(value) if value else default
            except ValueError as error:
                # What stands before an "@" of an endpoint may be a password.
                public = value.rpartition("@")[2] if setting == ENDPOINT else value
                violations.append(Violation(name, public, str(error)))
                return default

        client = Settings(
            region=read(REGION, _region, ""),
            endpoint=read(ENDPOINT, _normalized_endpoint, ""),
            max_qps=read(MAX_QPS, partial(_integer, maximum=_HIGHEST_MAX_QPS), None),
        )
        concurrency = read(CONCURRENCY, partial(_integer, maximum=MAX_CONNECTIONS), DEFAULT_CONCURRENCY)
        api_version = read(API_VERSION, _api_version, VERSIONS[-1])
        journal = read(JOURNAL, _folder, default_journal())
        if violations:
            next_step = "Correct them with `pulumi config set`."
            raise InputError("The settings are not valid.", violations, next_step=next_step)
        return cls(client, api_version, concurrency, journal)


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


def _region(value: str) -> str:
    if not _REGION_ID.fullmatch(value):
        raise ValueError("must be a region id such as cn-hangzhou")
    return value


def _api_version(value: str) -> str:
    if value not in VERSIONS:
        raise ValueError(f"must be one of {', '.join(VERSIONS)}")
    return value


def _folder(value: str) -> Path:
    # What a relative path begins at differs between the shell, the program and the plugin process.
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise ValueError("must be the absolute path of a folder, or begin with ~")
    return path


def _integer(value: str, maximum: int) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= maximum):
        raise ValueError(f"must be an integer from 1 to {maximum}")
    return int(value)


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
