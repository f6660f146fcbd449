"""What the user set is in both API versions: how the users that are there become the users that are declared."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from pulumi_ehpc.common.rules import password
from pulumi_ehpc.errors import NotFoundError, RefusedError, Violation
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.handing_over import givers_of, refuse_shared, taker_of
from pulumi_ehpc.lifecycle.member_set import MemberSetHandler, Plan, batches
from pulumi_ehpc.lifecycle.named import not_ours
from pulumi_ehpc.lifecycle.operation import Operation, ReadOutcome, ResourceState
from pulumi_ehpc.schema.secrecy import entry_path
from pulumi_ehpc.user_set.properties import UserArgs, UserSetInputs
from pulumi_ehpc.wording import NOT_GIVEN

UserSetOperation = Operation[UserSetInputs]


class ListedUser(NamedTuple):
    """A user as the service lists him; ``added`` is when he was added."""

    group: str
    added: str


@dataclass(frozen=True)
class User:
    """A user who is there.

    Attributes:
        name: Name.
        group: Group.
        owned: Whether this resource owns the user, and so deletes him.
        found: Whether he was there before this resource ever declared him, so that his password is not known.
        interrupted: Whether an interrupted run of this resource added him, and he is not in state.
    """

    name: str
    group: str
    owned: bool
    found: bool = False
    interrupted: bool = False


class UserSetHandler(MemberSetHandler[UserSetInputs, User, UserArgs]):
    """The user set; a subclass for each API version makes the calls.

    Users that exist already are taken on a cluster of this stack, with ``adopt_existing``, and where an interrupted run
    of this resource added them; else they are refused. The output ``created_users`` names the users that are owned,
    ``handed_over`` those that are left to another resource which was not seen to hold them yet.

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
    def list_users(self, op: UserSetOperation) -> dict[str, ListedUser]:
        """Return every user of the cluster by name."""

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
            at = f"{entry_path('users', name)}.password"
            yield from password(at, user.password, max_length=30)
            if user.password is None and user.auth_key is None:
                yield Violation(at, NOT_GIVEN, f"is required: a user needs {self.login_needs}")

    def list_members(self, op: UserSetOperation) -> list[User]:
        """List every user of the cluster."""
        left = op.outputs.get("handed_over") or ()
        # On a cluster of others whoever took a user, and does not declare him any more, removes him in this run.
        taken_back = left if op.in_own_cluster else [name for name in left if not givers_of(op, (name,))]
        owned = {*(op.outputs.get("created_users") or ()), *taken_back} - op.intents.of_others()
        listed = self.list_users(op)
        shown = op.intents.show({name: (user.added,) for name, user in listed.items() if name not in owned})
        return [User(name, user.group, owned=name in owned, interrupted=name in shown) for name, user in listed.items()]

    def plan(self, op: UserSetOperation, present: Sequence[User]) -> Plan[User, UserArgs]:
        """Keep who is declared, remove who is owned (or anybody, if exclusive) and is not, add who is missing."""
        declared, before = op.inputs.users, op.old_inputs.users
        by_name = {user.name: user for user in present}
        op.intents.drop_absent(by_name)
        keep = [self._kept(op, by_name[name]) for name in declared if name in by_name]
        self._refuse_or_take(op, [user for user in keep if user.found])
        surplus = [user for user in present if user.name not in declared]
        if not op.inputs.exclusive:
            _log_left(
                op, [user.name for user in surplus if user.name in before and not (user.owned or user.interrupted)]
            )
            surplus = [user for user in surplus if user.owned or self._left_by_update(op, user)]
        dropped = [user for user in surplus if taker_of(op, user.name) is None]
        self._refuse_unseen(op, dropped)
        there = {user.name for user in keep}
        return Plan(keep, dropped, [user for name, user in declared.items() if name not in there])

    def keys_of(self, op: UserSetOperation, batch: Sequence[UserArgs]) -> Collection[str]:
        """Return the names."""
        return [user.name for user in batch]

    def was_added(self, batch: Sequence[UserArgs], before: Sequence[User], now: Sequence[User]) -> bool:
        """Tell whether all users of the batch are there."""
        return {user.name for user in batch} <= {user.name for user in now}

    def note_lost(self, op: UserSetOperation, members: Sequence[User], batch: Sequence[UserArgs]) -> None:
        """Count users who may be there as added, once anything of the set is in state.

        The inputs in state will name them, so the next run could not tell them from users who were there before. On
        clusters that are not the stack's own the journal of intents tells.
        """
        if op.in_own_cluster and op.accepted is not None:
            self.record_members(op, members, batch)

    def remove(self, op: UserSetOperation, members: Sequence[User]) -> None:
        """Remove users; whoever is gone already, by the hand of others or of another set, is no reason to fail."""
        for batch in batches([user.name for user in members], self.max_removed):
            try:
                self.remove_batch(op, batch)
            except NotFoundError:
                left = [name for name in batch if name in self.list_users(op)]
                if len(left) == len(batch):
                    raise
                if left:
                    self.remove_batch(op, left)
            op.intents.drop(batch)

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
        self._record(op, members)
        for name, taker in self._handed_over(op).items():
            op.engine.log(f"{name} is handed over to {taker.title}; nothing is deleted")
            op.program.wait_until_held(taker, name, op.engine.cancelled)
        return self._record(op, members)

    def report(self, op: UserSetOperation, members: Sequence[User]) -> ReadOutcome:
        """Return groups by name; users that are not declared count when the set is exclusive or only read."""
        all_count = op.inputs.exclusive or op.only_read
        seen = {user.name: user.group for user in members if all_count or user.name in op.inputs.users}
        there = {user.name for user in members}
        op.intents.drop_absent(there)
        created = [name for name in op.outputs.get("created_users") or () if name in there]
        return ReadOutcome({"created_users": created}, {"users": seen})

    def owned(self, op: UserSetOperation, members: Sequence[User]) -> Sequence[User]:
        """Return the users that this resource created or adopted."""
        created = op.outputs.get("created_users") or ()
        mine = [user for user in members if user.owned or user.interrupted]
        known = {*created, *(user.name for user in mine)}
        _log_left(op, [name for name in op.inputs.users if name not in known])
        if not op.program.begun:
            # Who took them, and whether he has them yet, is not known in a destroy.
            given = [user.name for user in mine if user.name in (op.outputs.get("handed_over") or ())]
            mine = [user for user in mine if user.name not in given]
            if given:
                op.engine.log(f"left in place, because they were handed over: {', '.join(given)}")
        takers = {user.name: taker_of(op, user.name) for user in mine}
        for name, taker in takers.items():
            if taker is not None:
                op.engine.log(f"{name} is handed over to {taker.title}; nothing is deleted")
        return [user for user in mine if takers[user.name] is None]

    def refuse_create(self, op: UserSetOperation) -> None:
        """Refuse users who exist and may not be taken."""
        self.plan(op, self.list_members(op))

    def held(self, inputs: UserSetInputs, outputs: Mapping[str, Any]) -> Iterable[str]:
        """Return the users that are owned."""
        return outputs.get("created_users") or ()

    def keys_there(self, op: UserSetOperation) -> Iterable[str]:
        """List every user of the cluster."""
        return self.list_users(op)

    def _record(self, op: UserSetOperation, members: Sequence[User]) -> ResourceState:
        owned = {user.name for user in members if user.owned}
        before = [name for name in op.outputs.get("created_users") or () if name in owned]
        created = [*before, *sorted(owned.difference(before))]
        op.program.holds(op.engine.urn, created)
        left = [name for name, taker in self._handed_over(op).items() if not op.program.was_held(taker, name)]
        outputs = {"created_users": created, **({"handed_over": left} if left else {})}
        return op.record(f"{op.inputs.cluster}:{op.engine.name}", outputs)

    def _kept(self, op: UserSetOperation, user: User) -> User:
        """Tell what a declared user who is there is to this resource."""
        found = not user.owned and user.name not in op.old_inputs.users
        owned = user.owned or found or user.interrupted or bool(op.inputs.adopt_existing)
        return replace(user, owned=owned, found=found)

    def _left_by_update(self, op: UserSetOperation, user: User) -> bool:
        """Tell whether an interrupted update added a user who is not declared any more.

        Of a create it is not certain: what ``retain_on_delete`` left in place looks the same.
        """
        if user.interrupted and not op.engine.id:
            op.engine.log(f"{user.name}, whom an earlier run of this resource added, is not declared: left in place")
        return user.interrupted and bool(op.engine.id)

    def _handed_over(self, op: UserSetOperation) -> dict[str, Claim]:
        """Return the users that were owned and that another resource of the running program declares now."""
        before = (*(op.outputs.get("created_users") or ()), *(op.outputs.get("handed_over") or ()))
        takers = {name: taker_of(op, name) for name in before if name not in op.inputs.users}
        return {name: taker for name, taker in takers.items() if taker is not None}

    def _refuse_unseen(self, op: UserSetOperation, dropped: Sequence[User]) -> None:
        """Refuse to remove users where the program was not seen as a whole, and might declare them elsewhere."""
        if dropped and op.engine.id and not op.program.begun:
            raise RefusedError(
                f"{op.title}: {', '.join(user.name for user in dropped)} would be removed, but this run leaves out the "
                "stack's identity, which says what the other resources declare. No user was changed.",
                next_step="Run `pulumi up` without --target and --exclude.",
            )
        if op.inputs.exclusive and not op.in_own_cluster:
            raise RefusedError(
                f"{op.title}: exclusive=True on cluster {op.cluster}, which this stack did not create, would remove "
                "users that are not this stack's. No user was changed.",
                next_step="Leave exclusive out, or declare the users where the cluster is created.",
            )

    def _refuse_or_take(self, op: UserSetOperation, users: Sequence[User]) -> None:
        """Refuse users who exist already and are not this stack's; else leave a lasting note that they are taken."""
        refuse_shared(op, [user.name for user in users])
        interrupted = [user.name for user in users if user.interrupted]
        if interrupted:
            by = "an interrupted run of this resource added them"
            op.engine.log(f"users exist already ({by}), and are its own from now on: {', '.join(interrupted)}")
        names = [user.name for user in users if not user.interrupted]
        if not names:
            return
        what = f"users exist already: {', '.join(names)}"
        if op.inputs.adopt_existing:
            op.intents.take(names)
            op.engine.log(f"{what}; they are adopted (adopt_existing)")
        elif op.in_own_cluster:
            op.engine.log(f"{what}; they are this resource's from now on")
        else:
            raise not_ours(op, what, names)


def _new_password(op: UserSetOperation, declared: UserArgs, user: User) -> bool:
    before = op.old_inputs.users.get(user.name)
    changed = before is None or declared.password != before.password
    return declared.password is not None and (user.found or changed)


def _log_left(op: UserSetOperation, names: Sequence[str]) -> None:
    if names:
        op.engine.log(f"left in place, because this resource does not own them: {', '.join(names)}")
