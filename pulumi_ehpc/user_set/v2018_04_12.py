"""The user set in API 2018-04-12: AddUsers, ListUsers, ModifyUserGroups, ModifyUserPasswords, DeleteUsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.fields import FieldMap
from pulumi_ehpc.lifecycle.request import Request
from pulumi_ehpc.user_set import people

__all__ = ["MAPS", "VERSION", "check", "create", "delete", "read", "update"]

VERSION: Final = "2018-04-12"
MAPS = (
    FieldMap(
        "AddUsers",
        VERSION,
        derived={
            "cluster": "goes to ClusterId of every action",
            "users": "they are User.N.Name and User.N.Group",
            "exclusive": "not sent; decides whether others are removed",
            "unknown_keys": "not sent; check uses it",
            "passwords": "they are User.N.Password",
        },
        refused={"auth_keys": "its users log in with passwords; give a password"},
    ),
)
_MOST_A_CALL: Final = 100


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from people.check(inputs, shortest=6, longest=30, keys=False)


class _Directory:
    """The cluster's users by the actions of this version, 100 users a call."""

    most_added = _MOST_A_CALL

    def __init__(self, request: Request) -> None:
        self.request = request
        self.cluster = {"ClusterId": request.inputs["cluster"]}

    def list(self) -> dict[str, str]:
        """ListUsers."""
        found = self.request.api.pages("ListUsers", {**self.cluster, "PageSize": 50})
        return {user["Name"]: user.get("Group") or "users" for user in found}

    def add(self, names: Sequence[str]) -> None:
        """AddUsers."""
        self._call("AddUsers", names, "Group", "Password")

    def regroup(self, names: Sequence[str]) -> None:
        """ModifyUserGroups."""
        for part in people.in_parts(names, _MOST_A_CALL):
            self._call("ModifyUserGroups", part, "Group")

    def rekey(self, names: Sequence[str]) -> None:
        """ModifyUserPasswords."""
        for part in people.in_parts(names, _MOST_A_CALL):
            self._call("ModifyUserPasswords", part, "Password")

    def remove(self, names: Sequence[str]) -> None:
        """DeleteUsers."""
        for part in people.in_parts(names, _MOST_A_CALL):
            self._call("DeleteUsers", part)

    def _call(self, action: str, names: Sequence[str], *fields: str) -> None:
        inputs = self.request.inputs
        told: dict[str, Mapping[str, Any]] = {"Group": inputs["users"], "Password": inputs.get("passwords") or {}}
        users = [{"Name": name, **{field: told[field].get(name) for field in fields}} for name in names]
        self.request.api.call(action, {**self.cluster, "User": users})


create, read, update, delete = people.life(_Directory)
