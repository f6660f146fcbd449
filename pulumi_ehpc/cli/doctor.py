"""``ehpc doctor``: looks at everything a run needs, and says what to do about what is amiss."""

from __future__ import annotations

import json
import logging
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

__all__ = ["doctor", "examine", "render"]

_ANSWER_SECONDS: Final = 15
_STYLES: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Look at everything a run needs, and say what to do about what is amiss.

    Python, packages, the Pulumi CLI and its language host, settings (of the selected stack, where there is one, and of
    the environment), credentials (never their values), whether the endpoint answers, and the clock.

    Ends with status 1 if something that nothing works without is missing.

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
    yield checks.pulumi_cli(shutil.which, _ask)
    yield checks.language_host(shutil.which)
    yield checks.program_python(shutil.which, _ask)
    settings, findings = checks.settings(_stack_config(), environ)
    yield from findings
    yield checks.credentials(_credential_provider())
    if settings is not None and (settings.endpoint or settings.region):
        yield from _network(settings)


def render(findings: Sequence[Finding], console: Console) -> None:
    """Show findings: a table on a terminal, elsewhere lines that a program can cut apart and that never wrap."""
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

    with Client(settings, read_timeout=_ANSWER_SECONDS) as client:
        try:
            probed = client.probe()
        except NetworkError as error:
            yield checks.unreachable(error)
            return
    yield checks.endpoint(probed.latency_seconds, settings.base_url)
    yield checks.clock_skew(probed.clock_skew_seconds)


def _credential_provider() -> str | None:
    """Return which link of the default credential chain has credentials, None if none has."""
    from alibabacloud_credentials import exceptions, provider  # type: ignore[import-untyped]

    # The library attaches handlers of its own, which print a traceback for each place without keys.
    logging.getLogger("credentials").handlers[:] = [logging.NullHandler()]
    try:
        return str(provider.DefaultCredentialsProvider().get_credentials().get_provider_name())
    except exceptions.CredentialException:
        return None  # its text may quote what was read


def _stack_config() -> dict[str, str]:
    """Return the plain ``ehpc:`` settings of the selected stack; nothing where there is no project or stack."""
    pulumi = shutil.which("pulumi")
    said = _ask([pulumi, "config", "--json", "--non-interactive"]) if pulumi else None
    config = json.loads(said) if said else {}
    return {key: row["value"] for key, row in config.items() if key.startswith("ehpc:") and "value" in row}


def _ask(command: Sequence[str]) -> str | None:
    environ = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_ANSWER_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
