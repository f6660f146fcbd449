"""Whether the calls of an operation are answered: the person who waits is told when they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.errors import ApiError, NetworkError, ServiceError

NO_ANSWER_LIMIT_SECONDS: Final = 600.0
"""How long a wait goes on without any answer.

Most outages of a network are shorter. In a longer one the run would only keep its stack locked: what the service has
accepted is in state, and the next run goes on from there.
"""

_CANCEL_CHECK_SECONDS: Final = 0.2


def never() -> bool:
    """Return False: not cancelled."""
    return False


def sleep_unless(cancelled: Callable[[], bool], seconds: float, clock: Clock) -> bool:
    """Sleep until the time is up or the run is cancelled, which is asked every 0.2 seconds; return which it was.

    Returns:
        True when the time is up.
    """
    if cancelled is never:
        clock.sleep(seconds)
        return True
    end = clock.monotonic() + seconds
    while (left := end - clock.monotonic()) > 0:
        clock.sleep(min(left, _CANCEL_CHECK_SECONDS))
        if cancelled():
            return False
    return True


class Contact:
    """The calls of one operation, as the person sees them who waits for it. One thread at a time makes them.

    A call is not answered when no response comes, or when the service or a gateway before it fails (5xx) or sends
    something else than an answer.

    Args:
        clock: Clock to measure and to wait with.
        tell: Shows a line of progress: once a minute ``no answer from HOST since 2 min``, and that it answers again.
        cancelled: Tells whether the run was cancelled; then no call is retried, and no read is waited for.
    """

    def __init__(
        self,
        clock: Clock,
        tell: Callable[[str], None] = lambda message: None,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self.clock = clock
        self.cancelled = cancelled
        self._tell = tell
        self._start: float | None = None  # when the first call began that was not answered
        self._what = ""
        self._told_minutes = 0

    @property
    def silent(self) -> bool:
        """Whether the last call was not answered."""
        return self._start is not None

    @property
    def lost(self) -> bool:
        """Whether there was no answer for so long that waiting any longer makes no sense."""
        return self._seconds >= NO_ANSWER_LIMIT_SECONDS

    @property
    def silence(self) -> str:
        """Since when no call was answered, in words; empty where that is less than a minute."""
        if self._minutes < 1:
            return ""
        since = self.clock.now() - timedelta(seconds=self._seconds)
        return f"{self._what} since {since:%H:%M:%S} UTC ({self._minutes} min)"

    @contextmanager
    def calling(self, base_url: str) -> Iterator[None]:
        """Learn from what the call inside returns or raises whether it was answered."""
        start, host = self.clock.monotonic(), urlsplit(base_url).netloc
        try:
            yield
        except (NetworkError, ServiceError) as error:
            what = "no answer" if isinstance(error, NetworkError) else "no usable answer"
            self._not_answered(start, f"{what} from {host}")
            raise
        except ApiError:
            self._answered(host)
            raise
        self._answered(host)

    def sleep(self, seconds: float) -> bool:
        """Sleep unless the run is cancelled; see ``sleep_unless``."""
        return sleep_unless(self.cancelled, seconds, self.clock)

    @property
    def _seconds(self) -> float:
        return 0.0 if self._start is None else self.clock.monotonic() - self._start

    @property
    def _minutes(self) -> int:
        return int(self._seconds // 60)

    def _not_answered(self, start: float, what: str) -> None:
        if self._start is None:
            self._start = start
        self._what = what
        if self._minutes > self._told_minutes:
            self._told_minutes = self._minutes
            self._tell(f"{what} since {self._minutes} min")

    def _answered(self, host: str) -> None:
        told, self._start, self._told_minutes = self._told_minutes, None, 0
        if told:
            self._tell(f"{host} answers again")
