"""What the fake assumes of the service where no source settles it: one named switch each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

__all__ = ["Assumptions"]


def _assumed(default: bool, reason: str) -> bool:
    value: bool = field(default=default, metadata={"reason": reason})
    return value


@dataclass(frozen=True)
class Assumptions:
    """Switches for behaviour that is only assumed; a program should work with each of them either way.

    ``Assumptions(shorter_volume_list_unmounts=False)`` changes one; ``reasons()`` says why each default was chosen.
    """

    cross_version_visibility: bool = _assumed(
        True, "no source says whether a cluster made through one API version shows in the other; one state is simpler"
    )
    slurm_type_echoed_as_slurm22: bool = _assumed(
        True, "the Terraform provider maps GetCluster's scheduler type slurm22 back to SLURM"
    )
    tag_items_lower_case_only: bool = _assumed(
        False, "a Terraform comment says CreateCluster (2024-07-30) wants key and value, the SDK sends Key and Value"
    )
    update_cluster_resets_omitted: bool = _assumed(
        True, "a Terraform comment says UpdateCluster sets the full state: what is left out falls back to its default"
    )
    update_queue_keeps_omitted: bool = _assumed(
        True, "nothing is known of UpdateQueue; clients send the whole queue, which works either way"
    )
    create_cluster_ignores_intervals: bool = _assumed(
        True, "a Terraform comment says CreateCluster accepts GrowInterval and IdleInterval but ignores them"
    )
    shorter_volume_list_unmounts: bool = _assumed(
        True,
        "older pages say UpdateClusterVolumes updates the list, newer ones say it mounts; there is no other unmount",
    )
    omitted_queue_autoscale_kept: bool = _assumed(
        False, "SetAutoScaleConfig sets the configuration; whether queues left out of it keep theirs is not stated"
    )
    add_nodes_answers_ids: bool = _assumed(
        True, "the 2018-04-12 reference warns that AddNodes may answer with no instance ids; the SDK documents them"
    )
    delete_cluster_while_creating: bool = _assumed(
        False, "DeleteCluster answers InvalidClusterStatus while the cluster is busy, as clients found out"
    )
    delete_queue_needs_no_nodes: bool = _assumed(
        True, "the page of DeleteQueues says all nodes must be deleted first; assumed of DeleteQueue too"
    )
    queue_max_count_limits_nodes: bool = _assumed(
        True, "MaxCount is documented as the number of nodes a queue can contain, not only as a scale-out bound"
    )
    zero_values_are_unset: bool = _assumed(
        True,
        "the Terraform provider sends 0 and empty strings for what is unset, inside JSON, and the service takes them",
    )
    unknown_parameters_refused: bool = _assumed(
        False, "RPC gateways drop parameters they do not know; they are named in a header of the answer"
    )

    @classmethod
    def reasons(cls) -> dict[str, str]:
        """Why each default was chosen, by name."""
        return {entry.name: entry.metadata["reason"] for entry in fields(cls)}

    def changed(self, switches: Mapping[str, bool]) -> Assumptions:
        """A copy with some switches set.

        Raises:
            ValueError: A name is not the name of a switch.
        """
        if unknown := sorted(set(switches) - set(self.reasons())):
            raise ValueError(f"no such assumption: {', '.join(unknown)}")
        return replace(self, **switches)
