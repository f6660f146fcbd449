"""A client bound to one API version, so that a version is named once and not in every call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_ehpc.api.client import Client
    from pulumi_ehpc.api.waiters import Probe

__all__ = ["BoundClient"]


class BoundClient:
    """``Client`` for one API version; see there for what the methods do and raise."""

    def __init__(self, client: Client, version: str) -> None:
        self.client = client
        self.version = version

    def call(self, action: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call an action; see ``Client.call``."""
        return self.client.call(action, parameters, version=self.version)

    def pages(self, action: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield every item of every page; see ``Client.pages``."""
        return self.client.pages(action, parameters, version=self.version)

    def wait(
        self,
        waiter: str,
        parameters: Mapping[str, Any],
        *,
        timeout_seconds: float,
        tick: Callable[[str, float], None],
        cancelled: Callable[[], bool],
    ) -> dict[str, Any]:
        """Wait for a state described as data; see ``Client.wait``."""
        return self.client.wait(
            waiter, parameters, version=self.version, timeout_seconds=timeout_seconds, tick=tick, cancelled=cancelled
        )

    def wait_until(
        self,
        probe: Probe,
        *,
        doing: str,
        timeout_seconds: float,
        tick: Callable[[str, float], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Wait until a probe says so; see ``Client.wait_until``."""
        self.client.wait_until(probe, doing=doing, timeout_seconds=timeout_seconds, tick=tick, cancelled=cancelled)
