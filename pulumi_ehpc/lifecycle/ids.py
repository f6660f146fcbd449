"""Ids as state has them: a cluster's own; of what stands in a cluster the cluster's, a colon and the key.

All that is known of an object that a program only reads is its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.schema.property import PropertyType
from pulumi_ehpc.wording import shown

_CLUSTER_ID: Final = r"[A-Za-z0-9_-]+"


class Form(NamedTuple):
    """The form of an id, in words and as a regular expression."""

    words: str
    pattern: str


def form_of(resource_type: ResourceType[Any]) -> Form:
    """Return the form of the ids of a resource type."""
    if not resource_type.within:
        return Form("the id of a cluster", _CLUSTER_ID)
    if _has_many(resource_type):
        return Form("the id of the cluster, alone or with a colon and any name", rf"{_CLUSTER_ID}(:.+)?")
    return Form(f"the id of the cluster, a colon and the {resource_type.key}", rf"{_CLUSTER_ID}:.+")


def wrong_id(resource_type: ResourceType[Any], id: object) -> Iterator[Violation]:
    """Check the form of an id."""
    form = form_of(resource_type)
    if not (isinstance(id, str) and re.fullmatch(form.pattern, id)):
        yield Violation("id", shown(id), f"must be {form.words}, such as {resource_type.example_id}")


def inputs_of_id(resource_type: ResourceType[Any], id: str) -> dict[str, Any]:
    """Return the inputs that an id tells: the cluster, and the key where that is one value."""
    if not resource_type.within:
        return {}
    cluster, _, key = id.partition(":")
    return {resource_type.within: cluster, **({} if _has_many(resource_type) else {resource_type.key: key})}


def key_of_id(id: str) -> str:
    """Return the key in the id of what stands in a cluster."""
    return id.partition(":")[2]


def _has_many(resource_type: ResourceType[Any]) -> bool:
    """Tell whether the service knows each member by a key of its own, so that an id cannot hold them."""
    return resource_type.properties[resource_type.key].property_type is PropertyType.KEYED_LIST
