"""What can be declared of a set of users, and of each user."""

from __future__ import annotations

from pulumi_ehpc.common.in_cluster import InClusterInputs, InClusterProperties
from pulumi_ehpc.schema.builders import boolean, enum, keyed, string
from pulumi_ehpc.schema.descriptors import KeyedList, Prop
from pulumi_ehpc.schema.properties import Args
from pulumi_ehpc.schema.property import IGNORE


class UserArgs(Args):
    """A user."""

    name: Prop[str] = string(
        length=(1, 30),
        pattern=r"[A-Za-z][A-Za-z0-9.]*",
        pattern_rule="must begin with a letter and continue with letters, digits and periods",
    )
    """Name. State and previews show it, also where it is given as a secret."""
    group: Prop[str] = enum("users", "wheel", default="users")
    """``users``, or ``wheel`` for those who may use sudo."""
    password: Prop[str | None] = string(default=None, secret=True)
    """Password, 8 to 30 characters of at least three classes. This or ``auth_key``."""
    auth_key: Prop[str | None] = string(default=None, secret=True)
    """Public SSH key (2024-07-30)."""


class UserSetProperties(InClusterProperties):
    """Properties of a set of users."""

    users: KeyedList[UserArgs] = keyed(UserArgs, key="name", value="group", items=(0, 1000))
    """The users.

    State and previews have a map of names to groups, and separate secret maps of passwords and keys. So a preview shows
    which user changes, and no secret. Names and groups are in the clear there, even if the whole list is a secret.
    """
    exclusive: Prop[bool | None] = boolean(default=None, handled="not sent; decides whether others are removed")
    """Whether users that are not declared here are removed. The default is false.

    Only on a cluster that this stack creates, and only for its one set of users.
    """
    adopt_existing: Prop[bool | None] = boolean(default=None, change=IGNORE)
    """Whether users that exist already are changed and deleted as if this resource had created them, on any cluster.

    Taking it out later changes nothing; setting it later takes over what is not owned yet.
    """


class UserSetInputs(UserSetProperties, InClusterInputs):
    """Inputs of a set of users."""
