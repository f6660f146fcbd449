"""The client: signs calls, limits their rate, sends them, retries them and logs them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pulumi_ehpc import errors
from pulumi_ehpc.api import responses, spec
from pulumi_ehpc.api.call import Call, CallLog
from pulumi_ehpc.api.clock import Clock
from pulumi_ehpc.api.contact import Contact, never
from pulumi_ehpc.api.credentials import Credentials, CredentialsProvider, DefaultCredentialChain
from pulumi_ehpc.api.settings import Settings
from pulumi_ehpc.api.signers import SIGNERS, HttpRequest, Signature, SigningContext
from pulumi_ehpc.api.version_client import VersionClient
from pulumi_ehpc.wording import shown

if TYPE_CHECKING:
    from pulumi_ehpc.api.throttle import Throttle

_CALLER_IDENTITY: Final = spec.Action(
    name="GetCallerIdentity",
    version="2015-04-01",
    method="POST",
    parameters={},
    response=spec.Shape("object", properties={"AccountId": spec.Shape("string")}),
    response_required=("AccountId",),
)
"""Action of STS, the Security Token Service; it needs no permission."""


class Client:
    """Calls the E-HPC API. Safe to use from many threads; keeps up to ``MAX_CONNECTIONS`` connections.

    A call is retried up to three times, after 0.5, 1 and 2 seconds with jitter or when the service asks to, if

    * the service did not act on it: it was throttled, or never sent;
    * it is a read (``Get``, ``List``, ``Describe``), a write that sets a state (such as ``UpdateUser``) or a write with
      a ``ClientToken``, and it ended in a service fault, an unreadable response or a lost connection.

    Args:
        settings: Which endpoint to call, and how fast.
        credentials: Credentials or a provider of them; the default credential chain when left out.
        signature: ``acs3`` for ACS3-HMAC-SHA256, ``v1`` for the older HMAC-SHA1.
        clock: Clock for signatures, pauses and deadlines.
        rng: Source of nonces and jitter.
        cache_folder: Where processes share the rate limit; the user's cache folder when left out.
        read_timeout: Seconds to wait for the next byte of a response.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        credentials: CredentialsProvider | None = None,
        signature: Signature = "acs3",
        clock: Clock | None = None,
        rng: random.Random | None = None,
        cache_folder: Path | None = None,
        read_timeout: float = 60.0,
    ) -> None:
        from pulumi_ehpc.api.transport import Transport, new_session  # requests takes long to import

        self.settings = settings
        self._clock = clock or Clock()
        self._credentials = credentials or DefaultCredentialChain(self._clock)
        self._sign = SIGNERS[signature]
        self._rng = rng or random.Random()
        self._transport = Transport(new_session(loopback=settings.loopback), read_timeout=read_timeout)
        self._cache_folder = cache_folder
        self._lock = threading.Lock()
        self._throttles: dict[tuple[str, str], Throttle] = {}
        self._account_lock = threading.Lock()
        self._account_id: str | None = None  # None until it is known; empty where the endpoint does not tell

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close connections and files."""
        self._transport.close()
        with self._lock:
            for throttle in self._throttles.values():
                throttle.close()
            self._throttles.clear()

    def now(self) -> datetime:
        """Return the current time in UTC, by the client's clock."""
        return self._clock.now()

    def for_version(
        self, version: str, *, tell: Callable[[str], None] = lambda message: None, cancelled: Callable[[], bool] = never
    ) -> VersionClient:
        """Return a client of one API version.

        Args:
            version: The API version.
            tell: Shows a line of progress when calls are not answered for a minute or more; see ``Contact``.
            cancelled: Tells whether the run was cancelled; then no call is retried, and no read is waited for.

        Raises:
            InputError: The version is not known.
        """
        if version not in spec.VERSIONS:
            rule = f"must be one of {', '.join(spec.VERSIONS)}"
            violation = errors.Violation("version", shown(version), rule)
            raise errors.InputError("The API version is not known.", [violation])
        return VersionClient(self, version, Contact(self._clock, tell, cancelled))

    def account_id(self, contact: Contact | None = None) -> str | None:
        """Return the id of the account that the credentials belong to; asked once (STS GetCallerIdentity, 2015-04-01).

        Args:
            contact: The operation that asks.

        Returns:
            The id; None when the endpoint does not have the action or cannot be reached.

        Raises:
            AuthenticationError: The credentials are not accepted.
            ConfigurationError: There are no credentials.
        """
        with self._account_lock:
            if self._account_id is None:
                try:
                    response = self.send(Call(_CALLER_IDENTITY, {}, {}, self._sts_url()), contact)
                    self._account_id = str(response["AccountId"])
                except (errors.InvalidRequestError, errors.NotFoundError):
                    self._account_id = ""
                except (errors.NetworkError, errors.ServiceError):
                    return None
            return self._account_id or None

    def probe(self) -> tuple[float, float | None]:
        """Send an unsigned request to measure latency and clock skew; that the service refuses it does not matter.

        Returns:
            Seconds from request to response; and how many seconds this clock is ahead of the service's, to about a
            second, None if the response does not report a time.

        Raises:
            NetworkError: No response was received.
        """
        base_url = self.settings.base_url
        start = self._clock.monotonic()
        request = HttpRequest("GET", base_url, f"{base_url}/", {"accept": "application/json"}, b"")
        response = self._transport.send(request, action="probe")
        latency = self._clock.monotonic() - start
        return latency, responses.clock_skew(response.headers, self._clock.now())

    def send(self, call: Call, contact: Contact | None = None, *, retry: bool = True) -> dict[str, Any]:
        """Send a call that was checked and encoded.

        Args:
            call: The call.
            contact: The operation that makes it.
            retry: Whether to retry it where that is safe.

        Raises:
            EhpcError: As for ``VersionClient.call``.
        """
        from pulumi_ehpc.api.retry import RETRIES, retrying

        log = CallLog(call)
        contact = contact or Contact(self._clock)
        policy = retrying(log, retries=RETRIES if retry else 0, contact=contact, rng=self._rng)
        try:
            return policy(self._attempt, call, log, contact)
        except errors.EhpcError as error:
            log.failed(error)
            raise

    def _attempt(self, call: Call, log: CallLog, contact: Contact) -> dict[str, Any]:
        log.begin()
        credentials = self._credentials.credentials()
        throttle = self._throttle(credentials, call.base_url)
        if throttle is not None:
            throttle.acquire(contact)
        nonce = f"{self._rng.getrandbits(128):032x}"
        request = self._sign(call, SigningContext(credentials, self.settings.region, self._clock.now(), nonce))
        send = self._transport.send
        if call.action.reads and contact.cancelled is not never:
            send = partial(self._transport.send_unless, contact.cancelled)
        start = self._clock.monotonic()
        try:
            with contact.calling(call.base_url):
                response = send(request, action=call.action.name)
                log.received(response.status, self._clock.monotonic() - start)
                body = responses.parse(response, call, now=self._clock.now())
        except errors.ThrottledError:
            if throttle is not None:
                throttle.slow_down()
            raise
        log.succeeded(str(body.get("RequestId", "")))
        return body

    def _throttle(self, credentials: Credentials, base_url: str) -> Throttle | None:
        limit = self.settings.rate_limit
        if limit is None:
            return None
        account = credentials.access_key_id
        with self._lock:
            if (account, base_url) not in self._throttles:
                from pulumi_ehpc.api.throttle import Throttle

                self._throttles[account, base_url] = Throttle(
                    limit, account=account, endpoint=base_url, clock=self._clock, folder=self._cache_folder
                )
            return self._throttles[account, base_url]

    def _sts_url(self) -> str:
        if self.settings.endpoint:
            return self.settings.base_url
        return f"https://sts.{self.settings.require_region()}.aliyuncs.com"
