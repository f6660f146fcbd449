"""What can be declared of a set of users."""

from __future__ import annotations

from pulumi_ehpc.common.in_cluster import InClusterInputs, InClusterProperties
from pulumi_ehpc.schema.builders import boolean, keyed
from pulumi_ehpc.schema.descriptors import KeyedList, Prop
from pulumi_ehpc.schema.property import IGNORE
from pulumi_ehpc.user_set.args import UserArgs


class UserSetProperties(InClusterProperties):
    """Properties of a set of users."""

    users: KeyedList[UserArgs] = keyed(UserArgs, key="name", value="group", items=(0, 1000))
    """The users.

    State and previews have a map of names to groups, and separate secret maps of passwords and keys. So a preview shows
    which user changes, and no secret.
    """
    exclusive: Prop[bool | None] = boolean(default=None)
    """Whether users that are not declared here are removed. The default is false."""
    adopt_existing: Prop[bool | None] = boolean(default=None, change=IGNORE)
    """Whether users that exist already are changed and deleted as if this resource had created them."""


class UserSetInputs(UserSetProperties, InClusterInputs):
    """Inputs of a set of users."""
