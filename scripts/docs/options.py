"""What the engine's resource options do to a resource type."""

from __future__ import annotations

from scripts.docs.markdown import table
from scripts.docs.objects import Described

__all__ = ["section"]

_RETAINED = {
    "Cluster": "The cluster stays with all that is in it, and is billed. So does everything that is declared with it "
    "as `cluster=`: the option is copied, and the program says so.",
    "Queue": "The queue stays, and goes on adding nodes where it scales out.",
    "NodeGroup": "The nodes stay, and are billed.",
    "UserSet": "The users stay, and can log in.",
    "Volume": "The file system stays mounted.",
}
"""What is left of each resource type that is retained."""
_IN_CLUSTER = (
    "Set to the cluster that is given as `cluster=`, so that `pulumi destroy` calls `DeleteCluster` alone. Not set for "
    "a cluster that is given by its id, that the program only reads (`Cluster.get`), or that is retained: "
    "then each object is deleted by calls of its own, or retained."
)
_OF_CLUSTER = (
    "Not set. Everything that is declared with this cluster as `cluster=` has it, unless the cluster is only read "
    "(`Cluster.get`) or retained."
)
_OWN_RETAINED = (
    " Copied from the cluster that is given as `cluster=`; a value of its own counts more. The option of a component "
    "around the cluster is not copied: set it on the cluster. A replacement does not delete the old object either: set "
    "`retain_on_delete=False` here, and run `pulumi up`, before a change that replaces."
)
_REFUSED = (
    "`False` is refused: the replacement would take over the old object, and then the object would be deleted. The old "
    "object is always deleted first."
)


def section(known: Described) -> str:
    """Return the table of a resource type."""
    name = known.resource_type.name
    in_cluster = any(facts.name == "cluster" for facts in known.properties)
    rows = [
        ["`deleted_with`", _IN_CLUSTER if in_cluster else _OF_CLUSTER],
        ["`retain_on_delete`", _RETAINED[name] + (_OWN_RETAINED if in_cluster else "")],
        ["`delete_before_replace`", _REFUSED],
        ["`id`", "The object is only read, as by `get`. Nothing else that is given counts."],
        ["`import_`", "Refused: see [What exists already](../existing.md#import-does-not-work)."],
    ]
    return table(["resource option", "what it does here"], rows)
