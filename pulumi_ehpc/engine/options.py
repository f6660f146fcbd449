"""Engine options: what goes with the arguments of a resource, and what a program must not set.

The engine's own words: ``deleted_with`` reports a resource as deleted, without a call, when another one is deleted;
``retain_on_delete`` takes a resource out of state and leaves the object where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from weakref import WeakSet

from pulumi import CustomResource, Output, ProviderResource, Resource, ResourceOptions, log

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.wording import shown

_ANY_TYPE: Final = "pulumi-python:dynamic/ehpc:Resource"
"""The engine chooses a provider by what stands before the first colon."""
_told: Final[WeakSet[CustomResource]] = WeakSet()
"""Clusters of which was said that what they contain is retained with them."""


def refused_options(given: object, *, instead_of_import: str) -> Iterator[Violation]:
    """Find options that no resource of this package can have.

    A replacement that is created before the old object is deleted takes over the old object, and import asks the SDK's
    plugin to read without naming the provider.

    Args:
        given: The options that the program gives it.
        instead_of_import: What to do instead of importing.
    """
    if isinstance(given, ResourceOptions) and given.delete_before_replace is False:
        yield Violation(
            "opts.delete_before_replace",
            "False",
            "is refused: names are unique, so the replacement would be created before the old object is deleted; it "
            "would take over that object, and then the object would be deleted. Leave the option out: the old object "
            "is always deleted first",
        )
    if isinstance(given, ResourceOptions) and given.import_ is not None:
        yield Violation(
            "opts.import_",
            shown(given.import_),
            "is refused: Pulumi imports nothing that a dynamic provider manages, and would end with KeyError: "
            f"'__provider'. {instead_of_import}",
        )


def provider_of(given: ResourceOptions | None) -> ProviderResource | None:
    """Return the provider that a resource will use: the one it is given, or its parent's; None for the default one."""
    if given is None or given.provider is not None or given.parent is None:
        return None if given is None else given.provider
    return given.parent.get_provider(_ANY_TYPE)


def options_in_cluster(cluster: CustomResource, given: ResourceOptions) -> ResourceOptions:
    """Return the options of what is declared in a cluster of this program.

    Deleting a cluster deletes what is in it, so nothing else needs to be called. That is not so for a cluster that is
    retained, where everything lives on, nor for one that this program only reads, which it never deletes.

    Args:
        cluster: The cluster.
        given: The options of the cluster.
    """
    if given.id is not None or given.urn is not None:
        return ResourceOptions(depends_on=[cluster])
    if not given.retain_on_delete:
        return ResourceOptions(deleted_with=cluster)
    if cluster not in _told:
        _told.add(cluster)
        log.info(f"{cluster}: retain_on_delete holds for everything that is declared with it as cluster= too")
    return ResourceOptions(retain_on_delete=True)


class NamedCluster(Resource):
    """Stands in ``deleted_with`` for the cluster whose id an Output holds. The engine asks it for its URN only.

    Without it the engine would forget nodes that are deleted with the cluster they were given, and then call to delete
    their queue that was given the id, which the service refuses while the queue has nodes.

    Args:
        urn: The URN of the cluster; empty where it is not deleted by this program.
    """

    def __init__(self, urn: Output[str]) -> None:
        # Not the base's, which registers a resource.
        self.__dict__["urn"] = urn


def deletes_contents(given: ResourceOptions) -> bool:
    """Tell whether the engine deletes a cluster with these options, and so what is in it."""
    return given.id is None and given.urn is None and not given.retain_on_delete
