"""``ehpc doctor``: check everything a run needs, and say how to fix what is wrong.

There is one function for each check. What it needs from the machine is passed in.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from packaging.requirements import Requirement
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pulumi_ehpc.api import Client, Settings
from pulumi_ehpc.api.credentials import load_default_chain
from pulumi_ehpc.cli.project import Machine, Project, Python, Run, Which
from pulumi_ehpc.cli.pulumi_cli import TIMEOUT_SECONDS, run_command, stack_config
from pulumi_ehpc.engine.stack_settings import (
    API_VERSION,
    ENDPOINT,
    JOURNAL,
    REGION,
    SET_REGION,
    StackSettings,
    find_setting,
)
from pulumi_ehpc.errors import ConfigurationError, InputError, NetworkError

Status = Literal["ok", "warn", "fail"]
OLDEST_PYTHON: Final = (3, 10)
OLDEST_CLI: Final = (3, 216)
HOST_PROGRAMS: Final = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
SKEW_WARN_SECONDS: Final = 60.0
SKEW_FAIL_SECONDS: Final = 900.0
"""The service refuses signatures whose time is further off than this."""

_STYLES: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_LOOK: Final = """
import importlib.metadata as m, importlib.util as u, json, sys
sys.path = [folder for folder in sys.path if folder]
print(json.dumps([m.version("pulumi-ehpc"), m.version("pulumi"), m.requires("pulumi-ehpc"), bool(u.find_spec("pip"))]))
"""
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


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check everything a run needs, and say how to fix what is wrong.

    Checks Python, packages, the Pulumi CLI and its language host, the Python that the project in this folder gets, the
    settings of the selected stack and the environment, credentials (without showing them), the endpoint and the clock.

    Exits with status 1 if a check fails; warnings do not count.

    Example:  `ehpc doctor`
    """
    findings = list(examine(os.environ))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        render(findings, Console())
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(1)


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Run every check on this machine."""
    yield check_python(sys.version_info[:3], sys.executable)
    yield check_sdk(metadata.version("pulumi-ehpc"), metadata.version("pulumi"), metadata.requires("pulumi-ehpc") or [])
    yield check_pulumi_cli(shutil.which, run_command)
    yield check_language_host(shutil.which)
    yield from check_project(Path.cwd(), Machine(shutil.which, run_command, environ))
    settings, findings = check_settings(stack_config(), environ)
    yield from findings
    yield check_credentials(_credential_link())
    if settings is not None and (settings.client.endpoint or settings.client.region):
        yield from _network(settings.client)


def render(findings: Sequence[Finding], console: Console) -> None:
    """Print findings: a table on a terminal, else tab-separated lines that never wrap."""
    if console.is_terminal:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for finding in findings:
            found = Text(finding.found)
            if finding.remedy:
                found.append(f"\n→ {finding.remedy}", style="italic")
            table.add_row(Text(finding.status, style=_STYLES[finding.status]), Text(finding.name), found)
        console.print(table)
        return
    for finding in findings:
        typer.echo(f"{finding.status}\t{finding.name}\t{finding.found}\t{finding.remedy}".rstrip())


def check_python(version: tuple[int, int, int], executable: str) -> Finding:
    """Check the version of the Python that runs this."""
    found = f"{'.'.join(map(str, version))} ({executable})"
    if version[:2] < OLDEST_PYTHON:
        return Finding("Python", "fail", found, "Use Python 3.10 or newer.")
    return Finding("Python", "ok", found)


def check_sdk(package_version: str, sdk_version: str, requirements: Sequence[str]) -> Finding:
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


def check_pulumi_cli(which: Which, run: Run) -> Finding:
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


def check_language_host(which: Which) -> Finding:
    """Check for the programs that the CLI needs for Python programs and dynamic resources."""
    missing = [program for program in HOST_PROGRAMS if which(program) is None]
    if missing:
        return Finding("language host", "fail", f"not on PATH: {', '.join(missing)}", _GET_CLI)
    return Finding("language host", "ok", f"{', '.join(HOST_PROGRAMS)} ({which(HOST_PROGRAMS[0])})")


def check_project(folder: Path, machine: Machine) -> Iterator[Finding]:
    """Check the Python that the project in a folder gets; without a project, the one that projects get from PATH."""
    try:
        project = Project.around(folder)
    except ConfigurationError as error:
        yield Finding("project", "fail", error.message, error.next_step)
        return
    if project is None:
        finding = check_packages("Python of programs", machine.python(), machine)
        yield replace(finding, status="warn") if finding.status == "fail" else finding
        return
    program, resources = project.python_of_program(machine), project.python_of_resources(machine)
    yield check_packages("Python of programs", program, machine, pip=project.needs_pip(machine))
    if resources.path != program.path:
        yield check_packages("Python of resources", resources, machine)


def check_packages(name: str, python: Python, machine: Machine, *, pip: bool = False) -> Finding:
    """Check that a Python has this package and a Pulumi SDK that it supports.

    Args:
        name: What is checked.
        python: The Python.
        machine: This machine.
        pip: Whether the language host needs pip there.
    """
    if not python.path:
        return Finding(name, "fail", f"none ({python.origin})", python.remedy)
    found = f"{python.path} ({python.origin})"
    output = machine.run([python.path, "-c", _LOOK])
    if not output:
        lack = "does not have pulumi-ehpc" if Path(python.path).is_file() else "does not exist"
        return Finding(name, "fail", f"{found} {lack}", python.remedy)
    version, sdk, requirements, has_pip = json.loads(output)
    packages = check_sdk(version, sdk, requirements)
    if packages.status != "ok":
        return Finding(name, "fail", f"{found}: {packages.found}", packages.remedy)
    if pip and not has_pip:
        return Finding(name, "fail", f"{found} has no pip, which the language host needs", "Install pip there.")
    return Finding(name, "ok", found)


def check_settings(config: Mapping[str, str], environ: Mapping[str, str]) -> tuple[StackSettings | None, list[Finding]]:
    """Check the settings and report where each comes from.

    Returns:
        The settings, None when they are not valid, and the findings.
    """
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
    findings.append(Finding("journal", "ok", f"{resolved.journal} ({origin(JOURNAL, 'default')})"))
    return resolved, findings


def check_credentials(link: str | None) -> Finding:
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


def check_clock_skew(skew_seconds: float | None) -> Finding:
    """Compare this machine's clock with the service's.

    Args:
        skew_seconds: How far this clock is ahead of the service's; None when the service does not report its time.
    """
    if skew_seconds is None:
        return Finding("clock", "ok", "not compared: the endpoint does not report its time")
    off = abs(skew_seconds)
    side = "ahead of" if skew_seconds > 0 else "behind"
    found = f"{off:.0f} s {side} the service" if off >= 1 else "agrees with the service's"
    if off > SKEW_FAIL_SECONDS:
        return Finding("clock", "fail", found, "Synchronize the clock (NTP): the service refuses this difference.")
    if off > SKEW_WARN_SECONDS:
        return Finding("clock", "warn", found, "Synchronize the clock (NTP) before it drifts further.")
    return Finding("clock", "ok", found)


def _network(settings: Settings) -> Iterator[Finding]:
    with Client(settings, read_timeout=TIMEOUT_SECONDS) as client:
        try:
            latency, skew = client.probe()
        except NetworkError as error:
            yield Finding("endpoint", "fail", error.message, error.next_step)
            return
    yield Finding("endpoint", "ok", f"{settings.base_url} responds in {latency * 1000:.0f} ms")
    yield check_clock_skew(skew)


def _credential_link() -> str | None:
    """Return the name of the link of the default credential chain that has credentials; None if none has."""
    from alibabacloud_credentials.exceptions import CredentialException  # type: ignore[import-untyped]

    try:
        return str(load_default_chain().get_credentials().get_provider_name())
    except CredentialException:
        return None  # the message may quote what was read
