"""Lists over several pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_ehpc.api import spec
from pulumi_ehpc.api.pages import items_of_all_pages
from pulumi_ehpc.errors import ServiceError

OLD, NEW = spec.VERSIONS


class Service:
    """Serves pages of numbered items, by number or by token."""

    def __init__(
        self, action: str, version: str, count: int, *, cap: int = 1000, total: Any = int, token: bool = False
    ) -> None:
        self.action, self.paginator = spec.action(action, version), spec.paginators(version)[action]
        self.items = [{"Id": number} for number in range(count)]
        self.cap, self.total, self.token = cap, total, token
        self.calls: list[dict[str, Any]] = []

    def __call__(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append(dict(parameters))
        return self.by_token(parameters) if self.token else self.by_number(parameters)

    def by_number(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        size = min(int(parameters.get("PageSize", self.cap)), self.cap)
        start = (int(parameters.get("PageNumber", 1)) - 1) * size
        response = self.wrap(self.items[start : start + size])
        return response if self.total is None else {**response, "TotalCount": self.total(len(self.items))}

    def by_token(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        start = int(parameters.get("NextToken", 0))
        more = start + self.cap < len(self.items)
        return {**self.wrap(self.items[start : start + self.cap]), "NextToken": str(start + self.cap) if more else ""}

    def wrap(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        wrapped: Any = items
        for name in reversed(self.paginator.items.split(".")):
            wrapped = {name: wrapped}
        assert isinstance(wrapped, dict)
        return wrapped

    def all(self, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        return list(items_of_all_pages(self.action, self.paginator, parameters or {}, self))


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 150])
@pytest.mark.parametrize("total", [int, None], ids=["integer", "none"])
@pytest.mark.parametrize(("action", "version"), [("ListUsers", OLD), ("ListUsers", NEW)])
def test_all_pages_by_number(action: str, version: str, count: int, total: Any) -> None:
    service = Service(action, version, count, total=total)
    assert service.all({"ClusterId": "c"}) == service.items
    assert [call["PageNumber"] for call in service.calls] == list(range(1, len(service.calls) + 1))
    assert all(call["ClusterId"] == "c" and call["PageSize"] == 50 for call in service.calls)
    assert len(service.calls) == max(1, -(-count // 50)) + (total is None and count > 0 and count % 50 == 0)


def test_a_service_with_smaller_pages_than_asked_for() -> None:
    service = Service("ListNodes", NEW, 95, cap=20)
    assert service.all() == service.items
    assert len(service.calls) == 5


def test_page_numbers_as_strings() -> None:
    service = Service("ListJobs", NEW, 60)
    assert service.all() == service.items
    assert service.calls[1] == {"PageNumber": "2", "PageSize": "50"}


def test_the_caller_may_choose_size_and_beginning() -> None:
    service = Service("ListUsers", OLD, 10)
    assert service.all({"PageSize": 4, "PageNumber": 2}) == service.items[4:]
    assert len(service.calls) == 2


def test_pages_are_asked_for_when_needed() -> None:
    service = Service("ListUsers", OLD, 500)
    pages = items_of_all_pages(service.action, service.paginator, {}, service)
    assert [next(pages) for _ in range(50)] == service.items[:50]
    assert len(service.calls) == 1


def test_fewer_items_than_the_total_says_is_not_an_endless_loop() -> None:
    service = Service("ListUsers", OLD, 10, total=lambda count: count + 5)
    assert service.all() == service.items


@pytest.mark.parametrize("count", [0, 5, 10, 25])
@pytest.mark.parametrize(("action", "version"), [("ListTagResources", OLD), ("ListRegions", NEW)])
def test_all_pages_by_token(action: str, version: str, count: int) -> None:
    service = Service(action, version, count, cap=10, token=True)
    assert service.all({"RegionId": "r"} if version == OLD else {}) == service.items
    assert len(service.calls) == max(1, -(-count // 10))


def test_the_same_token_twice_is_an_error() -> None:
    service = Service("ListTagResources", OLD, 1)
    service.__class__ = type("Stuck", (Service,), {"__call__": lambda self, _: {"NextToken": "same"}})
    with pytest.raises(ServiceError, match="does not end"):
        service.all()


@pytest.mark.parametrize(("action", "version"), [("ListQueues", OLD), ("ListQueues", NEW), ("ListSharedStorages", NEW)])
def test_lists_without_pages(action: str, version: str) -> None:
    service = Service(action, version, 7)
    assert service.all({"ClusterId": "c"}) == service.items
    assert service.calls == [{"ClusterId": "c"}]


@pytest.mark.parametrize(
    "body", [{}, {"Queues": None}, {"Queues": []}, {"Queues": {"QueueInfo": None}}, {"Queues": ""}]
)
def test_an_empty_list_may_be_left_out(body: dict[str, Any]) -> None:
    action, paginator = spec.action("ListQueues", OLD), spec.paginators(OLD)["ListQueues"]
    assert list(items_of_all_pages(action, paginator, {}, lambda _: body)) == []
