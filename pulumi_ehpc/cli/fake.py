"""``ehpc fake``: run the fake on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def fake() -> None:
    """Run the fake: the E-HPC API on this machine, for trials and tests, without an account or a network."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.")] = 0,
    time_scale: Annotated[float, typer.Option(help="Seconds that pass in the fake per real second.")] = 60.0,
    access_key: Annotated[
        list[str] | None,
        typer.Option(metavar="ID:SECRET[:ACCOUNT]", help="Access key to accept; repeatable.  [default: fake:fake]"),
    ] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Accept requests without checking signatures.")] = False,
    region: Annotated[str, typer.Option(help="Region of requests that name none.")] = "cn-hangzhou",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal ids.")] = 0,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=true|false", help="Set an assumption; repeatable. docs/fake.md lists them."),
    ] = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM. The first line of output is JSON and names the endpoint."""
    from pulumi_ehpc.fake import AccessKey, Assumptions, FakeCloud, ScaledClock
    from pulumi_ehpc.fake.serving import ListenError, serve_until_stopped

    try:
        cloud = FakeCloud(
            ScaledClock(time_scale),
            [AccessKey.parse(key) for key in access_key or ["fake:fake"]],
            region,
            assumptions=Assumptions.parse(assume or []),
            seed=seed,
            verify_signatures=not no_auth,
        )
    except ValueError as error:
        raise _usage_error(error) from None
    try:
        serve_until_stopped(cloud, host, port)
    except ListenError as error:
        raise _usage_error(error) from None


def _usage_error(error: Exception) -> typer.Exit:
    typer.echo(f"ehpc fake serve: {error}", err=True)
    return typer.Exit(2)
