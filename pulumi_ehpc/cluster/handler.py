"""What the cluster is in both API versions: finding one's own, waiting, failing with a way out, deleting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.api.responses import UNREADABLE
from pulumi_ehpc.cluster.properties import ClusterInputs
from pulumi_ehpc.common.rules import password
from pulumi_ehpc.errors import ConflictError, EhpcError, RefusedError, ServiceError, Violation, WaitFailedError
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import Operation, ResourceState
from pulumi_ehpc.wording import NOT_GIVEN, shown

ClusterOperation = Operation[ClusterInputs]

_RELEASING: Final = "releasing"
_BUSY: Final = ("InvalidClusterStatus", "ConflictOpt")
"""Codes with which DeleteCluster asks to come back later."""


class ClusterHandler(Handler[ClusterInputs]):
    """The cluster; a subclass for each API version makes the calls.

    A subclass must set the attributes below, and implement ``call_create``, ``finish_create``, ``change``, ``look``,
    ``failure`` and ``read``.

    Attributes:
        page_size: Largest page of ListClusters.
        listed: Where an entry of ListClusters has id, description and status.
        max_password: Characters of the longest password.
        delete_parameters: Parameters of DeleteCluster beside the id.
    """

    page_size: ClassVar[int]
    listed: ClassVar[tuple[str, str, str]]
    max_password: ClassVar[int]
    delete_parameters: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def call_create(self, op: ClusterOperation) -> str:
        """Call CreateCluster and return the id."""

    @abstractmethod
    def finish_create(self, op: ClusterOperation) -> None:
        """Set what CreateCluster does not take. The cluster runs."""

    @abstractmethod
    def change(self, op: ClusterOperation) -> None:
        """Make the running cluster what is declared."""

    @abstractmethod
    def look(self, op: ClusterOperation) -> dict[str, Any]:
        """Return the outputs."""

    @abstractmethod
    def failure(self, op: ClusterOperation) -> str:
        """Return what the service reports of a cluster that it could not build."""

    def validate(self, inputs: ClusterInputs) -> Iterator[Violation]:
        """Check how root logs in, and that two file systems are not mounted at one directory."""
        yield from password("password", inputs.password, max_length=self.max_password)
        if "password" in inputs and "key_pair_name" in inputs:
            yield Violation("key_pair_name", shown(inputs.key_pair_name), "give password or key_pair_name, not both")
        seen: dict[str, int] = {}
        for index, storage in enumerate(inputs.shared_storages):
            where = storage.mount_directory
            if where in seen:
                rule = f"is taken by shared_storages[{seen[where]}]; it must be unique there"
                yield Violation(f"shared_storages[{index}].mount_directory", shown(where), rule)
            elif isinstance(where, str):
                seen[where] = index

    def validate_new(self, inputs: ClusterInputs) -> Iterator[Violation]:
        """Check that the cluster has a network, and that root can log in.

        The specification marks none of that as required, but E-HPC knows only VPC networks, and ALIYUN::EHPC::Cluster
        and ClusterV2 of Resource Orchestration Service ask for them.
        """
        for name in self.needed:
            if name not in inputs:
                rule = f"is required for a new cluster (CreateCluster, API {self.version})"
                yield Violation(name, NOT_GIVEN, rule)
        if "password" not in inputs and "key_pair_name" not in inputs:
            rule = f"is required for a new cluster, or key_pair_name is (CreateCluster, API {self.version})"
            yield Violation("password", NOT_GIVEN, rule)

    def create(self, op: ClusterOperation) -> ResourceState:
        """Create the cluster, or finish one that a killed run of this stack began."""
        found = self._find_marked(op)
        if found:
            op.record(found, {"status": "creating"})
            return self.update(op)
        ids: list[str] = []
        op.create_or_find(lambda: ids.append(self.call_create(op)), lambda: self._found_marked(op, ids))
        op.record(ids[0], {"status": "creating"})
        self._wait_until_running(op)
        self.finish_create(op)
        return ResourceState(op.id, self.look(op))

    def update(self, op: ClusterOperation) -> ResourceState:
        """Change the cluster in place, after waiting until it runs."""
        self._wait_until_running(op)
        self.change(op)
        return ResourceState(op.id, self.look(op))

    def delete(self, op: ClusterOperation) -> None:
        """Delete the cluster with all that is in it, and wait until it is gone.

        DeleteCluster is called again while the service says that the cluster is busy.

        Raises:
            RefusedError: The cluster is protected; 2018-04-12 has no protection of its own.
        """
        if op.inputs.deletion_protection:
            raise RefusedError(
                f"{op.title} ({op.id}) is protected and was not deleted.",
                next_step="Set deletion_protection=False on it and run `pulumi up` first.",
            )

        def probe() -> tuple[Outcome, str]:
            try:
                op.api.call("DeleteCluster", {"ClusterId": op.id, **self.delete_parameters})
            except ConflictError as error:
                if error.code not in _BUSY:
                    raise
                return Outcome.PENDING, "busy"
            return Outcome.DONE, "accepted"

        op.wait_until(probe, f"{op.id} to be deleted")
        op.wait_for("ClusterDeleted", {"ClusterId": op.id}, f"{op.id} being released")

    def _find_marked(self, op: ClusterOperation) -> str:
        """Find the live cluster that carries this resource's marker, such as one that a killed run of this stack made.

        Raises:
            RefusedError: There are several.
        """
        id_at, description_at, status_at = self.listed
        found = [
            str(cluster[id_at])
            for cluster in op.api.pages("ListClusters", {"PageSize": self.page_size})
            if str(cluster.get(description_at) or "").endswith(op.marker)
            and cluster.get(status_at) != _RELEASING
            and cluster.get(id_at)
        ]
        if len(found) > 1:
            raise RefusedError(
                f"{op.title}: several clusters carry its ownership marker {op.marker}: {', '.join(found)}.",
                next_step="Delete all but one of them in the console, then run `pulumi up` again.",
            )
        if found:
            op.engine.progress(f"taking over {found[0]}, which carries its ownership marker")
        return found[0] if found else ""

    def _found_marked(self, op: ClusterOperation, ids: list[str]) -> bool:
        ids.extend(filter(None, [self._find_marked(op)]))
        return bool(ids)

    def created_id(self, op: ClusterOperation, response: Mapping[str, Any]) -> str:
        """Return the id that CreateCluster returned.

        Raises:
            ServiceError: It returned none, although it accepted the call; the cluster is then looked for.
        """
        if response.get("ClusterId"):
            return str(response["ClusterId"])
        raise ServiceError(
            "the response has no ClusterId",
            code=UNREADABLE,
            http_status=200,
            request_id=str(response.get("RequestId") or ""),
            action="CreateCluster",
            version=self.version,
            next_step=f"A cluster whose description ends in {op.marker} may exist, and may be billed. Run `pulumi up` "
            "again: it looks for that cluster before it creates one.",
        )

    def _wait_until_running(self, op: ClusterOperation) -> None:
        """Wait until the cluster runs.

        Raises:
            WaitFailedError: It ended in another state. The message says what to do, and why if the service reports it.
        """
        try:
            op.wait_for("ClusterRunning", {"ClusterId": op.id}, f"{op.id} starting")
        except WaitFailedError as error:
            op.record(op.id, {**op.recorded.outputs, "status": error.state})
            if error.state == _RELEASING:
                raise WaitFailedError(
                    f"{op.title} ({op.id}) is being released.",
                    state=error.state,
                    next_step="Once it is gone, `pulumi up --refresh` creates what is declared again.",
                ) from None
            raise WaitFailedError(
                f"{op.title} ({op.id}) ended in state {error.state}{self._why(op)}.",
                state=error.state,
                next_step=(
                    "It may be billed until it is deleted. To delete it and create a new one: "
                    f"pulumi up --replace '{op.engine.urn}' (or set allow_replacement=True on it and run pulumi up). "
                    "To give up: pulumi destroy."
                ),
            ) from None

    def _why(self, op: ClusterOperation) -> str:
        try:
            reported = self.failure(op)
        except EhpcError as error:
            return f" (the cause could not be read: {error.message})"
        return f": {reported}" if reported else ""
