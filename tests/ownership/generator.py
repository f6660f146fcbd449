"""Random edits of a program, random faults and options, and what somebody else does meanwhile; all from one seed.

Names are few, so that they collide often. A program never declares one key twice: that is refused before the run, and
has tests of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Any, Final

from tests.ownership.engine import Options
from tests.ownership.programs import CLUSTER, PASSWORD, Declared, Key, Program, nodes, queue, users, volume
from tests.ownership.service import Fault

NAMES: Final = ("a", "b", "c", "d", "e", "f", "g")
QUEUES: Final = ("q1", "q2", "q3")
PREFIXES: Final = ("wa-", "wb-", "wc-")
USERS: Final = ("alice.chen", "bob.smith", "carol.jones", "dave.brown")
DIRECTORIES: Final = ("/a", "/b")
KINDS: Final = ("ecs.c7.large", "ecs.g7.large")
SYSTEMS: Final = ("fs-1", "fs-2")
PLACES: Final = ("own", "own", "foreign")
GROUPS: Final = ("users", "users", "wheel")


class Author:
    """Writes and edits programs.

    Args:
        random: Where all decisions come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def first(self) -> Program:
        """Return a program to begin with."""
        program: Program = {}
        for _ in range(self._random.randint(2, 6)):
            self._add(program)
        return sound(program)

    def on_shared_cluster(self) -> Program:
        """Return the program of another stack, which knows the shared cluster only."""
        made = [replace(self._resource({}), place="foreign", late=False) for _ in range(self._random.randint(0, 2))]
        return sound({f"n{number}": each for number, each in enumerate(made)})

    def edited(self, program: Program) -> Program:
        """Return a program after some edits."""
        changed = dict(program)
        for _ in range(self._random.choice((1, 1, 2, 3))):
            edit = self._random.choice(self._edits)
            edit(self, changed)
        return sound(changed)

    def options(self, program: Program, state: Iterable[str]) -> Options:
        """Return the options of a run."""
        roll, shuffled = self._random.random(), self._random.randint(-1, 5)
        names = [*program, *state]
        if roll < 0.08 and names:
            return Options(targets=(self._random.choice(names),), shuffled=shuffled)
        if roll < 0.16 and names:
            return Options(excluded=(self._random.choice(names),), shuffled=shuffled)
        return Options(go_on=roll < 0.3, shuffled=shuffled)

    def fault(self) -> Fault | None:
        """Return what goes wrong in a run, if anything."""
        kind = self._random.choice(("", "", "", "refused", "lost", "killed", "killed after"))
        if not kind:
            return None
        return Fault(kind, self._random.randint(0, 25 if "killed" in kind else 5))

    # -- edits ----------------------------------------------------------------------------------------------------

    def _add(self, program: Program) -> None:
        free = [name for name in NAMES if name not in program]
        if free:
            program[self._random.choice(free)] = self._resource(program)

    def _resource(self, program: Program) -> Declared:
        pick, place = self._random.choice, self._random.choice(PLACES)
        made: Callable[[], Declared] = pick(
            (
                lambda: queue(place, pick(QUEUES), pick((5, 9))),
                lambda: nodes(place, pick(PREFIXES), pick(KINDS), pick((1, 2)), queue=self._some_queue(program, place)),
                lambda: users(place, **{name: pick(GROUPS) for name in self._random.sample(USERS, pick((1, 2, 3)))}),
                lambda: users(place, **{name: pick(GROUPS) for name in self._random.sample(USERS, pick((1, 2)))}),
                lambda: volume(place, pick(DIRECTORIES), pick(SYSTEMS)),
            )
        )
        return replace(made(), late=self._random.random() < 0.05)

    def _some_queue(self, program: Program, place: str) -> str:
        there = [name for name, each in program.items() if each.type_name == "Queue" and each.place == place]
        return self._random.choice(["", *there])

    def _drop(self, program: Program) -> None:
        if program:
            del program[self._random.choice(list(program))]

    def _rename(self, program: Program) -> None:
        free = [name for name in NAMES if name not in program]
        if program and free:
            old, new = self._random.choice(list(program)), self._random.choice(free)
            kept = {new if name == old else name: each for name, each in program.items()}
            program.clear()
            program.update({name: _with_queue(each, {old: new}) for name, each in kept.items()})

    def _swap(self, program: Program) -> None:
        """Let two resources of a type change their names, and nothing else."""
        names = list(program)
        pairs = [(a, b) for a in names for b in names if a < b and program[a].type_name == program[b].type_name]
        if pairs:
            a, b = self._random.choice(pairs)
            program[a], program[b] = program[b], program[a]
            for name in names:
                program[name] = _with_queue(program[name], {a: b, b: a})

    def _swap_keys(self, program: Program) -> None:
        """Let two node groups change their prefixes, whatever else they declare."""
        groups = [name for name, each in program.items() if each.type_name == "NodeGroup"]
        if len(groups) > 1:
            a, b = self._random.sample(groups, 2)
            (first,), (second,) = program[a].keys, program[b].keys
            program[a] = program[a].with_args(hostname_prefix=second)
            program[b] = program[b].with_args(hostname_prefix=first)

    def _reorder(self, program: Program) -> None:
        items = list(program.items())
        self._random.shuffle(items)
        program.clear()
        program.update(items)

    def _move_user(self, program: Program) -> None:
        sets = self._sets(program)
        if len(sets) > 1:
            giver, taker = self._random.sample(sets, 2)
            listed = list(program[giver].args["users"])
            if listed:
                moved = listed.pop(self._random.randrange(len(listed)))
                program[giver] = program[giver].with_args(users=listed)
                program[taker] = program[taker].with_args(users=[*program[taker].args["users"], moved])

    def _split(self, program: Program) -> None:
        free = [name for name in NAMES if name not in program]
        sets = [name for name in self._sets(program) if len(program[name].keys) > 1]
        if sets and free:
            name = self._random.choice(sets)
            listed = program[name].args["users"]
            program[self._random.choice(free)] = program[name].with_args(users=listed[1:])
            program[name] = program[name].with_args(users=listed[:1])

    def _merge(self, program: Program) -> None:
        sets = self._sets(program)
        if len(sets) > 1:
            one, other = self._random.sample(sets, 2)
            gone = program.pop(other)
            program[one] = program[one].with_args(users=[*program[one].args["users"], *gone.args["users"]])

    def _sets(self, program: Program) -> list[str]:
        return [name for name, each in program.items() if each.type_name == "UserSet"]

    def _change(self, program: Program) -> None:
        """Change something of a resource, in place or so that it is replaced."""
        if program:
            name = self._random.choice(list(program))
            program[name] = self._changed(program, program[name])

    def _changed(self, program: Program, each: Declared) -> Declared:
        pick = self._random.choice
        if self._random.random() < 0.1:
            return replace(each, place="foreign" if each.place == "own" else "own", queue="")
        if each.type_name == "Queue":
            return each.with_args(**pick(({"max_count": pick((5, 7, 9))}, {"name": pick(QUEUES)})))
        if each.type_name == "Volume":
            system = pick(SYSTEMS)
            return each.with_args(file_system_id=system, mount_target=f"{system}.example")
        if each.type_name == "NodeGroup":
            each = replace(each, queue=pick((each.queue, self._some_queue(program, each.place))))
            return each.with_args(
                **pick(
                    ({"count": pick((1, 2, 3))}, {"instance_type": pick(KINDS)}, {"hostname_prefix": pick(PREFIXES)})
                )
            )
        listed = [user for user in each.args["users"] if self._random.random() < 0.7]
        new = {"name": pick(USERS), "group": pick(GROUPS), "password": PASSWORD}
        return each.with_args(users=[*(user for user in listed if user["name"] != new["name"]), new])

    _edits: tuple[Callable[[Author, Program], None], ...] = (
        *(_add, _drop, _rename, _rename, _swap, _swap_keys, _reorder, _move_user, _move_user, _split, _merge),
        *(_change, _change, _change),
    )


