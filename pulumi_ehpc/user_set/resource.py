"""A set of users, as a program declares it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Input, Output

from pulumi_ehpc.cluster.resource import ClusterRef
from pulumi_ehpc.lifecycle.resource import Resource
from pulumi_ehpc.lifecycle.rows import (
    IGNORE,
    REPLACE,
    Args,
    Column,
    Prop,
    TextMap,
    Texts,
    choice,
    flag,
    mapping,
    output,
    plain,
    rows_of,
    text,
    texts,
    unknown_names,
)

__all__ = ["TWICE", "UserArgs", "UserSet"]

TWICE = " (declared twice)"
"""Follows the name of a user who is declared twice, so that check can say so."""


class UserArgs(Args):
    """A user."""

    name: Input[str] = text()
    """Name, 1 to 30 characters (6 to 30 in 2018-04-12)."""
    group: Input[str] | None = choice("users", "wheel", default=None)
    """``users``, or ``wheel`` for those who may use sudo. The default is users."""
    password: Input[str] | None = text(default=None, secret=True)
    """Password, 8 to 30 characters of at least three classes."""
    auth_key: Input[str] | None = text(default=None, secret=True)
    """Public SSH key (2024-07-30). This or ``password``."""


class Users(Column["dict[str, str]"]):
    """Typing of ``users``: given as a list of users, read as a map of names to groups."""

    def __set__(self, instance: object, value: Input[Sequence[Input[UserArgs | Mapping[str, Any]]]]) -> None:
        """Declared for type checkers; rows do the work."""


class UserSet(Resource, noun="UserSet"):
    """Users of a cluster.

    Made by CreateUsers (2024-07-30) or AddUsers (2018-04-12), 20 or 100 users a call. A change of group or password
    is made in place. Users that exist already are used and kept up to date, and left in place at delete unless
    ``adopt_existing`` says that they are this program's.

    In state and in previews ``users`` is a map of names to groups, and passwords and keys are secret maps of their
    own, so that a preview shows which user changes.
    """

    cluster: ClusterRef = text(change=REPLACE, noun="Cluster")
    """The cluster, or its id."""
    users: Users = mapping(items=(0, 1000))
    """The users."""
    exclusive: Prop[bool] = flag(default=None)
    """Whether users that are not declared here are removed. The default is false."""
    adopt_existing: Prop[bool] = flag(default=None, change=IGNORE)
    """Says that declared users who exist already are this program's, to change and to delete."""
    passwords: TextMap = mapping(default=None, secret=True, init=False)
    """Passwords by user; made of ``users``."""
    auth_keys: TextMap = mapping(default=None, secret=True, init=False)
    """Public SSH keys by user; made of ``users``."""

    unknown_keys: Texts = texts(default=None, change=IGNORE, init=False)
    """Keys of ``users`` that a user does not have, as ``name.key``; check refuses them."""

    created_users = output(list[str])
    """Users that this resource made, and so deletes."""

    def properties(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Split the users, so that the secret part hides nothing else."""
        declared = dict(super().properties(given))
        people = Output.from_input(plain(given.get("users") or ())).apply(_listed)
        declared["users"] = Output.unsecret(people.apply(lambda known: {name: _group(user) for name, user in known}))
        declared["unknown_keys"] = Output.unsecret(people.apply(_unknown_keys))
        declared["passwords"] = Output.secret(people.apply(lambda known: _secrets(known, "password")))
        declared["auth_keys"] = Output.secret(people.apply(lambda known: _secrets(known, "auth_key")))
        return declared


def _listed(users: Sequence[Any]) -> list[tuple[str, Mapping[str, Any]]]:
    seen: set[str] = set()
    listed = []
    for user in users:
        known = plain(user)
        name = str(known.get("name") or "")
        listed.append((f"{name}{TWICE}" if name in seen else name, known))
        seen.add(name)
    return listed


def _unknown_keys(users: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str] | None:
    rows = rows_of(UserArgs)
    return [f"{name}.{key}" for name, user in users for key, _ in unknown_names(user, rows)] or None


def _group(user: Mapping[str, Any]) -> str:
    return str(user.get("group") or "users")


def _secrets(users: Sequence[tuple[str, Mapping[str, Any]]], key: str) -> dict[str, str]:
    return {name: user[key] for name, user in users if user.get(key) is not None}
