"""Access keys, and where they come from."""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from pulumi_ehpc.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_ehpc.api.clock import Clock

_FAILURE_CACHED_SECONDS: Final = 10.0
_NEXT_STEP: Final = (
    "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and ALIBABA_CLOUD_SECURITY_TOKEN for"
    " temporary credentials), create a profile with `aliyun configure` (~/.aliyun/config.json), use OIDC (set"
    " ALIBABA_CLOUD_OIDC_TOKEN_FILE and the role), or run on an ECS instance that has a RAM role."
)


@dataclass(frozen=True)
class Credentials:
    """An access key. It is also a provider, of itself.

    Attributes:
        access_key_id: Id of the access key.
        access_key_secret: Its secret; hidden in ``repr``.
        security_token: Token of temporary (STS) credentials, else empty; hidden in ``repr``.
    """

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)

    def credentials(self) -> Credentials:
        """Return these credentials."""
        return self


class CredentialsProvider(Protocol):
    """A source of credentials. It is asked before every call, because temporary credentials expire."""

    def credentials(self) -> Credentials:
        """Return credentials that are valid now.

        Raises:
            ConfigurationError: There are none.
        """


class DefaultCredentialChain:
    """The default credential chain of ``alibabacloud-credentials``, which is imported at the first call.

    The chain looks at the environment, OIDC, the profile files and the metadata service of an ECS instance, in this
    order, and renews temporary credentials itself. Outside the cloud, the metadata service costs two connection
    attempts of one second each. A failure is therefore cached for ten seconds, so that threads do not wait in turn.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._chain: Any = None
        self._ask_again_at = -math.inf

    def credentials(self) -> Credentials:
        """Return credentials that are valid now.

        Raises:
            ConfigurationError: No link of the chain has any.
        """
        found = None
        with self._lock:
            if self._clock.monotonic() >= self._ask_again_at:
                found = self._ask()
                if found is None:
                    self._ask_again_at = self._clock.monotonic() + _FAILURE_CACHED_SECONDS
        if found is None:
            raise ConfigurationError("No Alibaba Cloud credentials were found.", next_step=_NEXT_STEP)
        return found

    def _ask(self) -> Credentials | None:
        if self._chain is None:
            self._chain = load_default_chain()
        try:
            found = self._chain.get_credentials()
        except Exception:
            # The chain passes on whatever its links raise, and their messages may quote what they read.
            return None
        return Credentials(found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or "")


def load_default_chain() -> Any:
    """Import ``alibabacloud-credentials`` and return its default chain, with the library's own logging silenced."""
    from alibabacloud_credentials import provider  # type: ignore[import-untyped]

    # The library attaches handlers of its own, which print a traceback for each link without credentials.
    logging.getLogger("credentials").handlers[:] = [logging.NullHandler()]
    return provider.DefaultCredentialsProvider()
