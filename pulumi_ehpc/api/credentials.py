"""Access keys, and where they come from."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from pulumi_ehpc.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_ehpc.api.clock import Clock

__all__ = ["DefaultChain", "KeySource", "Keys"]

_REMEMBERED_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Keys:
    """An access key.

    Attributes:
        key_id: Access key id.
        secret: Access key secret; not shown.
        token: Security token of temporary (STS) keys, else empty; not shown.
    """

    key_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)

    def keys(self) -> Keys:
        """Themselves, so that fixed keys are a source of keys."""
        return self


class KeySource(Protocol):
    """Where the keys of a call come from; asked for each call, as temporary keys expire."""

    def keys(self) -> Keys:
        """Keys that are valid now.

        Raises:
            ConfigurationError: There are none.
        """


class DefaultChain:
    """The default credential chain of ``alibabacloud-credentials``, which is imported when first asked.

    The chain looks into the environment, OIDC, the profile files and the metadata service of an ECS instance, in this
    order, and renews temporary keys by itself. Outside the cloud the metadata service costs two connection attempts of
    one second each. That no keys were found is therefore remembered for ten seconds, or many threads would each wait.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._chain: Any = None
        self._failed_at: float | None = None

    def keys(self) -> Keys:
        """Keys that are valid now.

        Raises:
            ConfigurationError: No place of the chain has any.
        """
        with self._lock:
            if self._failed_at is not None and self._clock.monotonic() - self._failed_at < _REMEMBERED_SECONDS:
                raise _no_credentials()
            found = self._ask()
            self._failed_at = None if found else self._clock.monotonic()
        if found is None:
            raise _no_credentials()
        return found

    def _ask(self) -> Keys | None:
        if self._chain is None:
            self._chain = _default_provider()
        try:
            found = self._chain.get_credentials()
        except Exception:
            # The chain lets through whatever its links raise, whose texts may quote what they read.
            return None
        return Keys(found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or "")


def _default_provider() -> Any:
    from alibabacloud_credentials import provider  # type: ignore[import-untyped]

    # The library attaches handlers of its own, which print a traceback for each place without keys.
    logging.getLogger("credentials").handlers[:] = [logging.NullHandler()]
    return provider.DefaultCredentialsProvider()


def _no_credentials() -> ConfigurationError:
    return ConfigurationError(
        "No Alibaba Cloud credentials were found.",
        next_step=(
            "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and ALIBABA_CLOUD_SECURITY_TOKEN for"
            " temporary keys), or make a profile with `aliyun configure` (~/.aliyun/config.json), or use OIDC"
            " (ALIBABA_CLOUD_OIDC_TOKEN_FILE and role), or run on an ECS instance that has a RAM role."
        ),
    )
