from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.noun import ROOMS
from pulumi_ehpc.lifecycle.rows import IGNORE
from scripts.docs.__main__ import ROOT, main, pages, stale, write
from scripts.docs.blocks import describe
from scripts.docs.calls import calls
from scripts.docs.errors import NEXT_STEPS, classes

NOT_SENT = {"UserSet.exclusive"}
"""Properties that no API has and whose change still does something."""


def test_the_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_what_is_stale_is_named(tmp_path: Path) -> None:
    made = {"docs/nouns/queue.md": "new\n", "docs/nouns/volume.md": "same\n", "docs/errors.md": "missing\n"}
    (tmp_path / "docs" / "nouns").mkdir(parents=True)
    for name, text in {"queue": "old\n", "volume": "same\n", "job": "of no noun\n"}.items():
        (tmp_path / "docs" / "nouns" / f"{name}.md").write_text(text)
    assert list(stale(tmp_path, made)) == [
        "docs/nouns/queue.md is out of date; run `make docs`",
        "docs/errors.md is missing; run `make docs`",
        "docs/nouns/job.md belongs to no noun; delete it",
    ]


def test_what_was_written_is_not_stale(tmp_path: Path) -> None:
    assert main(["--check"], tmp_path) == 1
    made = pages()
    assert list(write(tmp_path, made)) == list(made)
    assert list(write(tmp_path, made)) == []
    assert main(["--check"], tmp_path) == 0


def test_other_arguments_are_answered_with_the_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--help"], tmp_path) == 2
    assert capsys.readouterr().out.startswith("usage:")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("version", spec.VERSIONS)
@pytest.mark.parametrize("name", ROOMS)
def test_each_version_says_what_becomes_of_each_property(name: str, version: str) -> None:
    known = describe(name)
    inside = [one for places in known.blocks.values() for place in places for one in place]
    silent = {
        f"{name}.{one.path}"
        for one in (*known.properties, *inside)
        if one.row.change is not IGNORE and one.spelled(version) == "not sent"
    }
    assert silent <= NOT_SENT


@pytest.mark.parametrize("name", ROOMS)
def test_every_property_has_its_text(name: str) -> None:
    known = describe(name)
    inside = [one for places in known.blocks.values() for one in places[0]]
    assert [one.path for one in (*known.properties, *inside) if not one.text.endswith(".")] == []


@pytest.mark.parametrize("name", ROOMS)
def test_reading_calls_nothing_that_changes(name: str) -> None:
    for version, dialect in describe(name).noun.dialects.items():
        read = calls(cast(ModuleType, dialect), "read")
        assert read and all(spec.action(action, "2018-04-12" if "Tag" in action else version).reads for action in read)
        assert dialect.MAPS[0].action in calls(cast(ModuleType, dialect), "create")


def test_every_error_has_a_next_step_and_only_one() -> None:
    assert {*NEXT_STEPS} ^ {*spec.failure_kinds()} == {*classes()}


def test_every_error_is_in_the_tree() -> None:
    from pulumi_ehpc import errors

    declared = {name for name in errors.__all__ if issubclass(getattr(errors, name), Exception)}
    assert {*classes()} == declared


def test_the_limits_are_those_of_the_version() -> None:
    queue = {one.name: one for one in describe("Queue").properties}
    assert queue["name"].limits().startswith("1 to 15 characters (2018-04-12: 1 to 63 characters)")
    assert queue["max_count"].limits() == "0 to 5,000 (2018-04-12: 0 to 500)"
    cluster = {one.name: one for one in describe("Cluster").properties}
    assert "2018-04-12: one of 4, 6, 8, 9, 10" in cluster["idle_interval_minutes"].limits()
    assert cluster["post_install_scripts"].change() == "in place (2018-04-12: replaces)"
    assert cluster["deploy_mode"].limits().endswith("2018-04-12 only")


def test_no_page_names_a_folder_of_a_machine() -> None:
    assert [path for path, text in pages().items() if str(ROOT) in text] == []
