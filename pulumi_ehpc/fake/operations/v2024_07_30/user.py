"""Users in API version 2024-07-30."""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.fake.clock import iso_minutes
from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.rules import check_password, check_user_name
from pulumi_ehpc.fake.models.user import User
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["create_users", "delete_users", "get_user", "list_users", "update_user"]


def create_users(call: Call) -> dict[str, Any]:
    """CreateUsers: all or none of them."""
    cluster = call.running_cluster()
    entries = call.parameters["User"]
    for index, entry in enumerate(entries, 1):
        check_user_name(entry["UserName"], 1, f"User.{index}.UserName")
        if bool(entry.get("Password")) == bool(entry.get("AuthKey")):
            raise invalid(f"User.{index}.Password", "Either a password or a public key is needed.")
        if entry.get("Password"):
            check_password(entry["Password"], 30, f"User.{index}.Password")
    names = [entry["UserName"] for entry in entries]
    cluster.require_new_users(names, "User")
    for entry in entries:
        secret = call.hash_secret(entry.get("Password") or entry.get("AuthKey", ""))
        cluster.add_user(entry["UserName"], entry["Group"], secret, call.now)
    call.log(cluster, ",".join(names))
    return {}


def get_user(call: Call) -> dict[str, Any]:
    """GetUser."""
    return {"User": _user_info(call.cluster().find_user(call.parameters["UserName"]))}


def list_users(call: Call) -> dict[str, Any]:
    """ListUsers."""
    items, page = call.page(list(call.cluster().users.values()))
    return {**page.as_dict(), "Users": {"UserInfo": [_user_info(user) for user in items]}}


def _user_info(user: User) -> dict[str, Any]:
    return {
        "AddTime": iso_minutes(user.added_at),
        "Group": user.group,
        "GroupId": str(user.group_id),
        "UserId": str(user.user_id),
        "UserName": user.name,
    }


def update_user(call: Call) -> dict[str, Any]:
    """UpdateUser: sets group, password or both."""
    cluster = call.running_cluster()
    user = cluster.find_user(call.parameters["UserName"])
    password = call.get("Password")
    if password:
        check_password(password, 30, "Password")
        user.set_password(password, call.world.ids.salt())
    user.group = call.get("Group") or user.group
    call.log(cluster, user.name)
    return {"Success": "true"}


def delete_users(call: Call) -> dict[str, Any]:
    """DeleteUsers: all or none of them."""
    cluster = call.running_cluster()
    names = [entry["UserName"] for entry in call.parameters["User"]]
    cluster.remove_users(names)
    call.log(cluster, ",".join(names))
    return {}
