"""What all resources of a provider process share: settings, clients, locks, and the questions asked once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from pulumi_ehpc.api import Client, Settings, VersionClient
from pulumi_ehpc.errors import ConfigurationError, EhpcError, RefusedError
from pulumi_ehpc.lifecycle.journal import Journal
from pulumi_ehpc.lifecycle.locks import Locks
from pulumi_ehpc.lifecycle.program import Program


class Session:
    """Settings of the stack and what is shared by all its resources in this process.

    Args:
        settings: Where to call and how fast.
        api_version: Version of the E-HPC API that new resources are made with.
        journal: The journal of intents; without one an interrupted run is not recognised.
        locks: The locks of this machine; without them other processes are not kept away.
    """

    def __init__(
        self, settings: Settings, api_version: str, journal: Journal | None = None, locks: Locks | None = None
    ) -> None:
        self.settings = settings
        self.api_version = api_version
        self.journal = journal or Journal(None)
        self.locks = locks or Locks(None)
        self.program = Program()
        self._clients: dict[str, Client] = {}
        self._guard = threading.Lock()
        self._account_guard = threading.Lock()
        self._account_id: str | None = None  # None until it was asked for; empty where it could not be established
        self._account_problem = ""

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

    def require_region(self, recorded: str, title: str) -> None:
        """Refuse to look for an object in another region than its own.

        Raises:
            RefusedError: The settings name another region than the one recorded.
        """
        current = self.settings.region
        if current and recorded and current != recorded:
            raise RefusedError(
                f"{title} lives in {recorded}, but the region is set to {current}. It was left as it is.",
                next_step=f"Set it back: pulumi config set ehpc:region {recorded} (or ALIBABA_CLOUD_REGION_ID).",
            )

    def account_id(self, api: VersionClient, log: Callable[[str], None]) -> str:
        """Return the id of the account that the credentials belong to, empty where that cannot be established.

        It is asked for once a process, whatever comes of it, and said once that it could not be established. An
        operation that gets no answers does not ask: it should end.

        Args:
            api: The operation that asks (STS GetCallerIdentity).
            log: Leaves a lasting message.
        """
        if self._account_id is None and api.contact.silent:
            return ""
        with self._account_guard:
            if self._account_id is None:
                self._account_id, self._account_problem = _asked(api)
                if not self._account_id:
                    log(
                        f"The account of these credentials could not be established ({self._account_problem}). What "
                        "has no account on record is not believed to be gone; the next update or `pulumi refresh` "
                        "records it."
                    )
            return self._account_id

    def require_account(
        self, api: VersionClient, recorded: str, title: str, log: Callable[[str], None], *, contents: bool = False
    ) -> None:
        """Refuse to believe "not found" when other credentials than the creator's were used.

        Args:
            api: The client.
            recorded: The account on record; empty where there is none.
            title: The resource in messages.
            log: Where the user reads that the account could not be established.
            contents: Whether it is a cluster, whose contents the engine takes out of state before it is deleted.

        Raises:
            RefusedError: The account differs from the recorded one, or cannot be established.
        """
        if not recorded:
            return
        current = self.account_id(api, log)
        if current == recorded:
            return
        unknown = f"of an account that could not be established ({self._account_problem})"
        whose = f"of account {current}" if current else unknown
        back = " `pulumi up` then takes back what a destroy has taken out of state with it." if contents else ""
        raise RefusedError(
            f"{title} was not found, but it belongs to account {recorded} and these credentials are {whose}. "
            "It stays in state.",
            next_step="Use the credentials it was made with (check the profile and ALIBABA_CLOUD_ACCESS_KEY_ID)."
            f"{back}",
        )


def _asked(api: VersionClient) -> tuple[str, str]:
    """Return the account's id, or why it cannot be established; a finished create is not lost for that."""
    try:
        account_id = api.account_id()
    except EhpcError as error:
        return "", error.message.rstrip(".")
    except Exception as error:
        return "", f"GetCallerIdentity: {type(error).__name__}"
    return (account_id, "") if account_id else ("", "GetCallerIdentity has no answer")
