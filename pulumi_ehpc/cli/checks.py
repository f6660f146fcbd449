"""The checks of ``ehpc doctor``: one function for each finding. What they need from the machine is passed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from packaging.requirements import Requirement

from pulumi_ehpc.errors import InputError, NetworkError

if TYPE_CHECKING:
    from pulumi_ehpc.engine.stack_settings import StackSettings

Status = Literal["ok", "warn", "fail"]
Which = Callable[[str], "str | None"]
Run = Callable[[Sequence[str]], "str | None"]
"""Runs a command and returns its stripped output; None when it cannot be run or fails."""

OLDEST_PYTHON: Final = (3, 10)
OLDEST_CLI: Final = (3, 216)
HOST_PROGRAMS: Final = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
SKEW_WARN_SECONDS: Final = 60.0
SKEW_FAIL_SECONDS: Final = 900.0
"""The service refuses signatures whose time is further off than this."""

_GET_CLI: Final = (
    'In a checkout of pulumi-ehpc, run eval "$(make -s env)". Elsewhere, install it'
    " (https://www.pulumi.com/docs/install/) and put its folder on PATH."
)


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        name: What was checked.
        status: ``ok``; ``warn`` if some work is possible all the same; ``fail`` if nothing works.
        found: What was found, without secrets.
        remedy: What to do about it; empty when the status is ``ok``.
    """

    name: str
    status: Status
    found: str
    remedy: str = ""


def python(version: tuple[int, int, int], executable: str) -> Finding:
    """Check the version of the Python that runs this."""
    found = f"{'.'.join(map(str, version))} ({executable})"
    if version[:2] < OLDEST_PYTHON:
        return Finding("Python", "fail", found, "Use Python 3.10 or newer.")
    return Finding("Python", "ok", found)


def sdk(package_version: str, sdk_version: str, requirements: Sequence[str]) -> Finding:
    """Check that this package supports the installed Pulumi SDK.

    Args:
        package_version: Version of pulumi-ehpc.
        sdk_version: Version of the distribution ``pulumi``.
        requirements: Requirements in the metadata of pulumi-ehpc.
    """
    found = f"pulumi-ehpc {package_version}, Pulumi SDK {sdk_version}"
    supported = next(need.specifier for need in map(Requirement, requirements) if need.name == "pulumi")
    if sdk_version not in supported:
        return Finding("packages", "fail", found, f"Install a supported Pulumi SDK: pip install 'pulumi{supported}'.")
    return Finding("packages", "ok", found)


def pulumi_cli(which: Which, run: Run) -> Finding:
    """Check that the ``pulumi`` on PATH is new enough."""
    name, path = "Pulumi CLI", which("pulumi")
    if path is None:
        return Finding(name, "fail", "not on PATH", _GET_CLI)
    output = run([path, "version"])
    if output is None:
        return Finding(name, "fail", f"{path} does not run", f"Reinstall it. {_GET_CLI}")
    version = tuple(int(part) for part in output.removeprefix("v").split(".")[:2] if part.isdigit())
    if version < OLDEST_CLI:
        oldest = ".".join(map(str, OLDEST_CLI))
        return Finding(name, "fail", f"{output} ({path})", f"Upgrade it to {oldest} or newer.")
    return Finding(name, "ok", f"{output} ({path})")


def language_host(which: Which) -> Finding:
    """Check for the programs that the CLI needs for Python programs and dynamic resources."""
    missing = [program for program in HOST_PROGRAMS if which(program) is None]
    if missing:
        return Finding("language host", "fail", f"not on PATH: {', '.join(missing)}", _GET_CLI)
    return Finding("language host", "ok", f"{', '.join(HOST_PROGRAMS)} ({which(HOST_PROGRAMS[0])})")


def program_python(which: Which, run: Run) -> Finding:
    """Check that the Python that Pulumi programs get from PATH has this package."""
    name, path = "Python of programs", which("python3")
    remedy = (
        "Activate the virtual environment that has pulumi-ehpc, or name it in Pulumi.yaml (runtime.options.virtualenv)."
    )
    if path is None:
        return Finding(name, "warn", "no python3 on PATH", remedy)
    if run([path, "-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('pulumi_ehpc'))"]) is None:
        return Finding(name, "warn", f"{path} does not have pulumi-ehpc", remedy)
    return Finding(name, "ok", path)


def settings(config: Mapping[str, str], environ: Mapping[str, str]) -> tuple[StackSettings | None, list[Finding]]:
    """Check the settings and report where each comes from.

    Returns:
        The settings, None when they are not valid, and the findings.
    """
    from pulumi_ehpc.engine.stack_settings import API_VERSION, ENDPOINT, REGION, SET_REGION, StackSettings, find_setting

    try:
        resolved = StackSettings.resolve(config, environ)
    except InputError as error:
        found = "; ".join(str(violation) for violation in error.violations)
        return None, [Finding("settings", "fail", found, error.next_step)]

    def origin(setting: str, default: str) -> str:
        name, value = find_setting(setting, config, environ)
        if not value:
            return default
        return f"stack config {name}" if name == setting else name

    client = resolved.client
    region = Finding("region", "warn", "not set", SET_REGION)
    if client.region:
        region = Finding("region", "ok", f"{client.region} ({origin(REGION, '')})")
    version = f"{resolved.api_version} ({origin(API_VERSION, 'default')})"
    findings = [region, Finding("API version", "ok", version)]
    if client.region or client.endpoint:
        findings.append(Finding("address", "ok", f"{client.base_url} ({origin(ENDPOINT, 'of the region')})"))
    return resolved, findings


def credentials(link: str | None) -> Finding:
    """Check for credentials.

    Args:
        link: Name of the link of the default credential chain that has some; None for none.
    """
    if link is None:
        remedy = (
            "Previews need none. For everything else, set ALIBABA_CLOUD_ACCESS_KEY_ID and"
            " ALIBABA_CLOUD_ACCESS_KEY_SECRET, or create a profile with `aliyun configure`."
        )
        return Finding("credentials", "warn", "none found", remedy)
    return Finding("credentials", "ok", f"found ({link.removeprefix('default/')})")


def endpoint(latency_seconds: float, base_url: str) -> Finding:
    """Report how fast the endpoint responded."""
    return Finding("endpoint", "ok", f"{base_url} responds in {latency_seconds * 1000:.0f} ms")


def unreachable(error: NetworkError) -> Finding:
    """Report that the endpoint did not respond."""
    remedy = error.next_step or "Check the network, the proxy and the region."
    return Finding("endpoint", "fail", error.message, remedy)


def clock_skew(skew_seconds: float | None) -> Finding:
    """Compare this machine's clock with the service's.

    Args:
        skew_seconds: How far this clock is ahead of the service's; None when the service does not report its time.
    """
    if skew_seconds is None:
        return Finding("clock", "ok", "not compared: the endpoint does not report its time")
    off = abs(skew_seconds)
    found = (
        f"{off:.0f} s {'ahead of' if skew_seconds > 0 else 'behind'} the service"
        if off >= 1
        else "agrees with the service's"
    )
    if off > SKEW_FAIL_SECONDS:
        return Finding("clock", "fail", found, "Synchronize the clock (NTP): the service refuses this difference.")
    if off > SKEW_WARN_SECONDS:
        return Finding("clock", "warn", found, "Synchronize the clock (NTP) before it drifts further.")
    return Finding("clock", "ok", found)
