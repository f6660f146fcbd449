"""A limit on calls per second for an account and an endpoint, shared by all processes of this machine.

The calls of the last second are kept in a small database in the user's cache folder, one for each account and endpoint;
file names are hashes. Without a usable folder the limit holds for this process only.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Final, cast

from platformdirs import user_cache_path
from pyrate_limiter import AbstractBucket, InMemoryBucket, Rate, RateItem, SQLiteBucket

from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.api.contact import Contact
from pulumi_ehpc.errors import WaitCancelledError

_SECOND: Final = 1000
"""In milliseconds, the unit of the buckets."""

_LEAK_EVERY: Final = 100
_STALE_SECONDS: Final = 24 * 3600

_log = logging.getLogger("pulumi_ehpc.api")


class Throttle:
    """Delays calls so that no second has more than the limit.

    Args:
        limit: Maximum number of calls within any second.
        account: Any string that identifies the account; only its hash is stored.
        endpoint: Scheme and host that are called.
        clock: Clock to wait with.
        folder: Where processes share the limit; the user's cache folder by default.
    """

    def __init__(self, limit: int, *, account: str, endpoint: str, clock: Clock, folder: Path | None = None) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._taken = 0
        digest = hashlib.sha256(f"{account}\n{endpoint}".encode()).hexdigest()[:32]
        self._bucket = _shared_bucket(limit, folder or user_cache_path("pulumi-ehpc") / "throttle", digest)

    def acquire(self, contact: Contact) -> None:
        """Return when one more call may be made.

        Raises:
            WaitCancelledError: The run was cancelled before that.
        """
        while (wait := self._take()) > 0:
            if not contact.sleep(wait / _SECOND):
                state = "waiting for the limit on calls per second"
                raise WaitCancelledError(f"The run was cancelled while {state}.", state=state)

    def slow_down(self) -> None:
        """Use up the rest of this second's calls, for all processes: the service has throttled a call."""
        for _ in range(self._limit):
            if self._take() > 0:
                return

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._bucket.close()

    def _take(self) -> int:
        """Count one more call and return 0, or return the milliseconds after which to try again."""
        with self._lock:
            try:
                return self._put()
            except (OSError, sqlite3.Error) as error:
                self._bucket.close()
                self._bucket = _unshared_bucket(self._limit, error)
                return self._put()

    def _put(self) -> int:
        item = RateItem("call", int(self._clock.now().timestamp() * _SECOND))
        if self._bucket.put(item):
            self._taken += 1
            if self._taken % _LEAK_EVERY == 0:
                self._bucket.leak(item.timestamp)
            return 0
        wait = cast(int, self._bucket.waiting(item))
        if wait > 2 * _SECOND:
            # Calls in the future: this machine's clock was set back.
            self._bucket.flush()
        return max(1, min(wait, _SECOND))


def _shared_bucket(limit: int, folder: Path, name: str) -> AbstractBucket:
    path = os.fspath(folder / f"{name}.sqlite")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_stale(folder)
        return SQLiteBucket.init_from_file([Rate(limit, _SECOND)], db_path=path, use_file_lock=True)
    except (OSError, sqlite3.Error) as error:
        return _unshared_bucket(limit, error)


def _remove_stale(folder: Path) -> None:
    """Remove old databases: every temporary access key leaves one behind."""
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _STALE_SECONDS:
            path.unlink(missing_ok=True)


def _unshared_bucket(limit: int, error: Exception) -> InMemoryBucket:
    problem = "The limit on calls per second holds for this process only, because its cache is not usable: %s."
    _log.warning(problem, type(error).__name__)
    return InMemoryBucket([Rate(limit, _SECOND)])
