"""``ehpc owners``: list whose the queues, nodes, users and mounts of a cluster are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pulumi_ehpc.cli.ownership import OTHER, Row, Stack, rows
from pulumi_ehpc.cli.pulumi_cli import export_stack, stack_config
from pulumi_ehpc.engine.stack_settings import StackSettings
from pulumi_ehpc.errors import ConfigurationError, EhpcError, NotFoundError
from pulumi_ehpc.lifecycle.lifecycle import Lifecycle
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.registry import RESOURCE_TYPES

_HEAD = ("kind", "key", "owner", "note")


def owners(
    cluster: Annotated[
        str,
        typer.Argument(metavar="CLUSTER", help="Id of the cluster, or its name in the program.", show_default=False),
    ],
    stack: Annotated[str, typer.Option(metavar="NAME", help="The stack.  [default: the one selected]")] = "",
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Read this export of a stack instead of a stack."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List whose the queues, nodes, users and mounts of a cluster are. Changes nothing.

    Compares what the service lists with the state of the stack in the current folder (`pulumi stack export`). Groups of
    nodes are listed by the prefix of their host names. The owner is one of:

    - a resource of the stack, such as `Queue 'work'`: the stack changes it, and deletes it with the resource;

    - `other`: it is there, and no resource of this stack owns it. Another stack, a person or the service made it;

    - `nobody`: it is in the stack's state and not there any more.

    Region, API version and endpoint are those of `ehpc doctor`; a cluster in state keeps the API version that made it.

    Example:  `ehpc owners ehpc-hz-Qj8xT2`

    Example:  `pulumi stack export >prod.json; ehpc owners ehpc-hz-Qj8xT2 --state prod.json --json`
    """
    known = Stack.of(_read(state) if state else export_stack(stack))
    found = list(examine(known, cluster, StackSettings.resolve(stack_config(stack), os.environ)))
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in found], indent=2))
    else:
        render(found, Console())


def examine(stack: Stack, cluster: str, settings: StackSettings) -> Iterable[Row]:
    """List what stands on a cluster and what the stack has to do with it.

    Args:
        stack: The stack.
        cluster: Id of the cluster, or its logical name.
        settings: The stack's settings.

    Raises:
        EhpcError: There is no such cluster, or the service could not be asked.
    """
    cluster_id = stack.cluster_id(cluster)
    version, region = stack.made_with(cluster_id, "api_version"), stack.made_with(cluster_id, "region")
    session = Session(settings.client, settings.api_version)
    session.require_region(region, f"Cluster {cluster_id}")
    known = stack.on_cluster(cluster_id)
    for resource_type in RESOURCE_TYPES:
        if not resource_type.key:
            continue
        try:
            there = Lifecycle(resource_type, session).keys_there(
                cluster_id, api_version=version or session.api_version, region=region
            )
        except NotFoundError as error:
            if not resource_type.is_gone(error):
                raise
            raise _not_found(cluster_id, region or settings.client.region, error) from None
        yield from rows(resource_type, there, known)


def render(found: Sequence[Row], console: Console) -> None:
    """Print the list: a table on a terminal, else tab-separated lines that never wrap."""
    if not console.is_terminal:
        for row in found:
            typer.echo(f"{row.kind}\t{row.key}\t{row.owner}\t{row.note}".rstrip())
        return
    table = Table(*_HEAD, box=None, padding=(0, 2, 0, 0))
    for row in found:
        style = "dim" if row.owner == OTHER else ""
        table.add_row(row.kind, Text(row.key), Text(row.owner, style=style), Text(row.note, style="italic"))
    console.print(table)


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise ConfigurationError(
            f"{file} is not an export of a stack.", next_step="`pulumi stack export --file FILE` writes one."
        ) from None


def _not_found(cluster_id: str, region: str, error: NotFoundError) -> EhpcError:
    where = f" in {region}" if region else ""
    return EhpcError(
        f"Cluster {cluster_id} was not found{where} ({error.code}, request {error.request_id or 'unknown'}).",
        next_step="Check the id, the region and the account; `ehpc doctor` shows the settings.",
    )
