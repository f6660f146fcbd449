"""Full-state writes: what is looked at after each, and what is done where others wrote in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pulumi_ehpc.common.full_state import MADE_SECONDS, SEEN_SECONDS, FullState, Parts
from pulumi_ehpc.errors import AuthorizationError, EhpcError, NetworkError, WaitCancelledError, WaitTimeoutError
from tests.lifecycle.bench import Bench

Step = Callable[[Parts], object]


class Service:
    """A whole that can be read and set.

    Attributes:
        parts: The parts as they are.
        reads: How often they were read.
        writes: What was sent, in order.
        after_write: What others do after each write, one step each.
        lag: How many reads after a write still show what was before it.
        ignores: Whether writes are accepted and not carried out.
        failing: The errors with which the next looks after a write end.
    """

    def __init__(self, **parts: Any) -> None:
        self.parts: Parts = parts
        self.reads = 0
        self.writes: list[Parts] = []
        self.after_write: Iterator[Step] = iter(())
        self.lag = 0
        self.ignores = False
        self.failing: list[EhpcError] = []
        self._shown: Parts | None = None

    def read(self) -> Parts:
        self.reads += 1
        if self.writes and self.failing:
            raise self.failing.pop(0)
        if self._shown is not None and self.lag:
            self.lag -= 1
            return self._shown
        return dict(self.parts)

    def write(self, parts: Parts) -> None:
        self.writes.append(parts)
        self._shown = dict(self.parts)
        if not self.ignores:
            self.parts = dict(parts)
        next(self.after_write, lambda parts: None)(self.parts)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def whole(bench: Bench, service: Service) -> FullState:
    return FullState(bench.operation(cluster="ehpc-1"), "ehpc-1", "the list", service.read, service.write)


def add(parts: Parts) -> Parts:
    return {**parts, "own": {"size": 5}}


def without_own(parts: Parts) -> Parts:
    return {name: part for name, part in parts.items() if name != "own"}


def overwrites(**parts: Any) -> Step:
    """Somebody who had read before writes all there is, with a change of his own."""

    def step(found: Parts) -> None:
        found.clear()
        found.update(parts)

    return step


THEIRS = {"size": 1}


def test_change_costs_one_look(bench: Bench) -> None:
    service = Service(theirs=THEIRS)
    assert whole(bench, service).change(add)
    assert service.parts == {"theirs": THEIRS, "own": {"size": 5}}
    assert (service.reads, len(service.writes), bench.log, bench.progress) == (2, 1, [], [])


def test_nothing_is_sent_for_nothing(bench: Bench) -> None:
    service = Service(own={"size": 5})
    assert whole(bench, service).change(add)
    assert (service.reads, service.writes) == (1, [])


def test_what_is_changed_in_place_is_compared_with_what_was_there(bench: Bench) -> None:
    service = Service(own={"size": 1})

    def grow(parts: Parts) -> Parts:
        parts["own"]["size"] = 2
        return parts

    assert whole(bench, service).change(grow)
    assert service.writes == [{"own": {"size": 2}}]


def test_what_others_overwrite_is_written_again_beside_theirs(bench: Bench) -> None:
    service = Service(theirs=THEIRS)
    service.after_write = iter([overwrites(theirs=THEIRS, new={"size": 9})])
    assert whole(bench, service).change(add)
    assert service.parts == {"theirs": THEIRS, "new": {"size": 9}, "own": {"size": 5}}
    assert bench.log == ["the list: somebody else wrote at the same time and overwrote this change; it is made again"]


def test_what_went_with_it_is_put_back(bench: Bench) -> None:
    """Also where that is overwritten once more."""
    service = Service(theirs=THEIRS)
    service.after_write = iter([overwrites(new={"size": 9}), overwrites(newer={"size": 8})])
    assert whole(bench, service).change(add)
    assert service.parts == {"theirs": THEIRS, "own": {"size": 5}, "newer": {"size": 8}, "new": {"size": 9}}
    assert bench.log[0].endswith("; so is what went with it: theirs")
    assert bench.log[1].endswith("; so is what went with it: new, theirs")


def test_value_that_others_set_meanwhile_stays_theirs(bench: Bench) -> None:
    service = Service(theirs=THEIRS)
    service.after_write = iter([overwrites(theirs={"size": 2})])
    assert whole(bench, service).change(add)
    assert service.parts == {"theirs": {"size": 2}, "own": {"size": 5}}


def test_who_saw_the_change_may_take_out_what_he_likes(bench: Bench) -> None:
    service = Service(theirs=THEIRS)
    service.after_write = iter([lambda parts: parts.pop("theirs")])
    assert whole(bench, service).change(add)
    assert service.parts == {"own": {"size": 5}}
    assert len(service.writes) == 1


def test_what_others_bring_back_is_taken_out_again(bench: Bench) -> None:
    service = Service(own={"size": 5})
    service.after_write = iter([overwrites(own={"size": 5}, new={"size": 9})])
    assert whole(bench, service).change(without_own)
    assert service.parts == {"new": {"size": 9}}


def test_others_who_never_stop_are_reported(bench: Bench) -> None:
    service = Service()
    service.after_write = (overwrites(new={"size": number}) for number in range(100))
    with pytest.raises(WaitTimeoutError, match=r"others change the list at the same time, .* 5 times.*other machines"):
        whole(bench, service).change(add)
    assert len(service.writes) == 5


# -- looks that lag, show nothing, or fail -----------------------------------------------------------------------------


def test_look_that_lags_is_repeated_and_the_write_is_not(bench: Bench) -> None:
    service = Service(theirs=THEIRS)
    service.lag = 4
    assert whole(bench, service).change(add, seen_within=MADE_SECONDS)
    assert (len(service.writes), service.reads) == (1, 6)
    assert bench.progress[0] == "the list: not to be seen yet (0 s)"


@pytest.mark.parametrize("seconds", [SEEN_SECONDS, MADE_SECONDS])
def test_write_that_is_not_carried_out_is_told_and_not_repeated(bench: Bench, seconds: float) -> None:
    service = Service(theirs=THEIRS)
    service.ignores = True
    start = bench.client.now()
    assert not whole(bench, service).change(add, seen_within=seconds)
    assert len(service.writes) == 1
    assert (bench.client.now() - start).total_seconds() == pytest.approx(seconds)


def test_setting_that_is_not_shown_is_said(bench: Bench) -> None:
    service = Service(own={"size": 1})
    service.ignores = True
    whole(bench, service).change_or_note(add)
    assert bench.log == ["the list: the service accepted the change, and does not show it yet"]


@pytest.mark.parametrize("shown", [{"size": 5, "kind": "filled in"}, {"size": "5"}, {"kind": "small"}])
def test_service_may_spell_a_part_its_own_way(bench: Bench, shown: dict[str, Any]) -> None:
    service = Service(own={"kind": "small"})
    service.after_write = iter([lambda parts: parts.update(own=shown)])
    assert whole(bench, service).change(add)
    assert len(service.writes) == 1


@pytest.mark.parametrize("error", ["network", "refusal"])
def test_look_that_fails_is_repeated_and_the_write_is_not(bench: Bench, error: str) -> None:
    service = Service(theirs=THEIRS)
    service.failing = [failure(error)] * 2
    assert whole(bench, service).change(add)
    assert len(service.writes) == 1


@pytest.mark.parametrize("error", ["network", "refusal"])
def test_looks_that_never_succeed_do_not_hide_that_the_write_was_accepted(bench: Bench, error: str) -> None:
    service = Service(theirs=THEIRS)
    service.failing = [failure(error)] * 100
    with pytest.raises(WaitTimeoutError, match=r"accepted the change, but looking at it failed: .*No"):
        whole(bench, service).change(add)
    assert len(service.writes) == 1


def test_cancelled_run_does_not_wait_for_a_look(bench: Bench) -> None:
    service = Service(theirs=THEIRS)
    service.ignores = True
    bench.cancelled = lambda: bool(service.writes)
    with pytest.raises(WaitCancelledError):
        whole(bench, service).change(add)


def failure(kind: str) -> EhpcError:
    if kind == "network":
        return NetworkError("No response.", endpoint="http://127.0.0.1:9", sent=True)
    return AuthorizationError("No.", code="X", http_status=403, request_id="R", action="Get", version="2018-04-12")
