"""What must hold after every run; each rule returns what breaks it, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.ownership.cli import CliEngine
from tests.ownership.engine import Engine, Kept, Options, Run
from tests.ownership.programs import Declared, Key, Program
from tests.resources.stack import TYPES

Seen = dict[Key, str]
"""What stands on both clusters: place, kind and key (the host name of a node) -> the fake's own record."""


@dataclass
class Oracle:
    """What is known of the past, which the rules need.

    Attributes:
        ever: Every key that a program of the stack has declared.
        consented: Keys that it has declared with ``adopt_existing``.
        others: What others made, as it was last.
        interrupted: What the stack made and no state has, since a run that was interrupted.
    """

    engine: Engine | CliEngine
    ever: set[Key] = field(default_factory=set)
    consented: set[Key] = field(default_factory=set)
    others: Seen = field(default_factory=dict)
    interrupted: set[Key] = field(default_factory=set)
    _before: Seen = field(default_factory=dict)
    _held: set[Key] = field(default_factory=set)

    def seen(self) -> Seen:
        """Return what stands on both clusters."""
        clusters = self.engine.world.clusters()
        places = {"foreign": self.engine.world.foreign, "own": self.engine.own}
        return {
            (place, *kind_and_key): record
            for place, cluster in places.items()
            for kind_and_key, record in clusters.get(cluster, {}).items()
        }

    def held(self) -> set[Key]:
        """Return the keys that the stack's state has as its own."""
        held: set[Key] = set()
        for kept in self.engine.state.values():
            resource_type = TYPES[kept.type_name]
            if not resource_type.key or kept.pending:
                continue
            place = "foreign" if kept.inputs["cluster"] == self.engine.world.foreign else "own"
            handler = resource_type.handler(kept.inputs["api_version"])
            keys = [*handler.held(resource_type.inputs.of(kept.inputs), kept.outputs)]
            keys += kept.outputs.get("handed_over") or ()
            held |= {(place, kept.type_name, key) for key in keys}
        return held

    def drifted(self) -> bool:
        """Tell whether something is gone or changed that state still has as it was; an interrupted run leaves that.

        Only a refresh sees it, as with every resource of every provider.
        """
        seen = self.seen()
        if any(not _found(seen, key) for key in self.held()):
            return True
        return any(self._has_drifted(kept, seen) for kept in self.engine.state.values() if not kept.pending)

    def _has_drifted(self, kept: Kept, seen: Seen) -> bool:
        inputs, place = kept.inputs, "foreign" if kept.inputs.get("cluster") == self.engine.world.foreign else "own"

        def found(key: str) -> list[dict[str, Any]]:
            return _found(seen, (place, kept.type_name, key))

        if kept.type_name == "NodeGroup":
            return len(found(inputs["hostname_prefix"])) != int(inputs["count"])
        if kept.type_name == "Queue":
            return any(record["scale"]["max_count"] != inputs["max_count"] for record in found(inputs["name"]))
        groups = inputs["users"] if kept.type_name == "UserSet" else {}
        return any(record["group"] != group for name, group in groups.items() for record in found(name))

    def begin(self, program: Program) -> None:
        """Look at what is there before a run."""
        for declared in program.values():
            self.ever |= declared.places
            if declared.args.get("adopt_existing"):
                self.consented |= declared.places
        self._before, self._held = self.seen(), self.held()
        for key, record in self._before.items():
            if not self._is_among(key, self.ever):
                self.others.setdefault(key, record)

    def broken(self, run: Run, program: Program, options: Options, *, fault: bool) -> list[str]:
        """Return every rule that a run broke."""
        seen = self.seen()
        problems = [*run.defects, *self._touched(seen), *self._lost_sight(seen, program, fault=fault)]
        if run.ok and options.whole:
            problems += [*self.not_as_declared(program, seen), *self._left(seen, program)]
        elif not options.targets:
            problems += self._lost(seen, program)
        return problems

    # -- rules ----------------------------------------------------------------------------------------------------

    def not_as_declared(self, program: Program, seen: Seen) -> Iterator[str]:
        """After a run that ended well everything is as declared."""
        for name, declared in program.items():
            for key in declared.keys:
                there = _found(seen, (declared.place, declared.type_name, key))
                if declared.type_name == "NodeGroup" and len(there) != declared.args["count"]:
                    yield f"{name}: {len(there)} nodes {key} and not {declared.args['count']}"
                elif not there:
                    yield f"{name}: {key} is not there"
                for record in there:
                    if not _is_as_declared(program, declared, key, record):
                        yield f"{name}: {key} is not as declared: {record}"

    def _touched(self, seen: Seen) -> Iterator[str]:
        """What others made stays, but what the program may take: on its own cluster, or with consent."""
        held = self.held()
        for key, record in list(self.others.items()):
            mine = self._is_among(key, self.ever) if key[0] == "own" else self._is_among(key, self.consented)
            if mine and (self._is_among(key, held) or key not in seen):
                del self.others[key]
            elif key[0] == "own" and self.engine.own not in self.engine.world.clusters():
                del self.others[key]  # all of it went with the cluster
            elif seen.get(key) != record and not mine:
                yield f"{key} is not this stack's and was touched: {record} -> {seen.get(key)}"

    def _left(self, seen: Seen, program: Program) -> Iterator[str]:
        """What the stack had and does not declare any more is gone after a run that ended well."""
        declared = {key for each in program.values() for key in each.places}
        for key in self._held - declared:
            if _found(seen, key) and not self._is_others(key):
                yield f"{key} is not declared any more and is still there"

    def _lost(self, seen: Seen, program: Program) -> Iterator[str]:
        """What a program declares and was there is there after a run that failed, unless it had to be replaced."""
        pending = {kept.urn for kept in self.engine.state.values() if kept.pending}
        for name, declared in program.items():
            urn = self.engine.urn(declared.type_name, name)
            for key in declared.keys:
                place = (declared.place, declared.type_name, key)
                before = _found(self._before, place)
                if declared.place == "foreign" or not before or _found(seen, place) or urn in pending:
                    continue
                if all(_fits(program, declared, record) for record in before) and declared.args.get("count", 1):
                    yield f"{name}: {key} was there, is declared, and is lost"

    def _lost_sight(self, seen: Seen, program: Program, *, fault: bool) -> Iterator[str]:
        """What the stack made is in its state, or a run was interrupted, or the program declares it."""
        held, declared = self.held(), {key for each in program.values() for key in each.places}
        for key in seen:
            known = self._is_among(key, held) or key in self.others or key in self.interrupted
            if not known and self._is_among(key, self.ever):
                self.interrupted.add(key)
                if not fault and not self._is_among(key, declared):
                    yield f"{key} is in no state any more"
        self.interrupted = {key for key in self.interrupted if key in seen and not self._is_among(key, held)}

    def _is_others(self, key: Key) -> bool:
        return any(self._is_among(other, {key}) for other in self.others)

    def _is_among(self, key: Key, keys: set[Key]) -> bool:
        """Tell whether a thing is known by one of some natural keys; nodes are by the prefix of their host name."""
        if key[1] != "NodeGroup":
            return key in keys
        return any(key[:2] == each[:2] and key[2].startswith(each[2]) for each in keys)


def _found(seen: Seen, key: Key) -> list[dict[str, Any]]:
    """Return the records of what goes by a natural key."""
    if key[1] != "NodeGroup":
        return [json.loads(seen[key])] if key in seen else []
    return [
        json.loads(record) for other, record in seen.items() if other[:2] == key[:2] and other[2].startswith(key[2])
    ]


def _fits(program: Program, declared: Declared, record: dict[str, Any]) -> bool:
    """Tell whether something is what is declared, in all that cannot change in place."""
    if declared.type_name == "NodeGroup":
        queue = program[declared.queue].keys[0] if declared.queue else "comp"
        return bool(record["hardware"]["instance_type"] == declared.args["instance_type"] and record["queue"] == queue)
    if declared.type_name == "Volume":
        return bool(record["file_system_id"] == declared.args["file_system_id"])
    return True


def _is_as_declared(program: Program, declared: Declared, key: str, record: dict[str, Any]) -> bool:
    if declared.type_name == "Queue":
        return bool(record["scale"]["max_count"] == declared.args["max_count"])
    if declared.type_name == "UserSet":
        groups = {user["name"]: user["group"] for user in declared.args["users"]}
        return bool(record["group"] == groups[key])
    return _fits(program, declared, record)
