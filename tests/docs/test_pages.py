from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import spec
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.property import IGNORE
from scripts.docs import objects, resources
from scripts.docs.__main__ import ROOT, main, pages, stale, write
from scripts.docs.calls import calls, version_of
from scripts.docs.errors import NEXT_STEPS, classes
from scripts.docs.facts import PropertyFacts
from scripts.docs.objects import describe

NAMES = [known.name for known in RESOURCE_TYPES]


def everything(name: str) -> Iterator[PropertyFacts]:
    """Yield every property of a resource type, and of each object in each place where it is used."""
    known = describe(name)
    yield from known.properties
    for places in known.objects.values():
        for place in places:
            yield from place


def test_the_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_pages_that_are_out_of_date_are_listed(tmp_path: Path) -> None:
    generated = {
        "docs/resources/queue.md": "new\n",
        "docs/resources/volume.md": "same\n",
        "docs/errors.md": "missing\n",
    }
    (tmp_path / "docs" / "resources").mkdir(parents=True)
    for name, text in {"queue": "old\n", "volume": "same\n", "job": "of nothing\n"}.items():
        (tmp_path / "docs" / "resources" / f"{name}.md").write_text(text)
    assert list(stale(tmp_path, generated)) == [
        "docs/resources/queue.md is out of date; run `make docs`",
        "docs/errors.md is missing; run `make docs`",
        "docs/resources/job.md belongs to no resource type; delete it",
    ]


def test_pages_just_written_are_up_to_date(tmp_path: Path) -> None:
    assert main(["--check"], tmp_path) == 1
    generated = pages()
    assert list(write(tmp_path, generated)) == list(generated)
    assert list(write(tmp_path, generated)) == []
    assert main(["--check"], tmp_path) == 0


def test_other_arguments_print_the_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--help"], tmp_path) == 2
    assert capsys.readouterr().out.startswith("usage:")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_each_version_spells_each_property_or_says_why_not(name: str) -> None:
    silent = [
        f"{facts.path} ({version})"
        for facts in everything(name)
        for version in facts.maps
        if facts.declared.change is not IGNORE and facts.spelled(version) == "not sent"
    ]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_every_property_and_output_has_a_text(name: str) -> None:
    assert [facts.path for facts in everything(name) if not facts.text.endswith(".")] == []
    assert [
        output for output, found in resources.outputs_of(describe(name)).items() if not found.text.endswith(".")
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_version_that_a_text_names_is_the_only_one(name: str) -> None:
    for facts in everything(name):
        named = re.search(r"\((\d{4}-\d\d-\d\d)\)", facts.written)
        assert named is None or facts.supported in ([named[1]], []), facts.path


@pytest.mark.parametrize("name", NAMES)
def test_reading_calls_nothing_that_changes(name: str) -> None:
    for version, handler in describe(name).resource_type.handlers.items():
        read = calls(handler, "read")
        assert read and all(spec.action(action, version_of(action, version)).reads for action in read)
        assert handler.maps[0].parameters.action in calls(handler, "create")


def test_actions_are_found_behind_waiters_field_maps_and_callbacks() -> None:
    def called(name: str, operation: str) -> list[str]:
        return calls(describe(name).resource_type.handlers["2018-04-12"], operation)

    assert "DescribeCluster" in called("Cluster", "delete")
    assert called("UserSet", "update")[-2:] == ["ModifyUserGroups", "ModifyUserPasswords"]
    assert "DeleteNodes" in called("Queue", "delete")


def test_resource_types_that_a_version_lacks_are_described(monkeypatch: pytest.MonkeyPatch) -> None:
    (queue,) = (known for known in RESOURCE_TYPES if known.name == "Queue")
    newest = replace(queue, handlers={"2024-07-30": queue.handlers["2024-07-30"]})
    monkeypatch.setattr(objects, "RESOURCE_TYPES", (newest,))
    page = resources.page("Queue")
    assert "API 2018-04-12 does not have it." in page
    assert "| `initial_count` | integer, 0 to 99 |" in page
    assert "| property | 2024-07-30 |\n" in page


def test_every_error_has_a_next_step_and_only_one() -> None:
    assert {*NEXT_STEPS} ^ {*spec.next_steps()} == {*classes()}


def test_every_error_is_in_the_tree() -> None:
    declared = {name for name in errors.__all__ if issubclass(getattr(errors, name), EhpcError)}
    assert {*classes()} == declared


def test_the_limits_are_those_of_the_version() -> None:
    queue = {facts.path: facts for facts in everything("Queue")}
    assert queue["name"].limits().startswith("1 to 15 characters (2018-04-12: 1 to 63 characters)")
    assert queue["max_count"].limits() == "0 to 5,000 (2018-04-12: 0 to 500)"
    assert queue["vswitch_ids"].limits() == "2018-04-12: at most 1 entry"
    assert queue["compute_nodes.system_disk.size_gib"].limits() == "20 to 2,048 (2018-04-12: 40 to 500)"
    users = {facts.path: facts for facts in everything("UserSet")}
    assert users["users"].limits() == "at most 1,000 entries"
    assert users["users.name"].limits().startswith("1 to 30 characters (2018-04-12: 6 to 30 characters)")
    cluster = {facts.path: facts for facts in everything("Cluster")}
    assert "2018-04-12: one of 4, 6, 8, 9, 10" in cluster["idle_interval_minutes"].limits()
    assert cluster["post_install_scripts"].change() == "in place (2018-04-12: replaces)"
    assert cluster["deploy_mode"].limits().endswith("2018-04-12 only")


def test_no_page_names_a_folder_of_a_machine() -> None:
    assert [path for path, text in pages().items() if str(ROOT) in text] == []
