"""Going through the pages of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_ehpc.api.spec import Action, Paginator, dig
from pulumi_ehpc.errors import ServiceError

CallPage = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Requests one page, given its parameters."""


def items_of_all_pages(
    action: Action, paginator: Paginator, parameters: Mapping[str, Any], call: CallPage
) -> Iterator[dict[str, Any]]:
    """Yield every item of every page; a page is requested when the one before it is used up.

    Raises:
        ServiceError: The service returns the same token twice, so that the list would never end.
    """
    if paginator.style == "number":
        yield from _by_number(action, paginator, parameters, call)
    elif paginator.style == "token":
        yield from _by_token(action, paginator, parameters, call)
    else:
        yield from _items(call(parameters), paginator.items)


def _by_number(
    action: Action, paginator: Paginator, parameters: Mapping[str, Any], call: CallPage
) -> Iterator[dict[str, Any]]:
    size = int(parameters.get("PageSize") or paginator.page_size or 0)
    number = int(parameters.get("PageNumber") or 1)
    seen = (number - 1) * size
    while True:
        paging = {"PageNumber": _typed(action, "PageNumber", number), "PageSize": _typed(action, "PageSize", size)}
        response = call({**parameters, **paging})
        items = _items(response, paginator.items)
        yield from items
        seen += len(items)
        total = response.get("TotalCount")
        # Without a total, a page that is not full is the last one.
        if not items or (seen >= total if total is not None else len(items) < size):
            return
        number += 1


def _by_token(
    action: Action, paginator: Paginator, parameters: Mapping[str, Any], call: CallPage
) -> Iterator[dict[str, Any]]:
    paging: dict[str, Any] = {"MaxResults": paginator.page_size} if paginator.page_size else {}
    paging |= parameters
    while True:
        response = call(paging)
        yield from _items(response, paginator.items)
        token = response.get("NextToken")
        if not token:
            return
        if token == paging.get("NextToken"):
            raise ServiceError(
                "the list does not end: the same NextToken came twice",
                code="RepeatedNextToken",
                http_status=200,
                request_id=str(response.get("RequestId", "")),
                action=action.name,
                version=action.version,
            )
        paging["NextToken"] = token


def _items(response: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """Return the list at a path; one that is left out is empty, or the response would not have been read."""
    items: list[dict[str, Any]] = dig(response, path) or []
    return items


def _typed(action: Action, name: str, value: int) -> int | str:
    """Return a page number or size in the type the action takes; some take a string."""
    return str(value) if action.parameters[name].type == "string" else value
