"""What a plugin process knows of the program that runs: what its resources claim, hold, create and delete.

Every operation asks it before it deletes or takes something that another resource may declare.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from pulumi_ehpc.lifecycle.claims import URN, Claim

_PATIENCE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Replaced:
    """The old half of a resource that the engine replaces, as state has it."""

    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


class Program:
    """What this process knows of the program that runs. Safe to use from many threads.

    Attributes:
        begun: Whether the claims of the program are known. They are not where the engine runs no program (``destroy``,
            ``refresh``) or leaves the identity out (``--target``).
    """

    def __init__(self) -> None:
        self.begun = False
        self._changed = threading.Condition()
        self._before: dict[str, Claim] = {}
        self._claims: dict[str, Claim] = {}
        self._checked: set[str] = set()
        self._clusters: dict[str, str] = {}
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._held: dict[str, set[str]] = {}
        self._held_in_state: dict[str, set[str]] = {}
        self._busy: set[str] = set()
        self._deleting: set[str] = set()
        self._replacing: dict[str, Replaced] = {}
        self._created: set[str] = set()
        self._deleted: set[str] = set()
        self._failed = False
        self._told: set[tuple[str, str]] = set()

    # -- what is learned ------------------------------------------------------------------------------------------

    def begin(self, before: Iterable[Claim], claims: Iterable[Claim]) -> None:
        """Learn the claims of the program, and of the one that ran before it."""
        with self._changed:
            self._before = {claim.urn: claim for claim in before}
            self._claims = {claim.urn or claim.without_urn: claim for claim in claims}
            self.begun = True

    def declare(self, claim: Claim, inputs: Mapping[str, Any] | None = None) -> None:
        """Learn a resource's claim exactly, from its own check; only a preview may know less than the program does."""
        with self._changed:
            self._inputs[claim.urn] = inputs or {}
            said = self._claims.get(claim.urn) or self._claims.pop(claim.without_urn, claim)
            self._claims[claim.urn] = replace(claim, cluster=claim.cluster or said.cluster)
            if claim.cluster and said.cluster.startswith(URN):
                # The Cluster itself may be left out of this run (--exclude).
                self._clusters.setdefault(said.cluster, claim.cluster)
            self._checked.add(claim.urn)
            self._changed.notify_all()

    def own_cluster(self, urn: str, cluster_id: str) -> None:
        """Learn the id of a cluster that this stack creates."""
        with self._changed:
            self._clusters[urn] = cluster_id

    def replaced(self, urn: str, old: Replaced) -> None:
        """Learn that the engine replaces a resource that is in state."""
        with self._changed:
            self._replacing[urn] = old

    @contextmanager
    def deleting(self, urn: str) -> Iterator[None]:
        """Learn that a delete of a resource, or of its old half, begins and ends."""
        with self._changed:
            self._deleting.add(urn)
        try:
            yield
        except BaseException:
            self.fails()
            raise
        finally:
            with self._changed:
                self._deleting.discard(urn)
                self._changed.notify_all()

    def deleted(self, urn: str) -> None:
        """Learn that a resource, or its old half, is deleted."""
        with self._changed:
            self._deleted.add(urn)
            self._replacing.pop(urn, None)
            self._held.pop(urn, None)

    def begins(self, urn: str, *, creates: bool) -> None:
        """Learn that a create or update of a resource begins."""
        with self._changed:
            self._busy.add(urn)
            if creates:
                self._created.add(urn)
            self._changed.notify_all()

    def holds(self, urn: str, keys: Iterable[str]) -> None:
        """Learn which keys are a resource's own now, by its outputs."""
        with self._changed:
            self._held[urn] = set(keys)
            self._changed.notify_all()

    def held_in_state(self, urn: str, keys: Iterable[str]) -> None:
        """Learn which keys are a resource's own by its outputs in state, before this run changes anything."""
        with self._changed:
            self._held_in_state.setdefault(urn, set(keys))
        self.holds(urn, keys)

    def fails(self) -> None:
        """Learn that something failed: the engine may not come to its deletes then."""
        with self._changed:
            self._failed = True

    def stops(self, urn: str) -> None:
        """Learn that a create or update of a resource has ended, in whatever way."""
        with self._changed:
            self._busy.discard(urn)
            self._changed.notify_all()

    def is_news(self, urn: str, note: str) -> bool:
        """Tell whether something is said of a resource for the first time: the engine checks what it replaces twice."""
        with self._changed:
            fresh = (urn, note) not in self._told
            self._told.add((urn, note))
            return fresh

    # -- what is asked --------------------------------------------------------------------------------------------

    def is_own(self, cluster_id: str) -> bool:
        """Tell whether a cluster is one that this stack creates."""
        with self._changed:
            return cluster_id in self._clusters.values()

    def wait_while_deleted(self, urn: str, cancelled: Callable[[], bool]) -> None:
        """Wait while a delete of a resource, or of its old half, is in progress."""
        with self._changed:
            while urn in self._deleting and not cancelled():
                self._changed.wait(_LOOK_SECONDS)

    def replaced_without_delete(self, urn: str) -> Replaced | None:
        """Return the old half of a resource that is to be created, where this process has not deleted it."""
        with self._changed:
            return self._replacing.get(urn)

    def inputs_after_replacement(self, urn: str) -> Mapping[str, Any]:
        """Return the checked inputs of a resource whose old half is to be deleted before its new one is created."""
        with self._changed:
            return self._inputs.get(urn, {}) if urn in self._replacing else {}

    def lives_on(self, urn: str, cluster_id: str, key: str) -> bool:
        """Tell whether a delete comes after the create of the same resource, and would delete what that one took."""
        with self._changed:
            claim = self._claims.get(urn)
            if claim is None or urn not in self._created:
                return False
            return claim.cluster == cluster_id and key in (claim.keys or ())

    def others(self, urn: str, resource_type: str, cluster_id: str, key: str) -> Iterator[Claim]:
        """Yield what other resources may declare under a key; a claim without cluster or keys is not clear yet."""
        with self._changed:
            claims = [claim for claim in self._claims.values() if claim.urn != urn]
            clusters = dict(self._clusters)
        for claim in claims:
            cluster = clusters.get(claim.cluster, claim.cluster)
            # A Cluster without an id is not made yet, so it is not this one.
            there = cluster in ("", cluster_id)
            if claim.resource_type == resource_type and there and (claim.keys is None or key in claim.keys):
                yield claim

    def beside(self, claim: Claim) -> list[Claim]:
        """Return the claims of other resources that are known to stand in the same cluster."""
        with self._changed:
            where = self._clusters.get(claim.cluster, claim.cluster)
            others = [other for other in self._claims.values() if other.urn != claim.urn and other.cluster]
            return [other for other in others if self._clusters.get(other.cluster, other.cluster) == where]

    def standing_in(self, cluster_id: str) -> list[Claim]:
        """Return what is declared in a cluster by its id."""
        with self._changed:
            return [claim for claim in self._claims.values() if claim.cluster == cluster_id]

    def groups_of(self, cluster_id: str, hostnames: Iterable[str]) -> list[Claim]:
        """Return which resources declare the nodes with these host names, or did when the program ran before."""
        with self._changed:
            claims = {**self._before, **self._claims}.values()
            there = [claim for claim in claims if self._clusters.get(claim.cluster, claim.cluster) == cluster_id]
        names = tuple(hostnames)
        groups = (claim for claim in there if claim.prefix and claim.members)
        return [claim for claim in groups if any(name.startswith(claim.prefix) for name in names)]

    def wait_until_held(self, claim: Claim, key: str, cancelled: Callable[[], bool]) -> None:
        """Wait until another resource holds a key: a little for it to begin, and then for as long as it works."""
        patience = time.monotonic() + _PATIENCE_SECONDS
        with self._changed:
            while key not in self._held.get(claim.urn, ()) and not cancelled():
                if claim.urn not in self._busy and time.monotonic() >= patience:
                    return
                self._changed.wait(_LOOK_SECONDS)

    def wait_until_checked(self, claim: Claim, cancelled: Callable[[], bool]) -> None:
        """Wait a little until a resource's own check has told exactly what it declares."""
        patience = time.monotonic() + _PATIENCE_SECONDS
        with self._changed:
            while not self._is_checked(claim) and not cancelled() and time.monotonic() < patience:
                self._changed.wait(_LOOK_SECONDS)

    def is_busy(self) -> bool:
        """Tell whether a create or update is in progress."""
        with self._changed:
            return bool(self._busy)

    def given_up(self) -> list[tuple[Claim, str, list[str]]]:
        """Return what was declared before, and is declared by nobody and on no record now: claim, cluster id and keys.

        Where a resource was not looked at, or its delete may not have come, it may have them on record still.
        """
        with self._changed:
            clusters = dict(self._clusters)
            claims = list(self._claims.values())
            looked_at = {*self._held_in_state, *self._created}
            unclear = {urn for urn in self._claims if urn not in looked_at}
            if self._failed:
                unclear |= self._before.keys() - self._claims.keys() - self._deleted
            before = [old for old in self._before.values() if old.urn not in unclear]
            held = {old.urn: self._held_in_state.get(old.urn, set()) | self._held.get(old.urn, set()) for old in before}
        found = []
        for old in before:
            where = clusters.get(old.cluster, old.cluster)
            now = {
                key
                for claim in claims
                if claim.resource_type == old.resource_type and clusters.get(claim.cluster, claim.cluster) == where
                for key in claim.keys or ()
            }
            keys = [key for key in old.keys or () if key not in now and key not in held[old.urn]]
            if keys and where and not where.startswith(URN):
                found.append((old, where, keys))
        return found

    def is_held(self, claim: Claim, key: str) -> bool:
        """Tell whether another resource holds a key by its outputs."""
        with self._changed:
            return key in self._held.get(claim.urn, ())

    def was_held(self, claim: Claim, key: str) -> bool:
        """Tell whether another resource held a key already when this run began."""
        with self._changed:
            return key in self._held_in_state.get(claim.urn, ())

    def is_declared_elsewhere(self, urn: str, resource_type: str, cluster_id: str, key: str) -> bool:
        """Tell whether another resource declares a key, or may; also where the program is not known."""
        return not self.begun or any(self.others(urn, resource_type, cluster_id, key))

    def claim_of(self, urn: str) -> Claim | None:
        """Return what a resource declares; None when the program does not have it, or is not known."""
        with self._changed:
            return self._claims.get(urn)

    def claimed_before(self, claim: Claim) -> list[Claim]:
        """Return what other resources of the type declared in the same cluster when the program ran before."""
        with self._changed:
            where = self._clusters.get(claim.cluster, claim.cluster)
            others = [old for old in self._before.values() if old.resource_type == claim.resource_type]
            there = [old for old in others if self._clusters.get(old.cluster, old.cluster) == where]
            return [old for old in there if old.urn != claim.urn]

    def _is_checked(self, claim: Claim) -> bool:
        return claim.urn in self._checked if claim.urn else claim.without_urn not in self._claims

    def renamed_to(self, urn: str) -> Claim | None:
        """Return what a resource seems to be under another name; None where it is new."""
        with self._changed:
            return next((old for old in self._before.values() if old.renamed == urn), None)

    def declared_otherwise(self, urn: str) -> list[tuple[Claim, list[str]]]:
        """Return what other resources with much to lose change that cannot change in place, as far as it is known."""
        with self._changed:
            pairs = [(self._before[each], now) for each, now in self._claims.items() if each in self._before]
        losers = [(old, now) for old, now in pairs if now.loses and now.urn != urn]
        found = [(now, old.differences(now)) for old, now in losers]
        return [(claim, names) for claim, names in found if names]

    def not_declared_any_more(self) -> list[Claim]:
        """Return what was declared when the program ran before, by resources that it does not have now."""
        with self._changed:
            return [old for urn, old in self._before.items() if urn and urn not in self._claims]
