"""``ehpc``: joins the verbs and turns errors into messages."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pulumi_ehpc.cli import doctor, fake, version
from pulumi_ehpc.errors import EhpcError

__all__ = ["app", "main"]

app = typer.Typer(
    name="ehpc",
    help=(
        "Alibaba Cloud E-HPC as code: what goes with `pulumi up`.\n\n"
        "Is everything in place?  `ehpc doctor`\n\n"
        "An E-HPC that runs here, to try things without an account:  `ehpc fake --help`"
    ),
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("doctor")(doctor.doctor)
app.add_typer(fake.app, name="fake")
app.command("version")(version.version)


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=version.show_and_exit, is_eager=True),
    ] = False,
) -> None:
    """Options that stand before a verb; ``--version`` does its work in its callback."""


def main(arguments: list[str] | None = None) -> None:
    """Run ``ehpc`` and ends the process: status 0 well, 1 failed, 2 wrong usage, 130 interrupted.

    Args:
        arguments: Command line without the program's name; that of the process when left out.
    """
    try:
        typer.main.get_command(app)(arguments, prog_name="ehpc")
    except EhpcError as error:
        sys.exit(f"ehpc: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # a person at a terminal gets a sentence, whatever went wrong
        if os.environ.get("EHPC_TRACEBACK"):
            raise
        sys.exit(f"ehpc: {type(error).__name__}: {error}\nSet EHPC_TRACEBACK=1 to see where this happened.")
