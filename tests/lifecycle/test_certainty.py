"""A write whose answer was lost: it may have been done, and what it made may be billed."""

from __future__ import annotations

import pytest

from pulumi_ehpc.errors import EhpcError, NetworkError, NotFoundError, ServiceError
from pulumi_ehpc.lifecycle.certainty import make_sure
from pulumi_ehpc.lifecycle.request import Request
from tests.nouns.stack import Stack


@pytest.fixture
def step(stack: Stack) -> Request:
    """A step of some noun."""
    return stack.request("Queue", "work", cluster="ehpc-1")


def lost(*, sent: bool) -> NetworkError:
    return NetworkError("The connection was lost.", endpoint="http://127.0.0.1:9", sent=sent)


def failed(kind: type[ServiceError] | type[NotFoundError]) -> EhpcError:
    return kind("No.", code="X", http_status=500, request_id="R", action="AddQueue", version="2018-04-12")


class Write:
    """A write that ends in an error, and is to be seen after some looks."""

    def __init__(self, error: EhpcError | None, *, seen_after: int | None) -> None:
        self.error = error
        self.seen_after = seen_after
        self.acted = self.looked = 0

    def act(self) -> None:
        self.acted += 1
        if self.error is not None:
            raise self.error

    def done(self) -> bool:
        self.looked += 1
        return self.seen_after is not None and self.looked > self.seen_after


def test_answer_that_came_is_believed(step: Request) -> None:
    write = Write(None, seen_after=None)
    make_sure(step, write.act, write.done)
    assert (write.acted, write.looked) == (1, 0)


@pytest.mark.parametrize("error", [lost(sent=True), failed(ServiceError)])
@pytest.mark.parametrize("looks", [0, 2])
def test_what_is_to_be_seen_was_done(step: Request, error: EhpcError, looks: int) -> None:
    write = Write(error, seen_after=looks)
    make_sure(step, write.act, write.done)
    assert write.acted == 1


@pytest.mark.parametrize("error", [lost(sent=True), failed(ServiceError)])
def test_what_is_not_to_be_seen_is_not_repeated(step: Request, error: EhpcError) -> None:
    write = Write(error, seen_after=None)
    with pytest.raises(type(error)) as caught:
        make_sure(step, write.act, write.done)
    assert caught.value is error
    assert write.acted == 1
    assert write.looked > 1


@pytest.mark.parametrize("error", [lost(sent=False), failed(NotFoundError)])
def test_refusals_are_believed_at_once(step: Request, error: EhpcError) -> None:
    write = Write(error, seen_after=0)
    with pytest.raises(type(error)):
        make_sure(step, write.act, write.done)
    assert write.looked == 0
