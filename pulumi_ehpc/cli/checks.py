"""What ``ehpc doctor`` looks at: one function a finding. What they ask of the machine is handed to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from packaging.requirements import Requirement

from pulumi_ehpc.errors import EhpcError, InputError

if TYPE_CHECKING:
    from pulumi_ehpc.api import Settings

__all__ = [
    "Finding",
    "Status",
    "clock_skew",
    "credentials",
    "endpoint",
    "language_host",
    "program_python",
    "pulumi_cli",
    "python",
    "sdk",
    "settings",
]

Status = Literal["ok", "warn", "fail"]
Which = Callable[[str], "str | None"]
Ask = Callable[[Sequence[str]], "str | None"]
"""Runs a command and returns what it says, stripped; None when it cannot be run or fails."""

OLDEST_PYTHON: Final = (3, 10)
OLDEST_CLI: Final = (3, 216)
HOST_PROGRAMS: Final = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
SKEW_WARN_SECONDS: Final = 60.0
SKEW_FAIL_SECONDS: Final = 900.0
"""The service refuses signatures whose time is further off than this."""

_GET_CLI: Final = (
    'In a checkout of pulumi-ehpc: eval "$(make -s env)". Elsewhere: install it from'
    " https://www.pulumi.com/docs/install/ and put its folder on PATH."
)


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: What was looked at.
        status: ``ok``; ``warn`` for what some work can do without; ``fail`` for what nothing works without.
        found: What is there, in words, without secrets.
        remedy: What to do about it; empty when all is well.
    """

    name: str
    status: Status
    found: str
    remedy: str = ""


def python(version: tuple[int, int, int], executable: str) -> Finding:
    """Check the Python that runs this."""
    found = f"{'.'.join(map(str, version))} ({executable})"
    if version[:2] < OLDEST_PYTHON:
        return Finding("Python", "fail", found, "Use Python 3.10 or newer.")
    return Finding("Python", "ok", found)


def sdk(package_version: str, sdk_version: str, requirements: Sequence[str]) -> Finding:
    """Check that the installed Pulumi SDK is one that this package supports.

    Args:
        package_version: Version of pulumi-ehpc.
        sdk_version: Version of the distribution ``pulumi``.
        requirements: What pulumi-ehpc requires, as its metadata says it.
    """
    found = f"pulumi-ehpc {package_version}, Pulumi SDK {sdk_version}"
    supported = next(need.specifier for need in map(Requirement, requirements) if need.name == "pulumi")
    if sdk_version not in supported:
        return Finding("packages", "fail", found, f"Install a supported Pulumi SDK: pip install 'pulumi{supported}'.")
    return Finding("packages", "ok", found)


def pulumi_cli(which: Which, ask: Ask) -> Finding:
    """Check for a ``pulumi`` on PATH that is new enough."""
    place = which("pulumi")
    if place is None:
        return Finding("Pulumi CLI", "fail", "not on PATH", _GET_CLI)
    said = ask([place, "version"])
    if said is None:
        return Finding("Pulumi CLI", "fail", f"{place} does not run", f"Install it anew. {_GET_CLI}")
    version = tuple(int(part) for part in said.removeprefix("v").split(".")[:2] if part.isdigit())
    if version < OLDEST_CLI:
        oldest = ".".join(map(str, OLDEST_CLI))
        return Finding("Pulumi CLI", "fail", f"{said} ({place})", f"Upgrade it to {oldest} or newer.")
    return Finding("Pulumi CLI", "ok", f"{said} ({place})")


def language_host(which: Which) -> Finding:
    """Check for the programs through which the CLI runs Python and dynamic resources."""
    missing = [program for program in HOST_PROGRAMS if which(program) is None]
    if missing:
        return Finding("language host", "fail", f"not on PATH: {', '.join(missing)}", _GET_CLI)
    return Finding("language host", "ok", f"{', '.join(HOST_PROGRAMS)} ({which(HOST_PROGRAMS[0])})")


