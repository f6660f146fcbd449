"""A cloud that runs here: its clock, keys, state and journal, and nothing shared with any other."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Request

from pulumi_ehpc.fake.app import Application
from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.auth import AccessKey, Authenticator
from pulumi_ehpc.fake.clock import Clock, SystemClock, iso_seconds
from pulumi_ehpc.fake.control import CONTROL_PATH, Control
from pulumi_ehpc.fake.ids import Ids
from pulumi_ehpc.fake.journal import Journal, JournalEntry
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.models.region import Region, World
from pulumi_ehpc.fake.state import describe_region

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["DEFAULT_KEY", "DEFAULT_REGION", "FakeCloud"]

DEFAULT_KEY: Final = AccessKey("fake", "fake")
DEFAULT_REGION: Final = "cn-hangzhou"

_FAILS: Final = {"CreateCluster": "cluster", "AddNodes": "nodes", "CreateNodes": "nodes"}
_REASON: Final = (
    "The requested resource is sold out in the specified zone; try other types of resources or other zones."
)


class FakeCloud:
    """A stateful imitation of E-HPC, as a WSGI application.

    State changes are events in time: before a request is answered everything due has happened, in order, however far
    the clock has moved. Reading changes nothing. Clouds share nothing, so many can live in one process; one cloud may
    be used by many threads.

    Args:
        clock: The time of the cloud; 60 times as fast as real time by default. Tests take a ManualClock.
        keys: Access keys it accepts.
        region: Region of requests that name none.
        assumptions: Switches for behaviour that is only assumed of the service.
        limits: Quotas.
        durations: How long things take.
        seed: Equal seeds give equal ids and addresses.
        verify_signatures: False takes every request, signed or not.
        strict: Check every answer against the spec and fail on a difference; for the fake's own tests.
        wall_clock: Real time, which timestamps of requests are compared with.
    """

    def __init__(
        self,
        clock: Clock | None = None,
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
        self.clock: Clock = clock or SystemClock()
        self.keys = tuple(keys)
        self.region = region
        self.assumptions = assumptions or Assumptions()
        self.strict = strict
        self.lock = threading.RLock()
        self.journal = Journal()
        self.authenticator = Authenticator(self.keys, wall_clock, verify=verify_signatures)
        self._limits = limits or Limits()
        self._durations = durations or Durations()
        self._seed = seed
        self._wall_clock = wall_clock
        self._application = Application(self)
        self._control = Control(self)
        self._begin()

    def _begin(self) -> None:
        self.ids = Ids(self._seed)
        self._world = World(self.clock, self.ids, self._durations, self._limits, self.assumptions, self._wall_clock)
        self._regions: dict[str, dict[str, Region]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        control = request.path.startswith(CONTROL_PATH)
        response = self._control.answer(request) if control else self._application.answer(request)
        return response(environ, start_response)

    def region_state(self, account: str, region: str) -> Region:
        """The state of an account in a region; empty at first."""
        regions = self._regions.setdefault(account, {})
        if region not in regions:
            regions[region] = Region(account, region, self._world)
        return regions[region]

    def run_due(self) -> None:
        """Let everything happen that is due by now."""
        with self.lock:
            now = self.clock.now()
            for regions in self._regions.values():
                for region in regions.values():
                    region.run_due(now)

    def advance(self, seconds: float) -> None:
        """Move the clock forward and let everything happen on the way.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        with self.lock:
            self.clock.advance(seconds)
            self.run_due()

    def fail_next(self, action: str, reason: str = _REASON) -> None:
        """Let the next cluster or nodes that are created end in ``exception``.

        Args:
            action: ``CreateCluster``, ``CreateNodes`` or ``AddNodes`` (the last two mean the same).
            reason: What tasks, logs and nodes will say.

        Raises:
            ValueError: Nothing that can fail is created by the action.
        """
        if action not in _FAILS:
            raise ValueError(f"{action} cannot be made to fail; known are {', '.join(_FAILS)}")
        with self.lock:
            self._world.failures.setdefault(_FAILS[action], deque()).append(reason)

    def calls(self, action: str | None = None) -> list[JournalEntry]:
        """The calls that were answered, oldest first; of one action, or all."""
        return self.journal.calls(action)

    def reset(self) -> None:
        """Forget state, journal and ordered failures, and begin again with the same ids; the clock goes on."""
        with self.lock:
            self.journal.clear()
            self._begin()

    def snapshot(self) -> dict[str, Any]:
        """The state as JSON, without secrets."""
        with self.lock:
            self.run_due()
            accounts = {
                account: {name: describe_region(region) for name, region in regions.items()}
                for account, regions in self._regions.items()
            }
            return {"time": iso_seconds(self.clock.now()), "accounts": accounts}
