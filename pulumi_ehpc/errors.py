"""Every error this package raises, in one tree.

::

    EhpcError                        catch-all: everything below
    ├── ConfigurationError           a setting is missing or wrong (region, apiVersion, endpoint ...)
    ├── InputError                   declared values break rules; carries every violation at once
    ├── RefusedError                 the request is understood and declined; nothing was touched
    ├── NetworkError                 no answer: name not resolved, refused, timed out, connection lost
    ├── ApiError                     the service answered with an error code
    │   ├── AuthenticationError      key id unknown, signature wrong, token expired, clock off
    │   ├── AuthorizationError       the identity may not do this
    │   ├── ThrottledError           too many calls; the client has already repeated and slowed down
    │   ├── QuotaError               a limit of the account or of the cluster is reached
    │   ├── BillingError             balance, payment method or unpaid order
    │   ├── NotFoundError            the object does not exist
    │   ├── ConflictError            the object is busy, exists already or is in the wrong state
    │   ├── InvalidRequestError      a parameter is not accepted
    │   └── ServiceError             a fault of the service (5xx and its own failures)
    └── WaitError                    waiting for a state ended otherwise
        ├── WaitFailedError          a failure state was reached
        ├── WaitTimeoutError         the deadline passed
        └── WaitCancelledError       the run was cancelled

Texts name what failed, the service's code and request id, and what to do next. They never hold passwords or keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "ApiError",
    "AuthenticationError",
    "AuthorizationError",
    "BillingError",
    "ConfigurationError",
    "ConflictError",
    "EhpcError",
    "InputError",
    "InvalidRequestError",
    "NetworkError",
    "NotFoundError",
    "QuotaError",
    "RefusedError",
    "ServiceError",
    "ThrottledError",
    "Violation",
    "WaitCancelledError",
    "WaitError",
    "WaitFailedError",
    "WaitTimeoutError",
]


class EhpcError(Exception):
    """Root of all errors of this package.

    Attributes:
        message: What failed, in a sentence.
        next_step: What a person can do about it; empty when there is nothing to add.
    """

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross process boundaries, so keyword-only arguments must survive pickling."""
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(kind: type[EhpcError], args: tuple[Any, ...], state: dict[str, Any]) -> EhpcError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(EhpcError):
    """A setting is missing or wrong."""


@dataclass(frozen=True)
class Violation:
    """One broken rule of a declared value.

    Attributes:
        property: Dotted path of the property, for example ``users[0].name``.
        value: The value as text; ``[secret]`` for secrets.
        rule: The rule it breaks and the remedy, in words.
    """

    property: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"{self.property} = {self.value}: {self.rule}"


class InputError(EhpcError):
    """Declared values break rules. ``violations`` holds every one of them."""

    def __init__(self, message: str, violations: Iterable[Violation], *, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.violations = tuple(violations)

    def __str__(self) -> str:
        lines = [super().__str__(), *(f"  - {violation}" for violation in self.violations)]
        return "\n".join(lines)


class RefusedError(EhpcError):
    """The request is understood and declined; nothing was touched."""


class NetworkError(EhpcError):
    """No answer came: name not resolved, connection refused or lost, timed out.

    Attributes:
        endpoint: The address that was called.
        action: The API action, empty when none was involved.
        sent: True when the request may have reached the service, so that its effect is unknown.
    """

    def __init__(
        self, message: str, *, endpoint: str, action: str = "", sent: bool = False, next_step: str = ""
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.endpoint = endpoint
        self.action = action
        self.sent = sent


class ApiError(EhpcError):
    """The service answered with an error.

    Attributes:
        code: The service's error code, for example ``ClusterNotFound``.
        http_status: HTTP status of the answer.
        request_id: The service's id of the call; quote it to support.
        action: The API action.
        version: The API version of the call.
        retry_after: Seconds the service asks to wait before repeating, if it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        http_status: int,
        request_id: str,
        action: str,
        version: str,
        retry_after: float | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.action = action
        self.version = version
        self.retry_after = retry_after

    def __str__(self) -> str:
        said = self.message.rstrip(".")
        where = f"{self.code}, HTTP {self.http_status}, request {self.request_id or 'unknown'}"
        return f"{self.action} failed: {said} ({where}). {self.next_step}".strip()


class AuthenticationError(ApiError):
    """The key id is unknown, the signature is wrong, the token has expired or the clock is off."""


class AuthorizationError(ApiError):
    """The identity is known but may not do this."""


class ThrottledError(ApiError):
    """Too many calls in a short time."""


class QuotaError(ApiError):
    """A limit of the account or of the cluster is reached."""


class BillingError(ApiError):
    """The order was not accepted: balance, payment method or unpaid order."""


class NotFoundError(ApiError):
    """The object does not exist."""


class ConflictError(ApiError):
    """The object is busy, exists already or is in the wrong state."""


class InvalidRequestError(ApiError):
    """A parameter or the action is not accepted."""


class ServiceError(ApiError):
    """A fault of the service itself."""


class WaitError(EhpcError):
    """Waiting for a state ended otherwise.

    Attributes:
        state: The last state seen.
    """

    def __init__(self, message: str, *, state: str, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.state = state


class WaitFailedError(WaitError):
    """A failure state was reached."""


class WaitTimeoutError(WaitError):
    """The deadline passed before the state was reached."""


class WaitCancelledError(WaitError):
    """The run was cancelled while waiting."""
