"""What all resources of a provider process share: settings, clients, locks, and the questions asked once."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import replace

from pulumi_ehpc.api import Client, Settings
from pulumi_ehpc.errors import ConfigurationError, RefusedError
from pulumi_ehpc.lifecycle.claims import Program
from pulumi_ehpc.lifecycle.journal import Journal


class Session:
    """Settings of the stack and what is shared by all its resources in this process.

    Args:
        settings: Where to call and how fast.
        api_version: Version of the E-HPC API that new resources are made with.
        journal: The journal of intents; without one an interrupted run is not recognised.
    """

    def __init__(self, settings: Settings, api_version: str, journal: Journal | None = None) -> None:
        self.settings = settings
        self.api_version = api_version
        self.journal = journal or Journal(None)
        self.program = Program()
        self._locks: dict[str, threading.RLock] = {}
        self._clients: dict[str, Client] = {}
        self._guard = threading.Lock()

    def client(self, recorded_region: str) -> Client:
        """Return the client, made at the first call: check and diff never need one.

        Args:
            recorded_region: The region that the object lives in; used where the settings name none.

        Raises:
            ConfigurationError: Neither a region nor an endpoint is set.
        """
        region = self.settings.region or recorded_region
        if not region and not self.settings.endpoint:
            raise ConfigurationError(
                "No region is set.",
                next_step="Set it with `pulumi config set ehpc:region cn-hangzhou`, or in ALIBABA_CLOUD_REGION_ID.",
            )
        with self._guard:
            if region not in self._clients:
                self._clients[region] = Client(replace(self.settings, region=region))
            return self._clients[region]

    def lock(self, cluster_id: str) -> AbstractContextManager[object]:
        """Return the cluster's lock, made when first asked for."""
        # One step for all threads: each gets the lock that came first.
        return self._locks.setdefault(cluster_id, threading.RLock())

    def require_region(self, recorded: str, title: str) -> None:
        """Refuse to look for an object in another region than its own.

        Raises:
            RefusedError: The settings name another region than the one recorded.
        """
        current = self.settings.region
        if current and recorded and current != recorded:
            raise RefusedError(
                f"{title} lives in {recorded}, but the region is set to {current}. Nothing was changed.",
                next_step=f"Set it back: pulumi config set ehpc:region {recorded} (or ALIBABA_CLOUD_REGION_ID).",
            )

    def require_account(self, client: Client, recorded: str, title: str) -> None:
        """Refuse to believe "not found" when other credentials than the creator's were used.

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
