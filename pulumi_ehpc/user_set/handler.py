"""What the user set is in both API versions: how the users that are there become the users that are declared."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from pulumi_ehpc.common.rules import password
from pulumi_ehpc.errors import RefusedError, Violation
from pulumi_ehpc.lifecycle.member_set import MemberSetHandler, Plan, batches
from pulumi_ehpc.lifecycle.operation import Operation, ReadOutcome, ResourceState
from pulumi_ehpc.user_set.properties import UserArgs, UserSetInputs
from pulumi_ehpc.wording import NOT_GIVEN

UserSetOperation = Operation[UserSetInputs]


@dataclass(frozen=True)
class User:
    """A user who is there.

    Attributes:
        name: Name.
        group: Group.
        owned: Whether this resource created or adopted the user, and so deletes him.
        found: Whether he was there before this resource ever declared him.
    """

    name: str
    group: str
    owned: bool
    found: bool = False


class UserSetHandler(MemberSetHandler[UserSetInputs, User, UserArgs]):
    """The user set; a subclass for each API version makes the calls.

    Users that exist already are used and kept up to date, but not owned unless ``adopt_existing`` says so: delete
    leaves them in place. The output ``created_users`` names the owned ones.

    A subclass must set ``max_added`` and ``login_needs``, and implement ``list_users``, ``add``, ``change_groups``,
    ``change_passwords`` and ``remove_batch``.

    Attributes:
        max_removed: Users that one call may remove.
        login_needs: What a user needs to log in, in words.
    """

    members = "users"
    max_removed: ClassVar[int] = 100
    login_needs: ClassVar[str]

    @abstractmethod
    def list_users(self, op: UserSetOperation) -> dict[str, str]:
        """Return every user of the cluster and his group."""

    @abstractmethod
    def change_groups(self, op: UserSetOperation, users: Sequence[UserArgs]) -> None:
        """Move users to their declared group."""

    @abstractmethod
    def change_passwords(self, op: UserSetOperation, users: Sequence[UserArgs]) -> None:
        """Set users' declared passwords."""

    @abstractmethod
    def remove_batch(self, op: UserSetOperation, names: Sequence[str]) -> None:
        """Remove users with one call."""

    def validate(self, inputs: UserSetInputs) -> Iterator[Violation]:
        """Check that every user can log in."""
        for name, user in inputs.users.items():
            yield from password(f"users.{name}.password", user.password, max_length=30)
            if user.password is None and user.auth_key is None:
                yield Violation(f"users.{name}.password", NOT_GIVEN, f"is required: a user needs {self.login_needs}")

    def list_members(self, op: UserSetOperation) -> list[User]:
        """List every user of the cluster."""
        created = op.outputs.get("created_users") or ()
        return [User(name, group, owned=name in created) for name, group in self.list_users(op).items()]

    def plan(self, op: UserSetOperation, present: Sequence[User]) -> Plan[User, UserArgs]:
        """Keep who is declared, remove who is owned (or anybody, if exclusive) and is not, add who is missing."""
        declared, before = op.inputs.users, op.old_inputs.users
        by_name = {user.name: user for user in present}
        keep = [self._kept(by_name[name], before) for name in declared if name in by_name]
        self._refuse_different(op, keep)
        surplus = [user for user in present if user.name not in declared]
        if not op.inputs.exclusive:
            _log_left(op, [user.name for user in surplus if user.name in before and not user.owned])
            surplus = [user for user in surplus if user.owned]
        if op.inputs.adopt_existing:
            keep = [replace(user, owned=user.owned or user.found) for user in keep]
        there = {user.name for user in keep}
        return Plan(keep, surplus, [user for name, user in declared.items() if name not in there])

    def was_added(self, batch: Sequence[UserArgs], before: Sequence[User], now: Sequence[User]) -> bool:
        """Tell whether all users of the batch are there."""
        return {user.name for user in batch} <= {user.name for user in now}

    def remove(self, op: UserSetOperation, members: Sequence[User]) -> None:
        """Remove users."""
        for batch in batches([user.name for user in members], self.max_removed):
            self.remove_batch(op, batch)

    def record_members(
        self, op: UserSetOperation, members: Sequence[User], added: Sequence[UserArgs] = ()
    ) -> list[User]:
        """Note who is owned, so that an interruption in the middle loses nobody; nothing while there is no one."""
        now = [*members, *(User(user.name, user.group, owned=True) for user in added)]
        if any(user.owned for user in now):
            self._record(op, now)
        return now

    def finish(self, op: UserSetOperation, plan: Plan[User, UserArgs], members: Sequence[User]) -> ResourceState:
        """Change groups and passwords of those who were there."""
        there = [(op.inputs.users[user.name], user) for user in plan.keep]
        self.change_groups(op, [declared for declared, user in there if declared.group != user.group])
        self.change_passwords(op, [declared for declared, user in there if _new_password(op, declared, user)])
        return self._record(op, members)

    def report(self, op: UserSetOperation, members: Sequence[User]) -> ReadOutcome:
        """Return groups by name; users that are not declared count only when the set is exclusive."""
        seen = {user.name: user.group for user in members if op.inputs.exclusive or user.name in op.inputs.users}
        there = {user.name for user in members}
        created = [name for name in op.outputs.get("created_users") or () if name in there]
        return ReadOutcome({"created_users": created}, {"users": seen})

    def owned(self, op: UserSetOperation, members: Sequence[User]) -> Sequence[User]:
        """Return the users that this resource created or adopted."""
        created = op.outputs.get("created_users") or ()
        _log_left(op, [name for name in op.inputs.users if name not in created])
        return [user for user in members if user.owned]

    def _record(self, op: UserSetOperation, members: Sequence[User]) -> ResourceState:
        owned = {user.name: None for user in members if user.owned}
        before = [name for name in op.outputs.get("created_users") or () if name in owned]
        created = list(dict.fromkeys([*before, *owned]))
        return op.record(f"{op.inputs.cluster}:{op.engine.name}", {"created_users": created})

    def _kept(self, user: User, before: Mapping[str, UserArgs]) -> User:
        return replace(user, found=not user.owned and user.name not in before)

    def _refuse_different(self, op: UserSetOperation, keep: Sequence[User]) -> None:
        """Refuse users who were there before and are in another group than declared: they are somebody else's."""
        if op.inputs.adopt_existing:
            return
        different = [
            f"{user.name} is in {user.group} and not in {op.inputs.users[user.name].group}"
            for user in keep
            if user.found and user.group != op.inputs.users[user.name].group
        ]
        if different:
            raise RefusedError(
                f"{op.title}: users exist already and differ: {', '.join(different)}. Nothing was changed.",
                next_step="Set adopt_existing=True if this program may change and delete them, or choose other names.",
            )


def _new_password(op: UserSetOperation, declared: UserArgs, user: User) -> bool:
    before = op.old_inputs.users.get(user.name)
    changed = before is None or declared.password != before.password
    return declared.password is not None and (user.found or changed)


def _log_left(op: UserSetOperation, names: Sequence[str]) -> None:
    if names:
        op.engine.log(f"left in place, because they were there before: {', '.join(names)}")
