from __future__ import annotations

import pytest

from benchmarks import __main__, calls, engine, users
from benchmarks.measure import Comparison, in_turn


def test_two_things_are_timed_in_turn() -> None:
    done: list[str] = []
    taken = in_turn(3, lambda: done.append("one"), lambda: done.append("other"))
    assert done == ["one", "other"] * 3
    assert all(seconds >= 0 for seconds in taken)


def test_the_table_has_ratio_and_both_figures() -> None:
    head, first, second = __main__._table(
        [Comparison("a call", "a bare one", 0.003, 0.002, "333 a second"), Comparison("up", "nothing", 1.5, 1.0)]
    ).splitlines()
    assert head.split() == ["ratio", "this", "other", "compared", "with"]
    assert first.split("  ") == ["a call", " 1.50", "3.00 ms", "2.00 ms", "a bare one (333 a second)"]
    assert second.split() == ["up", "1.50", "1.50", "s", "1.00", "s", "nothing"]


@pytest.mark.parametrize("measured", [calls, users])
def test_a_measurement_measures(measured: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "_ROUNDS", 1)
    (found,) = measured.measure()  # type: ignore[attr-defined]
    assert found.ratio > 0


def test_a_thousand_users_are_checked_in_time_that_grows_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A square of their number would be seconds."""
    monkeypatch.setattr(users, "_ROUNDS", 1)
    (found,) = users.measure()
    assert found.seconds < 1


@pytest.mark.engine
def test_nothing_changes_in_the_measured_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "QUEUES", 2)
    monkeypatch.setattr(engine, "_ROUNDS", 1)
    preview, up = engine.measure()
    assert preview.what == "preview of 2 queues, no change"
    assert up.ratio > 0


def test_without_the_cli_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert __main__.main() == 1
    assert "make bench" in capsys.readouterr().err
