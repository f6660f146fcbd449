"""Bodies of responses against the spec: what conforms, what is converted, and what cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_ehpc.api import spec
from pulumi_ehpc.api.call import Call
from pulumi_ehpc.api.conforming import UnfitBodyError, conform
from pulumi_ehpc.api.responses import UNREADABLE, parse
from pulumi_ehpc.api.transport import Response
from pulumi_ehpc.errors import ServiceError
from tests.api.clocks import START

OLD, NEW = spec.VERSIONS
REQUIRED = [
    (version, name, path)
    for version in spec.VERSIONS
    for name, action in spec.actions(version).items()
    for path in action.response_required
]


def conformed(name: str, version: str, needs: tuple[str, ...] = (), **body: Any) -> dict[str, Any]:
    return conform({"RequestId": "R", **body}, spec.action(name, version), needs=needs)


@pytest.mark.parametrize("body", [{}, {"RequestId": None}, {"RequestId": 7}, {"RequestId": ["R"]}], ids=str)
def test_body_without_a_request_id(body: dict[str, Any]) -> None:
    with pytest.raises(UnfitBodyError, match="has no RequestId"):
        conform(body, spec.action("CreateUsers", NEW), needs=())


def test_gateways_may_write_the_request_id_in_lowercase() -> None:
    assert conform({"requestId": "R"}, spec.action("CreateUsers", NEW), needs=()) == {"requestId": "R"}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"GrowInterval": "5"}, {"GrowInterval": 5}),
        ({"GrowInterval": 5.0}, {"GrowInterval": 5.0}),
        ({"GrowInterval": ""}, {"GrowInterval": None}),
        ({"GrowInterval": None}, {"GrowInterval": None}),
        ({"EnableScaleIn": "True"}, {"EnableScaleIn": True}),
        ({"ClusterName": 7}, {"ClusterName": "7"}),
        ({"ClusterName": True}, {"ClusterName": "true"}),
        ({"ClusterMode": "Newest"}, {"ClusterMode": "Newest"}),
        ({"Unheard": [{"Of": 1}]}, {"Unheard": [{"Of": 1}]}),
    ],
    ids=str,
)
def test_plain_values_are_converted_and_what_is_new_is_kept(given: dict[str, Any], read: dict[str, Any]) -> None:
    there: dict[str, Any] = {"ClusterId": "c", "ClusterStatus": "running"}
    assert conformed("GetCluster", NEW, **there, **given) == {"RequestId": "R", **there, **read}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"ClusterId": 7}, "has a number for ClusterId, which is of type string"),
        ({"ClusterId": {"Id": "c"}}, "has an object for ClusterId, which is of type string"),
        ({"ClusterId": "\ud800"}, "has a string for ClusterId, which is of type string"),
        ({"GrowInterval": "many"}, "has a string for GrowInterval, which is of type integer"),
        ({"GrowInterval": True}, "has a boolean for GrowInterval, which is of type integer"),
        ({"GrowInterval": float("inf")}, "has a number for GrowInterval, which is of type integer"),
        ({"GrowInterval": "9" * 400}, "has a string for GrowInterval, which is of type integer"),
        ({"EnableScaleIn": 1}, "has a number for EnableScaleIn, which is of type boolean"),
        ({"Manager": [1]}, "has a list for Manager, which is of type object"),
        ({"Manager": {"DNS": "nis"}}, "has a string for Manager.DNS, which is of type object"),
    ],
    ids=str,
)
def test_what_has_another_type_cannot_be_read(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(UnfitBodyError) as caught:
        conformed("GetCluster", NEW, **{"ClusterId": "c", "ClusterStatus": "running", **given})
    assert str(caught.value) == problem


@pytest.mark.parametrize("value", [{"NodeInfo": {}}, {"NodeInfo": ["i-1"]}, {"NodeInfo": [None]}, [], "x"], ids=str)
def test_lists_of_objects_are_that(value: Any) -> None:
    with pytest.raises(UnfitBodyError):
        conformed("ListNodes", OLD, Nodes=value, TotalCount=1)


@pytest.mark.parametrize("nodes", [None, {}, {"NodeInfo": None}, {"Wrong": []}], ids=str)
def test_list_may_be_absent_where_its_count_is_0(nodes: Any) -> None:
    needs = ("Nodes.NodeInfo",)
    assert conformed("ListNodes", OLD, needs, Nodes=nodes, TotalCount=0)
    assert conformed("ListNodes", OLD, needs, Nodes=nodes, TotalCount="0")
    for count in (None, 1, -1):
        with pytest.raises(UnfitBodyError, match=r"has no Nodes\.NodeInfo"):
            conformed("ListNodes", OLD, needs, Nodes=nodes, TotalCount=count)


def test_nothing_counts_a_list_without_a_total_count() -> None:
    with pytest.raises(UnfitBodyError, match=r"has no Queues\.QueueInfo"):
        conformed("ListQueues", OLD, ("Queues.QueueInfo",))
    assert conformed("ListQueues", OLD, ("Queues.QueueInfo",), Queues={"QueueInfo": []})
    assert conformed("ListQueues", OLD)


@pytest.mark.parametrize(("version", "name", "path"), REQUIRED)
def test_each_required_path_is_looked_for(version: str, name: str, path: str) -> None:
    action = spec.action(name, version)
    whole = _filled(action.response)
    assert conform(whole, action, needs=())
    with pytest.raises(UnfitBodyError, match=r"^has no .*" + path.rpartition(".")[2]):
        conform(_without(whole, path.replace("[]", "").split(".")), action, needs=())


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b'{"RequestId": "R", "TotalCount": Infinity}',
        b'{"RequestId": "R", "TotalCount": NaN}',
        b'{"RequestId": "R", "TotalCount": 1e999}',
        b'{"RequestId": "R", "TotalCount": ' + b"9" * 5000 + b"}",
        b'{"a":' * 100_000,
    ],
    ids=["deep list", "infinity", "not a number", "overflow", "digits", "deep object"],
)
def test_bodies_that_break_parsers_cannot_be_read(text: bytes) -> None:
    call = Call(spec.action("ListUsers", NEW), {}, {}, "https://example.com", needs=("Users.UserInfo",))
    with pytest.raises(ServiceError) as caught:
        parse(Response(200, {}, text), call, now=START)
    assert caught.value.code == UNREADABLE
    assert "Nothing is concluded from it" in caught.value.next_step


def _filled(shape: spec.Shape) -> Any:
    """Return a value of a shape with everything in it."""
    if shape.type == "object":
        return {name: _filled(member) for name, member in shape.properties.items()}
    if shape.type == "array":
        return [_filled(shape.items) if shape.items else "x"]
    return {"string": "x", "integer": 1, "number": 1.5, "boolean": True}[shape.type]


def _without(body: dict[str, Any], path: list[str]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(body))
    inner: Any = copy
    for name in path[:-1]:
        inner = inner[name]
        inner = inner[0] if isinstance(inner, list) else inner
    del inner[path[-1]]
    return copy


# -- counts and empty strings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "total", "problem"),
    [
        (0, 5, "has no Nodes, and a TotalCount of 5"),
        (100, 101, "has no Nodes, and a TotalCount of 101"),
        (0, -1, "below 0"),
    ],
)
@pytest.mark.parametrize("nodes", [{}, {"Nodes": []}], ids=str)
def test_empty_page_that_is_counted_is_not_believed(
    nodes: dict[str, Any], offset: int, total: int, problem: str
) -> None:
    with pytest.raises(UnfitBodyError, match=problem):
        conform(
            {"RequestId": "R", "TotalCount": total, **nodes}, spec.action("ListNodes", NEW), needs=(), offset=offset
        )


@pytest.mark.parametrize(("offset", "total"), [(0, 0), (100, 100), (100, 5), (None, 5)])
def test_empty_page_behind_the_last_item_conforms(offset: int | None, total: int) -> None:
    body = {"RequestId": "R", "TotalCount": total, "Nodes": []}
    assert conform(body, spec.action("ListNodes", NEW), needs=("Nodes",), offset=offset) == body


@pytest.mark.parametrize("blank", ["", " "])
def test_name_without_characters_names_nothing(blank: str) -> None:
    with pytest.raises(UnfitBodyError, match="has no RequestId"):
        conform({"RequestId": blank}, spec.action("CreateUsers", NEW), needs=())
    with pytest.raises(UnfitBodyError, match=r"has no Nodes\[\].Id"):
        conformed("ListNodes", NEW, TotalCount=1, Nodes=[{"Id": blank}])
    with pytest.raises(UnfitBodyError, match="has no ClusterId"):
        conformed("CreateCluster", NEW, needs=("ClusterId",), ClusterId=blank)


def test_tag_may_have_an_empty_value() -> None:
    tag = {"TagKey": "team", "TagValue": ""}
    tags = {"RequestId": "R", "TagResources": {"TagResource": [tag]}}
    assert conform(tags, spec.action("ListTagResources", OLD), needs=()) == tags
    tag["TagKey"] = ""
    with pytest.raises(UnfitBodyError, match="TagKey"):
        conform(tags, spec.action("ListTagResources", OLD), needs=())
