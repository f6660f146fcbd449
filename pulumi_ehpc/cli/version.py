"""``ehpc version`` and ``ehpc --version``."""

from __future__ import annotations

import platform
from importlib import metadata

import typer

from pulumi_ehpc import __version__


def version() -> None:
    """Show the versions to quote in a bug report.

    Example:  `ehpc version`
    """
    typer.echo(f"pulumi-ehpc {__version__}")
    typer.echo(f"pulumi SDK  {metadata.version('pulumi')}")
    typer.echo(f"Python      {platform.python_version()} on {platform.system()} {platform.machine()}")


def show_and_exit(wanted: bool) -> None:
    """Handle the option ``--version``: print one line."""
    if wanted:
        typer.echo(f"ehpc {__version__}")
        raise typer.Exit
