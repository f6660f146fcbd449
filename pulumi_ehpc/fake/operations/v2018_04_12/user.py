"""Users in API version 2018-04-12. Async is accepted; the changes are complete at once either way."""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.fake.clock import iso_seconds
from pulumi_ehpc.fake.errors import invalid
from pulumi_ehpc.fake.models.rules import check_password, check_user_name
from pulumi_ehpc.fake.operations.call import Call

__all__ = ["add_users", "delete_users", "list_users", "modify_user_groups", "modify_user_passwords"]


def _entries(call: Call) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = call.parameters["User"]
    if len(entries) > 100:
        raise invalid("User", "At most 100 are accepted.")
    return entries


def add_users(call: Call) -> dict[str, Any]:
    """AddUsers: all or none of them."""
    cluster = call.running_cluster()
    entries = _entries(call)
    for index, entry in enumerate(entries, 1):
        check_user_name(entry["Name"], 6, f"User.{index}.Name")
        check_password(entry["Password"], 30, f"User.{index}.Password")
    names = [entry["Name"] for entry in entries]
    cluster.require_new_users(names, "User")
    for entry in entries:
        cluster.add_user(entry["Name"], entry["Group"], call.hash_secret(entry["Password"]), call.now)
    call.log(cluster, ",".join(names))
    return {}


def delete_users(call: Call) -> dict[str, Any]:
    """DeleteUsers: all or none of them."""
    cluster = call.running_cluster()
    names = [entry["Name"] for entry in _entries(call)]
    cluster.remove_users(names)
    call.log(cluster, ",".join(names))
    return {}


def modify_user_groups(call: Call) -> dict[str, Any]:
    """ModifyUserGroups: all or none of them."""
    cluster = call.running_cluster()
    found = [(cluster.find_user(entry["Name"]), entry["Group"]) for entry in _entries(call)]
    for user, group in found:
        user.group = group
    call.log(cluster, ",".join(user.name for user, _ in found))
    return {}


def modify_user_passwords(call: Call) -> dict[str, Any]:
    """ModifyUserPasswords: all or none of them."""
    cluster = call.running_cluster()
    entries = _entries(call)
    for index, entry in enumerate(entries, 1):
        check_password(entry["Password"], 30, f"User.{index}.Password")
    found = [(cluster.find_user(entry["Name"]), entry["Password"]) for entry in entries]
    for user, password in found:
        user.set_password(password, call.world.ids.salt())
    call.log(cluster, ",".join(user.name for user, _ in found))
    return {}


def list_users(call: Call) -> dict[str, Any]:
    """ListUsers."""
    items, page = call.page(list(call.cluster().users.values()))
    listed = [{"AddTime": iso_seconds(user.added_at), "Group": user.group, "Name": user.name} for user in items]
    return {**page.as_dict(), "Users": {"UserInfo": listed}}
