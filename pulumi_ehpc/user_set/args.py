"""Nested arguments of a user set."""

from __future__ import annotations

from pulumi_ehpc.schema.builders import enum, string
from pulumi_ehpc.schema.descriptors import Prop
from pulumi_ehpc.schema.properties import Args

__all__ = ["UserArgs"]


class UserArgs(Args):
    """A user."""

    name: Prop[str] = string(
        length=(1, 30),
        pattern=r"[A-Za-z][A-Za-z0-9.]*",
        pattern_rule="must begin with a letter and continue with letters, digits and periods",
    )
    """Name."""
    group: Prop[str] = enum("users", "wheel", default="users")
    """``users``, or ``wheel`` for those who may use sudo."""
    password: Prop[str | None] = string(default=None, secret=True)
    """Password, 8 to 30 characters of at least three classes. This or ``auth_key``."""
    auth_key: Prop[str | None] = string(default=None, secret=True)
    """Public SSH key (2024-07-30)."""
