"""All errors of this package, in one tree.

::

    EhpcError                        base class of all the others
    ├── ConfigurationError           a setting or the credentials are missing
    ├── InputError                   values are not valid; carries every violation
    ├── RefusedError                 refused to protect what exists, which is left as it is
    ├── NetworkError                 no response: DNS failure, connection refused or lost, timeout
    ├── ApiError                     the service returned an error
    │   ├── AuthenticationError      unknown access key, wrong signature, expired token or clock skew
    │   ├── AuthorizationError       the identity lacks the permission
    │   ├── ThrottledError           too many calls; the client has already slowed down and retried
    │   ├── QuotaError               a limit of the account or the cluster is reached
    │   ├── BillingError             balance, payment method or unpaid order
    │   ├── NotFoundError            the object does not exist
    │   ├── ConflictError            the object is busy, already exists or is in the wrong state
    │   ├── InvalidRequestError      the action or a parameter is not accepted
    │   └── ServiceError             the service itself failed (5xx and similar)
    └── WaitError                    a state was not reached
        ├── WaitFailedError          the object reached a failure state
        ├── WaitTimeoutError         the time was up, or nothing answered for too long
        └── WaitCancelledError       the run was cancelled

Messages say what failed, with the service's code and request id, and what to do next. They never contain passwords or
access keys.
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
    """Base class of all errors of this package.

    Attributes:
        message: What failed.
        next_step: What to do about it; may be empty.
    """

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        """Support pickling in spite of keyword-only arguments: errors cross process boundaries."""
        return type(self).__new__, (type(self), *self.args), vars(self)


class ConfigurationError(EhpcError):
    """A setting or the credentials are missing."""


@dataclass(frozen=True)
class Violation:
    """A rule that a value breaks.

    Attributes:
        property: Dotted path of the property, for example ``users[0].name``.
        value: The value as shown in messages; ``[secret]`` for secrets.
        rule: The rule, and the remedy if there is one.
    """

    property: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"{self.property} = {self.value}: {self.rule}"


class InputError(EhpcError):
    """Values are not valid; ``violations`` lists every one."""

    def __init__(self, message: str, violations: Iterable[Violation], *, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.violations = tuple(violations)

    def __str__(self) -> str:
        lines = [super().__str__(), *(f"  - {violation}" for violation in self.violations)]
        return "\n".join(lines)


class RefusedError(EhpcError):
    """The operation was refused to protect what exists, which is left as it is."""


class NetworkError(EhpcError):
    """No response was received: DNS failure, connection refused or lost, or timeout.

    Attributes:
        endpoint: The endpoint that was called.
        action: The API action; may be empty.
        sent: Whether the request may have reached the service, so that its effect is unknown.
    """

    def __init__(
        self, message: str, *, endpoint: str, action: str = "", sent: bool = False, next_step: str = ""
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.endpoint = endpoint
        self.action = action
        self.sent = sent


class ApiError(EhpcError):
    """The service returned an error.

    Attributes:
        code: The service's error code, for example ``ClusterNotFound``.
        http_status: HTTP status of the response.
        request_id: The service's id of the call; quote it in support tickets.
        action: The API action.
        version: The API version.
        retry_after: Seconds that the service asks to wait before a retry; None if it does not.
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
        details = f"{self.code}, HTTP {self.http_status}, request {self.request_id or 'unknown'}"
        return f"{self.action} failed: {self.message.rstrip('.')} ({details}). {self.next_step}".strip()


class AuthenticationError(ApiError):
    """The access key is unknown, the signature is wrong, the token has expired or the clock is off."""


class AuthorizationError(ApiError):
    """The identity lacks the permission for this action."""


class ThrottledError(ApiError):
    """There were too many calls in a short time."""


class QuotaError(ApiError):
    """A limit of the account or the cluster is reached."""


class BillingError(ApiError):
    """The order was not accepted because of the balance, the payment method or an unpaid order."""


class NotFoundError(ApiError):
    """The object does not exist."""


class ConflictError(ApiError):
    """The object is busy, already exists or is in the wrong state."""


class InvalidRequestError(ApiError):
    """The action or a parameter is not accepted."""


class ServiceError(ApiError):
    """The service itself failed."""


class WaitError(EhpcError):
    """The state that was waited for was not reached.

    Attributes:
        state: The last state seen.
    """

    def __init__(self, message: str, *, state: str, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.state = state


class WaitFailedError(WaitError):
    """The object reached a failure state."""


class WaitTimeoutError(WaitError):
    """The time was up before the state was reached, or no call was answered for ten minutes."""


class WaitCancelledError(WaitError):
    """The run was cancelled while waiting."""
