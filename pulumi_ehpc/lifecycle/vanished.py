"""What is said of something that the service does not find: no more than is known.

An object in state did exist, so it "does not exist any more" once the credentials proved to be of its own account. In a
create nothing was recorded yet: the id may as well be wrong, or the credentials those of another account.
"""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.errors import EhpcError, NotFoundError
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.wording import listed


def vanished(op: Operation[Any], error: NotFoundError, *, account_id: str) -> EhpcError:
    """Describe that the cluster of an operation is gone, and the way out.

    Args:
        op: The operation.
        error: What the service answered.
        account_id: The account of the credentials; empty where it is not known.
    """
    cluster = op.inputs.values.get("cluster")
    what = f"{op.title}: its cluster {cluster}" if cluster else f"{op.title} ({op.id})"
    answer = f"({error.code}, HTTP {error.http_status}, request {error.request_id or 'unknown'})"
    refresh = "run `pulumi up --refresh`: it takes what is gone out of state, and creates what is declared again."
    if account_id and account_id == op.outputs.get("account_id"):
        return EhpcError(f"{what} does not exist any more {answer}.", next_step=refresh[0].upper() + refresh[1:])
    return EhpcError(
        f"{what} does not exist, or does not any more, {place(op, account_id)} {answer}.",
        next_step=f"If it was deleted by other means, {refresh} Otherwise check the id, the region and the account.",
    )


def not_there(
    op: Operation[Any], resource_type: ResourceType[Any], handler: Handler[Any], account_id: str
) -> EhpcError:
    """Describe that there is nothing under the id of what a program only reads, and what is there instead.

    Args:
        op: The operation.
        resource_type: The resource type.
        handler: Its handler in the API version that was asked.
        account_id: The account of the credentials; empty where it is not known.
    """
    where = place(op, account_id)
    check = "Check the id, the region and the account (`ehpc doctor`)."
    if not resource_type.key:
        return EhpcError(f"{op.title}: {op.id} was not found {where}.", next_step=check)
    try:
        there = sorted(handler.keys_there(op))
    except NotFoundError:
        return EhpcError(f"{op.title}: its cluster {op.cluster} was not found {where}.", next_step=check)
    by_prefix = resource_type.key == resource_type.prefix
    one = "must be the beginning of a host name" if by_prefix else f"must be a {resource_type.key} that exists"
    return EhpcError(
        f"{op.title}: {op.id} was not found {where}.",
        next_step=f"What follows the colon {one}. On the cluster there is: {listed(there) or 'nothing of the kind'}.",
    )


def place(op: Operation[Any], account_id: str) -> str:
    """Return where an object was looked for, such as ``in cn-hangzhou with account 1000000000000001``."""
    region = op.api.client.settings.region or op.api.client.settings.base_url
    return f"in {region} with {f'account {account_id}' if account_id else 'these credentials'}"
