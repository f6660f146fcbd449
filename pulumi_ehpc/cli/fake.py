"""``ehpc fake``: run the fake E-HPC service on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def fake() -> None:
    """Run a fake E-HPC service on this machine, to try things out and to test."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for a free one.")] = 0,
    time_scale: Annotated[float, typer.Option(help="Fake seconds that pass in one real second.")] = 60.0,
    access_key: Annotated[
        list[str] | None,
        typer.Option(metavar="ID:SECRET[:ACCOUNT]", help="Access key to accept, repeatable.  [default: fake:fake]"),
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Accept requests without checking their signatures.")
    ] = False,
    region: Annotated[str, typer.Option(help="Region of requests that do not name one.")] = "cn-hangzhou",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal ids.")] = 0,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=true|false", help="Set an assumption, repeatable; see docs/fake.md."),
    ] = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM. The first line of output is JSON with the endpoint.

    Example:  `ehpc fake serve`
    """
    from pulumi_ehpc.fake.serving import OptionError, serve_until_stopped

    try:
        serve_until_stopped(
            host=host,
            port=port,
            time_scale=time_scale,
            access_keys=access_key or [],
            verify_signatures=not no_auth,
            region=region,
            seed=seed,
            assume=assume or [],
        )
    except OptionError as error:
        typer.echo(f"ehpc fake serve: {error}", err=True)
        raise typer.Exit(2) from None
