"""A set of users, as a program declares it."""

from __future__ import annotations

from pulumi_ehpc.engine.resource import Resource
from pulumi_ehpc.schema.descriptors import output
from pulumi_ehpc.user_set.properties import UserSetProperties
from pulumi_ehpc.user_set.resource_type import USER_SET


class UserSet(UserSetProperties, Resource, resource_type=USER_SET):
    """Users of a cluster.

    Created by `CreateUsers <https://api.alibabacloud.com/document/EHPC/2024-07-30/CreateUsers>`_ (2024-07-30) or
    `AddUsers <https://api.alibabacloud.com/document/EHPC/2018-04-12/AddUsers>`_ (2018-04-12). Group and password
    change in place.

    If a declared user exists already on a cluster that this stack creates, the user becomes this resource's: group and
    password are set and, at delete, the user is deleted. There a user who moves to another set of the program is handed
    over, and not deleted in between. On any other cluster a user who exists is refused, unless ``adopt_existing`` is
    set.
    """

    created_users = output(list[str])
    """Users that this resource created or adopted, and so deletes."""
