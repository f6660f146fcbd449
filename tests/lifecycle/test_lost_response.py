"""A write whose response was lost: it may have been done, and what it made may be billed."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api.responses import UNREADABLE
from pulumi_ehpc.errors import EhpcError, NetworkError, NotFoundError, ServiceError, WaitCancelledError
from pulumi_ehpc.lifecycle.operation import Operation
from tests.lifecycle.bench import Bench


@pytest.fixture
def op(bench: Bench) -> Operation[Any]:
    """Some create."""
    return bench.operation(cluster="ehpc-1")


def lost(*, sent: bool) -> NetworkError:
    return NetworkError("The connection was lost.", endpoint="http://127.0.0.1:9", sent=sent)


def failed(kind: type[ServiceError] | type[NotFoundError]) -> EhpcError:
    return kind("No.", code="X", http_status=500, request_id="R", action="AddQueue", version="2018-04-12")


class Write:
    """A write that ends in an error, and whose result can be seen after some looks."""

    def __init__(self, error: EhpcError | None, *, seen_after: int | None) -> None:
        self.error = error
        self.seen_after = seen_after
        self.calls = self.looks = 0

    def create(self) -> None:
        self.calls += 1
        if self.error is not None:
            raise self.error

    def exists(self) -> bool:
        self.looks += 1
        return self.seen_after is not None and self.looks > self.seen_after


def test_response_that_came_is_believed(op: Operation[Any], bench: Bench) -> None:
    write = Write(None, seen_after=None)
    op.create_or_find(write.create, write.exists)
    assert (write.calls, write.looks, bench.progress) == (1, 0, [])


@pytest.mark.parametrize("error", [lost(sent=True), failed(ServiceError)])
@pytest.mark.parametrize("looks", [0, 2])
def test_what_can_be_seen_was_done(op: Operation[Any], bench: Bench, error: EhpcError, looks: int) -> None:
    write = Write(error, seen_after=looks)
    op.create_or_find(write.create, write.exists)
    assert (write.calls, write.looks) == (1, looks + 1)
    assert bench.progress == ["it is not known whether the call was carried out; looking"]


@pytest.mark.parametrize("error", [lost(sent=True), failed(ServiceError)])
def test_what_cannot_be_seen_is_not_repeated(op: Operation[Any], error: EhpcError) -> None:
    write = Write(error, seen_after=None)
    with pytest.raises(type(error)) as caught:
        op.create_or_find(write.create, write.exists)
    assert caught.value is error
    assert write.calls == 1
    assert write.looks > 1


def test_cancelled_while_looking_it_still_says_that_the_response_was_lost(op: Operation[Any]) -> None:
    error = lost(sent=True)

    def exists() -> bool:
        raise WaitCancelledError("The run was cancelled.", state="looking")

    with pytest.raises(NetworkError) as caught:
        op.create_or_find(Write(error, seen_after=None).create, exists)
    assert caught.value is error


@pytest.mark.parametrize("error", [lost(sent=False), failed(NotFoundError)])
def test_refusals_are_believed_at_once(op: Operation[Any], error: EhpcError) -> None:
    write = Write(error, seen_after=0)
    with pytest.raises(type(error)):
        op.create_or_find(write.create, write.exists)
    assert write.looks == 0


@pytest.mark.parametrize(("http_status", "seconds"), [(200, 30), (502, 3)])
def test_accepted_write_is_looked_for_longer(op: Operation[Any], http_status: int, seconds: float) -> None:
    """A response came, and does not say what was made: something was."""
    error = ServiceError(
        "No.", code=UNREADABLE, http_status=http_status, request_id="", action="AddQueue", version="2018-04-12"
    )
    start = op.api.client.now()
    with pytest.raises(ServiceError):
        op.create_or_find(Write(error, seen_after=None).create, lambda: False)
    assert (op.api.client.now() - start).total_seconds() == pytest.approx(seconds)
