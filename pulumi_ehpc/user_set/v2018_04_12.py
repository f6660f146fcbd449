"""The user set in API 2018-04-12: AddUsers, ListUsers, ModifyUserGroups, ModifyUserPasswords, DeleteUsers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.rules import at_least
from pulumi_ehpc.common.v2018_04_12 import VERSION
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.member_set import batches
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import FieldMap, Parameters, nested
from pulumi_ehpc.schema.secrecy import entry_path
from pulumi_ehpc.user_set.handler import ListedUser, UserSetHandler
from pulumi_ehpc.user_set.properties import UserArgs, UserSetInputs, UserSetProperties

USER = FieldMap(
    UserArgs,
    Parameters("AddUsers", VERSION, under="User"),
    name="Name",
    group="Group",
    password="Password",
    unsupported={"auth_key": "users log in with passwords; give a password"},
)
GROUP = USER.replace("password", parameters=Parameters("ModifyUserGroups", VERSION, under="User"))
PASSWORD = USER.replace("group", parameters=Parameters("ModifyUserPasswords", VERSION, under="User"))
ADD = FieldMap(UserSetProperties, Parameters("AddUsers", VERSION), users=nested("User", USER))
_MAX_PER_CALL: Final = 100
_MIN_NAME: Final = 6


class UserSetV20180412(UserSetHandler):
    """The user set in API 2018-04-12."""

    version = VERSION
    maps = (ADD,)
    max_added = _MAX_PER_CALL
    login_needs = "a password"

    def validate(self, inputs: UserSetInputs) -> Iterator[Violation]:
        """Check the names' length as well, which is longer than in 2024-07-30."""
        yield from super().validate(inputs)
        for name in inputs.users:
            yield from at_least(f"{entry_path('users', name)}.name", name, _MIN_NAME, f"AddUsers, API {VERSION}")

    def list_users(self, op: Operation[UserSetInputs]) -> dict[str, ListedUser]:
        """Call ListUsers."""
        users = op.api.pages("ListUsers", {**cluster_id(op), "PageSize": 50})
        return {user["Name"]: ListedUser(user.get("Group") or "users", user.get("AddTime") or "") for user in users}

    def add(self, op: Operation[UserSetInputs], batch: Sequence[UserArgs]) -> None:
        """Call AddUsers."""
        self._call(op, USER, batch)

    def change_groups(self, op: Operation[UserSetInputs], users: Sequence[UserArgs]) -> None:
        """Call ModifyUserGroups."""
        self._call(op, GROUP, users)

    def change_passwords(self, op: Operation[UserSetInputs], users: Sequence[UserArgs]) -> None:
        """Call ModifyUserPasswords."""
        self._call(op, PASSWORD, users)

    def remove_batch(self, op: Operation[UserSetInputs], names: Sequence[str]) -> None:
        """Call DeleteUsers."""
        op.api.call("DeleteUsers", {**cluster_id(op), "User": [{"Name": name} for name in names]})

    def _call(self, op: Operation[UserSetInputs], fields: FieldMap, users: Sequence[UserArgs]) -> None:
        for batch in batches(users, _MAX_PER_CALL):
            op.api.call(
                fields.parameters.action, {**cluster_id(op), "User": [fields.encode_object(user) for user in batch]}
            )
