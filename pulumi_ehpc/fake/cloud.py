"""The fake as a WSGI application: the API and the control interface on one state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Request

from pulumi_ehpc.fake.app import Application
from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.auth import AccessKey, Authenticator
from pulumi_ehpc.fake.clock import FakeClock, ScaledClock
from pulumi_ehpc.fake.control import CONTROL_PATH, Control
from pulumi_ehpc.fake.journal import JournalEntry
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["DEFAULT_KEY", "DEFAULT_REGION", "FakeCloud"]

DEFAULT_KEY: Final = AccessKey("fake", "fake")
DEFAULT_REGION: Final = "cn-hangzhou"


class FakeCloud:
    """The fake: E-HPC in both API versions on one state, as a WSGI application.

    State changes are events in time: before a request is handled, everything due has happened, in order, however far
    the clock has moved. Reading changes nothing. Clouds share nothing, so many can live in one process; one cloud may
    be used by many threads.

    Args:
        clock: The cloud's time; 60 times as fast as real time by default. Tests pass a ManualClock.
        keys: Access keys to accept.
        region: Region of requests that name none.
        assumptions: Switches for behaviour that is only assumed of the service.
        limits: Quotas.
        durations: How long things take.
        seed: Equal seeds give equal ids and addresses.
        verify_signatures: False accepts every request, signed or not.
        strict: Check every response against the spec and fail on a difference; for the fake's own tests.
        wall_clock: Real time, which timestamps of requests are compared with.
    """

    def __init__(
        self,
        clock: FakeClock | None = None,
        keys: Iterable[AccessKey] = (DEFAULT_KEY,),
        region: str = DEFAULT_REGION,
        *,
        assumptions: Assumptions | None = None,
        limits: Limits | None = None,
        durations: Durations | None = None,
        seed: int = 0,
        verify_signatures: bool = True,
        strict: bool = False,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.clock: FakeClock = clock or ScaledClock()
        self.keys = tuple(keys)
        self.region = region
        self._state = State(
            self.clock, assumptions or Assumptions(), limits or Limits(), durations or Durations(), seed, wall_clock
        )
        authenticator = Authenticator(self.keys, wall_clock, verify=verify_signatures)
        self._application = Application(self._state, authenticator, region, strict=strict)
        self._control = Control(self._state, region)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        request = Request(environ)
        handler = self._control if request.path.startswith(CONTROL_PATH) else self._application
        return handler.handle(request)(environ, start_response)

    def advance(self, seconds: float) -> None:
        """Move the clock forward; everything due on the way happens.

        Raises:
            ValueError: ``seconds`` is negative or not finite.
        """
        self._state.advance(seconds)

    def fail_next(self, action: str, reason: str = "") -> None:
        """Let the next cluster or nodes that are created end in ``exception``.

        Args:
            action: ``CreateCluster``, ``CreateNodes`` or ``AddNodes`` (the last two mean the same).
            reason: The reason in tasks, logs and nodes; by default that the instance type is sold out.

        Raises:
            ValueError: The action creates nothing that can fail.
        """
        self._state.fail_next(action, reason)

    def calls(self, action: str | None = None) -> list[JournalEntry]:
        """Return the calls so far, oldest first; all of them or those of one action."""
        return self._state.journal.calls(action)

    def reset(self) -> None:
        """Clear state, journal and ordered failures, and start again with the same ids; the clock is not reset."""
        self._state.reset()

    def snapshot(self) -> dict[str, Any]:
        """Return the state as JSON, without secrets."""
        return self._state.snapshot()
