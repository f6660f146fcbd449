"""What both API versions share of a cluster's life: finding one's own, waiting, failing with a way out, deleting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.errors import ConflictError, EhpcError, NotFoundError, RefusedError, Violation, WaitFailedError
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.request import Request, says_gone

__all__ = ["Listing", "create", "credentials", "delete", "marked", "unless_gone", "wait_until_running"]

_LEAVING = "releasing"
_BUSY = ("InvalidClusterStatus", "ConflictOpt")
"""Codes with which DeleteCluster asks to come back later."""


@dataclass(frozen=True)
class Listing:
    """How a version lists clusters with ListClusters.

    Attributes:
        page_size: Largest page.
        id: Where an entry has the id; likewise ``description`` and ``status``.
    """

    page_size: int
    id: str
    description: str
    status: str


def create(request: Request, listing: Listing, call: Callable[[], dict[str, Any]]) -> str:
    """Call CreateCluster; when its answer is lost, find the cluster by its mark. Returns its id."""
    ids: list[str] = []

    def look() -> bool:
        ids.extend(filter(None, [marked(request, listing)]))
        return bool(ids)

    make_sure(request, lambda: ids.append(str(call()["ClusterId"])), look)
    return ids[0]


def marked(request: Request, listing: Listing) -> str | None:
    """Find the live cluster that carries this resource's mark: what an interrupted run of this stack made.

    Raises:
        RefusedError: There are several.
    """
    found = [
        str(cluster[listing.id])
        for cluster in request.api.pages("ListClusters", {"PageSize": listing.page_size})
        if str(cluster.get(listing.description) or "").endswith(request.mark)
        and cluster.get(listing.status) != _LEAVING
    ]
    if len(found) > 1:
        raise RefusedError(
            f"{request.title} was made several times by runs that were cut off: {', '.join(found)}.",
            next_step="Delete all but one of them in the console, then run `pulumi up` again.",
        )
    if found:
        request.say(f"taking over {found[0]}, which an interrupted run began")
    return found[0] if found else None


def wait_until_running(request: Request, cluster_id: str, why: Callable[[Request, str], str]) -> None:
    """Wait until the cluster runs.

    Raises:
        WaitFailedError: It ended in ``exception``; says why as far as the service tells, and names the way out.
    """
    try:
        request.wait("ClusterRunning", {"ClusterId": cluster_id}, doing=f"{cluster_id} starting")
    except WaitFailedError as error:
        request.made(cluster_id, {**_known(request), "status": error.state})
        raise WaitFailedError(
            f"{request.title} ({cluster_id}) ended in state {error.state}{_reason(request, cluster_id, why)}.",
            state=error.state,
            next_step=(
                "It is billed until it is deleted. To delete it and make a new one: "
                f"pulumi up --replace '{request.urn}' (or set allow_replacement=True on it and run pulumi up). "
                "To give up: pulumi destroy."
            ),
        ) from None


def delete(request: Request, parameters: Mapping[str, Any]) -> None:
    """Call DeleteCluster, again while the service says that the cluster is busy, and wait until it is gone.

    Raises:
        RefusedError: The cluster is protected; 2018-04-12 has no protection of its own.
    """
    if request.inputs.get("deletion_protection"):
        raise RefusedError(
            f"{request.title} ({request.id}) is protected and was not deleted.",
            next_step="Set deletion_protection=False on it and run `pulumi up` first.",
        )

    def probe() -> tuple[Outcome, str]:
        try:
            request.api.call("DeleteCluster", parameters)
        except ConflictError as error:
            if error.code not in _BUSY:
                raise
            return Outcome.PENDING, "busy"
        return Outcome.DONE, "accepted"

    request.wait_until(probe, doing=f"{request.id} to be deleted", until=f"{request.title} to accept its deletion")
    request.wait("ClusterDeleted", {"ClusterId": request.id}, doing=f"{request.id} being released")


def unless_gone(look: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """Return an answer, or None when the cluster does not exist."""
    try:
        return look()
    except NotFoundError as error:
        if not says_gone(error):
            raise
        return None


def credentials(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """One of password and key pair, and not both."""
    if inputs.get("password") is not None and inputs.get("key_pair_name") is not None:
        yield Violation("key_pair_name", repr(inputs["key_pair_name"]), "give password or key_pair_name, not both")


def _known(request: Request) -> dict[str, Any]:
    return dict(request.accepted.outputs) if request.accepted is not None else {}


def _reason(request: Request, cluster_id: str, why: Callable[[Request, str], str]) -> str:
    try:
        told = why(request, cluster_id)
    except EhpcError as error:
        return f" (why could not be asked: {error.message})"
    return f": {told}" if told else ""