def program_python(which: Which, ask: Ask) -> Finding:
    """Check that the Python a Pulumi program would get from PATH has this package."""
    name = "Python of programs"
    place = which("python3")
    remedy = (
        "Put the virtual environment with pulumi-ehpc first on PATH (activate it), or name it in Pulumi.yaml:"
        " runtime.options.virtualenv."
    )
    if place is None:
        return Finding(name, "warn", "no python3 on PATH", remedy)
    if ask([place, "-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('pulumi_ehpc'))"]) is None:
        return Finding(name, "warn", f"{place} does not have pulumi-ehpc", remedy)
    return Finding(name, "ok", place)


def settings(config: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Settings | None, list[Finding]]:
    """Check the settings and tells where each comes from.

    Returns:
        The settings, None when they are not accepted, and what was found.
    """
    from pulumi_ehpc.api import Settings

    try:
        chosen = Settings.resolve(config, environ)
    except InputError as error:
        found = "; ".join(str(violation) for violation in error.violations)
        return None, [Finding("settings", "fail", found, error.next_step or "Correct the values named here.")]

    def origin(key: str, variable: str, default: str) -> str:
        if config.get(key):
            return f"stack config {key}"
        return variable if environ.get(variable) else default

    version = f"{chosen.api_version} ({origin('ehpc:apiVersion', 'EHPC_API_VERSION', 'default')})"
    findings = [
        _region(chosen.region, origin("ehpc:region", "ALIBABA_CLOUD_REGION_ID", "")),
        Finding("API version", "ok", version),
    ]
    if chosen.region or chosen.endpoint:
        address = f"{chosen.base_url} ({origin('ehpc:endpoint', 'EHPC_ENDPOINT', 'of the region')})"
        findings.append(Finding("address", "ok", address))
    return chosen, findings


def _region(region: str, origin: str) -> Finding:
    if not region:
        remedy = "Set it: pulumi config set ehpc:region cn-hangzhou, or in ALIBABA_CLOUD_REGION_ID."
        return Finding("region", "warn", "not set", remedy)
    return Finding("region", "ok", f"{region} ({origin})")


def credentials(provider: str | None) -> Finding:
    """Check for credentials.

    Args:
        provider: Which link of the default credential chain has some, as the chain names it; None for none.
    """
    if provider is None:
        remedy = (
            "Previews need none. For real work set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET,"
            " or make a profile with `aliyun configure`."
        )
        return Finding("credentials", "warn", "none found", remedy)
    return Finding("credentials", "ok", f"found ({provider.removeprefix('default/')})")


def endpoint(latency_seconds: float, address: str) -> Finding:
    """Tell how quickly the endpoint answered."""
    return Finding("endpoint", "ok", f"{address} answers in {latency_seconds * 1000:.0f} ms")


def unreachable(error: EhpcError) -> Finding:
    """Tell that the endpoint did not answer."""
    remedy = (
        error.next_step or "Check network, proxy and region; `ehpc fake --help` shows an E-HPC that needs no network."
    )
    return Finding("endpoint", "fail", error.message, remedy)


def clock_skew(skew_seconds: float | None) -> Finding:
    """Compare this machine's clock with the service's.

    Args:
        skew_seconds: This clock minus the service's; None when the service did not tell its time.
    """
    if skew_seconds is None:
        return Finding("clock", "ok", "the endpoint does not tell its time, nothing to compare with")
    off = abs(skew_seconds)
    found = (
        f"{off:.0f} s {'ahead of' if skew_seconds > 0 else 'behind'} the service"
        if off >= 1
        else "agrees with the service's"
    )
    if off > SKEW_FAIL_SECONDS:
        return Finding("clock", "fail", found, "Set the clock (NTP): the service refuses signatures from so far away.")
    if off > SKEW_WARN_SECONDS:
        return Finding("clock", "warn", found, "Set the clock (NTP) before it drifts further.")
    return Finding("clock", "ok", found)
