"""Users of a cluster, in both versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake.caller import Caller, CallFailedError
from tests.fake.conftest import PASSWORD


def list_groups(caller: Caller, cluster_id: str) -> dict[str, str]:
    users = caller.v2024("ListUsers", ClusterId=cluster_id)["Users"]["UserInfo"]
    return {user["UserName"]: user["Group"] for user in users}


def user_state(caller: Caller, name: str) -> dict[str, Any]:
    (regions,) = caller.cloud.snapshot()["accounts"].values()
    (region,) = regions.values()
    user: dict[str, Any] = region["clusters"][0]["users"][name]
    return user


def user_2018(name: str, group: str = "users", password: str = PASSWORD) -> dict[str, str]:
    return {"Name": name, "Group": group, "Password": password}


def user_2024(name: str, group: str = "users", password: str = PASSWORD) -> dict[str, str]:
    return {"UserName": name, "Group": group, "Password": password}


def test_users_of_either_version_are_the_same_users(caller: Caller, running: str) -> None:
    caller.v2018("AddUsers", ClusterId=running, User=[user_2018("alice.a"), user_2018("bobbob", "wheel")])
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("c")])
    assert list_groups(caller, running) == {"alice.a": "users", "bobbob": "wheel", "c": "users"}
    page = caller.v2018("ListUsers", ClusterId=running, PageSize=2, PageNumber=2)
    assert (page["TotalCount"], [u["Name"] for u in page["Users"]["UserInfo"]]) == (3, ["c"])
    caller.v2018("ModifyUserGroups", ClusterId=running, User=[{"Name": "alice.a", "Group": "wheel"}])
    caller.v2024("UpdateUser", ClusterId=running, UserName="bobbob", Group="users")
    assert list_groups(caller, running) == {"alice.a": "wheel", "bobbob": "users", "c": "users"}
    caller.v2024("DeleteUsers", ClusterId=running, User=[{"UserName": "alice.a"}])
    caller.v2018("DeleteUsers", ClusterId=running, User=[{"Name": "bobbob"}, {"Name": "c"}])
    assert list_groups(caller, running) == {}


def test_user_and_group_numbers(caller: Caller, running: str) -> None:
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("a"), user_2024("b", "wheel")])
    caller.v2024("DeleteUsers", ClusterId=running, User=[{"UserName": "a"}])
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("c")])
    shown = caller.v2024("ListUsers", ClusterId=running)["Users"]["UserInfo"]
    assert [(u["UserName"], u["UserId"], u["GroupId"]) for u in shown] == [("b", "1001", "10"), ("c", "1002", "100")]
    assert caller.v2024("GetUser", ClusterId=running, UserName="b")["User"]["Group"] == "wheel"


def test_list_of_clusters_counts_users_by_group(caller: Caller, running: str) -> None:
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("a"), user_2024("b", "wheel")])
    assert caller.v2024("ListClusters")["Clusters"][0]["Users"] == {"NormalCounts": 1, "SudoCounts": 1}


def test_password_changes_are_counted_but_not_the_same_password(caller: Caller, running: str) -> None:
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("alice.a")])
    assert user_state(caller, "alice.a")["password_changes"] == 0
    caller.v2024("UpdateUser", ClusterId=running, UserName="alice.a", Password=PASSWORD)
    assert user_state(caller, "alice.a")["password_changes"] == 0
    caller.v2018("ModifyUserPasswords", ClusterId=running, User=[{"Name": "alice.a", "Password": "An0ther-Password"}])
    assert user_state(caller, "alice.a")["password_changes"] == 1
    caller.v2024("UpdateUser", ClusterId=running, UserName="alice.a", Group="wheel")
    assert user_state(caller, "alice.a")["password_changes"] == 1


def test_public_key_in_place_of_a_password(caller: Caller, running: str) -> None:
    caller.v2024(
        "CreateUsers", ClusterId=running, User=[{"UserName": "a", "Group": "users", "AuthKey": "ssh-rsa AAAA"}]
    )
    assert list_groups(caller, running) == {"a": "users"}


@pytest.mark.parametrize(
    ("user", "parameter"),
    [
        (user_2018("short"), "User.1.Name"),
        (user_2018("x" * 31), "User.1.Name"),
        (user_2018("1starts"), "User.1.Name"),
        (user_2018("under_score"), "User.1.Name"),
        (user_2018("alice.a", "admin"), "User.1.Group"),
        (user_2018("alice.a", password="weakweak"), "User.1.Password"),
        ({"Name": "alice.a", "Group": "users"}, "User.1.Password"),
        ({"Group": "users", "Password": PASSWORD}, "User.1.Name"),
    ],
)
def test_2018_users_refuse(caller: Caller, running: str, user: dict[str, str], parameter: str) -> None:
    with pytest.raises(CallFailedError, match=f"InvalidParams: The specified parameter {parameter} is invalid"):
        caller.v2018("AddUsers", ClusterId=running, User=[user, user_2018("fine.one")])
    assert list_groups(caller, running) == {}


@pytest.mark.parametrize(
    ("user", "parameter"),
    [
        (user_2024("x" * 31), "User.1.UserName"),
        (user_2024("a", "admin"), "User.1.Group"),
        (user_2024("a", password="Aa1!"), "User.1.Password"),
        ({"UserName": "a", "Group": "users"}, "User.1.Password"),
        ({"UserName": "a", "Group": "users", "Password": PASSWORD, "AuthKey": "ssh-rsa"}, "User.1.Password"),
    ],
)
def test_2024_users_refuse(caller: Caller, running: str, user: dict[str, str], parameter: str) -> None:
    with pytest.raises(CallFailedError, match=f"InvalidParams: The specified parameter {parameter} is invalid"):
        caller.v2024("CreateUsers", ClusterId=running, User=[user])


def test_limit_of_users_in_a_call(caller: Caller, running: str) -> None:
    with pytest.raises(CallFailedError, match="At most 100"):
        caller.v2018("AddUsers", ClusterId=running, User=[user_2018(f"user{n:03d}") for n in range(101)])
    with pytest.raises(CallFailedError, match="At most 20"):
        caller.v2024("CreateUsers", ClusterId=running, User=[user_2024(f"u{n}") for n in range(21)])
    caller.v2018("AddUsers", ClusterId=running, User=[user_2018(f"user{n:03d}") for n in range(100)])
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024(f"u{n}") for n in range(20)])


def test_existing_user_is_refused_and_nobody_is_added(caller: Caller, running: str) -> None:
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("alice.a")])
    with pytest.raises(CallFailedError) as refused:
        caller.v2018("AddUsers", ClusterId=running, User=[user_2018("newone"), user_2018("alice.a")])
    assert (refused.value.status, refused.value.code) == (406, "AgentError.Account.UserAlreadyExist")
    with pytest.raises(CallFailedError, match="named twice"):
        caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("b"), user_2024("b")])
    assert list_groups(caller, running) == {"alice.a": "users"}


def test_missing_user_is_refused_and_nobody_is_changed(caller: Caller, running: str) -> None:
    caller.v2024("CreateUsers", ClusterId=running, User=[user_2024("alice.a")])
    calls: list[tuple[str, str, dict[str, object]]] = [
        ("v2018", "DeleteUsers", {"User": [{"Name": "alice.a"}, {"Name": "nobody"}]}),
        (
            "v2018",
            "ModifyUserGroups",
            {"User": [{"Name": "alice.a", "Group": "wheel"}, {"Name": "nobody", "Group": "wheel"}]},
        ),
        ("v2018", "ModifyUserPasswords", {"User": [{"Name": "nobody", "Password": PASSWORD}]}),
        ("v2024", "DeleteUsers", {"User": [{"UserName": "alice.a"}, {"UserName": "nobody"}]}),
        ("v2024", "UpdateUser", {"UserName": "nobody", "Group": "wheel"}),
        ("v2024", "GetUser", {"UserName": "nobody"}),
    ]
    for version, action, parameters in calls:
        with pytest.raises(CallFailedError) as refused:
            getattr(caller, version)(action, ClusterId=running, **parameters)
        assert (refused.value.status, refused.value.code) == (406, "AgentError.Account.UserNotExist"), action
    assert list_groups(caller, running) == {"alice.a": "users"}
