"""Stacks for the tests of the resource types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.fake import FakeCloud
from pulumi_ehpc.lifecycle.journal import Journal
from tests.resources.stack import Stack, stack_on

BOTH = ("2024-07-30", "2018-04-12")


@pytest.fixture(params=BOTH)
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A stack in each API version."""
    with stack_on(str(request.param)) as opened:
        yield opened


@pytest.fixture
def stack_2024() -> Iterator[Stack]:
    """A stack in API 2024-07-30."""
    with stack_on("2024-07-30") as opened:
        yield opened


@pytest.fixture
def stack_2018() -> Iterator[Stack]:
    """A stack in API 2018-04-12."""
    with stack_on("2018-04-12") as opened:
        yield opened


class ServiceTime(Clock):
    """A clock that shows the fake's time."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.cloud.clock.now(), timezone.utc)


@pytest.fixture
def folder(stack: Stack, tmp_path: Path) -> Path:
    """The folder of the stack's journal of intents."""
    stack.session.journal = Journal(tmp_path / "intents", ServiceTime(stack.cloud))
    return tmp_path / "intents"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no other resource: these tests do one step at a time."""
    monkeypatch.setattr("pulumi_ehpc.lifecycle.program._PATIENCE_SECONDS", 0.0)
