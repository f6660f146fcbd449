"""``ehpc``: join the verbs and turn errors into messages."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pulumi_ehpc.cli import doctor, fake, owners, version
from pulumi_ehpc.errors import EhpcError

app = typer.Typer(
    name="ehpc",
    help=(
        "Tools for Alibaba Cloud E-HPC with Pulumi.\n\n"
        "Check that everything is in place:  `ehpc doctor`\n\n"
        "See whose what stands on a cluster is:  `ehpc owners CLUSTER`\n\n"
        "Try things out without an account:  `ehpc fake serve`"
    ),
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("doctor")(doctor.doctor)
app.command("owners")(owners.owners)
app.add_typer(fake.app, name="fake")
app.command("version")(version.version)


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=version.show_and_exit, is_eager=True),
    ] = False,
) -> None:
    """Take the options before a verb; ``--version`` is handled by its callback."""


def main(arguments: list[str] | None = None) -> None:
    """Run ``ehpc`` and exit with status 0 (success), 1 (failure), 2 (wrong usage) or 130 (interrupted).

    Args:
        arguments: Command line without the program name; the command line of the process when left out.
    """
    try:
        typer.main.get_command(app)(arguments, prog_name="ehpc")
    except EhpcError as error:
        sys.exit(f"ehpc: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # people at a terminal get a message instead of a traceback
        if os.environ.get("EHPC_TRACEBACK"):
            raise
        sys.exit(f"ehpc: {type(error).__name__}: {error}\nSet EHPC_TRACEBACK=1 to see the traceback.")
