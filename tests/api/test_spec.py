"""The spec data is complete and consistent in itself."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_ehpc import errors
from pulumi_ehpc.api import spec
from pulumi_ehpc.api.spec.redaction import secret_names
from pulumi_ehpc.errors import ApiError

WITHOUT_LIST_OF_OBJECTS = {"ListCurrentClientVersion", "ListSecurityGroups"}
WAITERS = [(version, name) for version in spec.VERSIONS for name in spec.waiters(version)]
PAGINATORS = [(version, name) for version in spec.VERSIONS for name in spec.paginators(version)]
RESPONSE = {"ClusterInfo": {"Status": "running", "Nodes": [{"Id": "i-1"}], "Queue": None}}
KINDS = {
    name
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, ApiError) and kind is not ApiError
}


def test_unknown_versions_and_actions_are_key_errors() -> None:
    with pytest.raises(KeyError):
        spec.actions("2099-01-01")
    with pytest.raises(KeyError):
        spec.action("CreateGWSCluster", "2018-04-12")


def test_actions_that_read_are_known_by_their_names() -> None:
    reading = {name for name, action in spec.actions("2024-07-30").items() if action.reads}
    assert {"GetCluster", "ListNodes", "DescribeAddonTemplate"} <= reading
    assert not reading & {"CreateCluster", "DeleteUsers", "UpdateQueue", "InstallAddon"}


def test_required_marks_are_corrected() -> None:
    user = spec.action("AddUsers", "2018-04-12").parameters["User"].items
    assert user is not None
    assert {name for name, shape in user.properties.items() if shape.required} == {"Name", "Group", "Password"}
    assert spec.action("GetCluster", "2024-07-30").parameters["ClusterId"].required


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_corrections_name_what_exists_and_say_where_they_are_from(version: str) -> None:
    corrections = spec._version_data(version, "corrections.json")
    assert corrections
    for name, correction in corrections.items():
        action = spec.action(name, version)
        required = {path for path, shape in walk(action) if shape.required}
        assert set(correction.get("required", ())) <= required, name
        for path, names in correction.get("also", {}).items():
            assert {f"{path}.{other}" for other in names} <= {known for known, _ in walk(action)}, name
        assert correction["source"]


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_every_secret_of_the_spec_is_known(version: str) -> None:
    names = {path.rpartition(".")[2] for action in spec.actions(version).values() for path, _ in walk(action)}
    suspicious = {name for name in names if any(word in name.lower() for word in ("passw", "secret", "authkey"))}
    assert {name.lower() for name in suspicious} <= secret_names()
    assert suspicious


@pytest.mark.parametrize(("version", "name"), WAITERS)
def test_waiters_name_existing_actions_and_states(version: str, name: str) -> None:
    waiter = spec.waiters(version)[name]
    shape = at(spec.action(waiter.action, version).response, waiter.path)
    assert waiter.delay_seconds > 0
    for acceptor in waiter.acceptors:
        if acceptor.matcher == "path":
            assert acceptor.expected in shape.enum
        else:
            assert acceptor.expected in spec.error_codes()


def test_both_versions_have_the_same_waiters() -> None:
    names = [set(spec.waiters(version)) for version in spec.VERSIONS]
    assert names == [{"ClusterRunning", "ClusterDeleted"}] * 2


@pytest.mark.parametrize(("version", "name"), PAGINATORS)
def test_paginators_name_existing_lists_and_parameters(version: str, name: str) -> None:
    paginator, action = spec.paginators(version)[name], spec.action(name, version)
    items = at(action.response, paginator.items)
    assert (items.type, items.items and items.items.type) == ("array", "object")
    paging = {"number": {"PageNumber", "PageSize"}, "token": {"NextToken"}, "none": set[str]()}
    paging_parameters = {"PageNumber", "PageSize", "NextToken"} & set(action.parameters)
    assert paging_parameters == paging[paginator.style]
    size = action.parameters.get("PageSize") or action.parameters.get("MaxResults")
    if size is None:
        assert paginator.page_size is None
    else:
        assert (size.minimum or 1) <= (paginator.page_size or 0) <= (size.maximum or 50)


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_every_list_of_objects_has_a_paginator(version: str) -> None:
    lists = {name for name in spec.actions(version) if name.startswith("List")}
    assert lists - set(spec.paginators(version)) <= WITHOUT_LIST_OF_OBJECTS


@pytest.mark.parametrize("code", sorted(spec.error_codes()))
def test_every_documented_code_has_one_class_and_advice(code: str) -> None:
    assert any(prefix in spec._classified_codes() for prefix in spec._prefixes(code)), "classified by status only"
    assert spec.failure_of(code, 0) in KINDS
    assert spec.next_step_of(code, 0)


def test_no_code_has_two_classes() -> None:
    kinds: dict[str, Any] = spec._data("failures.json")["kinds"]
    counted = Counter(code for kind in kinds.values() for code in kind["codes"])
    assert [code for code, count in counted.items() if count > 1] == []


def test_every_kind_of_failure_says_what_to_do() -> None:
    assert set(spec.next_steps()) == KINDS
    for next_step in spec.next_steps().values():
        assert next_step.endswith(".")


def test_advice_is_for_codes_that_are_classified() -> None:
    data = spec._data("failures.json")
    for code, advice in data["advice"].items():
        assert any(prefix in spec._classified_codes() for prefix in spec._prefixes(code)), code
        assert advice.endswith("."), code


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ClusterNotFound", 404, "NotFoundError"),
        ("InvalidAccessKeyId.NotFound", 404, "AuthenticationError"),
        ("InvalidAction.NotFound", 404, "InvalidRequestError"),
        ("Forbidden.RAM", 403, "AuthorizationError"),
        ("Throttling.User", 400, "ThrottledError"),
        ("OrderError.NoCard", 400, "BillingError"),
        ("AgentError.Account.UserNotExist", 406, "NotFoundError"),
        ("AgentError.Job.ListFailure", 406, "ServiceError"),
        ("NeverHeardOf", 400, "InvalidRequestError"),
        ("NeverHeardOf", 404, "NotFoundError"),
        ("NeverHeardOf", 418, "InvalidRequestError"),
        ("NeverHeardOf", 429, "ThrottledError"),
        ("NeverHeardOf", 502, "ServiceError"),
        ("NeverHeardOf", 200, "ServiceError"),
        ("NeverHeardOf", 302, "ServiceError"),
    ],
)
def test_codes_are_classified_whole_then_by_their_beginning_then_by_status(code: str, status: int, kind: str) -> None:
    assert spec.failure_of(code, status) == kind


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ClusterInfo.Status", "running"),
        ("ClusterInfo.Queue", None),
        ("ClusterInfo.Queue.Name", None),
        ("ClusterInfo.Status.Length", None),
        ("ClusterInfo.Nodes.Id", None),
        ("Missing.Status", None),
        ("", RESPONSE),
    ],
)
def test_a_path_leads_to_a_value_or_ends_early(path: str, value: Any) -> None:
    assert spec.dig(RESPONSE, path) == value


def walk(action: spec.Action) -> Iterator[tuple[str, spec.Shape]]:
    for name, shape in action.parameters.items():
        yield from walk_shape(name, shape)


def walk_shape(path: str, shape: spec.Shape) -> Iterator[tuple[str, spec.Shape]]:
    yield path, shape
    if shape.items is not None:
        yield from walk_shape(f"{path}[]", shape.items)
    for name, member in shape.properties.items():
        yield from walk_shape(f"{path}.{name}", member)


def at(shape: spec.Shape, path: str) -> spec.Shape:
    for name in path.split("."):
        shape = shape.properties[name]
    return shape
