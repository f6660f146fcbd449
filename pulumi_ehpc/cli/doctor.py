"""``ehpc doctor``: check everything a run needs, and say how to fix what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pulumi_ehpc.cli import checks
from pulumi_ehpc.cli.checks import Finding
from pulumi_ehpc.errors import NetworkError

if TYPE_CHECKING:
    from pulumi_ehpc.api import Settings

_TIMEOUT_SECONDS: Final = 15
_STYLES: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check everything a run needs, and say how to fix what is wrong.

    Checks Python, packages, the Pulumi CLI and its language host, the settings of the selected stack and the
    environment, credentials (without showing them), the endpoint and the clock.

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
    yield checks.python(sys.version_info[:3], sys.executable)
    yield checks.sdk(
        metadata.version("pulumi-ehpc"), metadata.version("pulumi"), metadata.requires("pulumi-ehpc") or []
    )
    yield checks.pulumi_cli(shutil.which, _run)
    yield checks.language_host(shutil.which)
    yield checks.program_python(shutil.which, _run)
    settings, findings = checks.settings(_stack_config(), environ)
    yield from findings
    yield checks.credentials(_credential_link())
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


def _network(settings: Settings) -> Iterator[Finding]:
    from pulumi_ehpc.api import Client

    with Client(settings, read_timeout=_TIMEOUT_SECONDS) as client:
        try:
            result = client.probe()
        except NetworkError as error:
            yield checks.unreachable(error)
            return
    yield checks.endpoint(result.latency_seconds, settings.base_url)
    yield checks.clock_skew(result.clock_skew_seconds)


def _credential_link() -> str | None:
    """Return the name of the link of the default credential chain that has credentials; None if none has."""
    from alibabacloud_credentials.exceptions import CredentialException  # type: ignore[import-untyped]

    from pulumi_ehpc.api.credentials import load_default_chain

    try:
        return str(load_default_chain().get_credentials().get_provider_name())
    except CredentialException:
        return None  # the message may quote what was read


def _stack_config() -> dict[str, str]:
    """Return the settings of the selected stack that are not secret; empty without a project or stack."""
    pulumi = shutil.which("pulumi")
    output = _run([pulumi, "config", "--json", "--non-interactive"]) if pulumi else None
    config = json.loads(output) if output else {}
    return {key: entry["value"] for key, entry in config.items() if "value" in entry}


def _run(command: Sequence[str]) -> str | None:
    environ = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        completed = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return completed.stdout.strip()
