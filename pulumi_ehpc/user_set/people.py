"""What both API versions share of a user set's life.

How the users that are there become the users that are declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pulumi_ehpc.errors import RefusedError, Violation
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.request import Found, Gone, Life, Made, Request
from pulumi_ehpc.lifecycle.rows import rows_of
from pulumi_ehpc.lifecycle.unknown import Unknown
from pulumi_ehpc.parts import rules
from pulumi_ehpc.user_set.resource import TWICE, UserArgs

__all__ = ["Directory", "check", "in_parts", "life"]

_GROUPS = ("users", "wheel")


class Directory(Protocol):
    """A version's calls for the users of a cluster."""

    def list(self) -> dict[str, str]:
        """Every user and his group."""

    @property
    def most_added(self) -> int:
        """Most users that one call may make."""

    def add(self, names: Sequence[str]) -> None:
        """Make users as declared."""

    def regroup(self, names: Sequence[str]) -> None:
        """Move users to their declared group."""

    def rekey(self, names: Sequence[str]) -> None:
        """Set users' declared passwords."""

    def remove(self, names: Sequence[str]) -> None:
        """Remove users."""


def life(directory: Callable[[Request], Directory]) -> Life:
    """Return the steps of a user set by a version's calls."""

    def create(request: Request) -> Made:
        return converge(request, directory(request))

    def read(request: Request) -> Found | Gone:
        return look(request, directory(request))

    def delete(request: Request) -> None:
        remove(request, directory(request))

    return Life(create, read, update=create, delete=delete)


def check(inputs: Mapping[str, Any], *, shortest: int, longest: int, keys: bool) -> Iterator[Violation]:
    """Rules over users, passwords and keys."""
    for path in inputs.get("unknown_keys") or ():
        known = ", ".join(rows_of(UserArgs))
        yield Violation(f"users.{path}", "[not shown]", f"there is no such property; known are {known}")
    users, passwords, auth_keys = inputs.get("users") or {}, inputs.get("passwords"), inputs.get("auth_keys")
    for name, group in users.items():
        path = f"users.{name.removesuffix(TWICE)}"
        if name.endswith(TWICE):
            yield Violation(path, repr(name.removesuffix(TWICE)), "is declared twice; names must be unique")
            continue
        yield from rules.user_name(f"{path}.name", name, shortest=shortest, longest=longest)
        if isinstance(group, str) and group not in _GROUPS:
            yield Violation(f"{path}.group", repr(group), f"must be one of {', '.join(_GROUPS)}")
        password = None if isinstance(passwords, Unknown) else (passwords or {}).get(name)
        if password is not None:
            yield from rules.password(f"{path}.password", password, longest=30)
        unknown = isinstance(passwords, Unknown) or isinstance(auth_keys, Unknown)
        if not unknown and password is None and name not in (auth_keys or {}):
            needed = "a password or an auth_key" if keys else "a password"
            yield Violation(f"{path}.password", "[not given]", f"is required: a user needs {needed}")


def converge(request: Request, directory: Directory) -> Made:
    """Make the cluster's users what is declared.

    Outputs name the users made so far after each call, so an interruption in the middle loses none.
    """
    declared: dict[str, str] = request.inputs["users"]
    present = directory.list()
    mine = [name for name in request.outputs.get("created_users") or () if name in present]
    _refuse_different(request, present, mine)
    _remove_surplus(request, directory, present, mine)
    missing = [name for name in declared if name not in present]
    before = request.olds.get("users") or {}
    adopted = [name for name in declared if name in present and name not in mine and name not in before]
    if request.inputs.get("adopt_existing"):
        mine.extend(adopted)
    if mine:
        _record(request, mine)
    for names in in_parts(missing, directory.most_added):
        _add(request, directory, names)
        mine.extend(names)
        _record(request, mine)
        request.say(f"{len(mine)} of {len(declared)} users made")
        request.stop_if_cancelled(f"{len(mine)} of {len(declared)} users made")
    directory.regroup([name for name, group in declared.items() if present.get(name, group) != group])
    directory.rekey([name for name in declared if name in present and _rekeyed(request, name, adopted)])
    return _record(request, mine)


def look(request: Request, directory: Directory) -> Found:
    """Look at the users; those that are not declared count only when the set is exclusive."""
    present = directory.list()
    declared = request.inputs.get("users") or {}
    seen = {name: group for name, group in present.items() if name in declared or request.inputs.get("exclusive")}
    mine = [name for name in request.outputs.get("created_users") or () if name in present]
    return Found({"created_users": mine}, {"users": seen})


def remove(request: Request, directory: Directory) -> None:
    """Remove the users that this resource made."""
    mine = list(request.outputs.get("created_users") or ())
    others = [name for name in request.inputs.get("users") or () if name not in mine]
    if others:
        request.note(f"left in place, because they were here before: {', '.join(others)}")
    present = directory.list()
    directory.remove([name for name in mine if name in present])


def _add(request: Request, directory: Directory, names: Sequence[str]) -> None:
    make_sure(request, lambda: directory.add(names), lambda: set(names) <= set(directory.list()))


def _id(request: Request) -> str:
    return f"{request.inputs['cluster']}:{request.name}"


def _record(request: Request, mine: Sequence[str]) -> Made:
    return request.made(_id(request), {"created_users": list(mine)})


def _rekeyed(request: Request, name: str, adopted: Sequence[str]) -> bool:
    wanted = (request.inputs.get("passwords") or {}).get(name)
    before = (request.olds.get("passwords") or {}).get(name)
    return wanted is not None and (wanted != before or name in adopted)


def _refuse_different(request: Request, present: Mapping[str, str], mine: Sequence[str]) -> None:
    """Users who were here before and are in another group than declared are somebody else's."""
    if request.inputs.get("adopt_existing"):
        return
    known = {*mine, *(request.olds.get("users") or {})}
    declared: dict[str, str] = request.inputs["users"]
    different = [
        f"{name} is in {present[name]} and not in {group}"
        for name, group in declared.items()
        if name not in known and name in present and present[name] != group
    ]
    if different:
        raise RefusedError(
            f"{request.title}: users exist already and differ: {', '.join(different)}. Nothing was changed.",
            next_step="Set adopt_existing=True if they are this program's to change and delete, or choose other names.",
        )


def _remove_surplus(request: Request, directory: Directory, present: Mapping[str, str], mine: list[str]) -> None:
    declared = request.inputs["users"]
    if request.inputs.get("exclusive"):
        surplus = [name for name in present if name not in declared]
    else:
        surplus = [name for name in mine if name not in declared]
        dropped = [name for name in request.olds.get("users") or () if name in present and name not in declared]
        if others := [name for name in dropped if name not in mine]:
            request.note(f"left in place, because they were here before: {', '.join(others)}")
    if surplus:
        directory.remove(surplus)
        mine[:] = [name for name in mine if name not in surplus]


def in_parts(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Split names into calls' worth."""
    for start in range(0, len(names), size):
        yield names[start : start + size]