def sound(program: Program) -> Program:
    """Return a program in which no key is declared twice and no reference leads nowhere."""
    taken: set[Key] = set()
    kept: Program = {}
    for name, each in program.items():
        if each.type_name == "UserSet":
            first = {user["name"]: user for user in each.args["users"] if ("", "", "") not in taken}
            free = [user for key, user in first.items() if (each.place, "UserSet", key) not in taken]
            each = each.with_args(users=free)
        elif each.places & taken:
            continue
        taken |= each.places
        kept[name] = each
    return {name: _with_sound_queue(kept, each) for name, each in kept.items()}


def _with_sound_queue(program: Program, each: Declared) -> Declared:
    given = program.get(each.queue)
    fits = given is not None and given.type_name == "Queue" and given.place == each.place
    return each if fits or not each.queue else replace(each, queue="")


def _with_queue(each: Declared, renamed: dict[str, str]) -> Declared:
    return replace(each, queue=renamed.get(each.queue, each.queue))


class Outsider:
    """Somebody else, who makes and deletes things on both clusters."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def act(self, held: set[Key], there: set[Key]) -> tuple[str, Key, dict[str, Any]] | None:
        """Return the call he makes, and what it is about; None when he does nothing.

        Args:
            held: What the stack has in state, under which he makes nothing on the foreign cluster.
            there: What exists.
        """
        place = self._random.choice(("own", "foreign"))
        kind, key = self._random.choice(
            (
                ("Queue", self._random.choice(QUEUES)),
                ("UserSet", self._random.choice(USERS)),
                ("Volume", self._random.choice(DIRECTORIES)),
                ("NodeGroup", self._random.choice(PREFIXES)),
            )
        )
        about = (place, kind, key)
        if about in there:
            return None if about in held else self._delete(about)
        return None if about in held else self._make(about)

    def _delete(self, about: Key) -> tuple[str, Key, dict[str, Any]] | None:
        key = about[2]
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "UserSet": ("DeleteUsers", {"User": [{"UserName": key}]}),
            "Volume": ("DetachSharedStorages", {"SharedStorages": [{"MountDirectory": key}]}),
        }
        if about[1] not in calls:
            return None
        action, parameters = calls[about[1]]
        return action, about, parameters

    def _make(self, about: Key) -> tuple[str, Key, dict[str, Any]]:
        key = about[2]
        storage = {"FileSystemId": "fs-9", "MountTarget": "fs-9.example", "MountDirectory": key}
        storage |= {"StorageDirectory": "/", "VolumeType": "nas", "ProtocolType": "NFS"}
        node = {"InstanceType": self._random.choice(KINDS)}
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "Queue": ("CreateQueue", {"Queue": {"QueueName": key, "MaxCount": 3}}),
            "UserSet": ("CreateUsers", {"User": [{"UserName": key, "Group": "users", "Password": "0ther-Password"}]}),
            "Volume": ("AttachSharedStorages", {"SharedStorages": [storage]}),
            "NodeGroup": ("CreateNodes", {"Count": 1, "HostnamePrefix": key, "ComputeNode": node}),
        }
        action, parameters = calls[about[1]]
        return action, about, parameters


__all__ = ["CLUSTER", "Author", "Outsider", "sound"]
