"""Messages of what happens after check, without what the program gave as secrets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_ehpc.engine import masking
from pulumi_ehpc.engine.rpc_context import RpcContext
from tests.engine.calls import URN, Context, update_request

pytestmark = pytest.mark.sdk


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process learns is forgotten after the test."""
    monkeypatch.setattr(masking, "_given_as_secrets", {})
    monkeypatch.setattr(masking, "_values", set())


def masked(message: str, news: Mapping[str, Any], *names: str) -> str:
    """Mask a message about a resource whose program gave some properties as secrets."""
    masking.learn(URN, names, news)
    return masking.mask(message, RpcContext(update_request(dict(news), olds={}, old_inputs={}), Context()))


MESSAGES: Mapping[str, tuple[Any, str, str]] = {
    "string": ("Canary", "there is no queue Canary.", "there is no queue [secret]."),
    "within words": ("canary-", "canary-001 exists", "[secret]001 exists"),
    "short string": ("no", "there is no queue no, or not", "there is [secret] queue [secret], or not"),
    "number": (50, "count is 50 and not 5, 2050 or 2018-04-50", "count is [secret] and not 5, 2050 or 2018-04-50"),
    "fraction": (0.25, "limit is 0.25.", "limit is [secret]."),
    "list": (["Canary", "Other"], "Other and Canary", "[secret] and [secret]"),
    "map": ({"Canary": "value"}, "Canary=value", "[secret]=[secret]"),
    "empty": ("", "all is well", "all is well"),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_secret_is_masked(case: str) -> None:
    value, message, expected = MESSAGES[case]
    assert masked(message, {"queue": value}, "queue") == expected


def test_what_is_no_secret_is_shown() -> None:
    news = {"queue": "Canary", "name": "work"}
    assert masked("queue work of Canary", news, "name") == "queue [secret] of Canary"
    assert masked("queue work of Canary", news) == "queue work of Canary"


def test_old_values_are_masked_too() -> None:
    masking.learn(URN, ["name"], {})
    request = update_request({"name": "newest"}, olds={"name": "before"}, old_inputs={"name": "before"})
    assert masking.mask("before, newest", RpcContext(request, Context())) == "[secret], [secret]"


@pytest.mark.parametrize("number", [0, 7, 12345])
def test_numbers_are_masked_as_messages_write_them(number: int) -> None:
    """The engine makes floats of them."""
    assert masked(f"{number} and {float(number)}", {"count": number}, "count") == "[secret] and [secret]"


def test_log_shows_nothing_that_any_resource_was_given_as_a_secret() -> None:
    masking.learn(URN, ["description", "max_count"], {"description": "Canary words", "max_count": 50.0, "name": "work"})
    masking.learn(f"{URN}2", ["nodes"], {"nodes": [{"image_id": "m-canary"}]})
    sent = '{"Description": "Canary words_pulumi-1", "MaxCount": 50, "Name": "work", "ImageId": "m-canary"}'
    record = logging.LogRecord("pulumi_ehpc.api", logging.DEBUG, "", 0, "called %s", (sent,), None)
    assert masking.Masking().filter(record)
    assert record.getMessage() == (
        'called {"Description": "[secret]_pulumi-1", "MaxCount": [secret], "Name": "work", "ImageId": "[secret]"}'
    )
