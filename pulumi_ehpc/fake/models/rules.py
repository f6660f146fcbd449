"""Rules for names, passwords, tags and instance types, as the API pages state them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from pulumi_ehpc.fake.errors import invalid

__all__ = [
    "Resources",
    "check_client_token",
    "check_cluster_name",
    "check_hostname_part",
    "check_instance_type",
    "check_password",
    "check_queue_name",
    "check_tags",
    "check_user_name",
    "resources_of",
]

_WORD = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff-]+")
_USER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.]*")
_QUEUE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_HOSTNAME_PART = re.compile(r"[A-Za-z0-9.-]{1,32}")
_INSTANCE_TYPE = re.compile(r"ecs\.(?P<family>[a-z0-9-]+)\.(?P<size>[a-z0-9]+)")
_SPECIAL: Final = frozenset("()~!@#$%^&*-_+=|{}[]:;'\\\"/<>,.?`")
_TAG_PREFIXES: Final = ("acs:", "aliyun")
_GIB_PER_CPU: Final = {"c": 2, "g": 4, "r": 8, "h": 4, "u": 4}


@dataclass(frozen=True)
class Resources:
    """What an instance type has."""

    cpus: int
    memory_gib: int
    gpus: int


def check_cluster_name(name: str, parameter: str) -> None:
    """Check a name or description: 2 to 128 letters, Chinese characters, digits, hyphens and underscores.

    Raises:
        ResponseError: InvalidParams.
    """
    if not 2 <= len(name) <= 128 or not _WORD.fullmatch(name):
        raise invalid(
            parameter,
            "It has to be 2 to 128 letters, Chinese characters, digits, hyphens (-) and underscores (_).",
        )


def check_user_name(name: str, shortest: int, parameter: str) -> None:
    """Check a user name: up to 30 letters, digits and periods, a letter first.

    Raises:
        ResponseError: InvalidParams.
    """
    if not shortest <= len(name) <= 30 or not _USER_NAME.fullmatch(name):
        raise invalid(parameter, f"It has to be {shortest} to 30 letters, digits or periods and start with a letter.")


def check_queue_name(name: str, longest: int, parameter: str) -> None:
    """Check a queue name: letters, digits, underscores, hyphens and periods.

    Raises:
        ResponseError: InvalidParams.
    """
    if not 1 <= len(name) <= longest or not _QUEUE_NAME.fullmatch(name):
        raise invalid(parameter, f"It has to be 1 to {longest} letters, digits, underscores, hyphens or periods.")


def check_hostname_part(part: str, parameter: str) -> None:
    """Check a prefix or suffix of host names: up to 32 letters, digits, hyphens and periods.

    Raises:
        ResponseError: InvalidParams.
    """
    if part and not _HOSTNAME_PART.fullmatch(part):
        raise invalid(parameter, "It has to be up to 32 letters, digits, hyphens or periods.")


def check_password(password: str, longest: int, parameter: str) -> None:
    """Check a password: 8 characters or more of three classes out of four.

    Raises:
        ResponseError: InvalidParams; the message does not repeat the password.
    """
    classes = (
        any(character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for character in password),
        any(character in "abcdefghijklmnopqrstuvwxyz" for character in password),
        any(character in "0123456789" for character in password),
        any(character in _SPECIAL for character in password),
    )
    if not 8 <= len(password) <= longest or sum(classes) < 3:
        raise invalid(
            parameter,
            f"It has to be 8 to {longest} characters of three kinds: upper case, lower case, digit, special character.",
        )


def check_client_token(token: str) -> None:
    """Check a client token: up to 64 ASCII characters.

    Raises:
        ResponseError: InvalidParams.
    """
    if len(token) > 64 or not token.isascii():
        raise invalid("ClientToken", "It has to be up to 64 ASCII characters.")


def check_tags(tags: Collection[tuple[str, str]], limit: int, parameter: str) -> None:
    """Check tags: keys and values up to 128 characters, no reserved prefixes, no URLs.

    Raises:
        ResponseError: InvalidParams.
    """
    if len(tags) > limit:
        raise invalid(parameter, f"At most {limit} tags are accepted.")
    for index, (key, value) in enumerate(tags, 1):
        if not key:
            raise invalid(f"{parameter}.{index}.Key", "It is mandatory.")
        for name, content in (("Key", key), ("Value", value)):
            if len(content) > 128 or content.lower().startswith(_TAG_PREFIXES) or re.search("https?://", content):
                raise invalid(
                    f"{parameter}.{index}.{name}", "Up to 128 characters, not starting with acs: or aliyun, no URL."
                )


def check_instance_type(instance_type: str, parameter: str) -> None:
    """Check the form of an instance type: ``ecs.<family>.<size>``. Whether it exists is not checked.

    Raises:
        ResponseError: InvalidParams.
    """
    if not _INSTANCE_TYPE.fullmatch(instance_type):
        raise invalid(parameter, "It is not an instance type.")


def resources_of(instance_type: str) -> Resources:
    """Estimate the size of an instance type from its name: ``ecs.c7.2xlarge`` has 8 vCPUs and 16 GiB."""
    match = _INSTANCE_TYPE.fullmatch(instance_type)
    if match is None:
        return Resources(0, 0, 0)
    factor = re.fullmatch(r"(\d*)xlarge", match["size"])
    cpus = 4 * int(factor[1] or 1) if factor else 2
    family = match["family"]
    return Resources(cpus, cpus * _GIB_PER_CPU.get(family[0], 4), 1 if family.startswith(("gn", "vgn", "ebmgn")) else 0)
