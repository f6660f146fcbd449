"""The resource types as check, diff and errors see them, in every API version."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api import Settings, spec
from pulumi_ehpc.errors import NotFoundError, RefusedError, Violation
from pulumi_ehpc.lifecycle.checking import check
from pulumi_ehpc.lifecycle.operation import EngineContext
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.node_group.resource_type import NODE_GROUP
from pulumi_ehpc.queue.resource_type import QUEUE
from pulumi_ehpc.registry import RESOURCE_TYPES
from tests.lifecycle.sample import NEW, OLD, Service, crew_type


def checked(
    resource_type: ResourceType[Any], version: str, given: dict[str, Any], name: str = "x" * 6
) -> tuple[dict[str, Any], list[Violation]]:
    """Check a new resource."""
    session = Session(Settings("cn-hangzhou"), version)
    engine = EngineContext(urn=f"urn:pulumi:dev::test::{resource_type.name}::{name}", name=name)
    inputs = {**given, "identity": "1f2e3d4c5b6a7988"}
    return check(resource_type, session, engine, {}, inputs, exists=True)


@pytest.mark.parametrize(
    ("resource_type", "version"),
    [(each, version) for each in RESOURCE_TYPES for version in each.handlers],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_nothing_but_what_is_required_is_asked_for(resource_type: ResourceType[Any], version: str) -> None:
    _, violations = checked(resource_type, version, {})
    required = {name for name, declared in resource_type.properties.items() if declared.required}
    assert {violation.property for violation in violations} == required


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
def test_handlers_stand_under_their_own_version(resource_type: ResourceType[Any]) -> None:
    assert resource_type.handlers.keys() <= set(spec.VERSIONS)
    assert all(handler.version == version for version, handler in resource_type.handlers.items())


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
def test_data_names_properties_that_exist(resource_type: ResourceType[Any]) -> None:
    named = {*resource_type.generated, resource_type.key, resource_type.within, resource_type.prefix} - {""}
    named.update(name for handler in resource_type.handlers.values() for name in handler.changes)
    assert named <= resource_type.stored_properties.keys()


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
def test_consent_can_be_given_where_it_is_needed(resource_type: ResourceType[Any]) -> None:
    assert bool(resource_type.replacement_loses) == ("allow_replacement" in resource_type.properties)


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
def test_references_are_to_resource_types(resource_type: ResourceType[Any]) -> None:
    known = {each.name for each in RESOURCE_TYPES}
    assert {each.reference for each in resource_type.properties.values() if each.reference} <= known


@pytest.mark.parametrize(
    ("version", "unit", "sound"), [(NEW, "year", False), (NEW, "week", True), (OLD, "week", True), (OLD, "year", False)]
)
def test_units_differ_by_version_and_action(version: str, unit: str, sound: bool) -> None:
    given = {"cluster": "ehpc-1", "instance_type": "ecs.c7.large", "count": 1, "period": 1, "period_unit": unit}
    assert (checked(NODE_GROUP, version, given)[1] == []) is sound


# -- a version that does not have the resource type ----------------------------------------------------------------


def test_handler_of_a_version() -> None:
    assert QUEUE.handler(OLD) is QUEUE.handlers[OLD]
    with pytest.raises(RefusedError) as caught:
        crew_type(Service()).handler(OLD)
    assert str(caught.value) == f"API {OLD} has no Crew. It is in API {NEW}: pulumi config set ehpc:apiVersion."


def test_message_names_every_version_that_has_it() -> None:
    with pytest.raises(RefusedError, match=f"It is in API {OLD} and {NEW}"):
        QUEUE.handler("2030-01-01")


# -- gone ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "gone"), [("ClusterNotFound", True), ("NodeNotFound", False), ("InvalidAction.NotFound", False)]
)
def test_only_some_codes_mean_that_the_object_is_gone(code: str, gone: bool) -> None:
    error = NotFoundError("No.", code=code, http_status=404, request_id="R", action="GetQueue", version=NEW)
    assert QUEUE.is_gone(error) is gone


# -- a property that only another version knows ----------------------------------------------------------------------


def test_property_of_another_version_is_refused_without_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    older = QUEUE.handlers[OLD]
    maps = tuple(fields.replace("min_count") for fields in older.maps)
    monkeypatch.setattr(type(older), "maps", maps)
    given = {"cluster": "ehpc-1", "min_count": 2}
    assert checked(QUEUE, NEW, given)[1] == []
    (violation,) = checked(QUEUE, OLD, given)[1]
    assert str(violation) == (f"min_count = 2: is not supported by API {OLD}: it belongs to {NEW}; leave it out")
    assert checked(QUEUE, OLD, {"cluster": "ehpc-1"})[1] == []
