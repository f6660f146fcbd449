"""The user set in API 2024-07-30: CreateUsers, ListUsers, UpdateUser, DeleteUsers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pulumi_ehpc.common.in_cluster import cluster_id
from pulumi_ehpc.common.v2024_07_30 import VERSION
from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import FieldMap, Parameters, nested
from pulumi_ehpc.schema.secrecy import entry_path
from pulumi_ehpc.schema.unknowns import Unknown
from pulumi_ehpc.user_set.handler import ListedUser, UserSetHandler
from pulumi_ehpc.user_set.properties import UserArgs, UserSetInputs, UserSetProperties
from pulumi_ehpc.wording import SECRET

USER = FieldMap(
    UserArgs,
    Parameters("CreateUsers", VERSION, under="User"),
    name="UserName",
    group="Group",
    password="Password",
    auth_key="AuthKey",
)
GROUP = FieldMap(UserArgs, Parameters("UpdateUser", VERSION), name="UserName", group="Group")
PASSWORD = FieldMap(UserArgs, Parameters("UpdateUser", VERSION), name="UserName", password="Password")
CREATE = FieldMap(UserSetProperties, Parameters("CreateUsers", VERSION), users=nested("User", USER))
_KEY_IS_FIXED: Final = (
    "cannot change for a user who exists: no action does it; keep the old key, or remove the user, run pulumi up and "
    "declare the user again"
)


class UserSetV20240730(UserSetHandler):
    """The user set in API 2024-07-30."""

    version = VERSION
    maps = (CREATE,)
    max_added = 20
    login_needs = "a password or an auth_key"

    def validate_change(self, old: UserSetInputs, new: UserSetInputs) -> Iterator[Violation]:
        """Refuse a changed key: UpdateUser changes group and password only."""
        for name, user in new.users.items():
            known = name in old.users and not isinstance(user.auth_key, Unknown)
            if known and user.auth_key != old.users[name].auth_key:
                yield Violation(f"{entry_path('users', name)}.auth_key", SECRET, _KEY_IS_FIXED)

    def list_users(self, op: Operation[UserSetInputs]) -> dict[str, ListedUser]:
        """Call ListUsers."""
        users = op.api.pages("ListUsers", {**cluster_id(op), "PageSize": 50})
        return {user["UserName"]: ListedUser(user.get("Group") or "users", user.get("AddTime") or "") for user in users}

    def add(self, op: Operation[UserSetInputs], batch: Sequence[UserArgs]) -> None:
        """Call CreateUsers."""
        op.api.call("CreateUsers", {**cluster_id(op), "User": [USER.encode_object(user) for user in batch]})

    def change_groups(self, op: Operation[UserSetInputs], users: Sequence[UserArgs]) -> None:
        """Call UpdateUser, one a call."""
        self._update(op, GROUP, users)

    def change_passwords(self, op: Operation[UserSetInputs], users: Sequence[UserArgs]) -> None:
        """Call UpdateUser, one a call."""
        self._update(op, PASSWORD, users)

    def remove_batch(self, op: Operation[UserSetInputs], names: Sequence[str]) -> None:
        """Call DeleteUsers."""
        op.api.call("DeleteUsers", {**cluster_id(op), "User": [{"UserName": name} for name in names]})

    def _update(self, op: Operation[UserSetInputs], fields: FieldMap, users: Sequence[UserArgs]) -> None:
        for user in users:
            op.api.call("UpdateUser", {**cluster_id(op), **fields.encode(user)})
