"""What both API versions share of a node group's life.

How the nodes that are there become the nodes that are declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.errors import Violation, WaitFailedError
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.request import GONE, Found, Gone, Life, Made, Request
from pulumi_ehpc.parts.release import LEAVING, release_nodes

__all__ = ["MOST_PER_CALL", "Fleet", "Node", "check", "life"]

MOST_PER_CALL: Final = 99
"""Nodes that one call may add (both versions)."""
_BROKEN: Final = "exception"


@dataclass(frozen=True)
class Node:
    """A node as the service lists it."""

    hostname: str
    id: str
    ip: str
    status: str
    queue: str = ""


class Fleet(Protocol):
    """A version's calls for the nodes of a group."""

    def list(self) -> Sequence[Node]:
        """The group's nodes, in every state."""

    def add(self, count: int) -> None:
        """Ask for ``count`` more nodes, at most 99."""

    def remove(self, ids: Sequence[str]) -> None:
        """Release nodes, at most 100 a call."""

    def settle(self, ids: Sequence[str]) -> None:
        """Set what is set on living nodes; they are all of the group's."""


def life(fleet: Callable[[Request], Fleet]) -> Life:
    """Return the steps of a group by a version's calls."""

    def create(request: Request) -> Made:
        return converge(request, fleet(request))

    def read(request: Request) -> Found | Gone:
        nodes = _alive(fleet(request))
        # A group without nodes exists only while none are declared.
        return look(request, nodes) if nodes or not request.inputs.get("count") else GONE

    def delete(request: Request) -> None:
        nodes = fleet(request)
        release(request, nodes, nodes.list())

    return Life(create, read, update=create, delete=delete)


def look(request: Request, nodes: Sequence[Node]) -> Found:
    """Tell how many nodes there are, and of which queue where the version says."""
    queues = {node.queue for node in nodes}
    queue = {"queue": queues.pop()} if len(queues) == 1 else {}
    return Found(outputs(nodes), {"count": len(nodes), **{name: value for name, value in queue.items() if value}})


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    fewest, count = inputs.get("min_count"), inputs.get("count")
    if fewest is not None and count is not None and fewest > count:
        yield Violation("min_count", str(fewest), f"must not be greater than count, which is {count}")


def group_id(request: Request) -> str:
    """The id in state: cluster and prefix, which is what tells the group's nodes from others."""
    return f"{request.inputs['cluster']}:{request.inputs['hostname_prefix']}"


def outputs(nodes: Sequence[Node]) -> dict[str, Any]:
    """The nodes as outputs; their states change by themselves and are not kept."""
    return {"nodes": [{"id": node.id, "hostname": node.hostname, "ip": node.ip} for node in sorted(nodes, key=_by_age)]}


def converge(request: Request, fleet: Fleet) -> Made:
    """Make the group's nodes as many as declared: replace broken ones, release the newest, add what is missing, wait.

    What an interrupted run added is found by its host names and counted.

    Raises:
        WaitFailedError: New nodes ended in ``exception``; the others stay and the next run replaces these.
    """
    wanted = int(request.inputs["count"])
    alive = _alive(fleet)
    broken = [node for node in alive if node.status == _BROKEN]
    healthy = sorted((node for node in alive if node.status != _BROKEN), key=_by_age)
    surplus = healthy[wanted:]
    if broken or surplus:
        release(request, fleet, [*broken, *surplus])
    missing = wanted - len(healthy)
    while missing > 0:
        request.stop_if_cancelled(f"{missing} nodes not asked for yet")
        share = min(missing, MOST_PER_CALL)
        _add(request, fleet, share)
        missing -= share
    return _when_running(request, fleet, wanted)


def release(request: Request, fleet: Fleet, nodes: Sequence[Node]) -> None:
    """Release nodes and wait until they are gone."""
    release_nodes(
        request,
        {node.id: node.status for node in nodes},
        remove=fleet.remove,
        present=lambda: {node.id for node in fleet.list()},
    )


def _add(request: Request, fleet: Fleet, count: int) -> None:
    before = len(fleet.list())
    make_sure(request, lambda: fleet.add(count), lambda: len(fleet.list()) > before)
    request.made(group_id(request), outputs(_alive(fleet)))


def _by_age(node: Node) -> tuple[int, str]:
    """Sorts nodes as they were numbered: ``fix-999`` comes before ``fix-1000``."""
    return len(node.hostname), node.hostname


def _alive(fleet: Fleet) -> list[Node]:
    return [node for node in fleet.list() if node.status != LEAVING]


def _when_running(request: Request, fleet: Fleet, wanted: int) -> Made:
    def probe() -> tuple[Outcome, str]:
        nodes = _alive(fleet)
        running = sum(node.status == "running" for node in nodes)
        broken = sum(node.status == _BROKEN for node in nodes)
        state = f"{running} of {wanted} nodes running" + (f", {broken} in exception" if broken else "")
        if running + broken < wanted:
            return Outcome.PENDING, state
        return (Outcome.FAILED if broken else Outcome.DONE), state

    try:
        request.wait_until(probe, doing="nodes", until=f"Nodes of {request.title} to run")
    except WaitFailedError as error:
        request.made(group_id(request), outputs(_alive(fleet)))
        raise WaitFailedError(
            f"{request.title}: {error.state}.",
            state=error.state,
            next_step="They are billed until released. Run `pulumi up` again: it releases them and makes new ones.",
        ) from None
    nodes = _alive(fleet)
    made = request.made(group_id(request), outputs(nodes))
    fleet.settle([node.id for node in nodes])
    return made
