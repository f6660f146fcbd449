"""A provider process's one session: settings, client, locks, and the questions asked once."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import replace

from pulumi_ehpc.api import Client
from pulumi_ehpc.engine.stack_settings import SET_REGION, StackSettings
from pulumi_ehpc.errors import ConfigurationError, RefusedError
from pulumi_ehpc.lifecycle.request import Locks

__all__ = ["Session", "session_for"]


class Session:
    """Settings of the stack and what is shared by all its resources in this process."""

    def __init__(self, config: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self.settings = StackSettings.resolve(config, environ)
        self.locks = Locks()
        self._clients: dict[str, Client] = {}
        self._guard = threading.Lock()

    def client(self, recorded: str) -> Client:
        """Return the client, made at the first call: checks and diffs never need one.

        Args:
            recorded: The region that the object lives in; used where the settings name none.

        Raises:
            ConfigurationError: Neither a region nor an endpoint is set.
        """
        settings = self.settings.client
        region = settings.region or recorded
        if not region and not settings.endpoint:
            raise ConfigurationError("No region is set.", next_step=SET_REGION)
        with self._guard:
            if region not in self._clients:
                self._clients[region] = Client(replace(settings, region=region))
            return self._clients[region]

    def require_region(self, recorded: str, title: str) -> None:
        """Refuse to look for an object in another region than its own.

        Raises:
            RefusedError: The settings name another region than the one recorded.
        """
        current = self.settings.client.region
        if current and recorded and current != recorded:
            raise RefusedError(
                f"{title} lives in {recorded}, but the region is set to {current}. Nothing was touched.",
                next_step=f"Put it back: pulumi config set ehpc:region {recorded} (or ALIBABA_CLOUD_REGION_ID).",
            )

    def require_account(self, client: Client, recorded: str, title: str) -> None:
        """Refuse to believe "not found" when other credentials than the creator's were asked with.

        Raises:
            RefusedError: The account differs from the recorded one, or cannot be established.
        """
        if not recorded:
            return
        current = client.account_id()
        if current == recorded:
            return
        whose = (
            f"of account {current}" if current else "of an account that could not be established (GetCallerIdentity)"
        )
        raise RefusedError(
            f"{title} was not found, but it belongs to account {recorded} and these credentials are {whose}. "
            "It stays in state.",
            next_step="Use the credentials it was made with (check the profile and ALIBABA_CLOUD_ACCESS_KEY_ID).",
        )


_sessions: dict[tuple[tuple[str, str], ...], Session] = {}
_guard = threading.Lock()


def session_for(config: Mapping[str, str]) -> Session:
    """Return this process's session for a configuration; all nouns share it."""
    key = tuple(sorted(config.items()))
    with _guard:
        if key not in _sessions:
            _sessions[key] = Session(config, os.environ)
        return _sessions[key]
