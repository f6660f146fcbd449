"""Check: what is recorded and generated, and what is refused before anything happens."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.lifecycle.checking import RECORDED
from pulumi_ehpc.lifecycle.ownership import NamingContext, hostname_prefix
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.lifecycle.bench import IDENTITY, REGION, Bench
from tests.lifecycle.conftest import NewBench
from tests.lifecycle.sample import NEW, OLD

ITEM = {"cluster": "ehpc-1", "size": 5}


def violations_of(bench: Bench, given: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, str]:
    """The broken rules of an item by property."""
    return {each.property: each.rule for each in bench.check("Item", "work", given, old)[1]}


# -- recorded values -----------------------------------------------------------------------------------------------


def test_origin_is_recorded(bench: Bench) -> None:
    inputs = bench.checked("Item", "work", ITEM)
    assert {name: inputs[name] for name in RECORDED} == {"api_version": NEW, "region": REGION, "identity": IDENTITY}


def test_recorded_values_are_kept_for_life(bench: Bench, new_bench: NewBench) -> None:
    old = bench.checked("Item", "work", ITEM)
    changed = new_bench(bench, version=OLD, identity="another")
    new = changed.checked("Item", "work", ITEM, old)
    assert {name: new[name] for name in RECORDED} == {name: old[name] for name in RECORDED}


def test_recorded_version_decides_what_is_supported(bench: Bench, new_bench: NewBench) -> None:
    given = {**ITEM, "labels": {"team": "one"}}
    old = bench.checked("Item", "work", given)
    changed = new_bench(bench, version=OLD)
    assert violations_of(changed, given, old) == {}
    assert violations_of(changed, given) == {"labels": f"is not supported by API {OLD}: there are no labels"}


def test_what_a_program_says_of_recorded_values_does_not_count(bench: Bench) -> None:
    inputs = bench.checked("Item", "work", {**ITEM, "api_version": OLD, "region": "x"})
    assert (inputs["api_version"], inputs["region"]) == (NEW, REGION)


def test_state_of_an_older_release_is_read_under_todays_names(bench: Bench) -> None:
    old = {**bench.checked("Item", "work", ITEM), "disk": {"mount_dir": "/a"}}
    new, violations = bench.check("Item", "work", {**ITEM, "disk": {"mount_directory": "/a"}}, old)
    assert violations == []
    assert new["disk"] == {"mount_directory": "/a"}


def test_former_name_in_a_program_is_refused_with_todays(bench: Bench) -> None:
    broken = violations_of(bench, {**ITEM, "disk": {"mount_dir": "/a"}})
    assert broken == {"disk.mount_dir": "there is no such property; did you mean mount_directory?"}


# -- generated names -----------------------------------------------------------------------------------------------


def test_names_are_generated_where_the_program_gives_none(bench: Bench) -> None:
    inputs = bench.checked("Item", "work", ITEM)
    context = NamingContext("work", bench.urn("Item", "work"), IDENTITY)
    assert (inputs["name"], inputs["prefix"]) == ("work", hostname_prefix(context))
    given = bench.checked("Item", "work", {**ITEM, "name": "mine", "prefix": "my-"})
    assert (given["name"], given["prefix"]) == ("mine", "my-")


def test_unknown_identity_leaves_generated_names_open(new_bench: NewBench) -> None:
    inputs = new_bench(identity=UNKNOWN).checked("Item", "work", {**ITEM, "cluster": UNKNOWN})
    assert inputs["prefix"] is UNKNOWN
    assert inputs["identity"] is UNKNOWN
    assert inputs["name"] == "work"


def test_generated_name_that_cannot_change_in_place_is_kept(bench: Bench) -> None:
    old = bench.checked("Item", "work", ITEM)
    assert bench.checked("Item", "work", ITEM, {**old, "prefix": "abc-"})["prefix"] == "abc-"


def test_generated_name_that_can_change_follows_the_program(bench: Bench) -> None:
    old = bench.checked("Item", "work", {**ITEM, "name": "given"})
    assert bench.checked("Item", "work", ITEM, old)["name"] == "work"


# -- rules over several properties ---------------------------------------------------------------------------------


def test_handler_checks_its_own_rules_beside_broken_values(bench: Bench) -> None:
    assert violations_of(bench, {**ITEM, "size": 13, "labels": "x"}) == {
        "labels": "must be a map of strings",
        "size": "brings bad luck",
    }


@pytest.mark.parametrize("size", [UNKNOWN, None, 1013])
def test_handler_does_not_see_broken_or_unknown_values(bench: Bench, size: Any) -> None:
    assert "brings bad luck" not in violations_of(bench, {**ITEM, "size": size}).values()


def test_handler_checks_changes_of_sound_values_only(bench: Bench) -> None:
    old = bench.checked("Item", "work", ITEM)
    assert violations_of(bench, {**ITEM, "size": 4}, old) == {"size": "cannot shrink"}
    both = {"labels": "must be a map of strings", "size": "cannot shrink"}
    assert violations_of(bench, {**ITEM, "size": 4, "labels": "x"}, old) == both
    assert violations_of(bench, {**ITEM, "size": UNKNOWN}, old) == {}


# -- refusals ------------------------------------------------------------------------------------------------------


def test_other_region_is_refused(bench: Bench, new_bench: NewBench) -> None:
    old = bench.checked("Item", "work", ITEM)
    broken = violations_of(new_bench(bench, region="cn-beijing"), ITEM, old)
    assert broken == {
        "ehpc:region": f"this Item lives in {REGION}; set it back: pulumi config set ehpc:region {REGION}"
    }


def test_region_that_is_not_set_is_no_other(bench: Bench, new_bench: NewBench) -> None:
    old = bench.checked("Item", "work", ITEM)
    assert violations_of(new_bench(bench, region=""), ITEM, old) == {}


def test_replacement_needs_consent(bench: Bench) -> None:
    old = bench.checked("Item", "work", {**ITEM, "prefix": "a-"})
    changed = {**ITEM, "cluster": "ehpc-2", "prefix": "b-"}
    broken = violations_of(bench, changed, old)
    assert list(broken) == ["cluster", "prefix"]
    assert all("replacing it deletes the item with all it holds" in rule for rule in broken.values())
    assert violations_of(bench, {**changed, "allow_replacement": True}, old) == {}


def test_refusal_names_the_remedy_and_no_secret(bench: Bench, new_bench: NewBench) -> None:
    older = new_bench(bench, version=OLD)
    old = older.checked("Item", "work", {**ITEM, "zone": "a", "password": "Canary-1"})
    _, violations = older.check("Item", "work", {**ITEM, "zone": "b", "password": "Canary-2"}, old)
    messages = {each.property: str(each) for each in violations}
    assert "declare another item, leave it as it is with ResourceOptions(ignore_changes=" in messages["zone"]
    assert '["zone"]), or set allow_replacement=True' in messages["zone"]
    assert messages["password"].startswith("password = [secret]: cannot change on a living item")
    assert "Canary" not in str(messages)


def test_version_says_what_needs_a_replacement(bench: Bench, new_bench: NewBench) -> None:
    older = new_bench(bench, version=OLD)
    for each, broken in ((bench, []), (older, ["zone"])):
        old = each.checked("Item", "work", {**ITEM, "zone": "a"})
        assert list(violations_of(each, {**ITEM, "zone": "b"}, old)) == broken


def test_what_only_the_state_shows_is_said_beside_the_rest(bench: Bench) -> None:
    old = bench.checked("Item", "work", {**ITEM, "prefix": "a-"})
    broken = violations_of(bench, {**ITEM, "cluster": "ehpc-2", "prefix": 7, "labels": "x"}, old)
    assert set(broken) == {"prefix", "labels", "cluster"}
    assert broken["prefix"] == "must be a string"


def test_unknown_values_do_not_ask_for_consent(bench: Bench) -> None:
    old = bench.checked("Item", "work", ITEM)
    assert violations_of(bench, {**ITEM, "cluster": UNKNOWN}, old) == {}


def test_other_resource_types_are_replaced_without_consent(bench: Bench) -> None:
    old = bench.checked("Crew", "team", {"cluster": "ehpc-1"})
    assert bench.check("Crew", "team", {"cluster": "ehpc-2"}, old)[1] == []


# -- a version that does not have the resource type ----------------------------------------------------------------


def test_missing_resource_type_is_one_violation(new_bench: NewBench) -> None:
    older = new_bench(version=OLD)
    inputs, violations = older.check("Crew", "team", {"clustr": "x", "names": 7})
    assert [str(violation) for violation in violations] == [
        f"api_version = '{OLD}': has no Crew, which is in API {NEW}; set ehpc:apiVersion"
    ]
    assert (inputs["api_version"], inputs["names"]) == (OLD, 7)


def test_living_object_keeps_the_version_that_has_its_type(bench: Bench, new_bench: NewBench) -> None:
    old = bench.checked("Crew", "team", {"cluster": "ehpc-1"})
    assert new_bench(bench, version=OLD).check("Crew", "team", {"cluster": "ehpc-1"}, old)[1] == []


def test_check_makes_no_call(bench: Bench) -> None:
    bench.check("Item", "work", ITEM, bench.checked("Item", "work", ITEM))
    assert bench.service.calls == []
