"""Going through the pages of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_ehpc.api.spec import Action, Paginator
from pulumi_ehpc.errors import ServiceError

__all__ = ["items_of_all_pages"]

Call = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Sends one page's call."""


def items_of_all_pages(
    action: Action, paginator: Paginator, parameters: Mapping[str, Any], call: Call
) -> Iterator[dict[str, Any]]:
    """Yield every item of every page; a page is asked for when the one before it is used up.

    Raises:
        ServiceError: The service hands out the same token twice, so that there would be no end.
    """
    if paginator.style == "number":
        yield from _by_number(action, paginator, parameters, call)
    elif paginator.style == "token":
        yield from _by_token(action, paginator, parameters, call)
    else:
        yield from _items(call(parameters), paginator.items)


def _by_number(
    action: Action, paginator: Paginator, parameters: Mapping[str, Any], call: Call
) -> Iterator[dict[str, Any]]:
    size = int(parameters.get("PageSize") or paginator.page_size or 0)
    number = int(parameters.get("PageNumber") or 1)
    seen = (number - 1) * size
    while True:
        paging = {"PageNumber": _typed(action, "PageNumber", number), "PageSize": _typed(action, "PageSize", size)}
        answer = call({**parameters, **paging})
        items = _items(answer, paginator.items)
        yield from items
        seen += len(items)
        total = _number(answer.get("TotalCount"))
        # Without a total, a page that is not full is the last one.
        if not items or (seen >= total if total is not None else len(items) < size):
            return
        number += 1


def _by_token(
    action: Action, paginator: Paginator, parameters: Mapping[str, Any], call: Call
) -> Iterator[dict[str, Any]]:
    paging: dict[str, Any] = {"MaxResults": paginator.page_size} if paginator.page_size else {}
    paging |= parameters
    while True:
        answer = call(paging)
        yield from _items(answer, paginator.items)
        token = answer.get("NextToken")
        if not token:
            return
        if token == paging.get("NextToken"):
            raise ServiceError(
                "the list does not end: the same NextToken came twice",
                code="RepeatedNextToken",
                http_status=200,
                request_id=str(answer.get("RequestId", "")),
                action=action.name,
                version=action.version,
            )
        paging["NextToken"] = token


def _items(answer: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """The list at a path; an empty list is often left out, or null."""
    value: Any = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _typed(action: Action, name: str, value: int) -> int | str:
    """Some actions take their page number as text."""
    return str(value) if action.parameters[name].type == "string" else value


def _number(value: Any) -> int | None:
    """Some answers have their numbers as text."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
