"""The user set in API 2024-07-30: CreateUsers, ListUsers, UpdateUser, DeleteUsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_ehpc.errors import Violation
from pulumi_ehpc.lifecycle.fields import FieldMap
from pulumi_ehpc.lifecycle.request import Request
from pulumi_ehpc.user_set import people

__all__ = ["MAPS", "VERSION", "check", "create", "delete", "read", "update"]

VERSION: Final = "2024-07-30"
MAPS = (
    FieldMap(
        "CreateUsers",
        VERSION,
        derived={
            "cluster": "goes to ClusterId of every action",
            "users": "they are User[].UserName and User[].Group",
            "exclusive": "not sent; decides whether others are removed",
            "unknown_keys": "not sent; check uses it",
            "passwords": "they are User[].Password",
            "auth_keys": "they are User[].AuthKey",
        },
    ),
)
_MOST_REMOVED: Final = 100


def check(inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """Rules over several properties."""
    yield from people.check(inputs, shortest=1, longest=30, keys=True)


def check_change(olds: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """UpdateUser changes group and password; no action changes a key."""
    before, after = olds.get("auth_keys") or {}, inputs.get("auth_keys")
    for name in inputs.get("users") or ():
        if isinstance(after, Mapping) and name in (olds.get("users") or ()) and before.get(name) != after.get(name):
            rule = "cannot change for a user who exists: no action does it; put the old key back, or drop the user, run"
            yield Violation(f"users.{name}.auth_key", "[secret]", f"{rule} pulumi up and declare the user again")


class _Directory:
    """The cluster's users by the actions of this version."""

    most_added = 20

    def __init__(self, request: Request) -> None:
        self.request = request
        self.cluster = {"ClusterId": request.inputs["cluster"]}

    def list(self) -> dict[str, str]:
        """ListUsers."""
        found = self.request.api.pages("ListUsers", {**self.cluster, "PageSize": 50})
        return {user["UserName"]: user.get("Group") or "users" for user in found}

    def add(self, names: Sequence[str]) -> None:
        """CreateUsers."""
        self.request.api.call("CreateUsers", {**self.cluster, "User": [self._user(name) for name in names]})

    def regroup(self, names: Sequence[str]) -> None:
        """UpdateUser, one a call."""
        for name in names:
            self.request.api.call(
                "UpdateUser", {**self.cluster, "UserName": name, "Group": self.request.inputs["users"][name]}
            )

    def rekey(self, names: Sequence[str]) -> None:
        """UpdateUser, one a call."""
        for name in names:
            self.request.api.call(
                "UpdateUser", {**self.cluster, "UserName": name, "Password": self.request.inputs["passwords"][name]}
            )

    def remove(self, names: Sequence[str]) -> None:
        """DeleteUsers, 100 a call."""
        for part in people.in_parts(names, _MOST_REMOVED):
            self.request.api.call("DeleteUsers", {**self.cluster, "User": [{"UserName": name} for name in part]})

    def _user(self, name: str) -> dict[str, Any]:
        inputs = self.request.inputs
        return {
            "UserName": name,
            "Group": inputs["users"][name],
            "Password": (inputs.get("passwords") or {}).get(name),
            "AuthKey": (inputs.get("auth_keys") or {}).get(name),
        }


create, read, update, delete = people.life(_Directory)
