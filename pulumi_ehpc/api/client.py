"""The client: any action of both API versions, by name."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from pulumi_ehpc.api import answers, pages, spec, waiters, wire
from pulumi_ehpc.api.call_log import CallLog
from pulumi_ehpc.api.clock import Clock, SystemClock
from pulumi_ehpc.api.credentials import DefaultChain, Keys, KeySource
from pulumi_ehpc.api.envelope import SEALS, Request, Signature
from pulumi_ehpc.api.settings import Settings
from pulumi_ehpc.errors import (
    ApiError,
    EhpcError,
    InputError,
    InvalidRequestError,
    NetworkError,
    NotFoundError,
    ServiceError,
    ThrottledError,
    Violation,
)

if TYPE_CHECKING:
    import requests

    from pulumi_ehpc.api.throttle import Throttle

__all__ = ["Client", "Probed"]

_CALLER_IDENTITY: Final = spec.Action(
    name="GetCallerIdentity", version="2015-04-01", method="POST", parameters={}, response=spec.Shape("object")
)
"""Action of STS, the Security Token Service; it needs no permission."""


@dataclass(frozen=True)
class Probed:
    """What an unsigned request to the endpoint tells.

    Attributes:
        latency_seconds: Time from sending to the answer.
        clock_skew_seconds: How far this clock is ahead of the service's, to about a second; None if it does not say.
    """

    latency_seconds: float
    clock_skew_seconds: float | None


@dataclass(frozen=True)
class _Call:
    """One call through all its attempts."""

    action: spec.Action
    given: Mapping[str, Any]
    encoded: Mapping[str, str]
    base_url: str

    @property
    def idempotent(self) -> bool:
        return self.action.reads or self.action.sets or "ClientToken" in self.encoded


class Client:
    """Calls the E-HPC API. Safe to use from many threads; keeps up to 64 connections.

    Which calls are repeated, up to three times, after 0.5, 1 and 2 seconds with jitter or when the service says:

    * calls the service did nothing about (throttled, or the request never left);
    * reads (``Get``, ``List``, ``Describe``), writes that set a state (such as ``UpdateUser``) and writes with a
      ``ClientToken``, after faults of the service, answers that cannot be read, and lost connections.

    Args:
        settings: Where to call and how fast.
        keys: Access keys, or a source of them; the default credential chain when left out.
        signature: ``acs3`` for ACS3-HMAC-SHA256, ``v1`` for the older HMAC-SHA1.
        session: Session to send with; one with a connection pool when left out.
        clock: Clock for signatures, pauses and deadlines.
        rng: Source of nonces and jitter.
        cache_folder: Where processes share the rate limit; the user's cache folder when left out.
        connect_timeout: Seconds to wait for a connection.
        read_timeout: Seconds to wait for the next byte of an answer.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        keys: KeySource | None = None,
        signature: Signature = "acs3",
        session: requests.Session | None = None,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        cache_folder: Path | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 60.0,
    ) -> None:
        from pulumi_ehpc.api.transport import Transport, new_session  # requests takes long to import

        self.settings = settings
        self._clock = clock or SystemClock()
        self._keys = keys or DefaultChain(self._clock)
        self._seal = SEALS[signature]
        self._rng = rng or random.Random()
        self._transport = Transport(
            session or new_session(loopback=settings.loopback),
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
        )
        self._cache_folder = cache_folder
        self._lock = threading.Lock()
        self._throttles: dict[tuple[str, str], Throttle] = {}
        self._account_lock = threading.Lock()
        self._account: tuple[str | None] | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections and files."""
        self._transport.close()
        with self._lock:
            for throttle in self._throttles.values():
                throttle.close()
            self._throttles.clear()

    def now(self) -> datetime:
        """The time in UTC, by the client's clock."""
        return self._clock.now()

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, *, version: str) -> dict[str, Any]:
        """Call an action.

        Args:
            action: Name of the action.
            parameters: Parameters by the API's own names, nested where they are; None values are left out. ``RegionId``
                is filled in where the action has it.
            version: API version.

        Returns:
            The answer.

        Raises:
            InputError: Action or parameters are not the API's; nothing was sent.
            ConfigurationError: Credentials or region are missing; nothing was sent.
            ApiError: The service refused or failed; the subclass tells which.
            NetworkError: No answer came.
        """
        return self._send(self._prepare(action, parameters or {}, version))

    def pages(
        self, action: str, parameters: Mapping[str, Any] | None = None, *, version: str
    ) -> Iterator[dict[str, Any]]:
        """Yield every item of every page of a list; the next page is asked for when it is needed.

        Raises:
            InputError: The action has no list, or as for ``call``.
            EhpcError: As for ``call``.
        """
        found = spec.paginators(_known_version(version)).get(action)
        if found is None:
            raise _refused(f"{action} ({version})", action, "an action with a list of objects is expected")
        call = partial(self.call, action, version=version)
        return pages.items_of_all_pages(spec.action(action, version), found, parameters or {}, call)

    def wait(
        self,
        waiter: str,
        parameters: Mapping[str, Any],
        *,
        version: str,
        timeout_seconds: float,
        tick: waiters.Tick | None = None,
        cancelled: Callable[[], bool] = waiters.never,
    ) -> dict[str, Any]:
        """Wait for a state described as data (``waiters.json``).

        Args:
            waiter: ``ClusterRunning`` or ``ClusterDeleted``.
            parameters: Parameters of the waiter's action.
            version: API version.
            timeout_seconds: Longest wait.
            tick: Told state and seconds gone by after each look.
            cancelled: Asked every 0.2 seconds whether to give up.

        Returns:
            The last answer; empty when the wait ended with an error code that means success.

        Raises:
            WaitError: It ended otherwise: failed, timed out, or cancelled.
            ApiError: The service refused to tell.
        """
        rules = spec.waiters(_known_version(version)).get(waiter)
        if rules is None:
            raise _refused(f"{waiter} ({version})", waiter, "a waiter of this API version is expected")
        call = self._prepare(rules.action, parameters, version)
        last: dict[str, Any] = {}
        self.wait_until(
            partial(self._look, call, rules, last),
            doing=f"{waiter} ({', '.join(spec.redact(call.encoded).values())})",
            timeout_seconds=timeout_seconds,
            delay_seconds=rules.delay_seconds,
            tick=tick,
            cancelled=cancelled,
        )
        return last

    def wait_until(
        self,
        probe: waiters.Probe,
        *,
        doing: str,
        timeout_seconds: float,
        delay_seconds: float = 10.0,
        tick: waiters.Tick | None = None,
        cancelled: Callable[[], bool] = waiters.never,
    ) -> str:
        """Wait until a probe says done; see ``pulumi_ehpc.api.waiters.wait_until`` for arguments and errors."""
        return waiters.wait_until(
            probe,
            doing=doing,
            timeout_seconds=timeout_seconds,
            delay_seconds=delay_seconds,
            clock=self._clock,
            tick=tick,
            cancelled=cancelled,
        )

    def account_id(self) -> str | None:
        """Id of the account the keys belong to; asked once (STS GetCallerIdentity, 2015-04-01).

        Returns:
            The id; None when the endpoint does not know the action or cannot be reached.

        Raises:
            AuthenticationError: The keys are not accepted.
            ConfigurationError: There are no keys.
        """
        with self._account_lock:
            if self._account is None:
                try:
                    answer = self._send(_Call(_CALLER_IDENTITY, {}, {}, self._sts_url()))
                    self._account = (str(answer["AccountId"]) if answer.get("AccountId") else None,)
                except (InvalidRequestError, NotFoundError):
                    self._account = (None,)
                except (NetworkError, ServiceError):
                    return None
            return self._account[0]

    def probe(self) -> Probed:
        """Send an unsigned request, for latency and the difference of clocks; the service refuses it, which is enough.

        Raises:
            NetworkError: No answer came.
        """
        base_url = self.settings.base_url
        start = self._clock.monotonic()
        request = Request("GET", base_url, f"{base_url}/", {"accept": "application/json"}, b"")
        answer = self._transport.send(request, action="probe")
        latency = self._clock.monotonic() - start
        return Probed(latency, answers.clock_skew(answer.headers, self._clock.now()))

    def _look(self, call: _Call, rules: spec.Waiter, last: dict[str, Any]) -> tuple[waiters.Outcome, str]:
        """Call once, keep the answer in ``last``, and judge it."""
        last.clear()
        try:
            # Not repeated: the wait itself repeats, and so stays free to be cancelled.
            last.update(self._send(call, repeat=False))
        except ApiError as error:
            judged = waiters.judge_error(rules, error)
            if judged is None:
                raise
            return judged
        return waiters.judge_answer(rules, last)

    def _prepare(self, name: str, parameters: Mapping[str, Any], version: str) -> _Call:
        action = spec.actions(_known_version(version)).get(name)
        if action is None:
            raise _refused(f"{name} ({version})", name, f"API version {version} has no such action")
        given = dict(parameters)
        if "RegionId" in action.parameters and given.get("RegionId") is None:
            given["RegionId"] = self.settings.region or None
        if violations := wire.check(action, given):
            raise InputError(f"{name} ({version}) cannot be called like this.", violations)
        return _Call(action, given, wire.encode(action, given), self.settings.base_url)

    def _send(self, call: _Call, *, repeat: bool = True) -> dict[str, Any]:
        from pulumi_ehpc.api.retry import RETRIES, retrying

        log = CallLog(call.action, call.given)
        policy = retrying(
            retries=RETRIES if repeat else 0,
            idempotent=call.idempotent,
            clock=self._clock,
            rng=self._rng,
            before_retry=log.repeated,
        )
        try:
            return policy(self._attempt, call, log)
        except EhpcError as error:
            log.failed(error)
            raise

    def _attempt(self, call: _Call, log: CallLog) -> dict[str, Any]:
        log.begin()
        keys = self._keys.keys()
        throttle = self._throttle(keys, call.base_url)
        if throttle is not None:
            throttle.acquire()
        request = self._seal(
            call.base_url,
            call.action,
            call.encoded,
            region=self.settings.region,
            keys=keys,
            now=self._clock.now(),
            nonce=f"{self._rng.getrandbits(128):032x}",
        )
        start = self._clock.monotonic()
        answer = self._transport.send(request, action=call.action.name)
        log.answered(answer.status, self._clock.monotonic() - start)
        try:
            tree = answers.read(answer, call.action, sent=call.given, now=self._clock.now())
        except ThrottledError:
            if throttle is not None:
                throttle.slow_down()
            raise
        log.succeeded(str(tree.get("RequestId", "")))
        return tree

    def _throttle(self, keys: Keys, base_url: str) -> Throttle | None:
        limit = self.settings.rate_limit
        if limit is None:
            return None
        with self._lock:
            throttle = self._throttles.get((keys.key_id, base_url))
            if throttle is None:
                from pulumi_ehpc.api.throttle import Throttle

                throttle = Throttle(
                    limit, account=keys.key_id, endpoint=base_url, clock=self._clock, folder=self._cache_folder
                )
                self._throttles[keys.key_id, base_url] = throttle
            return throttle

    def _sts_url(self) -> str:
        if self.settings.endpoint:
            return self.settings.base_url
        return f"https://sts.{self.settings.require_region()}.aliyuncs.com"


def _known_version(version: str) -> str:
    if version not in spec.VERSIONS:
        raise _refused("This API version is not known.", "version", f"there are {' and '.join(spec.VERSIONS)}", version)
    return version


def _refused(what: str, name: str, rule: str, value: str = "") -> InputError:
    message = what if what.endswith(".") else f"{what} cannot be called."
    return InputError(message, [Violation(name, value or "not known", rule)])
