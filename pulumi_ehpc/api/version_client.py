"""A client of one API version: any of its actions, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from pulumi_ehpc.api import pages, spec, waiters, wire
from pulumi_ehpc.api.call import Call
from pulumi_ehpc.errors import ApiError, InputError, Violation
from pulumi_ehpc.wording import did_you_mean, shown

if TYPE_CHECKING:
    from pulumi_ehpc.api.client import Client
    from pulumi_ehpc.api.contact import Contact
    from pulumi_ehpc.api.waiters import Outcome, Probe, Wait


class VersionClient:
    """Calls the actions of one API version. ``Client.for_version`` returns one.

    Attributes:
        client: The client that sends the calls.
        version: The API version.
        contact: Whether the calls are answered, and whether they are still wanted.
    """

    def __init__(self, client: Client, version: str, contact: Contact) -> None:
        self.client = client
        self.version = version
        self.contact = contact

    def in_version(self, version: str) -> VersionClient:
        """Return a client of another API version for the same operation."""
        return VersionClient(self.client, version, self.contact)

    def account_id(self) -> str | None:
        """Return the id of the account that the credentials belong to; see ``Client.account_id``."""
        return self.client.account_id(self.contact)

    def call(
        self, action: str, parameters: Mapping[str, Any] | None = None, *, needs: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Call an action.

        Args:
            action: Name of the action.
            parameters: Parameters by the API's own names, nested where they are; None values are left out. ``RegionId``
                is filled in where the action has it.
            needs: Paths that the response must have, such as ``Queues.QueueInfo``, where the caller would take their
                absence for something else. One without them is an unreadable response.

        Returns:
            The response.

        Raises:
            InputError: The API does not have the action, or not with these parameters; nothing was sent.
            ConfigurationError: Credentials or region are missing; nothing was sent.
            ApiError: The service returned an error; its class says of which kind.
            NetworkError: No response was received.
        """
        return self.client.send(self._prepare(action, parameters or {}, needs), self.contact)

    def pages(
        self, action: str, parameters: Mapping[str, Any] | None = None, *, empty_if_absent: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, and request each page when it is needed.

        Args:
            action: Name of the action.
            parameters: As for ``call``.
            empty_if_absent: Take a list that the response leaves out for an empty one where the spec has no TotalCount
                to tell. That is good for display and for what is about to be created, and never a reason to remove or
                to rewrite anything. Otherwise such a response is an unreadable one.

        Raises:
            InputError: The action does not return a list, or as for ``call``.
            EhpcError: As for ``call``.
        """
        paginator = spec.paginators(self.version).get(action)
        if paginator is None:
            raise _invalid("action", action, f"does not return a list of objects in API {self.version}")
        told = "TotalCount" in spec.action(action, self.version).response.properties
        needs = () if empty_if_absent and not told else (paginator.items,)
        return pages.items_of_all_pages(
            spec.action(action, self.version), paginator, parameters or {}, partial(self.call, action, needs=needs)
        )

    def wait_for(self, waiter: str, parameters: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
        """Wait for a state that ``waiters.json`` describes.

        Args:
            waiter: ``ClusterRunning`` or ``ClusterDeleted``.
            parameters: Parameters of the waiter's action.
            wait: What to wait for, and how long.

        Returns:
            The last response; empty when the wait ended with an error code that means success.

        Raises:
            WaitError: The state was not reached: it failed, took too long or was cancelled.
            ApiError: The service returned an error that the waiter does not list.
        """
        rules = spec.waiters(self.version).get(waiter)
        if rules is None:
            known = did_you_mean(waiter, spec.waiters(self.version))
            raise _invalid("waiter", waiter, f"is not a waiter of API {self.version}; {known}")
        last: dict[str, Any] = {}
        look = partial(self._look, self._prepare(rules.action, parameters), rules, last)
        self.wait_until(look, wait, delay_seconds=rules.delay_seconds)
        return last

    def wait_until(self, probe: Probe, wait: Wait, *, delay_seconds: float = 10.0) -> str:
        """Wait until a probe, whose calls this client makes, reports that a state is reached; see ``waiters``."""
        return waiters.wait_until(probe, wait, self.contact, delay_seconds=delay_seconds)

    def _look(self, call: Call, rules: spec.Waiter, last: dict[str, Any]) -> tuple[Outcome, str]:
        """Call once, keep the response in ``last``, and judge it."""
        last.clear()
        try:
            # Not retried: the wait itself calls again, and so can be cancelled in between.
            last.update(self.client.send(call, self.contact, retry=False))
        except ApiError as error:
            judged = waiters.judge_error(rules, error)
            if judged is None:
                raise
            return judged
        return waiters.judge_response(rules, last)

    def _prepare(self, name: str, parameters: Mapping[str, Any], needs: tuple[str, ...] = ()) -> Call:
        action = spec.actions(self.version).get(name)
        if action is None:
            raise _invalid("action", name, f"is not an action of API {self.version}")
        given = dict(parameters)
        settings = self.client.settings
        if "RegionId" in action.parameters and given.get("RegionId") is None:
            given["RegionId"] = settings.region or None
        if violations := wire.check(action, given):
            raise InputError(f"The parameters of {name} (API {self.version}) are not valid.", violations)
        return Call(action, given, wire.encode(action, given), settings.base_url, needs)


def _invalid(what: str, name: str, rule: str) -> InputError:
    return InputError("The API cannot be called like this.", [Violation(what, shown(name), rule)])
