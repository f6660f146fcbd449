"""What the fake assumes of the service where no source settles it: a named switch for each assumption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

__all__ = ["Assumptions"]


def _assumed(default: bool, reason: str) -> bool:
    value: bool = field(default=default, metadata={"reason": reason})
    return value


@dataclass(frozen=True)
class Assumptions:
    """Switches for behaviour that is only assumed; a program should work with each switch on or off.

    ``Assumptions(shorter_volume_list_unmounts=False)`` changes one; ``reasons()`` says why each default was chosen.
    """

    cross_version_visibility: bool = _assumed(
        True,
        "no source says whether a cluster created in one API version is visible in the other; one state is simpler",
    )
    slurm_type_echoed_as_slurm22: bool = _assumed(
        True, "the Terraform provider maps GetCluster's scheduler type slurm22 back to SLURM"
    )
    tag_items_lower_case_only: bool = _assumed(
        False, "a Terraform comment says CreateCluster (2024-07-30) wants key and value, the SDK sends Key and Value"
    )
    update_cluster_resets_omitted: bool = _assumed(
        True,
        "a Terraform comment says UpdateCluster sets the full state: omitted parameters fall back to their defaults",
    )
    update_queue_keeps_omitted: bool = _assumed(
        True, "nothing is known about UpdateQueue; clients send the whole queue, which works either way"
    )
    create_cluster_ignores_intervals: bool = _assumed(
        True, "a Terraform comment says CreateCluster accepts GrowInterval and IdleInterval but ignores them"
    )
    shorter_volume_list_unmounts: bool = _assumed(
        True,
        "older pages say UpdateClusterVolumes updates the list, newer ones that it mounts; nothing else unmounts",
    )
    omitted_queue_autoscale_kept: bool = _assumed(
        False, "SetAutoScaleConfig sets the configuration; whether omitted queues keep theirs is not stated"
    )
    add_nodes_answers_ids: bool = _assumed(
        True, "the 2018-04-12 reference warns that AddNodes may return no instance ids; the SDK documents them"
    )
    delete_cluster_while_creating: bool = _assumed(
        False, "clients report that DeleteCluster returns InvalidClusterStatus while the cluster is busy"
    )
    delete_queue_needs_no_nodes: bool = _assumed(
        True, "the page of DeleteQueues says all nodes must be deleted first; assumed of DeleteQueue too"
    )
    queue_max_count_limits_nodes: bool = _assumed(
        True, "MaxCount is documented as the number of nodes a queue can contain, not only as a limit of scale-out"
    )
    zero_values_are_unset: bool = _assumed(
        True,
        "the Terraform provider sends 0 and empty strings for unset values inside JSON, and the service accepts them",
    )
    empty_lists_left_out: bool = _assumed(
        False, "the spec does not say whether a response has a list that is empty, or leaves it out"
    )
    unknown_parameters_refused: bool = _assumed(
        False, "RPC gateways drop parameters they do not know; the fake names them in a response header"
    )

    @classmethod
    def reasons(cls) -> dict[str, str]:
        """Return why each default was chosen, by name."""
        return {entry.name: entry.metadata["reason"] for entry in fields(cls)}

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Assumptions:
        """Parse settings of the form ``NAME=true`` or ``NAME=false``.

        Raises:
            ValueError: A setting has another format, or there is no switch of its name.
        """
        switches = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            if value not in ("true", "false"):
                raise ValueError("an assumption is written NAME=true or NAME=false")
            switches[name] = value == "true"
        return cls().changed(switches)

    def changed(self, switches: Mapping[str, bool]) -> Assumptions:
        """Return a copy with some switches set.

        Raises:
            ValueError: There is no switch of that name.
        """
        if unknown := sorted(set(switches) - set(self.reasons())):
            raise ValueError(f"no such assumption: {', '.join(unknown)}")
        return replace(self, **switches)
